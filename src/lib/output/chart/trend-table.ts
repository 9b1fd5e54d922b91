import { cutToWidth, textWidth } from '../text-width.js';
import type { ChartSpace } from './chart.js';
import { seriesPaint } from './palette.js';
import { sparkline } from './sparkline.js';

export interface TrendTable {
  readonly headings: readonly string[];
  /** What the trend is of. */
  readonly trend: string;
  readonly rows: readonly TrendRow[];
}

export interface TrendRow {
  /** Free of control characters. */
  readonly name: string;
  /** One for each heading. */
  readonly cells: readonly { readonly text: string; readonly isBad?: boolean }[];
  /** How it went, bin by bin. */
  readonly values: readonly (number | null)[];
}

const GAP = '  ';
/** A name is not cut below this, and a trend that is shorter says nothing. */
const LEAST = { name: 12, trend: 8 } as const;

/**
 * Names with their numbers, and what is left of the width shows how they went. A terminal that is too narrow for that
 * has a line for each number.
 */
export function trendTable(
  { headings, trend, rows }: TrendTable,
  space: ChartSpace,
): readonly string[] {
  const { style, width } = space;
  const widths = headings.map((heading, index) =>
    rows.reduce(
      (width, { cells }) => Math.max(width, cells[index]?.text.length ?? 0),
      heading.length,
    ),
  );
  const numbers = widths.reduce((sum, each) => sum + GAP.length + each, 0);
  if (width - numbers < LEAST.name) return listLines(headings, rows, space);
  const longest = rows.reduce((width, { name }) => Math.max(width, textWidth(name)), 0);
  const nameWidth = Math.min(longest, width - numbers);
  const room = width - numbers - nameWidth - GAP.length;
  const right = (text: string, index: number) => GAP + text.padStart(widths[index] ?? 0);
  const paint = seriesPaint(style, 0);
  const head = ' '.repeat(nameWidth) + headings.map(right).join('');
  return [
    style.bold(room < LEAST.trend ? head : `${head}${GAP}${trend}`),
    ...rows.map(({ name, cells, values }) => {
      const shown = cutToWidth(name, nameWidth);
      const label = shown + ' '.repeat(nameWidth - textWidth(shown));
      const figures = cells.map(({ text, isBad }, index) =>
        isBad ? style.red(right(text, index)) : right(text, index),
      );
      const line = sparkline(values, Math.min(room, values.length), space).trimEnd();
      const end = room < LEAST.trend || line === '' ? '' : GAP + paint(line);
      return `${label}${figures.join('')}${end}`.trimEnd();
    }),
  ];
}

function listLines(
  headings: readonly string[],
  rows: readonly TrendRow[],
  { style, width }: ChartSpace,
): readonly string[] {
  const wide = Math.max(0, ...headings.map((heading) => heading.length));
  return rows.flatMap(({ name, cells }) => [
    style.bold(cutToWidth(name, width)),
    ...cells.flatMap(({ text, isBad }, index) => {
      if (text === '') return [];
      const value = cutToWidth(text, width - wide - 2 * GAP.length);
      return [
        `${GAP}${(headings[index] ?? '').padEnd(wide)}${GAP}${isBad ? style.red(value) : value}`,
      ];
    }),
  ]);
}
