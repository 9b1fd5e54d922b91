import { type ByteWriter, copyBytes } from './byte-writer.js';

/**
 * Writes a cell from its JSON text as `cell.ts` would print it, if the text has one of the forms that a service
 * usually sends; else false, with nothing written: the value has to be read then. There is room for twice the text.
 */
export type CopyCell = (out: ByteWriter, from: Uint8Array, start: number, end: number) => boolean;

export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

/** More digits than these may not be those of the shortest text for a double. */
const EXACT_DIGITS = 15;

/** Bare digits, however many. */
export const copyLong: CopyCell = (out, from, start, end) => {
  const first = from[start] === MINUS ? start + 1 : start;
  if (!isDigits(from, first, end)) return false;
  if (from[first] === ZERO && end - start > 1) return false;
  copyBytes(out, from, start, end);
  return true;
};

/** A number that JavaScript writes with the same digits. */
export const copyNumber: CopyCell = (out, from, start, end) => {
  const first = from[start] === MINUS ? start + 1 : start;
  if (!isPlain(from, first, end)) return false;
  const isWhole = !hasPoint(from, first, end);
  if (end - first > EXACT_DIGITS + (isWhole ? 0 : 1)) return false;
  if (from[first] === ZERO) {
    // -0 loses its sign; from 1e-7 down there is an exponent.
    if (isWhole) {
      if (end - start > 1) return false;
    } else if (isZeros(from, first + 2, Math.min(first + 8, end))) return false;
  }
  if (!isWhole && from[end - 1] === ZERO) return false;
  copyBytes(out, from, start, end);
  return true;
};

/** The digits of a string, or bare ones, as they are. */
export const copyDecimal: CopyCell = (out, from, start, end) => {
  const isText = from[start] === QUOTE;
  const [inner, last] = isText ? [start + 1, end - 1] : [start, end];
  if (!isPlain(from, from[inner] === MINUS ? inner + 1 : inner, last)) return false;
  copyBytes(out, from, inner, last);
  return true;
};

export const copyBool: CopyCell = (out, from, start, end) => {
  if (!isWord(from, start, end, 'true') && !isWord(from, start, end, 'false')) return false;
  copyBytes(out, from, start, end);
  return true;
};

/** `2026-01-31T23:59:59.1234567Z`, quotes included, with up to seven digits: written with seven. */
export function copyDatetime(quote: '"' | ''): CopyCell {
  const [before, after] = quote === '' ? [1, 0] : [0, 1];
  return (out, from, start, end) => {
    if (!isDatetime(from, start, end)) return false;
    const zone = end - 2;
    const seconds = start + 20; // behind them
    copyBytes(out, from, start + before, zone);
    const { bytes } = out;
    if (zone === seconds) bytes[out.length++] = POINT;
    for (let digits = Math.max(zone - seconds - 1, 0); digits < 7; digits++) {
      bytes[out.length++] = ZERO;
    }
    copyBytes(out, from, zone, zone + 1 + after);
    return true;
  };
}

const PATTERN = '"dddd-dd-ddTdd:dd:dd';

function isDatetime(from: Uint8Array, start: number, end: number): boolean {
  const size = end - start;
  if (size < 22 || size > 30 || size === 23) return false;
  for (let at = 0; at < PATTERN.length; at++) {
    const wanted = PATTERN.charCodeAt(at);
    const byte = from[start + at] ?? 0;
    if (wanted === 0x64 ? !isDigit(byte) : byte !== wanted) return false;
  }
  if (from[end - 1] !== QUOTE || from[end - 2] !== 0x5a) return false;
  if (size > 22) {
    if (from[start + 20] !== POINT || !isDigits(from, start + 21, end - 2)) return false;
  }
  const two = (at: number) =>
    ((from[start + at] ?? 0) - ZERO) * 10 + (from[start + at + 1] ?? 0) - ZERO;
  const [month, day] = [two(6), two(9)];
  const isDay =
    day >= 1 && (day <= 28 || (month !== 2 && day <= (SHORT.includes(month) ? 30 : 31)));
  const isYear = two(1) + two(3) > 0;
  return (
    isYear && month >= 1 && month <= 12 && isDay && two(12) < 24 && two(15) < 60 && two(18) < 60
  );
}

const SHORT = [4, 6, 9, 11];

/** `0`, `12`, `0.5`, `12.50`: no sign, no exponent, no needless zero before. */
function isPlain(from: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && isDigit(from[at] ?? 0)) at++;
  if (at === start || (from[start] === ZERO && at - start > 1)) return false;
  return at === end || (from[at] === POINT && isDigits(from, at + 1, end));
}

function hasPoint(from: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (from[at] === POINT) return true;
  return false;
}

function isZeros(from: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (from[at] !== ZERO) return false;
  return true;
}

/** One digit or more. */
function isDigits(from: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!isDigit(from[at] ?? 0)) return false;
  return end > start;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

export function isWord(from: Uint8Array, start: number, end: number, word: string): boolean {
  if (end - start !== word.length) return false;
  for (let at = 0; at < word.length; at++) {
    if (from[start + at] !== word.charCodeAt(at)) return false;
  }
  return true;
}
