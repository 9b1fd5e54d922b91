import type { DuckDBConnection } from '@duckdb/node-api';
import type { DatasetRelation } from '../../src/lib/datasets/datasets.js';
import { openDatabase } from '../../src/lib/duckdb/database.js';
import { quoteName } from '../../src/lib/duckdb/quote.js';
import type { KustoType } from '../../src/lib/model/table.js';

/** Relations of one database in memory. */
export async function openRelations() {
  const database = await openDatabase([], { threads: 1 });
  const connection = await database.connect();
  return {
    /** @param sql a query */
    of: (sql: string) => relationOf(connection, sql),
    close() {
      connection.closeSync();
      database.close();
    },
  };
}

async function relationOf(connection: DuckDBConnection, sql: string): Promise<DatasetRelation> {
  const described = await connection.runAndReadAll(`DESCRIBE ${sql}`);
  const columns = described.getRowObjectsJson().map(({ column_name, column_type }) => {
    const stored = String(column_type);
    const name = String(column_name);
    const type = TYPES[stored] ?? 'dynamic';
    return { name, type, role: 'feature', sql: quoteName(name), stored } as const;
  });
  return { connection, sheets: [{ sql, columns }] };
}

const TYPES: Readonly<Record<string, KustoType>> = {
  BOOLEAN: 'bool',
  INTEGER: 'int',
  BIGINT: 'long',
  DOUBLE: 'real',
  'DECIMAL(38,0)': 'decimal',
  'DECIMAL(38,18)': 'decimal',
  TIMESTAMP: 'datetime',
  VARCHAR: 'string',
};

/** A query whose rows are these, a column each. */
export function columnsSql(columns: Readonly<Record<string, readonly unknown[]>>): string {
  const lists = Object.entries(columns).map(
    ([name, values]) => `unnest([${values.map(literal).join(', ')}]) AS "${name}"`,
  );
  return `SELECT ${lists.join(', ')}`;
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'number')
    return Number.isInteger(value) ? String(value) : `${value}::DOUBLE`;
  return typeof value === 'boolean' ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
}
