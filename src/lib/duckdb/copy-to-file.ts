import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CliError } from '../errors.js';
import { syncFolder } from '../sync-folder.js';
import { ask, type Connection } from './ask.js';
import { quoteText } from './quote.js';
import { interruptOnAbort } from './rows.js';

interface Copy {
  readonly select: string;
  readonly path: string;
  /** Of COPY: the format and how it is written. */
  readonly options: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Writes what a query selects under a temporary name, which becomes the file's once it is whole.
 *
 * @returns how many rows there were
 * @throws {CliError} `usage` if the file cannot be written
 */
export async function copyToFile(
  connection: Connection,
  { select, path, options, signal }: Copy,
): Promise<number> {
  const unfinished = `${path}.tmp`;
  const stopInterrupting = interruptOnAbort(connection, signal);
  try {
    signal?.throwIfAborted();
    const sql = `COPY (${select}) TO ${quoteText(unfinished)} (${options})`;
    const [written] = await ask(connection, sql);
    signal?.throwIfAborted();
    await sync(unfinished);
    await rename(unfinished, path);
    await syncFolder(dirname(path));
    return Number(written?.Count ?? 0);
  } catch (error) {
    signal?.throwIfAborted();
    throw fileError(error, path);
  } finally {
    stopInterrupting();
    await rm(unfinished, { force: true });
  }
}

/** So that no power cut leaves the name without what is in it. */
async function sync(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** DuckDB has no codes: `IO Error: Could not write file "…": No space left on device`. */
function fileError(cause: unknown, path: string): unknown {
  if (!(cause instanceof Error)) return cause;
  if (cause.message.startsWith('Out of Memory Error')) {
    return new CliError(
      'service',
      `The file "${path}" needs more memory than it may use.`,
      {},
      cause,
    );
  }
  if (/^(Invalid Input|Conversion) Error/.test(cause.message)) {
    const message = 'A value is not what the type of its column says.';
    return new CliError('service', message, { original: cause.message }, cause);
  }
  if (!cause.message.startsWith('IO Error')) return cause;
  const reason = cause.message.split(': ').at(-1)?.split('\n')[0]?.toLowerCase();
  return new CliError('usage', `The file "${path}" cannot be written: ${reason}.`, {}, cause);
}
