import type { KustoType } from './table.js';

/** What a column holds, as far as it decides which figures make sense. */
export const COLUMN_KINDS = ['integer', 'real', 'boolean', 'text', 'time', 'dynamic'] as const;
export type ColumnKind = (typeof COLUMN_KINDS)[number];

/** A figure of a column: a time is ISO 8601 text in UTC, a whole number that no double can tell from others a bigint. */
export type Figure = number | bigint | string;

export interface ValueCount {
  /** As text; JSON of a dynamic one. */
  readonly value: string;
  readonly count: number;
}

/** Bins of equal width from `from` to `to`, each without its upper end, the last with it. */
export interface Histogram {
  readonly from: Figure;
  readonly to: Figure;
  readonly counts: readonly number[];
}

/** What there is to say of one column. Null: not of this kind of column, or there is no value. */
export interface ColumnStatistics {
  readonly column: string;
  readonly kind: ColumnKind;
  readonly type: KustoType;
  readonly rows: number;
  /** Rows with a value; NaN is one. */
  readonly count: number;
  readonly nulls: number;
  readonly nans: number;
  /** Infinite, or of more than 1e150: no figure below knows them. */
  readonly infinites: number;
  readonly distinct: number;
  /** A HyperLogLog estimate, as a rule a few percent off. */
  readonly distinctIsApproximate: boolean;
  readonly min: Figure | null;
  readonly mean: Figure | null;
  /** Of a sample (n - 1); of times in seconds. */
  readonly stddev: number | null;
  readonly max: Figure | null;
  readonly p5: Figure | null;
  readonly p25: Figure | null;
  readonly p50: Figure | null;
  readonly p75: Figure | null;
  readonly p95: Figure | null;
  /** The most frequent values, most first; null where there are more than 100 000 different ones. */
  readonly top: readonly ValueCount[] | null;
  readonly histogram: Histogram | null;
  /** Of a dynamic column: the JSON types of its values, most first. */
  readonly types: readonly ValueCount[] | null;
}
