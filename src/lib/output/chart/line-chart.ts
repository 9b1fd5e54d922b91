import { escapeControls } from '../escape.js';
import { cutToWidth, textWidth } from '../text-width.js';
import type { ChartSpace, Series } from './chart.js';
import { type BaseTick, baseAxis, type Frame, frameFor, withSideAxis } from './frame.js';
import type { Glyphs } from './glyphs.js';
import { tickTexts } from './number-text.js';
import { seriesPaint } from './palette.js';
import { createRaster, type Dot, type Raster } from './raster.js';
import { evenHeight, placeOf, type Scale, valueScale } from './scale.js';
import { timeScale } from './time-scale.js';

export interface LineChart {
  readonly series: readonly Series[];
  /** What x is. */
  readonly x: 'time' | 'number';
  /** About so many lines for the plot; axis and legend not counted. */
  readonly height: number;
  /** What x spans, if that is more than the points do. */
  readonly span?: { readonly from: number; readonly to: number };
  /** The frame of another chart that this one stands below. */
  readonly frame?: Frame;
}

/** Columns between the markers of a series. */
const MARKER_GAP = 12;

/** Lines over time or numbers, each series with a marker of its own. Unknown values are gaps. */
export function lineChart(chart: LineChart, space: ChartSpace): readonly string[] {
  const { series } = chart;
  const scale = lineScale(chart);
  const height = evenHeight(scale, chart.height);
  const frame = chart.frame ?? frameFor([scale], space);
  const { span, ticks } = baseScale(chart, frame);
  const raster = createRaster(frame.columns, height, space.glyphs);
  const runs = series.map(({ points }) =>
    runsOf(
      points.map(({ x, y }) => {
        if (y === null || !Number.isFinite(y)) return null;
        const row = raster.down - 1 - placeOf(y, scale, raster.down);
        return { x: placeOf(x, span, raster.across), y: row };
      }),
    ),
  );
  for (const [index, own] of runs.entries()) drawRuns(raster, index, own);
  for (const [index, own] of runs.entries()) drawMarkers(raster, index, own, series.length, space);
  const plot = raster.rows().map((cells) => {
    const painted = cells.map(({ glyph, series: at }) =>
      at === undefined ? glyph : seriesPaint(space.style, at)(glyph),
    );
    return painted.join('').trimEnd();
  });
  const legend = series.length > 1 ? legendLines(series, space) : [];
  const caption = chart.x === 'time' ? 'UTC' : '';
  return [
    ...legend,
    ...withSideAxis(plot, scale, frame, space),
    ...baseAxis(ticks, frame, space, caption),
  ];
}

/** The scale of the values of a chart. */
export function lineScale({ series, height }: Pick<LineChart, 'series' | 'height'>): Scale {
  const values = series.flatMap(({ points }) => points.flatMap(({ y }) => (y === null ? [] : [y])));
  return valueScale(values, Math.max(2, Math.floor(height / 2)));
}

function baseScale({ series, span, x }: LineChart, { columns }: Frame) {
  const xs = series.flatMap(({ points }) => points.map((point) => point.x));
  const least = span?.from ?? xs.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = span?.to ?? xs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const [from, to] = least <= most ? [least, most] : [0, 1];
  if (x === 'time') {
    const scale = timeScale(from, to, columns);
    return { span: scale, ticks: baseTicks(scale, scale.texts, columns) };
  }
  const wide = { from, to: to > from ? to : from + 1 };
  const { ticks } = valueScale([from, to], Math.max(2, Math.floor(columns / 12)));
  const inside = ticks.filter((tick) => tick >= wide.from && tick <= wide.to);
  return { span: wide, ticks: baseTicks({ ...wide, ticks: inside }, tickTexts(inside), columns) };
}

/** Where the ticks of a scale stand below a plot. */
export function baseTicks(
  scale: Scale,
  texts: readonly string[],
  columns: number,
): readonly BaseTick[] {
  return scale.ticks.map((tick, index) => ({
    column: placeOf(tick, scale, columns),
    text: texts[index] ?? '',
  }));
}

/** The stretches without a gap. */
function runsOf(dots: readonly (Dot | null)[]): readonly (readonly Dot[])[] {
  const runs: Dot[][] = [[]];
  for (const dot of dots) {
    if (dot) runs.at(-1)?.push(dot);
    else if (runs.at(-1)?.length !== 0) runs.push([]);
  }
  return runs.filter((run) => run.length > 0);
}

function drawRuns(raster: Raster, series: number, runs: readonly (readonly Dot[])[]): void {
  for (const run of runs) {
    for (const [index, dot] of run.entries()) raster.line(series, run[index - 1] ?? dot, dot);
  }
}

/** A marker now and then, those of different series not in one column; and on each point that has no line. */
function drawMarkers(
  raster: Raster,
  series: number,
  runs: readonly (readonly Dot[])[],
  count: number,
  { glyphs }: ChartSpace,
): void {
  const glyph = glyphs.markers[series % glyphs.markers.length] ?? '*';
  // Where a dot is a whole cell, it says itself whose line it is on.
  const isWhole = glyphs.dots.across * glyphs.dots.down === 1;
  const gap = isWhole ? 1 : MARKER_GAP;
  const offset = Math.floor((series * MARKER_GAP) / Math.max(1, count));
  for (const run of runs) {
    const isLone = run.every(({ x, y }) => x === run[0]?.x && y === run[0]?.y);
    // A legend of one line says nothing that the title does not; its points alone need a marker.
    if (count === 1 && !isLone && !isWhole) continue;
    const cells = alongColumns(run, glyphs.dots);
    const wanted = cells.filter(({ x }) => (x + offset) % gap === 0);
    const places = wanted.length > 0 ? wanted : [cells[Math.floor(cells.length / 2)]];
    for (const place of places) {
      const from = place ? cells.indexOf(place) : 0;
      // Where another series has its marker, the next column takes it.
      cells.slice(from, from + gap).some((cell) => raster.mark(series, cell, glyph));
    }
  }
}

/** The cells of a line of dots, one for each column of cells that it crosses. */
function alongColumns(run: readonly Dot[], { across, down }: Glyphs['dots']): readonly Dot[] {
  const cells = new Map<number, Dot>();
  for (const [index, to] of run.entries()) {
    const from = run[index - 1] ?? to;
    for (let x = from.x; x <= to.x; x++) {
      const share = to.x === from.x ? 1 : (x - from.x) / (to.x - from.x);
      const y = Math.round(from.y + (to.y - from.y) * share);
      const column = Math.floor(x / across);
      cells.set(column, { x: column, y: Math.floor(y / down) });
    }
  }
  return [...cells.values()];
}

/** Which marker is which series, as many on a line as there is room for. */
function legendLines(series: readonly Series[], { glyphs, style, width }: ChartSpace) {
  const lines: { text: string; width: number }[] = [];
  for (const [index, { name }] of series.entries()) {
    const glyph = glyphs.markers[index % glyphs.markers.length] ?? '*';
    const shown = cutToWidth(escapeControls(name) || '(none)', width - 4);
    const entry = `${seriesPaint(style, index)(glyph)} ${shown}`;
    const entryWidth = textWidth(shown) + 2;
    const last = lines.at(-1);
    if (last && last.width + 3 + entryWidth <= width) {
      last.text += `   ${entry}`;
      last.width += 3 + entryWidth;
    } else {
      lines.push({ text: `  ${entry}`, width: entryWidth + 2 });
    }
  }
  return lines.map(({ text }) => text);
}
