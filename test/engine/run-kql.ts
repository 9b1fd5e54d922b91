import type { Engine, EngineResult, RunOptions, SourceTable } from '../../src/lib/engine/engine.js';
import type { Cell, Column, Row } from '../../src/lib/model/table.js';
import { formatDatetime, formatTimespan } from '../../src/lib/model/ticks.js';
import { NOW } from './sample-tables.js';

export async function rowsOf(result: EngineResult): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const row of result.rows) rows.push(row);
  return rows;
}

/** The answer as objects of readable JSON, by column name. */
export async function runKql(
  engine: Engine,
  kql: string,
  tables: readonly SourceTable[] = [],
  options: Partial<RunOptions> = {},
): Promise<readonly object[]> {
  const result = await engine.run(kql, tables, { now: NOW, ...options });
  const rows = await rowsOf(result);
  return rows.map((row) =>
    Object.fromEntries(
      result.columns.map((column, index) => [column.name, readable(row[index] ?? null, column)]),
    ),
  );
}

/** Times as text, dynamic parsed, numbers that JSON lacks as text. */
function readable(cell: Cell, { type }: Column): unknown {
  if (cell === null) return null;
  if (type === 'dynamic') return JSON.parse(String(cell));
  if (typeof cell === 'bigint') {
    if (type === 'datetime') return formatDatetime(cell);
    if (type === 'timespan') return formatTimespan(cell);
    return Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell);
  }
  return typeof cell === 'number' && !Number.isFinite(cell) ? String(cell) : cell;
}
