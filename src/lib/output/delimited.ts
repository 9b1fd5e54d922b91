import { stringify } from 'csv-stringify/sync';
import type { Field } from './source.js';

/** One record of RFC 4180, its line end included. */
export function csvRecord(fields: readonly Field[]): string {
  return stringify([fields.map(({ text, isText }) => (isText ? withoutFormula(text) : text))]);
}

/** Spreadsheets run text that begins like a formula: an apostrophe in front makes it text again. */
function withoutFormula(text: string): string {
  if (!/^[=+\-@\t\r]/.test(text) || /^[+-]?[\d.]+(e[+-]?\d+)?$/i.test(text)) return text;
  return `'${text}`;
}

/** One line without headings, as `az -o tsv`; a tab or line break in a value shows as `\t` or `\n`. */
export function tsvLine(fields: readonly Field[]): string {
  const shown = fields.map(({ text }) =>
    text.replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r'),
  );
  return `${shown.join('\t')}\n`;
}
