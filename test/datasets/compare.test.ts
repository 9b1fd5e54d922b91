import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DatasetRelation } from '../../src/lib/datasets/datasets.js';
import { compare } from '../../src/lib/datasets/statistics/compare.js';
import { openDatabase } from '../../src/lib/duckdb/database.js';
import type { FeatureComparison, FeatureKind } from '../../src/lib/model/drift.js';
import { columnsSql, openRelations } from './relations.js';
import { HAIR, WINE } from './wine.js';

let relations: Awaited<ReturnType<typeof openRelations>>;
beforeAll(async () => {
  relations = await openRelations();
});
afterAll(() => relations.close());

async function compared(
  baseline: string,
  target: string,
  kinds: Readonly<Record<string, FeatureKind>> = {},
): Promise<readonly FeatureComparison[]> {
  const sides = { baseline: await relations.of(baseline), target: await relations.of(target) };
  return compare(sides, { kinds: new Map(Object.entries(kinds)) });
}

async function comparedOne(
  baseline: readonly unknown[],
  target: readonly unknown[],
  kind?: FeatureKind,
): Promise<FeatureComparison> {
  const kinds = kind === undefined ? {} : { x: kind };
  const [one] = await compared(columnsSql({ x: baseline }), columnsSql({ x: target }), kinds);
  if (!one) throw new Error('nothing was compared');
  return one;
}

describe('the figures are those of scipy 1.17.1 and numpy 2.4.6', () => {
  // `stats.ks_2samp(b, t)`, `stats.wasserstein_distance(b, t) / np.std(b, ddof=1)`; over the histogram of
  // `ceil(log2(59) + 1)` bins `distance.jensenshannon(b, t, base=2)`, and for the index the formula of azureml-assets
  // (model_monitoring, numerical_data_drift_metrics.py at 9d199b0) in numpy: `np.sum((t - b) * np.log(t / b))` of
  // `(count + 1) / (n + bins)`.
  const expected = {
    alcohol: {
      kind: 'numerical',
      ks_statistic: 0.8732394366197183,
      two_sample_kolmogorov_smirnov_test: 3.437899409495684e-26,
      normalized_wasserstein_distance: 3.1723283254140235,
      jensen_shannon_distance: 0.8404888157703095,
      population_stability_index: 3.7475744906256208,
      out_of_bounds_rate: 0.8732394366197183,
      counts: [
        [0, 0, 0, 9, 20, 23, 7],
        [5, 24, 27, 11, 3, 1, 0],
      ],
    },
    magnesium: {
      kind: 'numerical',
      ks_statistic: 0.5492957746478874,
      two_sample_kolmogorov_smirnov_test: 1.544457553193898e-9,
      normalized_wasserstein_distance: 1.3417204992145348,
      jensen_shannon_distance: 0.5168276449360831,
      population_stability_index: 1.1438905601568266,
      out_of_bounds_rate: 0.6197183098591549,
      counts: [
        [0, 12, 25, 17, 5, 0, 0],
        [10, 37, 16, 3, 1, 2, 2],
      ],
    },
  } as const;

  test.each(['alcohol', 'magnesium'] as const)('of wine, %s', async (column) => {
    const found = await comparedOne(WINE.first[column], WINE.second[column]);
    const { kind, counts, ...figures } = expected[column];
    expect(found.kind).toBe(kind);
    expect([found.distribution?.baseline, found.distribution?.target]).toEqual(counts);
    for (const [name, value] of Object.entries(figures)) {
      const got = Reflect.get(found, name);
      expect(got / value, name).toBeCloseTo(1, 9);
    }
  });

  // `stats.chi2_contingency([male, female], correction=False)`, and the two distances as above over the four colors.
  test('of colors of hair', async () => {
    const people = (colors: Readonly<Record<string, number>>) =>
      Object.entries(colors).flatMap(([color, count]) => Array(count).fill(color));
    const found = await comparedOne(people(HAIR.male), people(HAIR.female));
    expect(found).toMatchObject({
      kind: 'categorical',
      chi_squared_degrees_of_freedom: 3,
      out_of_bounds_rate: 0,
      two_sample_kolmogorov_smirnov_test: null,
    });
    expect(found.chi_squared_statistic).toBeCloseTo(7.994244189073214, 9);
    expect(found.pearsons_chi_squared_test).toBeCloseTo(0.046130810844633545, 9);
    expect(found.population_stability_index).toBeCloseTo(0.05371435705506506, 9);
    expect(found.jensen_shannon_distance).toBeCloseTo(0.09961135954082011, 9);
    expect(found.distribution).toEqual({
      edges: [],
      categories: ['brown', 'blond', 'black', 'red'],
      others: 0,
      baseline: [143, 46, 56, 34],
      target: [143, 81, 52, 37],
    });
  });
});

