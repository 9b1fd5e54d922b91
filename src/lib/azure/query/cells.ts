import { CliError } from '../../errors.js';
import { type Cell, KUSTO_TYPES, type KustoType } from '../../model/table.js';
import { parseDatetime, parseTimespan } from '../../model/ticks.js';

/** What older answers and other services call a type. */
const OTHER_NAMES: Readonly<Record<string, KustoType>> = {
  boolean: 'bool',
  date: 'datetime',
  double: 'real',
  int32: 'int',
  int64: 'long',
  time: 'timespan',
  uniqueid: 'guid',
  uuid: 'guid',
};

/** The type of a column by the name that the answer uses; a name nobody knows is text. */
export function kustoType(name: string): KustoType {
  const known = name.toLowerCase();
  return KUSTO_TYPES.find((type) => type === known) ?? OTHER_NAMES[known] ?? 'string';
}

/**
 * One value from its JSON text, with nothing lost.
 *
 * Contract: Log Analytics query API v1: decimals, datetimes, timespans and dynamic values are strings; `NaN` and
 * the infinities too; in answers of 2018 every number may be one.
 * Known from: recorded answers of the Azure SDKs.
 *
 * @throws {CliError} `service`
 */
export function readCell(lexeme: string, type: KustoType): Cell {
  if (lexeme === 'null') return type === 'string' ? '' : null;
  const isText = lexeme.startsWith('"');
  if (type === 'dynamic') return isText ? unquote(lexeme) : lexeme;
  const text = isText ? unquote(lexeme) : lexeme;
  switch (type) {
    case 'string':
    case 'guid':
      return text;
  }
  if (text === '') return null;
  switch (type) {
    case 'decimal':
      return text;
    case 'bool':
      return readBool(text);
    case 'long':
      return readLong(text);
    case 'int':
    case 'real':
      return readNumber(text);
    case 'datetime':
      return readTime(parseDatetime, type, text);
    case 'timespan':
      return readTime(parseTimespan, type, text);
  }
}

function readBool(text: string): boolean {
  const word = text.toLowerCase();
  if (word === 'true' || word === '1') return true;
  if (word === 'false' || word === '0') return false;
  throw unreadable('bool', text);
}

function readTime(parse: (text: string) => bigint | undefined, type: KustoType, text: string) {
  const ticks = parse(text);
  if (ticks === undefined) throw unreadable(type, text);
  return ticks;
}

function readLong(text: string): bigint {
  if (/^-?\d+$/.test(text)) return BigInt(text);
  const value = Number(text);
  if (Number.isSafeInteger(value)) return BigInt(value);
  throw unreadable('long', text);
}

function readNumber(text: string): number {
  if (text === 'NaN') return Number.NaN;
  const value = Number(text);
  if (Number.isNaN(value)) throw unreadable('number', text);
  return value;
}

function unquote(lexeme: string): string {
  try {
    return String(JSON.parse(lexeme));
  } catch {
    throw unreadable('string', lexeme);
  }
}

function unreadable(what: string, text: string): CliError {
  return new CliError(
    'service',
    `Azure's answer has "${text.slice(0, 40)}" where a ${what} belongs.`,
  );
}
