import { escapeControls } from '../escape.js';
import { cutToWidth, textWidth } from '../text-width.js';
import type { ChartSpace } from './chart.js';
import { baseAxis } from './frame.js';
import { baseTicks } from './line-chart.js';
import { seriesPaint } from './palette.js';
import { sparkline } from './sparkline.js';
import { timeScale } from './time-scale.js';

export interface StripChart {
  readonly strips: readonly {
    /** Untrusted text. */
    readonly name: string;
    /** One for each bin of time; null: not known. */
    readonly values: readonly (number | null)[];
  }[];
  /** The time that the bins span, milliseconds since 1970. */
  readonly span: { readonly from: number; readonly to: number };
  /** What fills the height of a strip. */
  readonly full: number;
}

/** A line for each of many series, all to one scale: more than a plot could tell apart. */
export function stripChart(
  { strips, span, full }: StripChart,
  space: ChartSpace,
): readonly string[] {
  const { width, glyphs, style } = space;
  const names = strips.map(({ name }) => escapeControls(name) || '(none)');
  const most = Math.floor(width / 3);
  const nameWidth = Math.min(most, Math.max(4, ...names.map(textWidth)));
  const frame = { gutter: nameWidth + 2, columns: Math.max(8, width - nameWidth - 2) };
  const lines = strips.map(({ values }, index) => {
    const name = cutToWidth(names[index] ?? '', nameWidth);
    const line = sparkline(values, frame.columns, space, full).trimEnd();
    const label = name + ' '.repeat(nameWidth - textWidth(name));
    return `${label} ${glyphs.axis.side}${line && seriesPaint(style, index)(line)}`;
  });
  const time = timeScale(span.from, span.to, frame.columns);
  return [...lines, ...baseAxis(baseTicks(time, time.texts, frame.columns), frame, space, 'UTC')];
}
