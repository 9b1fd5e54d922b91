import type { Connection } from '../../duckdb/ask.js';
import { interruptOnAbort } from '../../duckdb/rows.js';
import { shortage } from '../shortage.js';

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
    const hint = 'Ask for a shorter time, or for some columns with --column.';
    throw shortage(error, 'Describing that many rows', hint) ?? error;
  } finally {
    stopInterrupting();
  }
}
