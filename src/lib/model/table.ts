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

/** A result with columns. `rows` can be read once, in order. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: AsyncIterable<Row>;
}
