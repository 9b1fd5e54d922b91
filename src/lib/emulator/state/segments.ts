import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, replaceFile } from './files.js';
import { withLock } from './lock.js';

export interface Segments {
  /** Adds rows to a table, whole or not at all. They are made when it is their turn, one writer at a time. */
  append(table: string, make: () => readonly object[]): Promise<void>;
  /** The files that together hold a table, oldest first. They stay readable for minutes. */
  list(table: string): Promise<readonly string[]>;
  /** Every line of a table, oldest first. */
  readLines(table: string): Promise<string[]>;
  /** Whether any of the tables has rows. */
  hasAny(tables: readonly string[]): Promise<boolean>;
}

/** The member of a telemetry row that says when it was stored, as Kusto's hidden column is called. */
export const INGESTION_TIME = '$IngestionTime';

const MERGE_AT = 64;
const KEEP_MERGED_MS = 10 * 60_000;

interface Segment {
  readonly name: string;
  readonly first: number;
  readonly last: number;
}

/**
 * Append-only JSON lines, one folder a table. A segment is a file `FIRST-LAST.jsonl` that is written once,
 * whole. Once a table has many, they are merged into one that spans their numbers; readers skip what
 * a wider segment covers, so a merge is one rename, and the small files go when nobody reads them.
 */
export function createSegments(root: string): Segments {
  const folder = (table: string) => join(root, ...table.split('/').map(encodeURIComponent));

  async function scan(table: string): Promise<{ live: Segment[]; covered: Segment[] }> {
    const names = await readdir(folder(table)).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    });
    const all = names.flatMap((name): Segment[] => {
      const match = /^(\d+)-(\d+)\.jsonl$/.exec(name);
      return match ? [{ name, first: Number(match[1]), last: Number(match[2]) }] : [];
    });
    all.sort((a, b) => a.first - b.first || b.last - a.last);
    const live: Segment[] = [];
    const covered: Segment[] = [];
    for (const segment of all) {
      (segment.last <= (live.at(-1)?.last ?? 0) ? covered : live).push(segment);
    }
    return { live, covered };
  }

  const write = (table: string, first: number, last: number, text: string) => {
    const digits = (number: number) => String(number).padStart(10, '0');
    return replaceFile(join(folder(table), `${digits(first)}-${digits(last)}.jsonl`), text);
  };

  const readAll = async (table: string, segments: readonly Segment[]) => {
    const texts: string[] = [];
    for (const { name } of segments) texts.push(await readFile(join(folder(table), name), 'utf8'));
    return texts.join('');
  };

  async function merge(table: string, live: readonly Segment[], covered: readonly Segment[]) {
    for (const { name } of covered) {
      const path = join(folder(table), name);
      if (Date.now() - (await stat(path)).mtimeMs > KEEP_MERGED_MS) await rm(path, { force: true });
    }
    const [first, last] = [live[0], live.at(-1)];
    if (!first || !last) return;
    await write(table, first.first, last.last, await readAll(table, live));
    const now = new Date(); // The clock of the ten minutes starts when they are no longer needed.
    for (const { name } of live) await utimes(join(folder(table), name), now, now);
  }

  return {
    async append(table, make) {
      await mkdir(folder(table), { recursive: true, mode: 0o700 });
      await withLock(join(folder(table), 'append.lock'), async () => {
        const { live, covered } = await scan(table);
        const number = (live.at(-1)?.last ?? 0) + 1;
        const rows = make();
        await write(table, number, number, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
        if (live.length >= MERGE_AT) await merge(table, live, covered);
      });
    },
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
