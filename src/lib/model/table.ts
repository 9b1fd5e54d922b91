/** Kusto's scalar types, by the names that its answers use. */
export const KUSTO_TYPES = [
  'bool',
  'int',
  'long',
  'real',
  'decimal',
  'datetime',
  'timespan',
  'guid',
  'string',
  'dynamic',
] as const;
export type KustoType = (typeof KUSTO_TYPES)[number];

export interface Column {
  readonly name: string;
  readonly type: KustoType;
}

/**
 * One value, exactly as Kusto holds it. By the type of its column:
 *
 * - `bool`: boolean; `int`, `real`: number, with NaN and the infinities; `long`: bigint
 * - `decimal`: string of its digits; `guid`: string; `string`: string, never null
 * - `datetime`: bigint, ticks of 100 ns since 0001-01-01T00:00:00Z; `timespan`: bigint, ticks
 * - `dynamic`: string, JSON text as it was sent
 *
 * Every type but `string` may be null.
 */
export type Cell = null | boolean | number | bigint | string;

export type Row = readonly Cell[];

/**
 * Some rows of an answer as they were sent: the JSON text of every cell, all in one piece of UTF-8. It holds
 * until the next batch is asked for; whoever keeps something of it makes a copy.
 *
 * The text of cell (row, column) is `bytes` from `bounds[2 * (row * width + column)]` up to, not including, the
 * number behind that. Where both are -1, and for columns from `width` on, there is no text: ask `cell`. Texts are
 * as the service writes them (see `azure/query/cells.ts`), so ask `cell` too wherever a text is not of the form
 * that you know how to copy.
 */
export interface RowBatch {
  readonly rowCount: number;
  readonly bytes: Uint8Array;
  readonly bounds: Int32Array;
  readonly width: number;
  /** One value, exactly. @throws {CliError} `service` if it cannot be of its type */
  readonly cell: (row: number, column: number) => Cell;
}

/** A result with columns. Its rows can be read once, in order, either way. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: AsyncIterable<Row>;
  /** The same rows, many at a time and not yet parsed; undefined if the source does not have them like that. */
  readonly batches?: AsyncIterable<RowBatch> | undefined;
}

/** A table from its batches. */
export function batchedTable(columns: readonly Column[], batches: AsyncIterable<RowBatch>): Table {
  return { columns, batches, rows: rowsOf(columns, batches) };
}

/** A table without rows. */
export function emptyTable(columns: readonly Column[]): Table {
  return { columns, rows: noRows() };
}

async function* noRows(): AsyncGenerator<Row> {}

async function* rowsOf(
  columns: readonly Column[],
  batches: AsyncIterable<RowBatch>,
): AsyncGenerator<Row> {
  for await (const { rowCount, cell } of batches) {
    for (let row = 0; row < rowCount; row++) yield columns.map((_, column) => cell(row, column));
  }
}
