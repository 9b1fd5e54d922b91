import type { Field } from './source.js';

/**
 * One record of RFC 4180, its line end included. Values are written as they are: a guard against
 * spreadsheet formulas would change them, and csv is read by programs first.
 */
export function csvRecord(fields: readonly Field[]): string {
  return `${fields.map(({ text }) => csvField(text)).join(',')}\n`;
}

/** In quotes where it needs them. */
export function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One line without headings, as `az -o tsv`; a tab or line break in a value shows as `\t` or `\n`. */
export function tsvLine(fields: readonly Field[]): string {
  const shown = fields.map(({ text }) =>
    text.replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r'),
  );
  return `${shown.join('\t')}\n`;
}
