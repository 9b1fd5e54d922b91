import { escapeControls } from './escape.js';
import type { Style } from './style.js';
import { cutToWidth, graphemes, textWidth } from './text-width.js';

/** A line of a text and what of it is meant. */
export interface MarkedLine {
  /** Its number, from 1. */
  readonly line: number;
  readonly source: string;
  /** Offsets in the line. */
  readonly start: number;
  readonly end: number;
}

/**
 * The line, and below it one with carets under what is meant.
 *
 * @param width columns of the terminal, undefined without one: nothing is cut then
 */
export function markedLine(
  { line, source, start, end }: MarkedLine,
  style: Style,
  width?: number,
): readonly string[] {
  const before = shown(source.slice(0, start));
  const marked = shown(source.slice(start, end));
  const after = shown(source.slice(end));
  const gutter = `${String(line).padStart(3)} | `;
  const room = width === undefined ? Number.POSITIVE_INFINITY : Math.max(20, width - gutter.length);
  const whole = textWidth(before) + textWidth(marked) + textWidth(after) <= room;
  const head = whole ? before : lastColumns(before, Math.floor(room / 2) - 1);
  const carets = '^'.repeat(Math.max(1, Math.min(textWidth(marked), room - textWidth(head))));
  const shownLine = whole ? before + marked + after : cutToWidth(head + marked + after, room);
  return [
    style.dim(gutter) + shownLine,
    style.dim(`${' '.repeat(gutter.length - 2)}| `) +
      ' '.repeat(textWidth(head)) +
      style.red.bold(carets),
  ];
}

/** A tab is as wide as its stops make it, which a caret cannot follow: it is shown as two spaces. */
function shown(text: string): string {
  return escapeControls(text.replaceAll('\t', '  '));
}

function lastColumns(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = '';
  for (const grapheme of [...graphemes(text)].reverse()) {
    if (textWidth(grapheme + kept) > width - 1) break;
    kept = grapheme + kept;
  }
  return `…${kept}`;
}
