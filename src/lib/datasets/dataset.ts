import type { Connection } from '../duckdb/ask.js';
import { streamRows } from '../duckdb/rows.js';
import type { KustoType, Table } from '../model/table.js';
import { UNIX_EPOCH_TICKS } from '../model/ticks.js';
import type { Dataset, DatasetColumn, DatasetRelation, RelationColumn } from './datasets.js';
import type { Source } from './source.js';
import { keep, type Workshop } from './workshop.js';
import { writeDataset } from './write-dataset.js';

export function createDataset(source: Source, workshop: Workshop): Dataset {
  const { connection } = workshop;
  const columns = source.columns.map(
    ({ name, type, role }): DatasetColumn => ({ name, type, role }),
  );
  let relation: Promise<DatasetRelation> | undefined;

  return {
    columns,
    counts: source.counts,
    notes: source.notes,
    async rows(count, where, signal) {
      const offset = where === 'first' ? 0 : Math.max(0, source.counts.rows - count);
      const values = source.columns.map(
        ({ sql, type }, index) => `${cellOf(sql, type)} AS c${index}`,
      );
      const sql = `SELECT ${values.join(', ')} FROM ${source.from} LIMIT ${count} OFFSET ${offset}`;
      return tableOf(await workshop.connect(), sql, columns, signal);
    },
    async rejected() {
      const sql = source.rejected ?? `SELECT '' AS f, 0::BIGINT AS l, '' AS r, '' AS t LIMIT 0`;
      return tableOf(await workshop.connect(), sql, REJECTED);
    },
    write: (path, format, signal) => writeDataset(source, connection, { path, format, signal }),
    relation(signal) {
      relation ??= relationOf(source, workshop, signal).catch((error: unknown) => {
        relation = undefined; // stopped, perhaps; it may be asked for again
        throw error;
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
  const values = source.columns.map(({ sql }, index) => `${sql} AS c${index}`);
  const select = `SELECT ${values.join(', ') || 'NULL'} FROM ${source.from}`;
  if (source.isTyped) return { connection, sql: select, columns };
  const { from } = await keep(workshop, select, signal);
  return { connection, sql: `SELECT * FROM ${from}`, columns };
}
