import type { FileRows } from '../duckdb/read-rows.js';
import type { WrittenFile } from '../duckdb/write-parquet.js';
import type { Column, Table } from '../model/table.js';

/** A named table that KQL may read: columns as KQL sees them, and where its rows are. */
export interface SourceTable {
  readonly name: string;
  readonly columns: readonly Column[];
  /** Files, one set behind the other, none for an empty table; or another table, seen in another way. */
  readonly rows: readonly FileRows[] | TableView;
  /** The name of a column beside those: when a row was stored, for `ingestion_time()`. Files do not tell. */
  readonly ingestedAs?: string | undefined;
}

/** A table as another one shows it. */
export interface TableView {
  /** The name of the table that has the rows. */
  readonly of: string;
  /**
   * What the columns of the view show, by their names: a column of that table, converted as Kusto converts, or the
   * same text in every row. A column that is not here has no value.
   */
  readonly shown: Readonly<Record<string, ShownColumn>>;
}

export type ShownColumn = { readonly column: string } | { readonly text: string };

/** What all queries of an engine together may take of this machine. */
export interface EngineLimits {
  /** Memory of DuckDB; undefined: four fifths of the machine's. */
  readonly maxMemoryBytes?: number | undefined;
  /** Threads that DuckDB computes with; undefined: one for each of the machine's. Each has memory of its own. */
  readonly threads?: number | undefined;
  /** A folder for what does not fit into memory meanwhile; undefined: it has to fit. */
  readonly spillFolder?: string | undefined;
}

export interface RunOptions {
  /** What `now()` and `ago()` start from. */
  readonly now: Date;
  /** Rows outside are not seen: Azure Monitor's `timespan`, on each table's `timestamp` or `TimeGenerated`. */
  readonly timeRange?: { readonly from: Date | null; readonly to: Date | null };
  readonly signal?: AbortSignal;
}

/** Why Azure cut an answer, in its own words. */
export interface CutReason {
  readonly code: string;
  readonly message: string;
}

export interface EngineResult extends Table {
  /** What a `render` operator asked for: the kind of chart, null without one. */
  readonly render: string | null;
  /** What Kusto's binder doubts in KQL that runs: a line each, with code and place. */
  readonly warnings: readonly string[];
  /** The first file that was read and holds an answer that Azure cut. */
  readonly cut: (CutReason & { readonly file: string }) | null;
}

/** An answer whose rows are text already: see `printedRows`. */
export interface PrintedResult extends Omit<EngineResult, 'rows' | 'batches'> {
  /** Each row as a JSON array in UTF-8, many at a time. */
  readonly rowTexts: AsyncIterable<readonly Uint8Array[]>;
  /** Ends the query, whether its rows were read or not. */
  readonly close: () => void;
}

export interface StoreOptions {
  /** Those that are written, whatever others the table has; what it lacks has no value. */
  readonly columns: readonly Column[];
  readonly orderBy: string;
  /** The value of the table's `ingestedAs` in all rows. */
  readonly ingestedAt?: { readonly as: string; readonly at: Date };
  readonly signal?: AbortSignal;
}

/** Runs KQL on tables of this machine. Give it back with `close`. */
export interface Engine {
  /**
   * Answers as Kusto does or throws.
   *
   * @throws {CliError} `usage` with Kusto's code and the span if the KQL is wrong; `unsupported` with the span if it
   * is right but this engine cannot run it, or if DuckDB is not installed; `service` if the memory is not enough.
   */
  run(kql: string, tables: readonly SourceTable[], options: RunOptions): Promise<EngineResult>;
  /** As `run`, for answers that are sent on: printing them costs a fraction of reading their cells. */
  print(kql: string, tables: readonly SourceTable[], options: RunOptions): Promise<PrintedResult>;
  /**
   * Files, by name, folder or pattern, as typed tables.
   *
   * @param cwd what the names are relative to
   * @throws {CliError} `not-found` for what is not there; `usage` with file and line for what cannot be read
   */
  openFiles(patterns: readonly string[], cwd: string): Promise<readonly SourceTable[]>;
  /**
   * Writes a table to a Parquet file, exactly and in constant memory; see `writeParquet`.
   *
   * @throws {CliError} `unsupported` for a table without columns, or if DuckDB is not installed; `usage` if the file
   * cannot be written
   */
  writeParquet(table: Table, path: string, signal?: AbortSignal): Promise<WrittenFile>;
  /** Files of `writeParquet` that have these columns as one, their rows in the order of the files. */
  joinParquet(
    paths: readonly string[],
    path: string,
    options: { readonly columns: readonly Column[]; readonly signal?: AbortSignal },
  ): Promise<WrittenFile>;
  /**
   * Writes the rows of a table's files to one Parquet file, which `rows: [{ format: 'parquet', files: [path] }]`
   * reads; see `storeParquet`.
   *
   * @returns how many rows there were
   * @throws {CliError} `usage` for a file that cannot be read or written
   */
  storeParquet(table: SourceTable, path: string, options: StoreOptions): Promise<number>;
  close(): Promise<void>;
}
