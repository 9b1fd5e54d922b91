import type { Column } from '../model/table.js';
import { ask, type Connection } from './ask.js';
import { copyToFile } from './copy-to-file.js';
import { quoteName } from './quote.js';
import { type FileRows, readRows } from './read-rows.js';
import { interruptOnAbort } from './rows.js';

/** Few enough that a query about a short time reads little beside it, enough that reading all costs no more. */
const ROW_GROUP = 30_720;

export interface StoredRows {
  readonly sets: readonly FileRows[];
  readonly columns: readonly Column[];
  /** Rows are written in the order of this column: a query about some of its values reads those parts of the file. */
  readonly orderBy: string;
  /** One more column, a datetime that is the same in all rows. */
  readonly stamp?: { readonly name: string; readonly ticks: bigint } | undefined;
}

/**
 * Writes rows of files of any kind as one Parquet file that `readRows` takes without looking into it: columns in
 * `CARRIERS`, under their names.
 *
 * @returns how many rows there were
 * @throws {CliError} `usage` if the file cannot be written
 */
export async function storeParquet(
  connection: Connection,
  { sets, columns, orderBy, stamp }: StoredRows,
  path: string,
  signal?: AbortSignal,
): Promise<number> {
  const rows = `(${readRows(sets, columns)})`;
  const key = quoteName(orderBy);
  const names = columns.map(({ name }) => quoteName(name)).join(', ');
  const selected = stamp ? `${names}, ${stamp.ticks} AS ${quoteName(stamp.name)}` : names;
  const order = (await isOrdered(connection, rows, key, signal)) ? '' : ` ORDER BY ${key}`;
  return copyToFile(connection, {
    select: `SELECT ${selected} FROM ${rows}${order}`,
    path,
    options: `FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE ${ROW_GROUP}`,
    signal,
  });
}

/** Looking costs a fraction of sorting, and telemetry mostly comes in the order of time. */
async function isOrdered(
  connection: Connection,
  rows: string,
  key: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const steps = `SELECT ${key} < lag(${key}) OVER () AS "back" FROM ${rows}`;
  const stopInterrupting = interruptOnAbort(connection, signal);
  try {
    signal?.throwIfAborted();
    const [found] = await ask(connection, `SELECT bool_or("back") AS "back" FROM (${steps})`);
    return found?.back !== true;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    stopInterrupting();
  }
}
