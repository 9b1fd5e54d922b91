import { afterAll, beforeAll, expect, test } from 'vitest';
import { describe as describeColumns } from '../../src/lib/datasets/statistics/describe.js';
import type { ColumnStatistics } from '../../src/lib/model/column-statistics.js';
import { columnsSql, openRelations } from './relations.js';
import { WINE } from './wine.js';

let relations: Awaited<ReturnType<typeof openRelations>>;
beforeAll(async () => {
  relations = await openRelations();
});
afterAll(() => relations.close());

async function described(sql: string): Promise<readonly ColumnStatistics[]> {
  return describeColumns(await relations.of(sql));
}

// numpy 2.4.6: `np.mean(a)`, `np.std(a, ddof=1)`, `np.percentile(a, [5, 25, 50, 75, 95])`, `np.histogram(a, 20)`.
test('the figures of a column are those of numpy', async () => {
  const [found] = await described(columnsSql({ alcohol: WINE.first.alcohol }));
  expect(found).toMatchObject({
    column: 'alcohol',
    kind: 'real',
    type: 'real',
    rows: 59,
    count: 59,
    nulls: 0,
    nans: 0,
    distinct: 49,
    distinctIsApproximate: false,
    min: 12.85,
    max: 14.83,
  });
  const figures = [
    found?.mean,
    found?.stddev,
    found?.p5,
    found?.p25,
    found?.p50,
    found?.p75,
    found?.p95,
  ];
  const expected = [13.744745762711865, 0.46212535966129437, 13.05, 13.4, 13.75, 14.1, 14.381];
  for (const [index, value] of expected.entries()) {
    expect(Number(figures[index]) / value).toBeCloseTo(1, 12);
  }
  expect(found?.histogram?.counts).toEqual([
    2, 0, 5, 4, 3, 2, 3, 5, 5, 6, 4, 2, 5, 6, 1, 4, 0, 0, 0, 2,
  ]);
});

test('nulls and NaN are counted apart, and no figure knows infinities', async () => {
  const [found] = await described(
    `SELECT unnest([1.0::DOUBLE, 3, NULL, 'NaN', 'Infinity', 1.7e308]) AS x`,
  );
  expect(found).toMatchObject({
    rows: 6,
    count: 5,
    nulls: 1,
    nans: 1,
    infinites: 2,
    distinct: 5,
    min: 1,
    mean: 2,
    max: 3,
    p50: 2,
  });
});

test('each kind of column has the figures that make sense of it', async () => {
  const found =
    await described(`SELECT i % 3 AS whole, i % 2 = 0 AS flag, 'name ' || (i % 4) AS name,
    TIMESTAMP '2026-11-20' + to_days((i % 5)::INTEGER) AS day, TIMESTAMP '2026-11-22 10:00' + to_minutes(i) AS at,
    CASE i % 3 WHEN 0 THEN to_json(i) WHEN 1 THEN '{"a": 1}'::JSON ELSE 'null'::JSON END AS any,
    NULL::INTEGER AS nothing FROM range(60) AS r(i)`);
  expect(found.map(({ kind }) => kind)).toEqual([
    'integer',
    'boolean',
    'text',
    'time',
    'time',
    'dynamic',
    'integer',
  ]);
  const [whole, flag, name, day, at, any, nothing] = found;
  expect(whole).toMatchObject({
    histogram: { from: 0, to: 2, counts: [20, 20, 20] },
    top: [
      { value: '0', count: 20 },
      { value: '1', count: 20 },
      { value: '2', count: 20 },
    ],
  });
  expect(flag).toMatchObject({ distinct: 2, min: null, p50: null, histogram: null });
  expect(flag?.top).toContainEqual({ value: 'true', count: 30 });
  expect(name).toMatchObject({
    distinct: 4,
    mean: null,
    top: [{ value: 'name 0', count: 15 }, {}, {}, {}],
  });
  expect(day).toMatchObject({
    min: '2026-11-20T00:00:00.000Z',
    p50: '2026-11-22T00:00:00.000Z',
    mean: '2026-11-22T00:00:00.000Z',
    max: '2026-11-24T00:00:00.000Z',
  });
  expect(at).toMatchObject({ min: '2026-11-22T10:00:00.000Z', mean: '2026-11-22T10:29:30.000Z' });
  expect(any?.types).toEqual([
    { value: 'integer', count: 20 },
    { value: 'null', count: 20 },
    { value: 'object', count: 20 },
  ]);
  expect(nothing).toMatchObject({
    count: 0,
    nulls: 60,
    distinct: 0,
    min: null,
    mean: null,
    p95: null,
    top: [],
    histogram: null,
  });
});

test('many different values are estimated, and that is said', async () => {
  const [found] = await described(`SELECT 'row ' || i AS name FROM range(200000) AS r(i)`);
  expect(found).toMatchObject({ distinctIsApproximate: true, top: null });
  expect(Math.abs(Number(found?.distinct) / 200_000 - 1)).toBeLessThan(0.2);
});

test('the ends of whole numbers are exact, whatever their size', async () => {
  const [found, small] = await described(
    'SELECT 9007199254740993 + i AS x, i AS y FROM range(3) AS r(i)',
  );
  expect(found).toMatchObject({ min: 9007199254740993n, max: 9007199254740995n });
  expect(small).toMatchObject({ min: 0, max: 2 });
  const [decimal, part] = await described(
    `SELECT CAST(12345678901234567890123::HUGEINT + i AS DECIMAL(38,0)) AS x, 1234567890.5::DECIMAL(38,18) AS y FROM range(3) AS r(i)`,
  );
  expect(decimal).toMatchObject({ min: 12345678901234567890123n, max: 12345678901234567890125n });
  expect(part).toMatchObject({ min: 1234567890.5 });
});

test('no row is no figure', async () => {
  const [found] = await described('SELECT 1.5::DOUBLE AS x LIMIT 0');
  expect(found).toMatchObject({
    rows: 0,
    count: 0,
    nulls: 0,
    distinct: 0,
    min: null,
    histogram: null,
  });
});

test('a value on the border of two bins is in the upper one', async () => {
  const borders = Array.from({ length: 21 }, (_, index) => index * 0.1);
  const [found] = await described(columnsSql({ x: borders }));
  const width = (borders[20] ?? 0) / 20;
  const counts = Array.from(
    { length: 20 },
    (_, bin) =>
      borders.filter(
        (x) => (x >= bin * width && x < (bin + 1) * width) || (bin === 19 && x >= 20 * width),
      ).length,
  );
  expect(found?.histogram?.counts).toEqual(counts);
});
