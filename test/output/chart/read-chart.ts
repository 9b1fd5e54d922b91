import { stripVTControlCharacters } from 'node:util';
import type { ChartSpace } from '../../../src/lib/output/chart/chart.js';
import { glyphsFor } from '../../../src/lib/output/chart/glyphs.js';
import { createStyle } from '../../../src/lib/output/style.js';
import { textWidth } from '../../../src/lib/output/text-width.js';

export function spaceOf(
  width: number,
  {
    color = 0,
    unicode = true,
  }: { readonly color?: 0 | 1 | 2 | 3; readonly unicode?: boolean } = {},
): ChartSpace {
  return { style: createStyle(color), width, glyphs: glyphsFor(unicode) };
}

/** A chart as its reader finds it: what stands left of the axis, and what right of it. */
export interface ReadChart {
  /** The lines of the plot, from the top. */
  readonly plot: readonly string[];
  /** The numbers beside it, by line; undefined where there is none. */
  readonly numbers: readonly (string | undefined)[];
  /** The texts below it. */
  readonly base: string;
  readonly widest: number;
}

export function readChart(lines: readonly string[]): ReadChart {
  const plain = lines.map(stripVTControlCharacters);
  const rows = plain.flatMap((line) => {
    const [, number = '', plot = ''] = /^( *\S*) [│┤|+](.*)$/.exec(line) ?? [];
    return /^ *\S* [│┤|+]/.test(line) && !/[─]{4}|-{4}/.test(line)
      ? [{ number: number.trim(), plot }]
      : [];
  });
  return {
    plot: rows.map(({ plot }) => plot),
    numbers: rows.map(({ number }) => (number === '' ? undefined : number)),
    base: plain.at(-1) ?? '',
    widest: Math.max(...plain.map(textWidth)),
  };
}

/** Columns of the plot in which a line has anything. */
export function inked(chart: ReadChart): readonly number[] {
  const width = Math.max(...chart.plot.map((line) => line.length));
  return Array.from({ length: width }, (_, column) => column).filter((column) =>
    chart.plot.some((line) => ![' ', '\u2800', undefined].includes(line[column])),
  );
}
