import type { ChartSpace } from './chart.js';

/**
 * Values as one line, from zero to the largest; null is a blank. More values than columns share one, of which the
 * largest is seen.
 *
 * @param full what fills a cell, if that is not the largest value
 */
export function sparkline(
  values: readonly (number | null)[],
  columns: number,
  { glyphs: { levels } }: Pick<ChartSpace, 'glyphs'>,
  full?: number,
): string {
  const shown = resample(values, columns);
  const most = full ?? shown.reduce<number>((a, b) => Math.max(a, b ?? 0), 0);
  return shown
    .map((value) => {
      if (value === null) return ' ';
      const level = most === 0 ? 0 : Math.round((Math.max(0, value) / most) * (levels.length - 1));
      return levels[level] ?? ' ';
    })
    .join('');
}

/** As many values as columns: of those that share a column the largest, or one over and over. */
export function resample(
  values: readonly (number | null)[],
  columns: number,
): readonly (number | null)[] {
  if (values.length === 0) return Array.from({ length: columns }, () => null);
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / columns));
    return values.slice(from, to).reduce<number | null>((a, b) => {
      if (a === null || b === null) return a ?? b;
      return Math.max(a, b);
    }, null);
  });
}
