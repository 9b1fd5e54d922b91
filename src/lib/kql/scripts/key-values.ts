import { type Script, script } from './script.js';

interface Marks {
  readonly pair: string;
  readonly equals: string;
  /** Of each kind of quotes the opening and the closing one. */
  readonly quotes: readonly (readonly [string, string])[];
  readonly escapes: readonly string[];
}

/**
 * The value of a name in a text such as `a=1;"b c"="x;y"`, where quotes may stand around names and values; of a
 * name met twice the first. What is no pair is passed over.
 */
function findValue(text: string, name: string, given: string): string | null {
  const marks: Marks = JSON.parse(given);
  const { pair, equals } = marks;
  for (let at = 0; at < text.length; ) {
    const key = quotedAt(text, blanksAt(text, at), marks);
    const stop = firstOf(text, key?.end ?? blanksAt(text, at), [equals, pair]);
    const is = blanksAt(text, key?.end ?? stop);
    const found = key ? key.text : text.slice(at, stop).trim();
    if (!text.startsWith(equals, is)) {
      at = after(text, pair, stop);
      continue;
    }
    const from = blanksAt(text, is + equals.length);
    const quoted = quotedAt(text, from, marks);
    const isWhole = quoted && isEndOfPair(text, quoted.end, pair);
    const end = isWhole ? quoted.end : firstOf(text, from, [pair]);
    if (found === name) return isWhole ? quoted.text : text.slice(from, end).trim();
    at = after(text, pair, end);
  }
  return null;
}

/** What stands between quotes that open here, without its escapes; undefined if none open, or none close. */
function quotedAt(text: string, at: number, { quotes, escapes }: Marks) {
  const [open, close] = quotes.find(([first]) => text.startsWith(first, at)) ?? [];
  if (open === undefined || close === undefined) return undefined;
  let found = '';
  for (let place = at + open.length; place < text.length; place++) {
    if (text.startsWith(close, place)) return { text: found, end: place + close.length };
    if (escapes.includes(text.charAt(place))) place++;
    found += text.charAt(place);
  }
  return undefined;
}

function isEndOfPair(text: string, at: number, pair: string): boolean {
  const end = blanksAt(text, at);
  return end === text.length || text.startsWith(pair, end) || text.startsWith(pair, at);
}

function blanksAt(text: string, at: number): number {
  let end = at;
  while (/\s/.test(text.charAt(end))) end++;
  return end;
}

/** The place of whichever comes first; the end of the text if none does. */
function firstOf(text: string, at: number, parts: readonly string[]): number {
  const places = parts.map((part) => text.indexOf(part, at)).filter((place) => place >= 0);
  return Math.min(text.length, ...places);
}

/** Behind the next end of a pair. */
function after(text: string, pair: string, at: number): number {
  return firstOf(text, at, [pair]) + pair.length;
}

export const KEY_VALUES: Readonly<Record<string, Script>> = {
  parse_kv: script(['string', 'string', 'string'], 'string', findValue),
};
