import type { Column, Row } from '../../model/table.js';
import { escapeControls } from '../escape.js';
import { cutToWidth } from '../text-width.js';
import type { WholeView } from '../view.js';
import { barChart } from './bar-chart.js';
import { type ChartSpace, LEAST_WIDTH, type Series } from './chart.js';
import { type ChartKind, parseRenderHint, type RenderHint } from './chart-wish.js';
import { columnChart, columnScale } from './column-chart.js';
import { frameFor } from './frame.js';
import { glyphsFor } from './glyphs.js';
import { lineChart } from './line-chart.js';
import { drawable } from './table-shape.js';
import { spanText } from './time-scale.js';

/** Lines that one chart can tell apart. */
const MOST_SERIES = 8;
/** Columns, of which there may be many small charts, are lower. */
const HEIGHT = { line: 12, wideLine: 16, column: 10, columns: 5 } as const;

/**
 * The rows of a table as a chart.
 *
 * @param forced what the user asked for; undefined: what `render` says, else what the shape is
 * @param render the hint of the answer
 */
export function tableChartView(
  columns: readonly Column[],
  forced: ChartKind | undefined,
  render: string | null,
): WholeView<Row> {
  return {
    empty: 'No rows.',
    whole(rows, { style, width, unicode }) {
      const hint = parseRenderHint(render);
      const space = { style, width: Math.max(LEAST_WIDTH, width), glyphs: glyphsFor(unicode) };
      return [...heading(hint, space), ...chart(columns, rows, { forced, hint }, space)];
    },
  };
}

function heading({ title }: RenderHint, { style, width }: ChartSpace): readonly string[] {
  return title === undefined ? [] : [style.bold(cutToWidth(escapeControls(title), width))];
}

function chart(
  columns: readonly Column[],
  rows: readonly Row[],
  wish: { readonly forced: ChartKind | undefined; readonly hint: RenderHint },
  space: ChartSpace,
): readonly string[] {
  const shown = drawable(columns, rows, wish);
  if (shown.kind === 'bar') return barChart(shown, space);
  const series = shown.series.toSorted((a, b) => total(b) - total(a)).slice(0, MOST_SERIES);
  const kept = shown.series.filter((each) => series.includes(each));
  const left = shown.series.length - kept.length;
  const more = left > 0 ? [`${left} more series with smaller numbers are not drawn.`] : [];
  const span = spanOf(kept);
  const caption = shown.kind === 'column' || shown.x === 'time' ? spanText(span.from, span.to) : '';
  const name = kept.length === 1 ? escapeControls(kept[0]?.name ?? '') : '';
  const title = [name, caption].filter(Boolean).join('  ');
  const top = title === '' ? [] : [cutToWidth(title, space.width)];
  if (shown.kind === 'line') {
    const height = space.width > 120 ? HEIGHT.wideLine : HEIGHT.line;
    return [...top, ...lineChart({ series: kept, x: shown.x, height }, space), ...more];
  }
  return [...top, ...columnCharts(kept, span, space), ...more];
}

/** One chart below the other, all to the same scale. */
function columnCharts(
  series: readonly Series[],
  { from, to, step }: ReturnType<typeof spanOf>,
  space: ChartSpace,
): readonly string[] {
  const height = series.length > 1 ? HEIGHT.columns : HEIGHT.column;
  const all = series.flatMap(({ points }) => points.map(({ y }) => y));
  const scale = columnScale(all, height);
  const frame = frameFor([scale], space);
  return series.flatMap(({ name, points }, color) => {
    const bins = Math.min(10_000, Math.max(1, Math.round((to - from) / step)));
    const values: (number | null)[] = Array.from({ length: bins }, () => null);
    for (const { x, y } of points) {
      const bin = Math.min(bins - 1, Math.floor(((x - from) / (to - from)) * bins + 1e-6));
      const before = values[bin];
      if (y !== null) values[bin] = Math.max(y, before ?? y);
    }
    const chart = { values, span: { from, to }, height, color, scale, frame };
    const shown = cutToWidth(escapeControls(name) || '(none)', space.width);
    const lines = columnChart(chart, space);
    // The times below the last are those of all.
    const isLast = color === series.length - 1;
    return [...(series.length > 1 ? [shown] : []), ...(isLast ? lines : lines.slice(0, -1))];
  });
}

/** The time of all points; a bin is as long as the least distance between two of them. */
function spanOf(series: readonly Series[]) {
  const xs = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))];
  xs.sort((a, b) => a - b);
  const gaps = xs.slice(1).map((x, index) => x - (xs[index] ?? x));
  const step = gaps.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const length = Number.isFinite(step) ? step : 60_000;
  const from = xs[0] ?? 0;
  return { from, to: (xs.at(-1) ?? from) + length, step: length };
}

function total({ points }: Series): number {
  return points.reduce((sum, { y }) => sum + Math.abs(y ?? 0), 0);
}
