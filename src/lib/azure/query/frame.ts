import { CliError } from '../../errors.js';

/** Where reading stopped: at the first row of a table, behind a table, or at the end of the bytes. */
export type FrameStop = 'rows' | 'table' | 'bytes';

/** What of an answer is not rows: its JSON with every `"rows"` of its tables empty. */
export interface Frame {
  /** Takes bytes up to the next stop, and answers where that is. Where it stops at rows, they are the caller's. */
  readonly take: (
    bytes: Uint8Array,
    start: number,
    end: number,
  ) => { readonly stop: FrameStop; readonly next: number };
  /** Tells that the rows are read, with the `]` behind them. */
  readonly endRows: () => void;
  /** The value so far, as if every array and object that is open ended here. @throws {CliError} `service` if it is no JSON */
  readonly parse: () => unknown;
  /** False while something is open. */
  readonly isWhole: () => boolean;
  readonly isEmpty: () => boolean;
}

/** An object or array that is open. */
interface Level {
  readonly closer: '}' | ']';
  /** The name of the member that is being read. */
  key: string;
  /** Whether the next string is a name. */
  isKeyNext: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Finds the rows by their place in the JSON, `tables[].rows`, so that no name of a column and no statistics can be
 * taken for them.
 */
export function createFrame(): Frame {
  const kept: Uint8Array[] = [];
  const levels: Level[] = [];
  /** The string that is being read, as bytes; undefined outside of strings. Only names are kept. */
  let text: string | undefined;
  let isEscaped = false;

  function open(closer: Level['closer']): void {
    levels.push({ closer, key: '', isKeyNext: closer === '}' });
  }

  function inString(byte: number): void {
    const level = levels.at(-1);
    if (!isEscaped && byte === QUOTE) {
      if (level?.isKeyNext) level.key = unescapeKey(text ?? '');
      text = undefined;
      return;
    }
    isEscaped = !isEscaped && byte === BACKSLASH;
    if (level?.isKeyNext) text += String.fromCharCode(byte);
  }

  function outside(byte: number): FrameStop | undefined {
    const level = levels.at(-1);
    switch (String.fromCharCode(byte)) {
      case '"':
        text = '';
        return undefined;
      case ':':
        if (level) level.isKeyNext = false;
        return undefined;
      case ',':
        if (level) level.isKeyNext = level.closer === '}';
        return undefined;
      case '{':
        open('}');
        return undefined;
      case '[': {
        const path = levels.map(({ closer, key }) => (closer === '}' ? key : '[]')).join('/');
        open(']');
        return path === 'tables/[]/rows' ? 'rows' : undefined;
      }
      case '}':
      case ']': {
        levels.pop();
        const isTable = levels.length === 2 && levels[0]?.key === 'tables';
        return isTable ? 'table' : undefined;
      }
    }
    return undefined;
  }

  return {
    take(bytes, start, end) {
      let at = start;
      let stop: FrameStop | undefined;
      while (at < end && stop === undefined) {
        const byte = bytes[at] ?? 0;
        at++;
        if (text === undefined) stop = outside(byte);
        else inString(byte);
      }
      kept.push(new Uint8Array(bytes.subarray(start, at)));
      return { stop: stop ?? 'bytes', next: at };
    },
    endRows() {
      kept.push(new Uint8Array([0x5d]));
      levels.pop();
    },
    parse() {
      const closers = levels.map(({ closer }) => closer).toReversed();
      return parse(new TextDecoder().decode(Buffer.concat(kept)) + closers.join(''));
    },
    isWhole: () => levels.length === 0 && text === undefined,
    isEmpty: () => kept.every((bytes) => bytes.every((byte) => byte <= 0x20)),
  };
}

function unescapeKey(key: string): string {
  return key.includes('\\') ? String(parse(`"${key}"`)) : key;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new CliError('service', "Log Analytics' answer is not JSON.", {}, error);
  }
}
