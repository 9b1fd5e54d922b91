import { cutToWidth, textWidth } from '../text-width.js';
import type { ChartSpace } from './chart.js';

/** One line an item: its name, figures as far as there is room for them, and what the rest of the width shows. */
export interface FigureTable<T> {
  /** Free of control characters. */
  readonly name: (item: T) => string;
  readonly columns: readonly FigureColumn<T>[];
  /** What shows how values are spread. */
  readonly rest: {
    readonly heading: (width: number) => string;
    /** Less room than this is of no use to it. */
    readonly least: number;
    readonly draw: (item: T, width: number) => string;
  };
}

export interface FigureColumn<T> {
  readonly heading: string;
  readonly cell: (item: T) => string;
  readonly paint?: (text: string, item: T) => string;
  readonly align?: 'left' | 'right';
  /** Of columns that do not fit, the one with the highest goes first. 0 stays. */
  readonly rank: number;
}

const GAP = '  ';
const NAME = { least: 8, most: 32 } as const;

export function figureTable<T>(
  { name, columns, rest }: FigureTable<T>,
  items: readonly T[],
  { style, width }: ChartSpace,
): readonly string[] {
  const names = items.map(name);
  const longest = names.reduce((most, text) => Math.max(most, textWidth(text)), 0);
  const cells = new Map(
    columns.map((column) => [column, items.map((item) => column.cell(item))] as const),
  );
  const widthOf = (column: FigureColumn<T>) =>
    (cells.get(column) ?? []).reduce(
      (most, text) => Math.max(most, textWidth(text)),
      column.heading.length,
    );
  // What no item has is no column.
  let shown = columns.filter((column) => cells.get(column)?.some((text) => text !== ''));
  const taken = () => shown.reduce((sum, column) => sum + GAP.length + widthOf(column), 0);
  const room = () => width - taken() - GAP.length - rest.least;
  const wanted = Math.min(longest, NAME.most, Math.max(NAME.least, Math.floor(width / 4)));
  while (room() < wanted) {
    const most = Math.max(0, ...shown.map(({ rank }) => rank));
    if (most === 0) break;
    shown = shown.filter(({ rank }) => rank < most);
  }
  const nameWidth = Math.min(longest, NAME.most, Math.max(NAME.least, room()));
  const left = Math.max(0, width - nameWidth - taken() - GAP.length);
  const isDrawn = left >= rest.least;
  const padded = (text: string, column: FigureColumn<T>) => {
    const blanks = ' '.repeat(Math.max(0, widthOf(column) - textWidth(text)));
    return column.align === 'left' ? text + blanks : blanks + text;
  };
  const head = [
    ' '.repeat(nameWidth),
    ...shown.map((column) => padded(column.heading, column)),
    ...(isDrawn ? [rest.heading(left)] : []),
  ].join(GAP);
  return [
    style.bold(head.trimEnd()),
    ...items.map((item, index) => {
      const cut = cutToWidth(names[index] ?? '', nameWidth);
      const figures = shown.map((column) => {
        const text = padded(cells.get(column)?.[index] ?? '', column);
        return column.paint?.(text, item) ?? text;
      });
      const label = cut + ' '.repeat(nameWidth - textWidth(cut));
      const drawn = isDrawn ? [rest.draw(item, left)] : [];
      return [label, ...figures, ...drawn].join(GAP).trimEnd();
    }),
  ];
}