test('the same values on both sides do not differ at all', async () => {
  const { alcohol } = WINE.first;
  expect(await comparedOne(alcohol, [...alcohol].reverse())).toMatchObject({
    normalized_wasserstein_distance: 0,
    jensen_shannon_distance: 0,
    population_stability_index: 0,
    two_sample_kolmogorov_smirnov_test: 1,
    null_value_rate: 0,
    data_type_error_rate: 0,
    out_of_bounds_rate: 0,
    note: null,
  });
});

test('counting equal values first changes no figure', async () => {
  const [b, t] = ['hash(i) % 40 / 4.0', '(hash(i + 7) % 50) / 4.0'];
  const few = (value: string) => `SELECT (${value})::DOUBLE AS x FROM range(3000) AS r(i)`;
  const many = (value: string) =>
    `SELECT (${value} + i * 1e-12)::DOUBLE AS x FROM range(3000) AS r(i)`;
  const [counted] = await compared(few(b), few(t));
  const [sorted] = await compared(many(b), many(t));
  expect(counted?.normalized_wasserstein_distance).toBeCloseTo(
    sorted?.normalized_wasserstein_distance ?? 0,
    6,
  );
});

describe('what there is nothing to say of has a row and a note', () => {
  const some = Array.from({ length: 40 }, (_, index) => index + 0.5);

  test('no row in the target', async () => {
    const [found] = await compared(columnsSql({ x: some }), 'SELECT 1.5::DOUBLE AS x LIMIT 0');
    expect(found).toMatchObject({
      kind: 'numerical',
      jensen_shannon_distance: null,
      null_value_rate: null,
      note: 'no value in the target',
    });
  });

  test('nulls and NaN alone', async () => {
    const target = `SELECT unnest([NULL, 'NaN'::DOUBLE, NULL, NULL]) AS x`;
    const [found] = await compared(columnsSql({ x: some }), target);
    expect(found).toMatchObject({ null_value_rate: 1, note: 'no value in the target' });
  });

  test('a constant', async () => {
    const same = Array(50).fill(2.5);
    expect(await comparedOne(same, same)).toMatchObject({
      jensen_shannon_distance: 0,
      normalized_wasserstein_distance: 0,
      two_sample_kolmogorov_smirnov_test: 1,
      note: 'constant in the baseline',
    });
    // Azure's smallest spread is what the distance is divided by.
    const moved = await comparedOne(same, Array(50).fill(2.75));
    expect(moved.normalized_wasserstein_distance).toBeCloseTo(250, 9);
    expect(moved.jensen_shannon_distance).toBeCloseTo(1, 9);
    expect(moved.out_of_bounds_rate).toBe(1);
  });

  test('one value on each side', async () => {
    expect(await comparedOne([1.5], [2.5])).toMatchObject({
      ks_statistic: 1,
      two_sample_kolmogorov_smirnov_test: 1,
      note: 'only 1 and 1 values',
    });
  });

  test('a column that one side lacks', async () => {
    const found = await compared(
      columnsSql({ gone: some, both: some }),
      columnsSql({ both: some, come: some }),
    );
    expect(
      found.map(({ feature, kind, null_value_rate, note }) => [
        feature,
        kind,
        null_value_rate,
        note,
      ]),
    ).toEqual([
      ['gone', null, 1, 'absent from the target'],
      ['both', 'numerical', 0, null],
      ['come', null, null, 'not in the baseline'],
    ]);
  });

  const withoutColumns = ({ connection, sheets }: DatasetRelation): DatasetRelation => ({
    connection,
    sheets: sheets.map(({ sql }) => ({ sql, columns: [] })),
  });

  test('truths and numbers that are texts on one side mean the same', async () => {
    const some30 = [...some, ...some, ...some];
    const truths = some30.map((_, at) => at % 3 === 0);
    const words = truths.map((truth) => (truth ? 'True' : 'false'));
    expect(await comparedOne(truths, words)).toMatchObject({
      jensen_shannon_distance: 0,
      out_of_bounds_rate: 0,
      distribution: { categories: expect.arrayContaining(['true', 'false']) },
    });
    const digits = some30.map((_, at) => at % 3);
    const texts = digits.map((digit) => `${digit}.0`);
    expect(await comparedOne(digits, texts, 'categorical')).toMatchObject({
      jensen_shannon_distance: 0,
      out_of_bounds_rate: 0,
    });
  });

  test('a name that SQL would take for a number is none', async () => {
    const numbers = [10, 20, 30];
    expect(await comparedOne(numbers, ['1_0', ' 20', '30'])).toMatchObject({
      data_type_error_rate: 2 / 3,
      target: { compared: 1 },
    });
  });

  test('a side of which no column is looked at', async () => {
    const [baseline, target] = [
      await relations.of(columnsSql({ gone: some })),
      await relations.of('SELECT * FROM range(7)'),
    ];
    expect(await compare({ baseline, target: withoutColumns(target) })).toMatchObject([
      { feature: 'gone', null_value_rate: 1, target: { rows: 7 } },
    ]);
    expect(await compare({ baseline: withoutColumns(baseline), target })).toMatchObject([
      { feature: 'range', null_value_rate: null, baseline: { rows: some.length } },
    ]);
  });

  test('infinities, and numbers that cannot be squared', async () => {
    const odd = `SELECT unnest([1.5, 'Infinity'::DOUBLE, 1.7e308, '-Infinity'::DOUBLE]) AS x`;
    const [found] = await compared(columnsSql({ x: some }), odd);
    expect(found?.target).toMatchObject({ rows: 4, nulls: 0, compared: 1, mean: 1.5 });
    expect(found?.note).toBe('only 40 and 1 values; 3 infinite values left out');
    const none = `SELECT unnest(['Infinity'::DOUBLE, 'Infinity'::DOUBLE]) AS x`;
    expect((await compared(columnsSql({ x: some }), none))[0]).toMatchObject({
      jensen_shannon_distance: null,
      note: 'no finite number on a side',
    });
  });
});

