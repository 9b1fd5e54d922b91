import type { Connection } from '../duckdb/ask.js';
import type { DatabaseLimits } from '../duckdb/database.js';
import type { WrittenFile } from '../duckdb/write-parquet.js';
import type { ColumnStatistics } from '../model/column-statistics.js';
import type { FeatureComparison, FeatureKind } from '../model/drift.js';
import type { KustoType, Table } from '../model/table.js';

/** Files as tables. Give it back with `close`, which ends what it opened. */
export interface Datasets {
  /**
   * @throws {CliError} `not-found` for a file that is not there, `usage` for one that cannot be read, `unsupported` if
   * DuckDB is not installed
   */
  open(source: DatasetSource, signal?: AbortSignal): Promise<Dataset>;
  /**
   * What files of this machine hold, by name, folder or pattern (`*`, `?`, `[…]`, `**`): what a collector wrote, or else
   * Parquet, CSV or JSON lines. All have to be alike.
   *
   * @param cwd what the names are relative to
   * @throws {CliError} `not-found` for a name or pattern without a file; `usage` for files of several kinds
   */
  find(patterns: readonly string[], cwd: string, signal?: AbortSignal): Promise<DatasetSource>;
  /**
   * Rows of two datasets that belong to one request, in the order of the left ones: v1 tells by its correlation id, v2 by
   * that and the row. A feature that both have is called after its side; the marks are those of the left.
   *
   * @throws {CliError} `unsupported` if one has nothing to tell them by
   */
  join(sides: JoinSides, signal?: AbortSignal): Promise<JoinedDataset>;
  /**
   * The rows of a dataset that were scored in a span of time, in their order.
   *
   * @throws {CliError} `usage` if the rows do not tell their time
   */
  within(dataset: Dataset, span: TimeSpan, signal?: AbortSignal): Promise<DatasetWithin>;
  /**
   * So many rows of a dataset that were scored last, or all, the oldest of them first. What does not tell its time is older
   * than anything, and of one time the last in the files is the newest.
   */
  newest(dataset: Dataset, count: number, signal?: AbortSignal): Promise<NewestRows>;
  /** Figures of the features, or of the columns that are asked for. */
  describe(dataset: Dataset, options?: StatisticsOptions): Promise<readonly ColumnStatistics[]>;
  /** How far the features of two datasets that were opened here differ. */
  compare(
    sides: { readonly baseline: Dataset; readonly target: Dataset },
    options?: CompareOptions,
  ): Promise<readonly FeatureComparison[]>;
  close(): Promise<void>;
}

export interface JoinSides {
  readonly left: Dataset;
  readonly right: Dataset;
  /** Their collections, in front of a name that both have. */
  readonly names: { readonly left: string; readonly right: string };
}

export interface JoinedDataset extends Dataset {
  /** Rows that are not in it, since the other side has none that belongs to them. */
  readonly unmatched: { readonly left: number; readonly right: number };
}

/** From an instant up to another, which does not belong to it; null: without an end there. */
export interface TimeSpan {
  readonly from: Date | null;
  readonly to: Date | null;
}

export interface DatasetWithin extends Dataset {
  /** Rows that are not in it: how many are from before, how many from after, and how many do not tell their time. */
  readonly outside: { readonly before: number; readonly after: number; readonly timeless: number };
}

export interface NewestRows extends Dataset {
  /** How many rows of all do not tell their time. */
  readonly timeless: number;
}

export interface StatisticsOptions {
  /** Columns by name, marks too. Default: every feature. */
  readonly columns?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface CompareOptions extends StatisticsOptions {
  /** Features whose kind is not left to their types and values. */
  readonly kinds?: ReadonlyMap<string, FeatureKind> | undefined;
}

/**
 * Files whose rows are one table, in the order of the files. `v1` and `v2` are what Azure's collectors write, of one
 * collection; the others hold a row as a row, a CSV its columns in the first line.
 */
export interface DatasetSource {
  readonly format: 'parquet' | 'csv' | 'jsonl' | 'v1' | 'v2';
  readonly files: readonly string[];
  /**
   * `v2`: where files are that lines name instead of holding their data, by that name without what is behind the `?` of
   * a URL.
   */
  readonly references?: ReadonlyMap<string, string> | undefined;
}

/** One table. It may be read, written and asked as often as one likes; its files have to stay as they are. */
export interface Dataset {
  readonly columns: readonly DatasetColumn[];
  readonly counts: DatasetCounts;
  /** What was made of the files that they do not say themselves, a sentence each. */
  readonly notes: readonly string[];
  /** Some rows at the beginning. */
  rows(count: number, signal?: AbortSignal): Promise<Table>;
  /** What in the files is no row: columns `file`, `line`, `reason`, `text`. */
  rejected(): Promise<Table>;
  /**
   * Writes all rows in constant memory; the file has its name once it is whole. Parquet keeps the types, CSV the texts
   * of numbers and times as they were.
   *
   * @throws {CliError} `unsupported` without columns; `usage` if the file cannot be written
   */
  write(path: string, format: DatasetFormat, signal?: AbortSignal): Promise<WrittenFile>;
  /** For questions in SQL: what is costly to read is read once, and kept in a scratch file. */
  relation(signal?: AbortSignal): Promise<DatasetRelation>;
}

export type DatasetFormat = 'parquet' | 'csv' | 'jsonl';

export interface DatasetColumn {
  /** Untrusted text, perhaps empty; no two are the same, but they may differ in case alone. */
  readonly name: string;
  readonly type: KustoType;
  /** A mark tells of the request (time, correlation), a feature is what a model was given or gave. */
  readonly role: 'feature' | 'mark';
}

export interface DatasetCounts {
  readonly rows: number;
  /** Lines that are no rows; see `rejected`. */
  readonly rejected: number;
  /** Of those, lines whose data is in a file that is not here. */
  readonly unresolved: number;
}

/** Rows as SQL. */
export interface DatasetRelation {
  /** One query at a time. */
  readonly connection: Connection;
  /** One, but where rows have hundreds of columns: some of them in each, of all rows. */
  readonly sheets: readonly RelationSheet[];
}

/** Some columns of all rows: `SELECT … FROM (${sql})`. */
export interface RelationSheet {
  readonly sql: string;
  readonly columns: readonly RelationColumn[];
}

export interface RelationColumn extends DatasetColumn {
  /** The column in SQL, whatever its name: `c0`, `c1`, … */
  readonly sql: string;
  /**
   * Its type in DuckDB. By `type`: BOOLEAN, INTEGER, BIGINT, DOUBLE, a DECIMAL, TIMESTAMP in UTC, UUID, VARCHAR;
   * ticks as BIGINT for `timespan`, JSON in a VARCHAR for `dynamic`.
   */
  readonly stored: string;
}

/** What all datasets together may take of this machine. */
export type DatasetLimits = DatabaseLimits;
