import type { Column, Table } from '../model/table.js';

/** A named table that KQL may read: columns as KQL sees them, rows from files or from memory. */
export interface SourceTable {
  readonly name: string;
  readonly columns: readonly Column[];
  /**
   * Where the rows are. Files are JSON lines with exactly these columns as members: `datetime` as
   * ISO text with up to 7 digits, `timespan` in .NET "c" form, `dynamic` as any JSON value, a missing
   * member as null (as '' for a string).
   */
  readonly jsonLines: readonly string[];
}

export interface RunOptions {
  /** What `now()` and `ago()` start from. */
  readonly now: Date;
  /** Rows outside are not seen: Azure Monitor's `timespan`, on each table's `timestamp` or `TimeGenerated`. */
  readonly timeRange?: { readonly from: Date | null; readonly to: Date | null };
  readonly signal?: AbortSignal;
}

export interface EngineResult extends Table {
  /** What a `render` operator asked for: the kind of chart, null without one. */
  readonly render: string | null;
}

/** Runs KQL on tables of this machine. Give it back with `close`. */
export interface Engine {
  /**
   * Answers as Kusto does or throws.
   *
   * @throws {CliError} `usage` with Kusto's code and the span if the KQL is wrong; `unsupported` with the span if it
   * is right but this engine cannot run it, or if DuckDB is not installed.
   */
  run(kql: string, tables: readonly SourceTable[], options: RunOptions): Promise<EngineResult>;
  close(): Promise<void>;
}
