import { quoteNumber } from './column-kinds.js';

/** Bins of equal width. */
export interface Bins {
  readonly from: number;
  readonly width: number;
  readonly count: number;
}

/** From the smallest value to the largest; a single value has one bin. */
export function binsOf(min: number, max: number, count: number): Bins {
  const width = (max - min) / count;
  // What lies closer than numbers can tell apart is one value.
  return width === 0 ? { from: min, width: 1, count: 1 } : { from: min, width, count };
}

/**
 * SQL of the number of the bin that a value is in, from 0 on: a bin includes its lower edge, `from + number * width`, to
 * the last bit of a double; the last bin includes its upper edge.
 */
export function binNumber(sql: string, { from, width, count }: Bins): string {
  if (count === 1) return '0';
  const [start, step] = [quoteNumber(from), quoteNumber(width)];
  const guess = `floor((${sql} - ${start}) / ${step})`;
  const below = `(${sql} < ${start} + ${guess} * ${step})::INTEGER`;
  const above = `(${sql} >= ${start} + (${guess} + 1) * ${step})::INTEGER`;
  return `greatest(0, least(${count - 1}, ${guess}::INTEGER - ${below} + ${above}))::INTEGER`;
}
