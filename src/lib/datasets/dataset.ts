import type { Connection } from '../duckdb/ask.js';
import { streamRows } from '../duckdb/rows.js';
import type { KustoType, Row, Table } from '../model/table.js';
import { UNIX_EPOCH_TICKS } from '../model/ticks.js';
import type {
  Dataset,
  DatasetColumn,
  DatasetRelation,
  RelationColumn,
  RelationSheet,
} from './datasets.js';
import { type Sheet, type Source, sheetsOf } from './source.js';
import { keep, type Workshop } from './workshop.js';
import { writeDataset } from './write-dataset.js';

/** What to throw where DuckDB fails. */
export type Explain = (error: unknown) => unknown;

export function createDataset(source: Source, workshop: Workshop, explain: Explain): Dataset {
  const { connection } = workshop;
  const columns = source.columns.map(
    ({ name, type, role }): DatasetColumn => ({ name, type, role }),
  );
  let relation: Promise<DatasetRelation> | undefined;

  return {
    columns,
    counts: source.counts,
    notes: source.notes,
    async rows(count, signal) {
      const [sheet, ...others] = sheetsOf(source);
      if (sheet === undefined || others.length > 0) {
        return { columns, rows: wideRows(source, workshop, count, signal) };
      }
      return tableOf(await workshop.connect(), rowsOf(sheet, count, 0), columns, signal);
    },
    async rejected() {
      const sql = source.rejected ?? `SELECT '' AS f, 0::BIGINT AS l, '' AS r, '' AS t LIMIT 0`;
      return tableOf(await workshop.connect(), sql, REJECTED);
    },
    write: (path, format, signal) => writeDataset(source, connection, { path, format, signal }),
    relation(signal) {
      relation ??= relationOf(source, workshop, signal).catch((error: unknown) => {
        relation = undefined; // stopped, perhaps; it may be asked for again
        throw explain(error);
      });
      return relation;
    },
  };
}

const REJECTED = [
  { name: 'file', type: 'string' },
  { name: 'line', type: 'long' },
  { name: 'reason', type: 'string' },
  { name: 'text', type: 'string' },
] as const;

async function tableOf(
  connection: Connection,
  sql: string,
  columns: Table['columns'],
  signal?: AbortSignal,
): Promise<Table> {
  if (columns.length === 0) return { columns, rows: none() };
  // Collected texts may be missing, which Kusto's never are.
  const read = columns.map(
    ({ name, type }) => ({ name, type: type === 'string' ? 'guid' : type }) as const,
  );
  return { columns, rows: await streamRows(connection, { sql, columns: read, signal }) };
}

/** Rows of no columns: lines that are none of a table's may be all that files hold. */
async function* none(): AsyncGenerator<never> {}

function rowsOf({ columns, from }: Sheet, count: number, offset: number): string {
  const values = columns.map(({ sql, type }, index) => `${cellOf(sql, type)} AS c${index}`);
  return `SELECT ${values.join(', ')} FROM ${from} LIMIT ${count} OFFSET ${offset}`;
}

/** Cells of wide rows that are in memory at a time. */
const MOST_CELLS = 500_000;

/** Rows put together from sheets, some at a time. */
async function* wideRows(
  source: Source,
  { connect }: Workshop,
  count: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Row> {
  const atOnce = Math.max(1, Math.floor(MOST_CELLS / source.columns.length));
  const end = Math.min(source.counts.rows, count);
  for (let at = 0; at < end; at += atOnce) {
    const rows: Row[] = [];
    for (const sheet of sheetsOf(source)) {
      const sql = rowsOf(sheet, Math.min(atOnce, end - at), at);
      const part = await tableOf(await connect(), sql, sheet.columns, signal);
      let index = 0;
      for await (const row of part.rows) {
        rows[index] = [...(rows[index] ?? []), ...row];
        index += 1;
      }
    }
    yield* rows;
  }
}

/** SQL of a value as `streamRows` takes it. */
function cellOf(sql: string, type: KustoType): string {
  return type === 'datetime' ? `(epoch_us(${sql}) * 10 + ${UNIX_EPOCH_TICKS})` : sql;
}

async function relationOf(
  source: Source,
  workshop: Workshop,
  signal: AbortSignal | undefined,
): Promise<DatasetRelation> {
  const { connection } = workshop;
  const columns = source.columns.map(({ name, type, role, stored }, index): RelationColumn => {
    return { name, type, role, stored, sql: `c${index}` };
  });
  const parts = sheetsOf(source);
  const sheets: RelationSheet[] = [];
  let first = 0;
  for (const { from, columns: some } of parts) {
    const values = some.map(({ sql }, index) => `${sql} AS c${first + index}`);
    const selected = values.length > 0 ? values : ['NULL'];
    const isReady = source.isTyped && parts.length === 1;
    const sql = isReady
      ? `SELECT ${selected.join(', ')} FROM ${from}`
      : `SELECT * FROM ${(await keep(workshop, { values: selected, from, signal })).from}`;
    sheets.push({ sql, columns: columns.slice(first, first + some.length) });
    first += some.length;
  }
  return { connection, sheets };
}
