import type { ColumnKind } from '../../model/column-statistics.js';
import type { KustoType } from '../../model/table.js';

/** What figures make sense of a column. A timespan is a whole number of ticks. */
export const KIND_OF: Readonly<Record<KustoType, ColumnKind>> = {
  bool: 'boolean',
  int: 'integer',
  long: 'integer',
  real: 'real',
  decimal: 'real',
  datetime: 'time',
  timespan: 'integer',
  guid: 'text',
  string: 'text',
  dynamic: 'dynamic',
};

/** What is larger than this cannot be squared and summed up: it counts as infinite. */
export const LARGEST = 1e150;

/**
 * SQL of a number that can be computed with, null for any other value.
 *
 * @param sql a number or a truth; or a time, which becomes seconds since 1970
 */
export function computable(sql: string, kind: ColumnKind): string {
  if (kind === 'time') return `epoch(${sql})`;
  const number = `CAST(${sql} AS DOUBLE)`;
  return kind === 'real' ? `CASE WHEN abs(${number}) <= ${LARGEST} THEN ${number} END` : number;
}

/** SQL of any value as the text that tells it from others. */
export function asText(sql: string): string {
  return `CAST(${sql} AS VARCHAR)`;
}

/** A number of ours in SQL, as the double it is. */
export function quoteNumber(value: number): string {
  return `'${value}'::DOUBLE`;
}
