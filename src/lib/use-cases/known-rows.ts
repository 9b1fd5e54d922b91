import { createHash } from 'node:crypto';
import type { Column, Row } from '../model/table.js';

/** Which rows have been there already. It remembers as long as a row can come again, and no longer. */
export interface KnownRows {
  /** Those of the rows that are new, in their order. From now on all are known. */
  readonly take: (rows: readonly Row[], atMs: number) => readonly Row[];
  /** Rows that did not come since then will not come again. */
  readonly forgetBefore: (atMs: number) => void;
}

/**
 * By `itemId`, which telemetry of Application Insights has. Rows of one id that come together belong together: an
 * `mv-expand` makes several of one. Without the column, a row is known by all that it holds; of rows that hold the
 * same, as many are new as come more than before.
 */
export function createKnownRows(columns: readonly Column[]): KnownRows {
  const id = columns.findIndex(({ name, type }) => name === 'itemId' && type === 'string');
  const known = new Map<string, { count: number; atMs: number }>();

  function take(rows: readonly Row[], atMs: number): readonly Row[] {
    const came = new Map<string, number>();
    const fresh = rows.filter((row) => {
      const key = id < 0 ? digest(row) : String(row[id]);
      const before = known.get(key)?.count ?? 0;
      const count = (came.get(key) ?? 0) + 1;
      came.set(key, count);
      return id < 0 ? count > before : before === 0;
    });
    for (const [key, count] of came) {
      known.set(key, { count: Math.max(count, known.get(key)?.count ?? 0), atMs });
    }
    return fresh;
  }

  return {
    take,
    forgetBefore: (then) => {
      for (const [key, { atMs }] of known) if (atMs < then) known.delete(key);
    },
  };
}

/** Rows may be long, and many are remembered. */
function digest(row: Row): string {
  const text = JSON.stringify(row, (_, cell: unknown) =>
    typeof cell === 'bigint' ? `${cell}n` : typeof cell === 'number' ? `${cell}` : cell,
  );
  return createHash('sha256').update(text).digest('base64');
}
