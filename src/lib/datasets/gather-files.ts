import { open, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ofFiles } from '../duckdb/files.js';
import { told } from '../file-errors.js';
import { assertLines } from './line-limits.js';
import type { Workshop } from './workshop.js';

/** Files to read instead of others: what was small stands one behind the other in them. */
export interface Gathered {
  /** Their lines come in the order of the files that were given. */
  readonly files: readonly string[];
  readonly origins: readonly Origin[];
  /** Gives back the room that the files take. */
  readonly remove: () => Promise<void>;
}

/** From the line `first` of `file` on stands what `path` has. */
export interface Origin {
  readonly file: string;
  readonly first: number;
  readonly path: string;
}

/** A file with more costs as much by itself. */
const SMALL_BYTES = 262_144;
/** What stands together is read again for the number of a line that is no row. */
const TOGETHER_BYTES = 16_777_216;

/**
 * Brings small files together: a collector writes one an hour and instance, and to DuckDB a file costs more than its
 * lines, the more the more there are. Each begins on a line of its own, without a byte order mark and the CR of line
 * ends. Other files stay by themselves.
 *
 * @throws {CliError} `usage` for a file that cannot be read, or has a line that is too long
 */
export async function gatherFiles(
  paths: readonly string[],
  { scratchFile, signal }: Pick<Workshop, 'scratchFile' | 'signal'>,
): Promise<Gathered> {
  const files: string[] = [];
  const scratch: string[] = [];
  const origins: Origin[] = [];
  let contents: Uint8Array[] = [];
  let [bytes, lines] = [0, 0];
  let file: string | undefined;

  async function write(): Promise<void> {
    if (file === undefined) return;
    scratch.push(file);
    await told(file, 'written', writeFile(file, Buffer.concat(contents)));
    [file, contents, bytes, lines] = [undefined, [], 0, 0];
  }

  const look = async (path: string) => ({
    path,
    content: await told(path, 'read', readSmall(path)),
  });
  for await (const { path, content } of ofFiles(paths, look, signal)) {
    if (content === undefined || bytes >= TOGETHER_BYTES) await write();
    if (content === undefined) {
      files.push(path);
      continue;
    }
    if (file === undefined) {
      file = await scratchFile('jsonl');
      files.push(file);
    }
    if (content.length > 0) origins.push({ file, first: lines + 1, path });
    contents.push(content);
    bytes += content.length;
    lines += countLines(content);
  }
  await write();
  return {
    files,
    origins,
    remove: async () => {
      for (const path of scratch) await rm(path, { force: true });
    },
  };
}

const unzip = promisify(gunzip);

/** The lines of a file, each with its end; undefined if it is not small. */
async function readSmall(path: string): Promise<Buffer | undefined> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size > SMALL_BYTES) {
      await assertLines(path, file, size);
      return undefined;
    }
    const buffer = Buffer.allocUnsafe(size);
    const content = buffer.subarray(0, (await file.read(buffer, 0, size, 0)).bytesRead);
    if (!/\.gz$/i.test(path)) return withLineEnds(content);
    // What is no gzip, or has more in it, is DuckDB's to read.
    const plain = await unzip(content, { maxOutputLength: SMALL_BYTES }).catch(() => undefined);
    return plain && withLineEnds(plain);
  } finally {
    await file.close();
  }
}

const MARK = Buffer.from('\ufeff');
const [LF, CR] = [10, 13];

function withLineEnds(content: Buffer): Buffer {
  const text = content.subarray(0, MARK.length).equals(MARK)
    ? content.subarray(MARK.length)
    : content;
  const lines = text.includes(CR)
    ? Buffer.from(text.toString('latin1').replaceAll(/\r\n?/g, '\n'), 'latin1')
    : text;
  return lines.length === 0 || lines.at(-1) === LF ? lines : Buffer.concat([lines, LINE_END]);
}

const LINE_END = Buffer.from([LF]);

function countLines(content: Buffer): number {
  let count = 0;
  for (let at = content.indexOf(LF); at >= 0; at = content.indexOf(LF, at + 1)) count += 1;
  return count;
}
