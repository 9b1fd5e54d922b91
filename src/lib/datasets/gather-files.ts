import { open, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ofFiles } from '../duckdb/files.js';
import { told } from '../file-errors.js';
import { assertLineLengths } from './line-limits.js';
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

/** Lines of a file as it is gathered: each but the last has its end, an LF alone. */
export interface Lines {
  readonly text: Buffer;
  /** Line ends that are none of a value. */
  readonly ends: number;
}

/**
 * Brings small files together: a collector writes one an hour and instance, and to DuckDB a file costs more than its
 * lines, the more the more there are. Each begins on a line of its own, without a byte order mark. Other files stay by
 * themselves.
 *
 * @param toLines undefined for a text that cannot stand with others
 * @throws {CliError} `usage` for a file that cannot be read, or has a line that is too long
 */
export async function gatherFiles(
  paths: readonly string[],
  { scratchFile, signal }: Pick<Workshop, 'scratchFile' | 'signal'>,
  toLines: (text: Buffer) => Lines | undefined = linesOf,
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

  const look = async (path: string) => {
    const text = await told(path, 'read', readSmall(path));
    return { path, small: text && toLines(text) };
  };
  for await (const { path, small } of ofFiles(paths, look, signal)) {
    if (small === undefined || bytes >= TOGETHER_BYTES) await write();
    if (small === undefined) {
      files.push(path);
      continue;
    }
    if (file === undefined) {
      file = await scratchFile('txt');
      files.push(file);
    }
    const { text, ends } = small;
    if (text.length === 0) continue;
    const isEnded = text.at(-1) === LF;
    origins.push({ file, first: lines + 1, path });
    contents.push(text, ...(isEnded ? [] : [LINE_END]));
    bytes += text.length;
    lines += isEnded ? ends : ends + 1;
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

/** The text of a file, without a byte order mark; undefined if it is not small. */
async function readSmall(path: string): Promise<Buffer | undefined> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size > SMALL_BYTES) {
      await assertLineLengths(path, file, size);
      return undefined;
    }
    const buffer = Buffer.allocUnsafe(size);
    const content = buffer.subarray(0, (await file.read(buffer, 0, size, 0)).bytesRead);
    if (!/\.gz$/i.test(path)) return withoutMark(content);
    // What is no gzip, or has more in it, is DuckDB's to read.
    const plain = await unzip(content, { maxOutputLength: SMALL_BYTES }).catch(() => undefined);
    return plain && withoutMark(plain);
  } finally {
    await file.close();
  }
}

const MARK = Buffer.from('\ufeff');
const [LF, CR] = [10, 13];
const LINE_END = Buffer.from([LF]);

function withoutMark(content: Buffer): Buffer {
  const isMarked = content.subarray(0, MARK.length).equals(MARK);
  return isMarked ? content.subarray(MARK.length) : content;
}

/** Lines that no value goes across. */
export function linesOf(content: Buffer): Lines {
  const text = content.includes(CR)
    ? Buffer.from(content.toString('latin1').replaceAll(/\r\n?/g, '\n'), 'latin1')
    : content;
  let ends = 0;
  for (let at = text.indexOf(LF); at >= 0; at = text.indexOf(LF, at + 1)) ends += 1;
  return { text, ends };
}
