import { escapeControls } from '../escape.js';
import { cutToWidth, textWidth } from '../text-width.js';
import type { ChartSpace } from './chart.js';
import type { Glyphs } from './glyphs.js';
import { valueText } from './number-text.js';
import { seriesPaint } from './palette.js';

export interface BarChart {
  /** What is measured, one bar each in every category. Untrusted text. */
  readonly measures: readonly string[];
  readonly categories: readonly {
    /** Untrusted text. */
    readonly name: string;
    /** In the order of the measures. */
    readonly values: readonly (number | null)[];
  }[];
}

/** Horizontal bars from zero, each with its number behind it. With several measures each bar has its name. */
export function barChart({ measures, categories }: BarChart, space: ChartSpace): readonly string[] {
  const { width } = space;
  const isGrouped = measures.length > 1;
  const clean = (text: string) => escapeControls(text) || '(none)';
  const names = labels(
    categories.map(({ name }) => clean(name)),
    Math.floor(width / 3),
  );
  const kinds = isGrouped ? labels(measures.map(clean), Math.floor(width / 5)) : [''];
  const values = categories.flatMap((category) => category.values.map((value) => value ?? 0));
  const least = values.reduce((a, b) => Math.min(a, b), 0);
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  const texts = values.map(valueText);
  const taken = widest(names) + widest(kinds);
  const room = width - taken - (isGrouped ? 4 : 2) - Math.max(1, widest(texts)) - 1;
  const draw = barPainter({ least, most, columns: Math.max(4, room) }, space.glyphs);
  return categories.flatMap(({ values: own }, place) =>
    measures.map((_, measure) => {
      const value = own[measure] ?? null;
      const name = measure === 0 ? (names[place] ?? '') : ' '.repeat(textWidth(names[place] ?? ''));
      const label = isGrouped ? `${name}  ${kinds[measure] ?? ''}` : name;
      if (value === null) return `${label}  `.trimEnd();
      const bar = draw(value);
      return `${label}  ${seriesPaint(space.style, measure)(bar)} ${valueText(value)}`;
    }),
  );
}

function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, textWidth(text)), 0);
}

/** Names of the same width, cut to the largest that is allowed. */
function labels(names: readonly string[], most: number): readonly string[] {
  const width = Math.min(Math.max(8, most), widest(names));
  return names.map((name) => {
    const cut = cutToWidth(name, width);
    return cut + ' '.repeat(width - textWidth(cut));
  });
}

/** Bars to the left of zero are of whole cells. */
function barPainter(
  { least, most, columns }: { least: number; most: number; columns: number },
  { lengths }: Glyphs,
): (value: number) => string {
  const span = most - least || 1;
  const share = Math.round((-least / span) * columns);
  // Both sides of zero have a cell, if they have a value.
  const left = least < 0 ? Math.min(columns - (most > 0 ? 1 : 0), Math.max(1, share)) : 0;
  const right = columns - left;
  const full = lengths.at(-1) ?? '#';
  return (value) => {
    if (value < 0) {
      const size = Math.max(1, Math.round((value / least) * left));
      return ' '.repeat(left - size) + full.repeat(size);
    }
    const parts = Math.round((value / (most || 1)) * right * lengths.length);
    const size = value > 0 ? Math.max(1, parts) : 0;
    const rest = size % lengths.length;
    const tip = rest === 0 ? '' : (lengths[rest - 1] ?? '');
    return ' '.repeat(left) + full.repeat(Math.floor(size / lengths.length)) + tip;
  };
}