test('texts in place of numbers are errors of type; those that are numbers are compared', async () => {
  const baseline = Array.from({ length: 40 }, (_, index) => index + 0.5);
  const target = [...baseline.map(String).slice(0, 30), ...Array(10).fill('n/a')];
  expect(await comparedOne(baseline, target)).toMatchObject({
    kind: 'numerical',
    data_type_error_rate: 0.25,
    null_value_rate: 0,
    baseline: { compared: 40 },
    target: { type: 'string', compared: 30 },
    note: 'texts read as numbers',
  });
});

test('whole numbers and reals are one type, and the same categories', async () => {
  const whole = Array.from({ length: 200 }, (_, index) => index % 4);
  const found = await compared(
    columnsSql({ x: whole }),
    `SELECT x::DOUBLE AS x FROM (${columnsSql({ x: whole })})`,
  );
  expect(found[0]).toMatchObject({
    kind: 'categorical',
    data_type_error_rate: 0,
    jensen_shannon_distance: 0,
    out_of_bounds_rate: 0,
  });
});

test('a category that is new counts as out of bounds, and more than twelve are put together', async () => {
  const names = Array.from({ length: 300 }, (_, index) => `color ${index % 15}`);
  const found = await comparedOne(names, [...names, ...Array(20).fill('none of them')]);
  expect(found.out_of_bounds_rate).toBeCloseTo(20 / 320, 12);
  expect(found.note).toBe('1 new category');
  expect(found.distribution?.categories).toHaveLength(12);
  expect(found.distribution?.others).toBe(4);
  expect(found.distribution?.target.reduce((sum, count) => sum + count, 0)).toBe(320);
});

describe('how a feature is compared follows from the baseline', () => {
  const rows = 1000;
  const sql = `SELECT i % 3 AS code, i AS number, 'id ' || i AS name, i % 2 = 0 AS flag,
    TIMESTAMP '2026-11-22' + to_seconds(i) AS at, [i] AS list, NULL::INTEGER AS nothing FROM range(${rows}) AS r(i)`;

  test('by type, and by how many whole numbers and texts differ', async () => {
    const found = await compared(sql, sql);
    expect(found.map(({ feature, kind, note }) => [feature, kind, note])).toEqual([
      ['code', 'categorical', null],
      ['number', 'numerical', null],
      ['name', null, 'nearly every row has a value of its own'],
      ['flag', 'categorical', null],
      ['at', null, 'times always go on'],
      ['list', null, 'lists and objects are not compared'],
      ['nothing', 'numerical', 'no value on either side'],
    ]);
  });

  test('unless it is asked for', async () => {
    const found = await compared(sql, sql, {
      code: 'numerical',
      number: 'categorical',
      name: 'categorical',
      at: 'numerical',
      flag: 'numerical',
      list: 'categorical',
    });
    for (const { feature, kind, jensen_shannon_distance } of found) {
      if (feature === 'nothing') continue;
      expect([feature, kind, jensen_shannon_distance]).toEqual([
        feature,
        ['code', 'at', 'flag'].includes(feature) ? 'numerical' : 'categorical',
        0,
      ]);
    }
  });
});

test('Ctrl-C ends a comparison', async () => {
  const reason = new Error('enough');
  const relation = await relations.of('SELECT random() AS x FROM range(3000000)');
  const stop = new AbortController();
  const running = compare({ baseline: relation, target: relation }, { signal: stop.signal });
  setTimeout(() => stop.abort(reason), 50);
  await expect(running).rejects.toBe(reason);
});

test('rows that take more memory than is allowed are an error with the next step', async () => {
  const database = await openDatabase([], { threads: 1, maxMemoryBytes: 20_000_000 });
  const connection = await database.connect();
  const column = { name: 'x', type: 'real', role: 'feature', sql: 'x', stored: 'DOUBLE' } as const;
  const sql = 'SELECT random() AS x FROM range(2000000)';
  const side = { connection, sheets: [{ sql, columns: [column] }] };
  await expect(compare({ baseline: side, target: side })).rejects.toMatchObject({
    kind: 'service',
    facts: { hint: expect.stringContaining('--column') },
  });
  connection.closeSync();
  database.close();
});
