import { CliError } from '../errors.js';
import type { Cell, KustoType } from '../model/table.js';

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
const TYPES: readonly string[] = [
  'bool',
  'int',
  'long',
  'real',
  'decimal',
  'datetime',
  'timespan',
  'guid',
  'string',
  'dynamic',
] satisfies KustoType[];

/** The type of a column by the name that the answer uses; a name nobody knows is text. */
export function kustoType(name: string): KustoType {
  const known = name.toLowerCase();
  return isType(known) ? known : (OTHER_NAMES[known] ?? 'string');
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
    case 'decimal':
      return text;
    case 'bool':
      return text.toLowerCase() === 'true' || text === '1';
    case 'long':
      return readLong(text);
    case 'int':
    case 'real':
      return readNumber(text);
    case 'datetime':
      return text === '' ? null : datetimeTicks(text);
    case 'timespan':
      return text === '' ? null : timespanTicks(text);
  }
}

const TICKS_PER_SECOND = 10_000_000n;
/** Seconds from 0001-01-01 to 1970-01-01. */
const EPOCH_SECONDS = 62_135_596_800n;

/** Ticks of 100 ns since 0001-01-01 of ISO text with 0 to 7 digits of a second. */
export function datetimeTicks(text: string): bigint {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7})\d*)?(Z|[+-]\d\d:\d\d)?$/.exec(
    text,
  );
  const ms = match ? Date.parse(`${match[1]}${match[3] ?? 'Z'}`) : Number.NaN;
  if (Number.isNaN(ms)) throw unreadable('datetime', text);
  const seconds = BigInt(ms / 1000) + EPOCH_SECONDS;
  return seconds * TICKS_PER_SECOND + fraction(match?.[2]);
}

/** Ticks of .NET's constant format, `[-][d.]hh:mm:ss[.fffffff]`. */
export function timespanTicks(text: string): bigint {
  const match = /^(-?)(?:(\d+)\.)?(\d\d):(\d\d):(\d\d)(?:\.(\d{1,7}))?$/.exec(text);
  if (!match) throw unreadable('timespan', text);
  const [, sign, days = '0', hours = '0', minutes = '0', seconds = '0', digits] = match;
  const whole =
    ((BigInt(days) * 24n + BigInt(hours)) * 60n + BigInt(minutes)) * 60n + BigInt(seconds);
  const ticks = whole * TICKS_PER_SECOND + fraction(digits);
  return sign === '-' ? -ticks : ticks;
}

function fraction(digits = ''): bigint {
  return BigInt(digits.padEnd(7, '0'));
}

function readLong(text: string): bigint {
  if (/^-?\d+$/.test(text)) return BigInt(text);
  const value = Number(text);
  if (text !== '' && Number.isInteger(value)) return BigInt(value);
  throw unreadable('long', text);
}

function readNumber(text: string): number {
  if (text === 'NaN') return Number.NaN;
  const value = Number(text);
  if (text === '' || Number.isNaN(value)) throw unreadable('number', text);
  return value;
}

function unquote(lexeme: string): string {
  const value: unknown = JSON.parse(lexeme);
  return typeof value === 'string' ? value : lexeme;
}

function isType(name: string): name is KustoType {
  return TYPES.includes(name);
}

function unreadable(what: string, text: string): CliError {
  return new CliError(
    'service',
    `Azure's answer has "${text.slice(0, 40)}" where a ${what} belongs.`,
  );
}
