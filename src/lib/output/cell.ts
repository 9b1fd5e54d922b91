import type { Cell, Column } from '../model/table.js';
import { formatDatetime, formatTimespan } from '../model/ticks.js';

/** The value as text, without loss; null is the empty text. For csv, tsv and text. */
export function cellText(cell: Cell, { type }: Column): string {
  if (cell === null) return '';
  if (typeof cell === 'bigint') {
    if (type === 'datetime') return formatDatetime(cell);
    if (type === 'timespan') return formatTimespan(cell);
  }
  return Object.is(cell, -0) ? '-0.0' : String(cell);
}

/**
 * The value as JSON text: long and decimal as bare digits, whatever their size; datetime and timespan as text;
 * dynamic as it was sent, but on one line; NaN and the infinities, which JSON lacks, as text.
 */
export function cellJson(cell: Cell, column: Column): string {
  if (cell === null) return 'null';
  switch (column.type) {
    case 'long':
      return String(cell);
    case 'decimal':
      return isJsonNumber(String(cell)) ? String(cell) : JSON.stringify(String(cell));
    case 'dynamic':
      // Line ends can only stand between its tokens.
      return isJson(String(cell))
        ? String(cell).replace(/[\r\n]/g, ' ')
        : JSON.stringify(String(cell));
    case 'bool':
      return String(cell);
    case 'int':
    case 'real':
      return Number.isFinite(cell) ? cellText(cell, column) : JSON.stringify(String(cell));
    default:
      return JSON.stringify(cellText(cell, column));
  }
}

function isJsonNumber(text: string): boolean {
  return /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i.test(text);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
