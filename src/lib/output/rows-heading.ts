import { escapeControls } from './escape.js';
import { cutToWidth, textWidth } from './text-width.js';

/** Which rows a view is about: what they are of, and of which time; empty for all of it. */
export interface RowsInWords {
  readonly what: string;
  readonly when: string;
}

/** How many rows of what, in one line; the time has one of its own where both do not fit. */
export function rowsHeading(
  label: string,
  rows: number,
  { what, when }: RowsInWords,
  width: number,
): readonly string[] {
  const text = `${label}${rows} row${rows === 1 ? '' : 's'} of ${escapeControls(what)}`;
  if (when === '') return [cutToWidth(text, width)];
  const whole = `${text}, ${when}`;
  if (textWidth(whole) <= width) return [whole];
  return [cutToWidth(text, width), cutToWidth(`${' '.repeat(label.length)}${when}`, width)];
}
