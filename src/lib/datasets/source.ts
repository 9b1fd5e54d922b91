import type { DatasetColumn, DatasetCounts } from './datasets.js';

/** The rows of files, ready to be asked for in SQL: nothing but their columns and number is known yet. */
export interface Source {
  readonly columns: readonly SourceColumn[];
  /** What stands behind FROM. The rows come in the order of the files. */
  readonly from: string;
  readonly counts: DatasetCounts;
  readonly notes: readonly string[];
  /** The values cost nothing to compute. */
  readonly isTyped: boolean;
  /** SQL of what is no row: `file`, `line`, `reason`, `text`. */
  readonly rejected?: string;
}

export interface SourceColumn extends DatasetColumn {
  /** SQL of the value, of the type `stored`; see `RelationColumn`. */
  readonly sql: string;
  readonly stored: string;
  /** SQL of the text that stands in the file, where it tells more than the value. */
  readonly text?: string;
}
