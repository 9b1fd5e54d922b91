import type { Column, Table } from '../../model/table.js';

/** Files of tables in one format. Each gets its name once it is whole. */
export interface TableFiles {
  /** The ending of their names, without the dot. */
  readonly extension: string;
  /** A table as a piece, to be joined with others. */
  readonly write: (table: Table, path: string, signal: AbortSignal) => Promise<WrittenTable>;
  /** Pieces with equal columns as one file, in their order. */
  readonly join: (
    pieces: readonly string[],
    path: string,
    options: { readonly columns: readonly Column[]; readonly signal: AbortSignal },
  ) => Promise<Pick<WrittenTable, 'sizeBytes'>>;
}

export interface WrittenTable {
  readonly rowCount: number;
  readonly sizeBytes: number;
}
