import { rm, writeFile } from 'node:fs/promises';
import { ofFiles } from '../duckdb/files.js';
import { isZipped } from '../duckdb/zipped.js';
import { told } from '../file-errors.js';
import { type PlainFile, readPlain } from './plain-file.js';
import type { Workshop } from './workshop.js';

/** Files to read instead of others: what was small stands one behind the other in them. */
export interface Gathered {
  /** Their lines come in the order of the files that were given. */
  readonly files: readonly string[];
  /** Those of them that other files were brought together in. */
  readonly together: ReadonlySet<string>;
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

/** What stands together is read again for the number of a line that is no row. */
const TOGETHER_BYTES = 16_777_216;

/** Lines of a file as it is gathered: each but the last has its end, an LF alone. */
export interface Lines {
  readonly text: Buffer;
  /** Line ends, those in a value too. */
  readonly ends: number;
}

/**
 * Brings small files together: a collector writes one an hour and instance, and to DuckDB a file costs more than its
 * lines, the more the more there are. Each begins on a line of its own. Others stay by themselves, unpacked.
 */
export interface Gatherer {
  readonly add: (file: PlainFile) => Promise<void>;
  readonly end: () => Promise<Gathered>;
}

/** Gathers files of lines; throws as `readPlain` does. */
export async function gatherFiles(
  paths: readonly string[],
  workshop: Pick<Workshop, 'scratchFile' | 'signal'>,
): Promise<Gathered> {
  const { add, end } = createGatherer(workshop, linesOf);
  const look = (path: string) => readPlain(path, workshop);
  for await (const file of ofFiles(paths, look, workshop.signal)) await add(file);
  return end();
}

/** @param toLines undefined for a text that cannot stand with others */
export function createGatherer(
  { scratchFile }: Pick<Workshop, 'scratchFile'>,
  toLines: (text: Buffer) => Lines | undefined,
): Gatherer {
  const files: string[] = [];
  const together = new Set<string>();
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

  async function add(given: PlainFile): Promise<void> {
    const { path, text } = given;
    const small = text && toLines(text);
    if (small === undefined || bytes >= TOGETHER_BYTES) await write();
    if (small === undefined) return addAlone(given);
    if (file === undefined) {
      file = await scratchFile('txt');
      files.push(file);
      together.add(file);
    }
    if (small.text.length === 0) return;
    const isEnded = small.text.at(-1) === LF;
    origins.push({ file, first: lines + 1, path });
    contents.push(small.text, ...(isEnded ? [] : [LINE_END]));
    bytes += small.text.length;
    lines += isEnded ? small.ends : small.ends + 1;
  }

  async function addAlone({ path, ...content }: PlainFile): Promise<void> {
    let plain = content.text ? path : content.plain;
    if (content.text && isZipped(path)) {
      plain = await scratchFile('txt');
      await told(plain, 'written', writeFile(plain, content.text));
    }
    files.push(plain);
    if (plain === path) return;
    scratch.push(plain);
    origins.push({ file: plain, first: 1, path });
  }

  async function remove(): Promise<void> {
    for (const path of scratch) await rm(path, { force: true });
  }

  return {
    add,
    async end() {
      await write();
      return { files, together, origins, remove };
    },
  };
}

const [LF, CR] = [10, 13];
const LINE_END = Buffer.from([LF]);

/** Lines that no value goes across. */
export function linesOf(content: Buffer): Lines {
  const text = content.includes(CR)
    ? Buffer.from(content.toString('latin1').replaceAll(/\r\n?/g, '\n'), 'latin1')
    : content;
  let ends = 0;
  for (let at = text.indexOf(LF); at >= 0; at = text.indexOf(LF, at + 1)) ends += 1;
  return { text, ends };
}
