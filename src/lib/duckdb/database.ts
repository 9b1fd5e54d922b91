import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { CliError } from '../errors.js';
import { register, type Scripted } from './scripted.js';

/** DuckDB in memory. Connections share macros and functions. */
export interface Database {
  connect(): Promise<DuckDBConnection>;
  /** Adds functions that SQL may call; those that it has stay as they are. */
  learn(functions: Readonly<Record<string, Scripted>>): Promise<void>;
  close(): void;
}

export interface DatabaseLimits {
  /** Undefined: four fifths of the machine's memory. */
  readonly maxMemoryBytes?: number | undefined;
  /** Undefined: one for each of the machine's. */
  readonly threads?: number | undefined;
  /** Where what does not fit goes meanwhile; undefined: nowhere. */
  readonly spillFolder?: string | undefined;
}

/**
 * @param macros definitions, `name(arguments) AS expression`, that every connection sees
 * @throws {CliError} `unsupported` if DuckDB, an optional dependency, is not installed or not for this platform
 */
export async function openDatabase(
  macros: readonly string[],
  limits: DatabaseLimits = {},
): Promise<Database> {
  const instance = await createInstance(limits);
  const connection = await instance.connect();
  // Text without an offset is UTC wherever this machine is.
  const statements = [
    `SET GLOBAL TimeZone = 'UTC'`,
    ...macros.map((macro) => `CREATE MACRO ${macro}`),
  ];
  await connection.run(statements.join(';\n'));
  connection.closeSync();
  const known = new Set<string>();
  return {
    connect: () => instance.connect(),
    async learn(functions) {
      const news = Object.entries(functions).filter(([name]) => !known.has(name));
      if (news.length === 0) return;
      for (const [name] of news) known.add(name);
      const teaching = await instance.connect();
      await register(teaching, Object.fromEntries(news));
      teaching.closeSync();
    },
    close: () => instance.closeSync(),
  };
}

/**
 * How much of what was used may stay with a thread before it goes back to the machine: every thread that works for Node
 * keeps memory of its own, which counts for no limit. Below 64 MB that takes time, four times as many calls of the
 * system; DuckDB's own 128 MB let a join of five million rows reach 630 MB instead of 550.
 */
const KEPT_BY_THREADS = { usual: '64MB', frugal: '1MB' };

async function createInstance({
  maxMemoryBytes,
  threads,
  spillFolder = '',
}: DatabaseLimits): Promise<DuckDBInstance> {
  let duckdb: typeof import('@duckdb/node-api');
  try {
    duckdb = await import('@duckdb/node-api');
    await keepFirstCharacters();
  } catch (cause) {
    throw new CliError(
      'unsupported',
      'Queries on this machine need DuckDB, which is not installed.',
      { hint: 'Install the package @duckdb/node-api beside aml-monitor.' },
      cause,
    );
  }
  const kept = KEPT_BY_THREADS[maxMemoryBytes === undefined ? 'usual' : 'frugal'];
  return duckdb.DuckDBInstance.create(':memory:', {
    // Without a name it would be `.tmp` in the current folder.
    temp_directory: spillFolder,
    allocator_flush_threshold: kept,
    allocator_bulk_deallocation_flush_threshold: kept,
    ...(maxMemoryBytes !== undefined && { memory_limit: `${maxMemoryBytes}B` }),
    ...(threads !== undefined && { threads: String(threads) }),
  });
}

/** The package's own decoder takes a U+FEFF at the start of any text for a byte order mark, and drops it. */
async function keepFirstCharacters(): Promise<void> {
  const { default: accessors } = await import('@duckdb/node-api/lib/vectors/dataAccessors.js');
  Object.assign(accessors, { textDecoder: new TextDecoder('utf-8', { ignoreBOM: true }) });
}
