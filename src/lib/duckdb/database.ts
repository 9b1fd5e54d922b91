import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { CliError } from '../errors.js';

/** DuckDB in memory. Connections share macros, each has its own temporary views. */
export interface Database {
  connect(): Promise<DuckDBConnection>;
  close(): void;
}

/**
 * @param macros definitions, `name(arguments) AS expression`, that every connection sees
 * @throws {CliError} `unsupported` if DuckDB, an optional dependency, is not installed or not for this platform
 */
export async function openDatabase(macros: readonly string[]): Promise<Database> {
  const instance = await createInstance();
  const connection = await instance.connect();
  // Text without an offset is UTC wherever this machine is.
  const statements = [`SET TimeZone = 'UTC'`, ...macros.map((macro) => `CREATE MACRO ${macro}`)];
  await connection.run(statements.join(';\n'));
  connection.closeSync();
  return { connect: () => instance.connect(), close: () => instance.closeSync() };
}

async function createInstance(): Promise<DuckDBInstance> {
  let duckdb: typeof import('@duckdb/node-api');
  try {
    duckdb = await import('@duckdb/node-api');
  } catch (cause) {
    throw new CliError(
      'unsupported',
      'Queries on this machine need DuckDB, which is not installed.',
      { hint: 'Install the package @duckdb/node-api beside aml-monitor.' },
      cause,
    );
  }
  return duckdb.DuckDBInstance.create(':memory:');
}
