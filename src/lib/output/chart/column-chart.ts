import type { ChartSpace } from './chart.js';
import { baseAxis, type Frame, frameFor, withSideAxis } from './frame.js';
import type { Glyphs } from './glyphs.js';
import { baseTicks } from './line-chart.js';
import { seriesPaint } from './palette.js';
import { evenHeight, type Scale, valueScale } from './scale.js';
import { resample } from './sparkline.js';
import { timeScale } from './time-scale.js';

export interface ColumnChart {
  /** One for each bin of time, of equal length, the first and the last perhaps cut short; null: not known. */
  readonly values: readonly (number | null)[];
  /** The time that the bins span, milliseconds since 1970. */
  readonly span: { readonly from: number; readonly to: number };
  /** About so many lines for the plot; axis not counted. */
  readonly height: number;
  /** Which of the colors. */
  readonly color: number;
  readonly scale?: Scale;
  readonly frame?: Frame;
  /** Lines between plot and axis, each as wide as the plot; the text is what stands left of it. */
  readonly strips?: readonly {
    readonly label: string;
    readonly line: (columns: number) => string;
  }[];
}

/** Columns over time. Values below zero are drawn as zero. */
export function columnChart(chart: ColumnChart, space: ChartSpace): readonly string[] {
  const { values, span, color, strips = [] } = chart;
  const scale = chart.scale ?? columnScale(values, chart.height);
  const height = evenHeight(scale, chart.height);
  const frame = chart.frame ?? frameFor([scale], space);
  const paint = seriesPaint(space.style, color);
  const columns = resample(values, frame.columns);
  const plot = Array.from({ length: height }, (_, row) => {
    const line = columns.map((value) =>
      cellOf(value, height - 1 - row, height, scale, space.glyphs),
    );
    const text = line.join('').trimEnd();
    return text === '' ? '' : paint(text);
  });
  const time = timeScale(span.from, span.to, frame.columns);
  const labelled = strips.map(({ label, line }) =>
    `${label.slice(0, frame.gutter - 2).padStart(frame.gutter - 2)} ${space.glyphs.axis.side}${line(frame.columns)}`.trimEnd(),
  );
  return [
    ...withSideAxis(plot, scale, frame, space),
    ...labelled,
    ...baseAxis(baseTicks(time, time.texts, frame.columns), frame, space, 'UTC'),
  ];
}

/** The scale of such columns: always from zero. */
export function columnScale(values: readonly (number | null)[], height: number): Scale {
  const known = values.flatMap((value) => (value === null ? [] : [Math.max(0, value)]));
  return valueScale([0, ...known], Math.max(2, Math.floor(height / 2)));
}

/** What of a column is in one of its cells, counted from below. What is not zero is seen. */
function cellOf(
  value: number | null,
  row: number,
  height: number,
  { from, to }: Scale,
  { levels }: Glyphs,
): string {
  if (value === null || value <= from) return ' ';
  const whole = levels.length;
  const eighths = Math.max(1, Math.round(((value - from) / (to - from)) * height * whole));
  const here = Math.min(whole, eighths - row * whole);
  return here <= 0 ? ' ' : (levels[here - 1] ?? ' ');
}
