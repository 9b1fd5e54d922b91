import { CliError } from '../../errors.js';
import type { Cell, Column, Row } from '../../model/table.js';
import { parseDatetime, ticksToMs } from '../../model/ticks.js';
import { cellText } from '../cell.js';
import { isNumberColumn } from '../source.js';
import type { BarChart } from './bar-chart.js';
import type { Point, Series } from './chart.js';
import type { ChartKind, RenderHint } from './chart-wish.js';

/** A result as a chart takes it. */
export type Drawable =
  | { readonly kind: 'line'; readonly x: 'time' | 'number'; readonly series: readonly Series[] }
  | { readonly kind: 'column'; readonly series: readonly Series[] }
  | ({ readonly kind: 'bar' } & BarChart);

/**
 * What a result shows: numbers over time or over numbers are lines, numbers of texts are bars.
 *
 * @param forced what the user asked for; undefined: what `render` asks for, else by the shape
 * @throws {CliError} `usage` if there is nothing to draw, or not as was asked
 */
export function drawable(
  columns: readonly Column[],
  rows: readonly Row[],
  { forced, hint }: { readonly forced: ChartKind | undefined; readonly hint: RenderHint },
): Drawable {
  const [flatColumns, flatRows] = withoutArrays(columns, rows);
  const shape = shapeOf(flatColumns, hint, flatRows.length);
  const kind = forced ?? hint.kind ?? (shape.x && !shape.isText ? 'line' : 'bar');
  if (shape.y.length === 0) throw lacking('no column of numbers', columns);
  if (kind === 'bar') return { kind, ...barsOf(flatColumns, flatRows, shape) };
  if (shape.isText && forced === undefined && kind === 'column') {
    // The names of categories need the room that bars give them.
    return { kind: 'bar', ...barsOf(flatColumns, flatRows, shape) };
  }
  if (!shape.x || shape.isText) throw lacking(`no datetime for a ${kind} chart`, columns);
  if (kind === 'column' && shape.x.column.type !== 'datetime') {
    throw lacking('no datetime for a column chart', columns);
  }
  const series = seriesOf(flatRows, shape.x, shape);
  if (kind === 'column') return { kind, series };
  return { kind, x: shape.x.column.type === 'datetime' ? 'time' : 'number', series };
}

interface Place {
  readonly column: Column;
  readonly index: number;
}

interface Shape {
  /** What the numbers are over; undefined if there is only one row of them. */
  readonly x: Place | undefined;
  readonly isText: boolean;
  readonly y: readonly Place[];
  /** What tells one line from another. */
  readonly series: readonly Place[];
}

function shapeOf(columns: readonly Column[], hint: RenderHint, rowCount: number): Shape {
  const places = columns.map((column, index): Place => ({ column, index }));
  const named = (name: string | undefined) => places.find(({ column }) => column.name === name);
  const times = places.filter(({ column }) => column.type === 'datetime');
  const numbers = places.filter(({ column }) => isNumberColumn(column));
  const texts = places.filter(({ column }) => NAMES.includes(column.type));
  const isOneRow = rowCount === 1 && times.length === 0 && texts.length === 0;
  const firstNumber =
    numbers.length > 1 && !isOneRow && texts.length === 0 ? numbers[0] : undefined;
  const x = named(hint.xColumn) ?? times[0] ?? firstNumber ?? texts[0];
  const wanted = numbers.filter(({ column }) => hint.yColumns.includes(column.name));
  const y = (wanted.length > 0 ? wanted : numbers).filter(({ index }) => index !== x?.index);
  const asked = places.filter(({ column }) => hint.series.includes(column.name));
  const series = (asked.length > 0 ? asked : texts).filter(({ index }) => index !== x?.index);
  return { x, isText: x !== undefined && NAMES.includes(x.column.type), y, series };
}

const NAMES: readonly Column['type'][] = ['string', 'bool', 'guid'];

