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
  const statements = [`SET TimeZone = 'UTC'`, ...macros.map((macro) => `CREATE MACRO ${macro}`)];
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
 * What was used goes back to the machine at once: every thread that works for Node keeps memory of its own, and that
 * counts for no limit.
 */
const FRUGAL = {
  allocator_flush_threshold: '1MB',
  allocator_bulk_deallocation_flush_threshold: '1MB',
};

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
  return duckdb.DuckDBInstance.create(':memory:', {
    // Without a name it would be `.tmp` in the current folder.
    temp_directory: spillFolder,
    ...(maxMemoryBytes !== undefined && { memory_limit: `${maxMemoryBytes}B`, ...FRUGAL }),
    ...(threads !== undefined && { threads: String(threads) }),
  });
}

/** The package's own decoder takes a U+FEFF at the start of any text for a byte order mark, and drops it. */
async function keepFirstCharacters(): Promise<void> {
  const { default: accessors } = await import('@duckdb/node-api/lib/vectors/dataAccessors.js');
  Object.assign(accessors, { textDecoder: new TextDecoder('utf-8', { ignoreBOM: true }) });
}
