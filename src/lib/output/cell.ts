import type { Cell, Column } from '../model/table.js';

const TICKS_PER_MS = 10_000n;
const TICKS_PER_SECOND = 10_000_000n;
/** Milliseconds from 0001-01-01 to 1970-01-01. */
const EPOCH_MS = 62_135_596_800_000;

/** `2026-11-22T10:15:30.1234567Z`, always with 7 digits. */
export function datetimeText(ticks: bigint): string {
  const iso = new Date(Number(ticks / TICKS_PER_MS) - EPOCH_MS).toISOString();
  return `${iso.slice(0, -1)}${String(ticks % TICKS_PER_MS).padStart(4, '0')}Z`;
}

/** .NET's constant form, as Kusto sends it: `[-][d.]hh:mm:ss[.fffffff]`. */
export function timespanText(ticks: bigint): string {
  const size = ticks < 0n ? -ticks : ticks;
  const seconds = size / TICKS_PER_SECOND;
  const two = (value: bigint) => String(value).padStart(2, '0');
  const days = seconds / 86_400n;
  const clock = [(seconds / 3600n) % 24n, (seconds / 60n) % 60n, seconds % 60n].map(two).join(':');
  const fraction = size % TICKS_PER_SECOND;
  return [
    ticks < 0n ? '-' : '',
    days > 0n ? `${days}.` : '',
    clock,
    fraction > 0n ? `.${String(fraction).padStart(7, '0')}` : '',
  ].join('');
}

/** The value as text, without loss; null is the empty text. For csv, tsv and text. */
export function cellText(cell: Cell, { type }: Column): string {
  if (cell === null) return '';
  if (typeof cell === 'bigint') {
    if (type === 'datetime') return datetimeText(cell);
    if (type === 'timespan') return timespanText(cell);
  }
  return String(cell);
}

/**
 * The value as JSON text: long and decimal as bare digits, whatever their size; datetime and timespan as text;
 * dynamic as it was sent; NaN and the infinities, which JSON lacks, as text.
 */
export function cellJson(cell: Cell, column: Column): string {
  if (cell === null) return 'null';
  switch (column.type) {
    case 'long':
      return String(cell);
    case 'decimal':
      return isJsonNumber(String(cell)) ? String(cell) : JSON.stringify(String(cell));
    case 'dynamic':
      return isJson(String(cell)) ? String(cell) : JSON.stringify(String(cell));
    case 'bool':
      return String(cell);
    case 'int':
    case 'real':
      return Number.isFinite(cell) ? String(cell) : JSON.stringify(String(cell));
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
