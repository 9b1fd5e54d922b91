import { escapeControls } from './escape.js';
import { cutToWidth, textWidth } from './text-width.js';
import type { ViewSpace } from './view.js';

export interface TextColumn {
  readonly heading: string;
  readonly align: 'left' | 'right';
  /** Shown whole or not in a line at all: a number, an instant, an address. */
  readonly whole: boolean;
}

export interface TextRow {
  readonly cells: readonly string[];
  /** Colors a cell that is cut and padded already. */
  readonly paint?: (text: string, column: number) => string;
}

/** How many rows decide the widths of the columns. */
const SAMPLE_ROWS = 200;
/** A column of text is never cut below this. */
const LEAST_WIDTH = 12;
const GAP = '  ';

/**
 * Rows under headings, a line each. On a terminal that is too narrow the widest columns of text are cut; if even
 * that does not help, every row becomes a block with a line for each column. On a pipe nothing is cut.
 */
export async function* textTable(
  columns: readonly TextColumn[],
  rows: AsyncIterable<TextRow>,
  space: ViewSpace,
  sampleRows = SAMPLE_ROWS,
): AsyncGenerator<string> {
  const sample: TextRow[] = [];
  let widths: readonly number[] | undefined;
  let layout: ((row: TextRow) => string) | undefined;
  const start = () => {
    widths = fittingWidths(columns, naturalWidths(columns, sample), space.width);
    layout = widths ? lineLayout(columns, widths, space) : blockLayout(columns, space);
    const heading = widths ? [headingLine(columns, widths, space)] : [];
    return [...heading, ...sample.map(layout)];
  };
  for await (const raw of rows) {
    const row = { ...raw, cells: raw.cells.map((cell) => escapeControls(cell)) };
    if (layout) {
      yield layout(row);
    } else {
      sample.push(row);
      if (sample.length >= sampleRows) yield* start();
    }
  }
  if (!layout) yield* start();
}

function naturalWidths(columns: readonly TextColumn[], rows: readonly TextRow[]): number[] {
  return columns.map(({ heading }, index) =>
    rows.reduce(
      (width, { cells }) => Math.max(width, textWidth(cells[index] ?? '')),
      textWidth(heading),
    ),
  );
}

/** The widths that fit, undefined if none do. */
function fittingWidths(
  columns: readonly TextColumn[],
  natural: readonly number[],
  width: number | undefined,
): readonly number[] | undefined {
  if (width === undefined) return natural;
  const room = width - GAP.length * (columns.length - 1);
  const capped = (cap: number) =>
    natural.map((each, index) => (columns[index]?.whole ? each : Math.min(each, cap)));
  const total = (widths: readonly number[]) => widths.reduce((sum, each) => sum + each, 0);
  const least = capped(LEAST_WIDTH);
  if (total(least) > room) return undefined;
  let cap = Math.max(LEAST_WIDTH, ...natural);
  while (total(capped(cap)) > room) cap -= 1;
  return capped(cap);
}

function headingLine(
  columns: readonly TextColumn[],
  widths: readonly number[],
  { style }: ViewSpace,
): string {
  const cells = columns.map(({ heading, align }, index) =>
    style.bold(padded(heading, widths[index] ?? 0, align, index === columns.length - 1)),
  );
  return cells.join(GAP);
}

function lineLayout(
  columns: readonly TextColumn[],
  widths: readonly number[],
  { width }: ViewSpace,
): (row: TextRow) => string {
  return ({ cells, paint = (text) => text }) =>
    columns
      .map(({ align }, index) => {
        const cell = cells[index] ?? '';
        const columnWidth = widths[index] ?? 0;
        const shown = width === undefined ? cell : cutToWidth(cell, columnWidth);
        return paint(padded(shown, columnWidth, align, index === columns.length - 1), index);
      })
      .join(GAP)
      .trimEnd();
}

function blockLayout(
  columns: readonly TextColumn[],
  { style }: ViewSpace,
): (row: TextRow) => string {
  const width = Math.max(...columns.map(({ heading }) => textWidth(heading)));
  let first = true;
  return ({ cells, paint = (text) => text }) => {
    const lines = columns.map(({ heading }, index) => {
      const name = style.bold(padded(heading, width, 'left', false));
      return `${name}${GAP}${paint(cells[index] ?? '', index)}`.trimEnd();
    });
    const block = `${first ? '' : '\n'}${lines.join('\n')}`;
    first = false;
    return block;
  };
}

function padded(text: string, width: number, align: 'left' | 'right', isLast: boolean): string {
  const blanks = ' '.repeat(Math.max(0, width - textWidth(text)));
  if (align === 'right') return blanks + text;
  return isLast ? text : text + blanks;
}
