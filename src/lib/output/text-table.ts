import { escapeControls } from './escape.js';
import { cutToWidth, textWidth } from './text-width.js';
import type { ViewSpace } from './view.js';

export interface TextColumn {
  readonly heading: string;
  readonly align: 'left' | 'right';
  /** Shown whole or not in a line at all: a number, an instant, an address. */
  readonly whole: boolean;
  /** Left out where there is no room for it. */
  readonly spare?: boolean | undefined;
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
 * Rows under headings, a line each. On a terminal that is too narrow the widest columns of text are cut, then the spare
 * columns are left out; if even that does not help, every row becomes a block with a line for each column. On a pipe
 * nothing is cut or left out.
 */
export async function* textTable(
  columns: readonly TextColumn[],
  rows: AsyncIterable<TextRow>,
  space: ViewSpace,
  sampleRows = SAMPLE_ROWS,
): AsyncGenerator<string> {
  const sample: TextRow[] = [];
  let layout: ((row: TextRow) => string) | undefined;
  const start = () => {
    const placed = placedColumns(columns, naturalWidths(columns, sample), space.width);
    layout = placed ? lineLayout(placed, space) : blockLayout(columns, space);
    const heading = placed ? [headingLine(placed, space)] : [];
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

/** The same for rows that are all there; undefined where they would become blocks. */
export function fittingTable(
  columns: readonly TextColumn[],
  rows: readonly TextRow[],
  space: ViewSpace,
): readonly string[] | undefined {
  const placed = placedColumns(columns, naturalWidths(columns, rows), space.width);
  return placed && [headingLine(placed, space), ...rows.map(lineLayout(placed, space))];
}

function naturalWidths(columns: readonly TextColumn[], rows: readonly TextRow[]): number[] {
  return columns.map(({ heading }, index) =>
    rows.reduce(
      (width, { cells }) => Math.max(width, textWidth(cells[index] ?? '')),
      textWidth(heading),
    ),
  );
}

/** A column that has a place in the line. */
interface PlacedColumn extends TextColumn {
  /** Its number among all columns. */
  readonly index: number;
  readonly width: number;
}

/** The columns that are shown, each with a width that fits; undefined if there is no room for a line. */
function placedColumns(
  columns: readonly TextColumn[],
  natural: readonly number[],
  width: number | undefined,
): readonly PlacedColumn[] | undefined {
  const all = columns.map((column, index) => ({ ...column, index, width: natural[index] ?? 0 }));
  for (const shown of [all, all.filter(({ spare }) => spare !== true)]) {
    const natural = shown.map((column) => column.width);
    const widths = fittingWidths(shown, natural, width);
    if (widths) return shown.map((column, at) => ({ ...column, width: widths[at] ?? 0 }));
  }
  return undefined;
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

function headingLine(columns: readonly PlacedColumn[], { style }: ViewSpace): string {
  const cells = columns.map(({ heading, align, width }, at) =>
    style.bold(padded(heading, width, align, at === columns.length - 1)),
  );
  return cells.join(GAP);
}

function lineLayout(columns: readonly PlacedColumn[], space: ViewSpace): (row: TextRow) => string {
  return ({ cells, paint = (text) => text }) =>
    columns
      .map(({ align, index, width }, at) => {
        const cell = cells[index] ?? '';
        const shown = space.width === undefined ? cell : cutToWidth(cell, width);
        return paint(padded(shown, width, align, at === columns.length - 1), index);
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
