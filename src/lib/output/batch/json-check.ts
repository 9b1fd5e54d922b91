/**
 * Whether bytes are one JSON value and nothing else, blanks aside. What lies deeper than most JSON ever does counts
 * as none, and is for a real parser to judge.
 */
export function isJsonValue(bytes: Uint8Array, start: number, end: number): boolean {
  const next = endOfValue(bytes, skipBlanks(bytes, start, end), end, 0);
  return next !== NONE && skipBlanks(bytes, next, end) === end;
}

const NONE = -1;
const DEEPEST = 100;
const QUOTE = 0x22;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

function endOfValue(bytes: Uint8Array, start: number, end: number, depth: number): number {
  if (start >= end || depth > DEEPEST) return NONE;
  switch (bytes[start]) {
    case QUOTE:
      return endOfString(bytes, start, end);
    case OPEN_BRACE:
      return endOfObject(bytes, start, end, depth);
    case OPEN:
      return endOfArray(bytes, start, end, depth);
    case 0x74:
      return endOfWord(bytes, start, end, 'true');
    case 0x66:
      return endOfWord(bytes, start, end, 'false');
    case 0x6e:
      return endOfWord(bytes, start, end, 'null');
    default:
      return endOfNumber(bytes, start, end);
  }
}

function endOfObject(bytes: Uint8Array, start: number, end: number, depth: number): number {
  let at = skipBlanks(bytes, start + 1, end);
  if (at < end && bytes[at] === CLOSE_BRACE) return at + 1;
  for (;;) {
    if (at >= end || bytes[at] !== QUOTE) return NONE;
    at = endOfString(bytes, at, end);
    if (at === NONE) return NONE;
    at = skipBlanks(bytes, at, end);
    if (at >= end || bytes[at] !== COLON) return NONE;
    at = endOfValue(bytes, skipBlanks(bytes, at + 1, end), end, depth + 1);
    if (at === NONE) return NONE;
    at = skipBlanks(bytes, at, end);
    if (at >= end) return NONE;
    if (bytes[at] === CLOSE_BRACE) return at + 1;
    if (bytes[at] !== COMMA) return NONE;
    at = skipBlanks(bytes, at + 1, end);
  }
}

function endOfArray(bytes: Uint8Array, start: number, end: number, depth: number): number {
  let at = skipBlanks(bytes, start + 1, end);
  if (at < end && bytes[at] === CLOSE) return at + 1;
  for (;;) {
    at = endOfValue(bytes, at, end, depth + 1);
    if (at === NONE) return NONE;
    at = skipBlanks(bytes, at, end);
    if (at >= end) return NONE;
    if (bytes[at] === CLOSE) return at + 1;
    if (bytes[at] !== COMMA) return NONE;
    at = skipBlanks(bytes, at + 1, end);
  }
}

function endOfString(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start + 1; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) return at + 1;
    if (byte < 0x20) return NONE;
    if (byte !== BACKSLASH) continue;
    at++;
    if (at < end && bytes[at] === 0x75) {
      for (const last = at + 4; at < last; at++) {
        if (at + 1 >= end || !isHex(bytes[at + 1] ?? 0)) return NONE;
      }
    } else if (at >= end || !isShortEscape(bytes[at] ?? 0)) return NONE;
  }
  return NONE;
}

/** What may stand behind a backslash, but for `u`. */
function isShortEscape(byte: number): boolean {
  return '"\\/bfnrt'.includes(String.fromCharCode(byte));
}

function isHex(byte: number): boolean {
  return isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}

function endOfWord(bytes: Uint8Array, start: number, end: number, word: string): number {
  for (let at = 0; at < word.length; at++) {
    if (start + at >= end || bytes[start + at] !== word.charCodeAt(at)) return NONE;
  }
  return start + word.length;
}

function endOfNumber(bytes: Uint8Array, start: number, end: number): number {
  let at = bytes[start] === MINUS ? start + 1 : start;
  if (at >= end) return NONE;
  if (bytes[at] === ZERO) at++;
  else {
    at = endOfDigits(bytes, at, end);
    if (at === NONE) return NONE;
  }
  if (at < end && bytes[at] === POINT) {
    at = endOfDigits(bytes, at + 1, end);
    if (at === NONE) return NONE;
  }
  if (at < end && ((bytes[at] ?? 0) | 0x20) === 0x65) {
    const sign = bytes[at + 1];
    at = endOfDigits(bytes, sign === MINUS || sign === 0x2b ? at + 2 : at + 1, end);
  }
  return at;
}

/** Behind one digit or more. */
function endOfDigits(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isDigit(bytes[at] ?? 0)) at++;
  return at === start ? NONE : at;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

function skipBlanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(bytes[at] ?? 0)) at++;
  return at;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
