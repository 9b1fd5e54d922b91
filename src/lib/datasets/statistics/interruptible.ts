import type { Connection } from '../../duckdb/ask.js';
import { interruptOnAbort } from '../../duckdb/rows.js';
import { CliError } from '../../errors.js';

/**
 * Work with a connection that ends when the signal says so, with its reason.
 *
 * @throws {CliError} `service` if the memory, or the disk for what does not fit, is not enough
 */
export async function interruptible<T>(
  connection: Connection,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const stopInterrupting = interruptOnAbort(connection, signal);
  try {
    signal?.throwIfAborted();
    return await work();
  } catch (error) {
    signal?.throwIfAborted();
    throw shortage(error) ?? error;
  } finally {
    stopInterrupting();
  }
}

/** Texts of DuckDB, which tells failures apart by nothing else. */
const SHORT_OF: readonly (readonly [RegExp, string])[] = [
  [/^Out of Memory Error/, 'memory than it may use'],
  [/No space left on device|failed to offload data block/i, 'room on the disk than there is'],
];

function shortage(cause: unknown): CliError | undefined {
  if (!(cause instanceof Error)) return undefined;
  const [, what] = SHORT_OF.find(([text]) => text.test(cause.message)) ?? [];
  if (what === undefined) return undefined;
  const message = `Describing that many rows takes more ${what}.`;
  const hint = 'Ask for a shorter time, or for some columns with --column.';
  return new CliError('service', message, { hint }, cause);
}
