import type { DuckDBConnection } from '@duckdb/node-api';

export type Connection = DuckDBConnection;

/** The rows of a small answer, their values as JSON has them. */
export async function ask(
  connection: Connection,
  sql: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return (await connection.runAndReadAll(sql)).getRowObjectsJson();
}
