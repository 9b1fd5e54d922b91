import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { type KustoParser, loadKustoParser } from '../../src/lib/kql/kusto.js';
import {
  joinKql,
  type Kql,
  kql,
  quoteDatetime,
  quoteName,
  quoteNumber,
  quoteString,
  quoteTimespan,
} from '../../src/lib/kql/quote.js';

/** What is hard to quote: quotes, escapes, line breaks, comments, pipes, fences, emoji, halves of emoji. */
const hardText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...'"\'\\\n\r\t\0|;`~{}[]()/ @hH'),
    fc.constantFrom(
      '//',
      '```',
      '~~~',
      '\u2028',
      '\u2029',
      '\u0085',
      '\u009b',
      '\ufeff',
      '😀',
      '\ud83d',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 40,
});

let parser: KustoParser;
beforeAll(async () => {
  parser = await loadKustoParser();
});

/** What Microsoft's parser makes of `print x = …`: the mistakes, the type of x, the literals in it. */
function read(piece: Kql) {
  const { statements, diagnostics } = parser.parse(`print x = ${piece.kql}`, []);
  const literals: string[] = [];
  JSON.stringify(statements, (_, node) => {
    if (/^(Compound)?(String)?Literal/.test(node?.kind ?? '')) literals.push(node.value);
    return node;
  });
  const [type] = [
    ...JSON.stringify(statements).matchAll(/"columns":\[\{"name":"x","type":"(\w+)"/g),
  ];
  return { mistakes: diagnostics.map(({ message }) => message), type: type?.[1], literals };
}

test('any text comes back from Microsoft’s parser as it went in', () => {
  fc.assert(
    fc.property(hardText, (text) => {
      expect(read(quoteString(text))).toEqual({ mistakes: [], type: 'string', literals: [text] });
    }),
    { numRuns: 1000 },
  );
});

test('any number is one literal of its own type', () => {
  const numbers = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.maxSafeInteger(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  );
  fc.assert(
    fc.property(numbers, (value) => {
      const whole = typeof value === 'bigint' || Number.isSafeInteger(value);
      const { mistakes, type } = read(quoteNumber(value));
      expect({ mistakes, type }).toEqual({ mistakes: [], type: whole ? 'long' : 'real' });
    }),
  );
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 2n ** 63n]) {
    expect(() => quoteNumber(value)).toThrow(RangeError);
  }
});

test('an instant and a length of time are literals of their types', () => {
  const instants = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(instants, fc.nat(), (instant, ms) => {
      expect(read(quoteDatetime(instant))).toMatchObject({ mistakes: [], type: 'datetime' });
      expect(read(quoteTimespan(ms))).toMatchObject({ mistakes: [], type: 'timespan' });
    }),
  );
  expect(quoteTimespan(24 * 3_600_000).kql).toBe('24h');
  expect(quoteTimespan(7 * 24 * 3_600_000).kql).toBe('7d');
  expect(() => quoteDatetime(new Date(Number.NaN))).toThrow(RangeError);
});

test('a column is found by its name, whatever is in it', () => {
  fc.assert(
    fc.property(hardText, (name) => {
      fc.pre(name !== '' && !UNHOLDABLE.includes(name));
      const text = `T | where ${quoteName(name).kql} == 1`;
      const table = { name: 'T', columns: [{ name, type: 'long' as const }] };
      expect(parser.parse(text, [table]).diagnostics).toEqual([]);
    }),
  );
});

/** What Microsoft's runtime loses; such names are refused. */
const UNHOLDABLE = ['__proto__', 'hasOwnProperty'];

test.each(UNHOLDABLE)('a column named %s is refused, with its place', (name) => {
  const tables = [{ name: 'T', columns: [{ name, type: 'long' as const }] }];
  expect(() => parser.parse('print "__proto__ hasOwnProperty"', tables)).not.toThrow();
  for (const text of [`T | where ${quoteName(name).kql} == 1`, 'T | take 1']) {
    expect(() => parser.parse(text, tables)).toThrow(/^not supported locally: .* at 1:1$/);
  }
});

test.each(['constructor', 'toString', 'valueOf', 'prototype', 'equals', 'getHashCode'])(
  'a column or table named %s is like any other',
  (name) => {
    const table = { name, columns: [{ name, type: 'long' as const }] };
    const text = `let ${name}_ = 1; [${JSON.stringify(name)}] | where ${quoteName(name).kql} == 1`;
    expect(parser.parse(text, [table]).diagnostics).toEqual([]);
  },
);

test('in a template only what is KQL already stays as it is', () => {
  const where = kql`message contains ${'" or 1 == 1 //'}`;
  expect(joinKql([where, kql`severityLevel >= ${3}`], ' and ').kql).toBe(
    String.raw`message contains "\" or 1 == 1 //" and severityLevel >= 3`,
  );
});
