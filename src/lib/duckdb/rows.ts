import type { DuckDBConnection, DuckDBDataChunk, DuckDBValue } from '@duckdb/node-api';
import { CliError } from '../errors.js';
import type { Cell, Column, KustoType, Row } from '../model/table.js';

export interface StreamOptions {
  readonly sql: string;
  readonly signal?: AbortSignal | undefined;
  /** What to throw where DuckDB fails. */
  readonly explain?: (cause: unknown) => unknown;
}

/**
 * Runs SQL and streams its rows as Kusto's values. Ends with the signal's reason when that is aborted.
 * The connection is closed once the rows are read or left, or the query fails.
 *
 * @param columns what the columns of the SQL are, by position
 * @throws {CliError} `service` if the memory is not enough
 */
export function streamRows(
  connection: DuckDBConnection,
  { columns, ...options }: StreamOptions & { readonly columns: readonly Column[] },
): Promise<AsyncIterable<Row>> {
  const readers = columns.map(({ type }) => READERS[type]);
  return stream(connection, options, async function* (chunks) {
    for await (const chunk of chunks) {
      const values = columns.map((_, index) => chunk.getColumnValues(index));
      for (let row = 0; row < chunk.rowCount; row++) {
        yield readers.map((read, index) => read(values[index]?.[row] ?? null));
      }
    }
  });
}

/** What a query answers with, once. */
export interface Streamed<T> extends AsyncIterable<T> {
  /** Gives back what the query holds, for rows that nobody began to read; else it is given back at their end. */
  readonly close: () => void;
}

/** Runs SQL of one column of bytes and streams those, many at a time; else as `streamRows`. */
export function streamBytes(
  connection: DuckDBConnection,
  options: StreamOptions,
): Promise<Streamed<readonly Uint8Array[]>> {
  return stream(connection, options, async function* (chunks) {
    for await (const chunk of chunks) {
      yield chunk
        .getColumnValues(0)
        .flatMap((value) => (value instanceof Object && 'bytes' in value ? [value.bytes] : []));
    }
  });
}

async function stream<T>(
  connection: DuckDBConnection,
  { sql, signal, explain = (cause) => cause }: StreamOptions,
  read: (chunks: AsyncIterable<DuckDBDataChunk>) => AsyncGenerator<T>,
): Promise<Streamed<T>> {
  const stopInterrupting = interruptOnAbort(connection, signal);
  let isOpen = true;
  const close = () => {
    stopInterrupting();
    if (isOpen) connection.closeSync();
    isOpen = false;
  };
  try {
    signal?.throwIfAborted();
    const result = await connection.stream(sql);
    // The first chunk is awaited here, so that what fails at once fails before anything is shown.
    const first = await result.fetchChunk();
    return Object.assign(read(chunks()), { close });

    async function* chunks(): AsyncGenerator<DuckDBDataChunk> {
      try {
        for (let chunk = first; chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
          yield chunk;
        }
        signal?.throwIfAborted(); // an interrupted query may look as if it had ended
      } catch (error) {
        signal?.throwIfAborted();
        throw memoryError(error) ?? (await explain(error));
      } finally {
        close();
      }
    }
  } catch (error) {
    close();
    signal?.throwIfAborted();
    throw memoryError(error) ?? (await explain(error));
  }
}

function memoryError(cause: unknown): CliError | undefined {
  if (!(cause instanceof Error && cause.message.startsWith('Out of Memory Error')))
    return undefined;
  const message = 'The query needs more memory than it may use.';
  const hint =
    'Ask for fewer rows or columns, earlier in the query, or allow more with --max-memory.';
  return new CliError('service', message, { hint }, cause);
}

/** An interrupt before the query has started is lost, so it is repeated until the query has ended. */
export function interruptOnAbort(
  connection: DuckDBConnection,
  signal: AbortSignal | undefined,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  const interrupt = () => {
    connection.interrupt();
    timer = setInterval(() => connection.interrupt(), 20);
  };
  signal?.addEventListener('abort', interrupt, { once: true });
  return () => {
    signal?.removeEventListener('abort', interrupt);
    clearInterval(timer);
  };
}

const READERS: Readonly<Record<KustoType, (value: DuckDBValue) => Cell>> = {
  bool: (value) => (value === null ? null : value === true),
  int: (value) => (value === null ? null : Number(value)),
  real: (value) => (value === null ? null : Number(value)),
  long: toBigInt,
  datetime: toBigInt,
  timespan: toBigInt,
  decimal: (value) => (value === null ? null : trimZeros(String(value))),
  guid: (value) => (value === null ? null : String(value)),
  string: (value) => (value === null ? '' : String(value)),
  dynamic: (value) => (value === null ? null : String(value)),
};

function toBigInt(value: DuckDBValue): Cell {
  if (value === null || typeof value === 'bigint') return value;
  return BigInt(String(value));
}

function trimZeros(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}
