import { CliError } from '../../errors.js';

/** An answer of the query API in two parts: the JSON without its rows, and where the rows of each table are. */
export interface SplitAnswer {
  /** Valid JSON: the answer with `"rows":[]` in every table. */
  readonly frame: string;
  /** Offset just behind the `[` of each table's rows, in the order of the tables. */
  readonly rowStarts: readonly number[];
}

const ROWS = /"rows"\s*:\s*\[/g;

/**
 * Takes the rows out of an answer without parsing them. The pattern cannot be inside a string of JSON: there its
 * quotes would be escaped.
 */
export function splitAnswer(text: string): SplitAnswer {
  const rowStarts: number[] = [];
  let frame = '';
  let kept = 0;
  ROWS.lastIndex = 0;
  for (let match = ROWS.exec(text); match !== null; match = ROWS.exec(text)) {
    const start = ROWS.lastIndex;
    const end = endOfArray(text, start);
    rowStarts.push(start);
    frame += text.slice(kept, start);
    kept = end;
    ROWS.lastIndex = end;
  }
  return { frame: frame + text.slice(kept), rowStarts };
}

/** The rows from an offset on, each as the exact texts of its cells. @throws {CliError} `service` if they are no rows */
export function* scanRows(text: string, start: number): Generator<readonly string[]> {
  let at = skipSpace(text, start);
  while (text[at] !== ']') {
    if (text[at] !== '[') throw unreadable();
    const cells: string[] = [];
    at = skipSpace(text, at + 1);
    while (text[at] !== ']') {
      const end = endOfValue(text, at);
      cells.push(text.slice(at, end));
      at = toNext(text, at, end);
    }
    yield cells;
    at = toNext(text, at, at + 1);
  }
}

/** Offset of the `]` that ends the array whose inside begins at `start`. */
function endOfArray(text: string, start: number): number {
  let at = skipSpace(text, start);
  while (text[at] !== ']') at = toNext(text, at, endOfValue(text, at));
  return at;
}

/** From an item of an array to the next, or to the `]` behind the last. */
function toNext(text: string, start: number, end: number): number {
  const at = skipSpace(text, end);
  if (end > start && text[at] === ']') return at;
  const next = skipSpace(text, at + 1);
  if (end > start && text[at] === ',' && text[next] !== ']') return next;
  throw unreadable();
}

function unreadable(): CliError {
  return new CliError('service', "The rows of Log Analytics' answer are not whole.");
}

/** Offset behind the value that begins at `start`. */
function endOfValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return endOfString(text, start);
  if (first !== '[' && first !== '{') {
    LITERAL_END.lastIndex = start;
    return LITERAL_END.exec(text)?.index ?? text.length;
  }
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at) - 1;
    else if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') {
      depth--;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

const LITERAL_END = /[\s,\]}]/g;

function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (quote !== -1) {
    let slashes = 0;
    while (text[quote - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return quote + 1;
    quote = text.indexOf('"', quote + 1);
  }
  return text.length;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && text.charCodeAt(at) <= 32) at++;
  return at;
}
