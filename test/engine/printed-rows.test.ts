import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine } from '../../src/lib/engine/duckdb-engine.js';
import type { Engine } from '../../src/lib/engine/engine.js';
import { formatDatetime, formatTimespan, MAX_DATETIME_TICKS } from '../../src/lib/model/ticks.js';
import { NOW } from './sample-tables.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

async function printed(kql: string): Promise<readonly string[]> {
  const result = await engine.print(kql, [], { now: NOW });
  const rows: string[] = [];
  for await (const texts of result.rowTexts) {
    rows.push(...texts.map((text) => Buffer.from(text).toString('utf8')));
  }
  return rows;
}

test('each type has its form, and null where Kusto has one', async () => {
  const filled = `print true, int(-7), 9223372036854775807, 12.5, 1e300, real(nan), real(+inf), real(-inf), decimal(0.10101),
    datetime(2015-12-31 23:59:59.9), datetime(0001-01-01), datetime(9999-12-31 23:59:59.9999999), 10s, time(-1.02:03:04.567),
    guid(74be27de-1e4e-49d9-b579-fe0b331d3642), "", "é\\"\\u0001", dynamic({"a":[1]})`;
  expect(await printed(filled)).toEqual([
    '[true,-7,9223372036854775807,12.5,1e300,"NaN","Infinity","-Infinity","0.10101","2015-12-31T23:59:59.9Z",' +
      '"0001-01-01T00:00:00Z","9999-12-31T23:59:59.9999999Z","00:00:10","-1.02:03:04.5670000",' +
      '"74be27de-1e4e-49d9-b579-fe0b331d3642","","é\\"\\u0001","{\\"a\\":[1]}"]',
  ]);
  const types = [
    'bool',
    'int',
    'long',
    'real',
    'decimal',
    'datetime',
    'timespan',
    'guid',
    'dynamic',
  ];
  const nulls = types.map((type) => `${type}(null)`).join(', ');
  expect(await printed(`print ${nulls}`)).toEqual([`[${types.map(() => 'null').join(',')}]`]);
});

const long = fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n });
const row = fc.record({
  long,
  real: fc.double({ noNaN: true, noDefaultInfinity: true }),
  instant: fc.bigInt({ min: 0n, max: MAX_DATETIME_TICKS }),
  span: fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
  text: fc.string({ unit: 'binary', maxLength: 12 }),
});

test('any value is what it was', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 10 }), async (rows) => {
      const cells = rows.map(
        ({ long: l, real, instant, span, text }) =>
          `${l}, real(${real}), datetime(${formatDatetime(instant)}), time(${formatTimespan(span)}), ${JSON.stringify(text)}`,
      );
      const source = `datatable (l: long, r: real, d: datetime, t: timespan, s: string) [${cells.join(', ')}]`;
      const texts = await printed(source);
      expect(texts).toHaveLength(rows.length);
      for (const [index, one] of rows.entries()) {
        const text = texts[index] ?? '';
        expect(text.startsWith(`[${one.long},`)).toBe(true);
        const [, real, instant, span, string] = JSON.parse(text);
        expect(real === one.real).toBe(true);
        const [, seconds, fraction = ''] = /^(.*?)(?:\.(\d*[1-9]))?Z$/.exec(instant) ?? [];
        expect(`${seconds}.${fraction.padEnd(7, '0')}Z`).toBe(formatDatetime(one.instant));
        expect(span).toBe(formatTimespan(one.span));
        expect(string).toBe(one.text);
      }
    }),
    { numRuns: 50 },
  );
});

test('rows stay in the order of the query', async () => {
  const texts = await printed('range x from 1 to 100000 step 1 | sort by x desc');
  expect(texts).toHaveLength(100_000);
  expect(texts.every((text, index) => text === `[${100_000 - index}]`)).toBe(true);
});
