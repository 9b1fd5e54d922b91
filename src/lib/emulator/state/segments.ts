import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../file-errors.js';
import { makeFolders } from '../../make-folders.js';
import { replaceFile } from './files.js';
import { withLock } from './lock.js';

export interface Segments {
  /**
   * Adds rows to a table, whole or not at all. They are made when it is their turn, one writer at a time.
   *
   * @param once a word for what is added: a table that has it already stays as it is
   */
  append(table: string, make: () => readonly object[], once?: string): Promise<void>;
  /** Adds a Parquet file of rows to a table, as `append` does. */
  add<T>(table: string, write: (path: string) => Promise<T>): Promise<T>;
  /** The files that together hold a table, oldest first. They stay readable for minutes. */
  list(table: string): Promise<readonly string[]>;
  /** Every line of a table that has no other files, oldest first. */
  readLines(table: string): Promise<string[]>;
  /** Whether any of the tables has rows. */
  hasAny(tables: readonly string[]): Promise<boolean>;
}

/** Makes one Parquet file of several files of a table; false: it can only be kept as lines. */
export type Compact = (table: string, files: readonly string[], path: string) => Promise<boolean>;

/** The member of a telemetry row that says when it was stored, as Kusto's hidden column is called. */
export const INGESTION_TIME = '$IngestionTime';

const MERGE_AT = 64;
/** What is larger stays as it is: rewriting it again and again would cost more than reading one file more. */
const MERGED_BYTES = 16_000_000;
const KEEP_MERGED_MS = 10 * 60_000;

type Format = 'jsonl' | 'parquet';

interface Segment {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  readonly format: Format;
  /** What it holds, if that may be added only once. */
  readonly once: string | undefined;
}

/**
 * Append-only files, one folder a table. A segment is a file `FIRST-LAST.jsonl` or `FIRST-LAST.parquet` that is
 * written once, whole; what may be added only once is in its name, `FIRST-LAST-ONCE.jsonl`. Once a table has many small ones, they are merged into one that spans their numbers, as Parquet
 * if possible; readers skip what a wider segment covers, so a merge is one rename, and the small files go when nobody
 * reads them.
 */
export function createSegments(root: string, compact: Compact = async () => false): Segments {
  const folder = (table: string) => join(root, ...table.split('/').map(encodeURIComponent));

  async function scan(table: string): Promise<{ live: Segment[]; covered: Segment[] }> {
    const names = await readdir(folder(table)).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    });
    const all = names.flatMap((name): Segment[] => {
      const [, first, last, once, extension] =
        /^(\d+)-(\d+)(?:-(\w+))?\.(jsonl|parquet)$/.exec(name) ?? [];
      const format = extension === 'parquet' ? 'parquet' : 'jsonl';
      return extension ? [{ name, first: Number(first), last: Number(last), format, once }] : [];
    });
    all.sort((a, b) => a.first - b.first || b.last - a.last);
    const live: Segment[] = [];
    const covered: Segment[] = [];
    for (const segment of all) {
      (segment.last <= (live.at(-1)?.last ?? 0) ? covered : live).push(segment);
    }
    return { live, covered };
  }

  const pathOf = (table: string, { first, last, format, once }: Omit<Segment, 'name'>) => {
    const digits = (number: number) => String(number).padStart(10, '0');
    const word = once === undefined ? '' : `-${once}`;
    return join(folder(table), `${digits(first)}-${digits(last)}${word}.${format}`);
  };

  const readAll = async (table: string, segments: readonly Segment[]) => {
    const texts: string[] = [];
    for (const { name } of segments) texts.push(await readFile(join(folder(table), name), 'utf8'));
    return texts.join('');
  };

  /** Adds one segment behind the others, alone among all writers. @param write is told if it is there already */
  async function addNext<T>(
    table: string,
    { format, once }: Pick<Segment, 'format' | 'once'>,
    write: (path: string, isThere: boolean) => Promise<T>,
  ): Promise<T> {
    await makeFolders(folder(table), 0o700);
    return withLock(join(folder(table), 'append.lock'), async () => {
      const { live, covered } = await scan(table);
      const isThere =
        once !== undefined && [...live, ...covered].some((segment) => segment.once === once);
      const number = (live.at(-1)?.last ?? 0) + 1;
      const path = pathOf(table, { first: number, last: number, format, once });
      const written = await write(path, isThere);
      if (live.length >= MERGE_AT) await merge(table, live, covered);
      return written;
    });
  }

  async function merge(table: string, live: readonly Segment[], covered: readonly Segment[]) {
    for (const { name } of covered) {
      const path = join(folder(table), name);
      if (Date.now() - (await stat(path)).mtimeMs > KEEP_MERGED_MS) await rm(path, { force: true });
    }
    const sizes = await Promise.all(
      live.map(async ({ name }) => (await stat(join(folder(table), name))).size),
    );
    const small = live.slice(sizes.findLastIndex((size) => size > MERGED_BYTES) + 1);
    if (small.length < MERGE_AT) return;
    const merged =
      (await mergeAs(table, small, 'parquet')) ?? (await mergeAs(table, small, 'jsonl'));
    const now = new Date(); // The clock of the ten minutes starts when they are no longer needed.
    for (const { name } of merged ?? []) await utimes(join(folder(table), name), now, now);
  }

  async function mergeAs(table: string, small: readonly Segment[], format: Format) {
    const isLine = ({ format }: Segment) => format === 'jsonl';
    const lines = small.slice(small.findLastIndex((segment) => !isLine(segment)) + 1);
    const run = format === 'jsonl' ? lines : small;
    const [first, last] = [run[0], run.at(-1)];
    if (!first || !last) return undefined;
    const once = run.findLast((segment) => segment.once !== undefined)?.once;
    const path = pathOf(table, { first: first.first, last: last.last, format, once });
    const files = run.map(({ name }) => join(folder(table), name));
    if (format === 'jsonl') await replaceFile(path, await readAll(table, run));
    else if (!(await compact(table, files, path))) return undefined;
    return run;
  }

  return {
    append: (table, make, once) =>
      addNext(table, { format: 'jsonl', once }, async (path, isThere) => {
        if (isThere) return;
        const lines = make().map((row) => `${JSON.stringify(row)}\n`);
        await replaceFile(path, lines.join(''));
      }),
    add: (table, write) => addNext(table, { format: 'parquet', once: undefined }, write),
    async list(table) {
      return (await scan(table)).live.map(({ name }) => join(folder(table), name));
    },
    async readLines(table) {
      const { live } = await scan(table);
      return (await readAll(table, live)).split('\n').filter((line) => line !== '');
    },
    async hasAny(tables) {
      for (const table of tables) if ((await scan(table)).live.length > 0) return true;
      return false;
    },
  };
}
