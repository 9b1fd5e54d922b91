import { formatDatetime, formatTimespan } from '../model/ticks.js';

/** A piece of KQL text that is safe to put into a query. Only this file makes one. */
export interface Kql {
  readonly kql: string;
}

/** What may stand in a `kql` template: a piece of KQL as it is, a text or a number as a literal. */
export type KqlValue = Kql | string | number | bigint;

/**
 * KQL with values in it. Texts and numbers become literals; only another piece of KQL stays as it is.
 *
 * `` kql`traces | where message contains ${text}` ``
 */
export function kql(strings: TemplateStringsArray, ...values: readonly KqlValue[]): Kql {
  const pieces = strings.map((piece, i) => piece + literal(values[i]));
  return { kql: pieces.join('') };
}

/** Pieces one behind the other, with the text of `separator` between them. */
export function joinKql(pieces: readonly Kql[], separator: ' or ' | ' and ' | ', ' | '\n| '): Kql {
  return { kql: pieces.map((piece) => piece.kql).join(separator) };
}

function literal(value: KqlValue | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return quoteString(value).kql;
  if (typeof value === 'object') return value.kql;
  return quoteNumber(value).kql;
}

/**
 * A string literal. JSON's escapes are a subset of KQL's, and both refuse a raw line break; verbatim
 * literals (`@'…'`) cannot hold one.
 *
 * Known from: the grammar of Microsoft's parser, `KqlTokens.g4`; `test/kql/quote.test.ts` asks the parser.
 */
export function quoteString(value: string): Kql {
  return { kql: JSON.stringify(value) };
}

/** @throws {RangeError} for NaN, the infinities, and what a `long` cannot hold */
export function quoteNumber(value: number | bigint): Kql {
  if (typeof value === 'bigint') {
    if (BigInt.asIntN(64, value) !== value) throw new RangeError(`${value} is not a long.`);
    return { kql: `long(${value})` };
  }
  if (!Number.isFinite(value)) throw new RangeError(`${value} is not a number that KQL can hold.`);
  if (Number.isSafeInteger(value)) return { kql: value < 0 ? `(${value})` : `${value}` };
  return { kql: `real(${value})` };
}

/** An instant, to the millisecond that a Date holds. @throws {RangeError} outside the years 1 to 9999 */
export function quoteDatetime(value: Date): Kql {
  const year = value.getUTCFullYear();
  if (!(year >= 1 && year <= 9999)) throw new RangeError('KQL knows the years 1 to 9999.');
  return { kql: `datetime(${value.toISOString()})` };
}

/** An instant, exactly. @param ticks as in `model/ticks` */
export function quoteTicks(ticks: bigint): Kql {
  return { kql: `datetime(${formatDatetime(ticks)})` };
}

/** A length of time, exactly. */
export function quoteTickSpan(ticks: bigint): Kql {
  return { kql: `timespan(${formatTimespan(ticks)})` };
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** A length of time, in the largest unit that holds it exactly; a day is `24h`, as people write it. */
export function quoteTimespan(ms: number): Kql {
  if (!Number.isSafeInteger(ms) || ms < 0) throw new RangeError(`${ms} is not a length of time.`);
  const fits = ([unit, size]: (typeof UNITS)[number]) =>
    ms % size === 0 && !(unit === 'd' && ms === size);
  const [unit, size] = UNITS.find(fits) ?? UNITS[4];
  return { kql: `${ms / size}${unit}` };
}

/** The name of a column or table, whatever is in it. */
export function quoteName(name: string): Kql {
  return { kql: `[${JSON.stringify(name)}]` };
}
