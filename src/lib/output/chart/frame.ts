import { textWidth } from '../text-width.js';
import type { ChartSpace } from './chart.js';
import { tickTexts } from './number-text.js';
import { placeOf, type Scale } from './scale.js';

/** A tick of the horizontal axis. */
export interface BaseTick {
  /** Column of the plot, from 0. */
  readonly column: number;
  readonly text: string;
}

export interface Frame {
  /** Columns left of the plot: the numbers of the axis, and the axis. */
  readonly gutter: number;
  /** Columns that are left for the plot. */
  readonly columns: number;
}

/** How much room the plot has beside the numbers of these scales; charts with one frame stand in line. */
export function frameFor(scales: readonly Scale[], { width }: ChartSpace): Frame {
  const labels = scales.flatMap(({ ticks }) => tickTexts(ticks).map(textWidth));
  const gutter = Math.max(4, ...labels) + 2;
  return { gutter, columns: Math.max(8, width - gutter) };
}

/** The lines of a plot with the axis of its values on the left. */
export function withSideAxis(
  plot: readonly string[],
  scale: Scale,
  { gutter }: Frame,
  { glyphs }: ChartSpace,
): readonly string[] {
  const texts = tickTexts(scale.ticks);
  const labels = new Map(
    scale.ticks.map((tick, index) => [
      plot.length - 1 - placeOf(tick, scale, plot.length),
      texts[index] ?? '',
    ]),
  );
  return plot.map((line, row) => {
    const label = labels.get(row);
    const axis = label === undefined ? glyphs.axis.side : glyphs.axis.sideTick;
    return `${(label ?? '').padStart(gutter - 2)} ${axis}${line}`.trimEnd();
  });
}

/** The axis below a plot, and the line with its texts; those that find no room are left out. */
export function baseAxis(
  ticks: readonly BaseTick[],
  { gutter, columns }: Frame,
  { glyphs }: ChartSpace,
  caption = '',
): readonly string[] {
  const { corner, base, baseTick } = glyphs.axis;
  const line = Array.from({ length: columns }, () => base);
  let texts = '';
  for (const { column, text } of ticks) {
    const width = textWidth(text);
    const start = Math.max(0, Math.min(column - Math.floor(width / 2), columns - width));
    if (start < texts.length + (texts === '' ? 0 : 1) || width > columns) continue;
    texts = texts.padEnd(start) + text;
    line[column] = baseTick;
  }
  const axis = `${' '.repeat(gutter - 1)}${corner}${line.join('')}`;
  return [axis, `${caption.slice(0, gutter - 1).padStart(gutter - 1)} ${texts}`.trimEnd()];
}
