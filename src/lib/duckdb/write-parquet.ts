import { rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CliError } from '../errors.js';
import { told } from '../file-errors.js';
import { makeFolders } from '../make-folders.js';
import type { Column, Table } from '../model/table.js';
import { ask, type Connection } from './ask.js';
import { copyToFile } from './copy-to-file.js';
import { quotePaths, quoteText } from './quote.js';
import { selectRows, uniqueNames, writeRowsFile } from './rows-file.js';
import { PARQUET_KEY } from './stored.js';

export interface WrittenFile {
  readonly rowCount: number;
  readonly sizeBytes: number;
}

/** How files are written. */
export interface WriteOptions {
  readonly signal?: AbortSignal | undefined;
  /** A row group holds about this much text: more costs several times that in memory, less is read less well. */
  readonly rowGroupBytes: number;
  /** Does what needs that memory when nobody else does. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/** DuckDB's own size of a row group, and of a vector. */
const ROWS = { group: 122_880, vector: 2048 };

/**
 * Writes a table as one Parquet file that reads back as exactly the same values: columns in `CARRIERS`, their Kusto
 * types in the file's metadata. Memory is constant: the rows wait as text beside the target, which gets its name
 * once it is whole, in a folder that is made if need be.
 *
 * A column of decimals or guids that holds what its carrier cannot is text. Of columns whose names differ only in
 * case the later ones get a number.
 *
 * @throws {CliError} `unsupported` for a table without columns; `usage` if the file cannot be written
 */
export async function writeParquet(
  connection: Connection,
  table: Table,
  path: string,
  { signal, rowGroupBytes, inTurn }: WriteOptions,
): Promise<WrittenFile> {
  const { columns } = table;
  if (columns.length === 0) {
    throw new CliError('unsupported', 'A Parquet file needs columns, and the answer has none.');
  }
  const waiting = `${path}.rows`;
  await told(path, 'written', makeFolders(dirname(path)));
  try {
    const written = await writeRowsFile(waiting, table, signal);
    const select = selectRows(waiting, columns, written);
    const options = fileOptions(columns, rowGroupOf(written, rowGroupBytes));
    await inTurn(() => copyToFile(connection, { select, path, options, signal }));
    return { rowCount: written.rowCount, sizeBytes: (await stat(path)).size };
  } finally {
    await rm(waiting, { force: true });
  }
}

export type JoinOptions = Omit<WriteOptions, 'rowGroupBytes'> & {
  readonly columns: readonly Column[];
};

/**
 * Files of `writeParquet` that have these columns as one file, their rows in the order of the files.
 *
 * @throws {CliError} `usage` if the file cannot be written
 */
export async function joinParquet(
  connection: Connection,
  paths: readonly string[],
  path: string,
  { columns, signal, inTurn }: JoinOptions,
): Promise<WrittenFile> {
  const files = quotePaths(paths);
  // Its own size does not tell what a row takes in memory: what fitted there fits here.
  const [facts] = await ask(
    connection,
    `SELECT max(row_group_num_rows)::DOUBLE AS "rows" FROM parquet_metadata(${files})`,
  );
  // A column that is text in one of the files is text in all.
  const select = `SELECT * FROM read_parquet(${files}, union_by_name = true, hive_partitioning = false)`;
  const options = fileOptions(columns, Number(facts?.rows ?? ROWS.group));
  const rowCount = await inTurn(() => copyToFile(connection, { select, path, options, signal }));
  return { rowCount, sizeBytes: (await stat(path)).size };
}

/** Rows whose text is about of that size. */
function rowGroupOf({ rowCount, sizeBytes }: WrittenFile, rowGroupBytes: number): number {
  const fitting = Math.floor((rowGroupBytes * Math.max(1, rowCount)) / Math.max(1, sizeBytes));
  return Math.max(ROWS.vector, Math.min(ROWS.group, fitting));
}

function fileOptions(columns: readonly Column[], rowGroup: number): string {
  const names = uniqueNames(columns);
  const types = Object.fromEntries(columns.map(({ type }, index) => [names[index], type]));
  return `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowGroup},
    KV_METADATA { ${quoteText(PARQUET_KEY)}: ${quoteText(JSON.stringify(types))} }`;
}