function barsOf(
  columns: readonly Column[],
  rows: readonly Row[],
  { x, y, series }: Shape,
): BarChart {
  if (x === undefined) {
    const values = y.map(({ column, index }) => ({
      name: column.name,
      values: [numberOf(rows[0]?.[index])],
    }));
    return { measures: [''], categories: values };
  }
  // Other numbers than those that are drawn belong to the name: `summarize sum(n) by month, kind`.
  const names = [x, ...series];
  return {
    measures: y.map(({ column }) => column.name),
    categories: rows.map((row) => ({
      name: names.map(({ index }) => label(row[index] ?? null, columns[index])).join(', '),
      values: y.map(({ index }) => numberOf(row[index])),
    })),
  };
}

function seriesOf(rows: readonly Row[], x: Place, { y, series }: Shape): readonly Series[] {
  const bySeries = new Map<string, Point[]>();
  for (const row of rows) {
    const at = xOf(row[x.index] ?? null, x.column);
    if (at === null) continue;
    const key = series.map(({ column, index }) => label(row[index] ?? null, column)).join(', ');
    for (const { column, index } of y) {
      const name =
        series.length === 0 ? column.name : y.length === 1 ? key : `${column.name}: ${key}`;
      const points = bySeries.get(name) ?? [];
      points.push({ x: at, y: numberOf(row[index]) });
      bySeries.set(name, points);
    }
  }
  return [...bySeries].map(([name, points]) => ({
    name,
    points: points.toSorted((a, b) => a.x - b.x),
  }));
}

function label(cell: Cell, column: Column | undefined): string {
  const text = column ? cellText(cell, column) : '';
  return column?.type === 'datetime' ? text.replace(/(?:T00:00:00)?\.0+Z$|0*Z$/, '') : text;
}

function xOf(cell: Cell, { type }: Column): number | null {
  return type === 'datetime' && typeof cell === 'bigint' ? ticksToMs(cell) : numberOf(cell);
}

function numberOf(cell: Cell | undefined): number | null {
  if (cell === null || cell === undefined || cell === '') return null;
  const value = Number(cell);
  return Number.isFinite(value) ? value : null;
}

/** The rows of `make-series` hold arrays, side by side: each place of them becomes a row. */
function withoutArrays(
  columns: readonly Column[],
  rows: readonly Row[],
): readonly [readonly Column[], readonly Row[]] {
  const parsed = rows.map((row) =>
    columns.map(({ type }, index) => (type === 'dynamic' ? arrayOf(row[index]) : undefined)),
  );
  const isArray = columns.map((_, index) => parsed.some((row) => row[index] !== undefined));
  if (!isArray.includes(true)) return [columns, rows];
  const isTime = columns.map((_, index) =>
    parsed.every((row) => (row[index] ?? []).every((item) => timeOf(item) !== undefined)),
  );
  const flatColumns = columns.map(({ name, type }, index): Column => {
    if (!isArray[index]) return { name, type };
    return { name, type: isTime[index] ? 'datetime' : 'real' };
  });
  const flatRows = rows.flatMap((row, at) => {
    const arrays = parsed[at] ?? [];
    const length = Math.max(0, ...arrays.map((array) => array?.length ?? 0));
    return Array.from({ length }, (_, place) =>
      columns.map((_, index): Cell => {
        if (!isArray[index]) return row[index] ?? null;
        const item = arrays[index]?.[place];
        if (isTime[index]) return timeOf(item) ?? null;
        return typeof item === 'number' ? item : null;
      }),
    );
  });
  return [flatColumns, flatRows];
}

function arrayOf(cell: Cell | undefined): readonly unknown[] | undefined {
  if (typeof cell !== 'string' || !cell.startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(cell);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function timeOf(item: unknown): bigint | undefined {
  return typeof item === 'string' && item.includes('T') ? parseDatetime(item) : undefined;
}

function lacking(what: string, columns: readonly Column[]): CliError {
  const names = columns.map(({ name, type }) => `${name} (${type})`).join(', ');
  return new CliError('usage', `This result cannot be drawn: it has ${what}.`, {
    hint:
      `Its columns: ${names || 'none'}. A line or column chart shows numbers over a datetime, ` +
      'bars show numbers beside a text.',
  });
}
