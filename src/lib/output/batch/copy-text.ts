import type { ByteWriter } from './byte-writer.js';
import { BACKSLASH, type CopyCell, QUOTE } from './copy-cell.js';
import { isJsonValue } from './json-check.js';

/** Each short escape of JSON by what stands behind the backslash. */
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
/** The same as bytes; 0 is no short escape. */
const MEANT = new Uint8Array(256);
for (const [letter, meant] of Object.entries(ESCAPES)) {
  MEANT[letter.charCodeAt(0)] = meant.charCodeAt(0);
}
const SLASH = 0x2f;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;

/** A string of JSON that `JSON.stringify` would escape in the same way. */
export const copyJsonString: CopyCell = (out, from, start, end) => {
  if (from[start] !== QUOTE) return false;
  const { bytes } = out;
  let { length } = out;
  for (let at = start; at < end; at++) {
    const byte = from[at] ?? 0;
    if (byte < 0x20) return false;
    bytes[length++] = byte;
    if (byte !== BACKSLASH) continue;
    at++;
    const letter = from[at] ?? 0;
    if (letter === SLASH || MEANT[letter] === 0) return false;
    bytes[length++] = letter;
  }
  out.length = length;
  return true;
};

/** What a string holds, if that is JSON on one line. */
export const copyDynamic: CopyCell = (out, from, start, end) => {
  const { length } = out;
  const needs = from[start] === QUOTE ? textNeeds(from, start + 1, end - 1) : UNKNOWN;
  if (needs === UNKNOWN || needs & LINES) return false;
  copyInside(out, from, start + 1, end - 1);
  if (isJsonValue(out.bytes, length, out.length)) return true;
  out.length = length;
  return false;
};

/** What a string holds as a field of CSV, in quotes where it needs them. */
export const copyCsvText: CopyCell = (out, from, start, end) => {
  if (from[start] !== QUOTE) return false;
  const needs = textNeeds(from, start + 1, end - 1);
  if (needs === UNKNOWN) return false;
  if (needs === 0) copyInside(out, from, start + 1, end - 1);
  else {
    const { bytes } = out;
    bytes[out.length++] = QUOTE;
    copyInside(out, from, start + 1, end - 1, QUOTE);
    bytes[out.length++] = QUOTE;
  }
  return true;
};

const UNKNOWN = -1;
const QUOTES = 1;
const LINES = 2;

/** What CSV has to mind in the inside of a string; UNKNOWN: it has escapes that are not short, or is no JSON. */
function textNeeds(from: Uint8Array, start: number, end: number): number {
  let needs = 0;
  for (let at = start; at < end; at++) {
    const byte = from[at] ?? 0;
    if (byte < 0x20) return UNKNOWN;
    if (byte === COMMA) needs |= QUOTES;
    if (byte !== BACKSLASH) continue;
    at++;
    const meant = MEANT[from[at] ?? 0] ?? 0;
    if (meant === 0) return UNKNOWN;
    if (meant === QUOTE) needs |= QUOTES;
    else if (meant === LINE_FEED || meant === RETURN) needs |= LINES;
  }
  return needs;
}

/** Writes the inside of a string without its escapes; the byte that is doubled, twice. */
function copyInside(
  out: ByteWriter,
  from: Uint8Array,
  start: number,
  end: number,
  doubled?: number,
): void {
  const { bytes } = out;
  let { length } = out;
  for (let at = start; at < end; at++) {
    let byte = from[at] ?? 0;
    if (byte === BACKSLASH) {
      at++;
      byte = MEANT[from[at] ?? 0] ?? 0;
      if (byte === doubled) bytes[length++] = byte;
    }
    bytes[length++] = byte;
  }
  out.length = length;
}
