import { CliError } from '../../errors.js';

/** Where the cells of some rows are; see `RowBatch`. The array is used again for the next rows. */
export interface RowScan {
  readonly rowCount: number;
  readonly bounds: Int32Array;
  /** Behind the last row that is whole, or behind the `]` that ends them all. */
  readonly next: number;
  readonly isEnd: boolean;
}

/**
 * Cuts rows into cells without parsing them: finds those of all rows that are whole between two offsets. The first
 * call begins behind the `[` of the rows, each further one where the last ended; bytes may have moved meanwhile.
 *
 * @throws {CliError} `service` if they are no rows
 */
export type RowScanner = (
  bytes: Uint8Array,
  start: number,
  end: number,
  isFirst: boolean,
) => RowScan;

/** @param width how many cells of each row are told; those that it lacks are -1, -1 */
export function createRowScanner(width: number): RowScanner {
  let bounds = new Int32Array(1024);

  return (bytes, start, end, isFirst) => {
    let next = start;
    let rowCount = 0;
    let used = 0;
    for (;;) {
      if (used + 2 * width > bounds.length) bounds = larger(bounds, used + 2 * width);
      let at = skipBlanks(bytes, next, end);
      if (at === end) break;
      if (bytes[at] === CLOSE) return { rowCount, bounds, next: at + 1, isEnd: true };
      if (rowCount > 0 || !isFirst) {
        if (bytes[at] !== COMMA) throw unreadable();
        at = skipBlanks(bytes, at + 1, end);
        if (at === end) break;
      }
      if (bytes[at] !== OPEN) throw unreadable();
      at = scanRow(bytes, at + 1, end, bounds, used, width);
      if (at === UNFINISHED) break;
      used += 2 * width;
      next = at;
      rowCount++;
    }
    return { rowCount, bounds, next, isEnd: false };
  };
}

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const UNFINISHED = -1;

/** The offset behind a row whose inside begins at `start`; its cells go into `bounds` from `place` on. */
function scanRow(
  bytes: Uint8Array,
  start: number,
  end: number,
  bounds: Int32Array,
  place: number,
  width: number,
): number {
  const last = place + 2 * width;
  let used = place;
  let at = skipBlanks(bytes, start, end);
  if (at < end && bytes[at] === CLOSE) {
    bounds.fill(-1, used, last);
    return at + 1;
  }
  for (;;) {
    const cell = at;
    at = endOfValue(bytes, at, end);
    if (at === UNFINISHED) return UNFINISHED;
    if (used < last) {
      bounds[used] = cell;
      bounds[used + 1] = at;
      used += 2;
    }
    at = skipBlanks(bytes, at, end);
    if (at === end) return UNFINISHED;
    const after = bytes[at];
    at++;
    if (after === CLOSE) break;
    if (after !== COMMA) throw unreadable();
    at = skipBlanks(bytes, at, end);
  }
  bounds.fill(-1, used, last);
  return at;
}

function endOfValue(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start];
  if (first === QUOTE) return endOfString(bytes, start + 1, end);
  if (first === OPEN || first === OPEN_BRACE) return endOfNested(bytes, start, end);
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === COMMA || byte === CLOSE || byte <= SPACE) {
      if (at === start) throw unreadable();
      return at;
    }
    if (byte === CLOSE_BRACE || byte === QUOTE || byte === OPEN) throw unreadable();
  }
  return UNFINISHED;
}

function endOfString(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    at += byte === BACKSLASH ? 2 : 1;
  }
  return UNFINISHED;
}

function endOfNested(bytes: Uint8Array, start: number, end: number): number {
  let depth = 0;
  let at = start;
  while (at < end) {
    const byte = bytes[at];
    at++;
    if (byte === QUOTE) {
      at = endOfString(bytes, at, end);
      if (at === UNFINISHED) return UNFINISHED;
    } else if (byte === OPEN || byte === OPEN_BRACE) depth++;
    else if (byte === CLOSE || byte === CLOSE_BRACE) {
      depth--;
      if (depth === 0) return at;
    }
  }
  return UNFINISHED;
}

function skipBlanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] ?? 0) <= SPACE) at++;
  return at;
}

function larger(array: Int32Array<ArrayBuffer>, least: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(Math.max(2 * array.length, least));
  grown.set(array);
  return grown;
}

function unreadable(): CliError {
  return new CliError('service', "The rows of Log Analytics' answer are not whole.");
}
