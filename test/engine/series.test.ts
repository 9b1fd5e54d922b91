import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine } from '../../src/lib/engine/duckdb-engine.js';
import type { Engine } from '../../src/lib/engine/engine.js';
import { runKql } from './run-kql.js';

let engine: Engine;

beforeAll(async () => {
  engine = await openEngine();
});

afterAll(() => engine.close());

const number = fc.integer({ min: -1000, max: 1000 }).map((value) => value / 8);
const numbers = fc.array(number, { minLength: 1, maxLength: 12 });
const RUNS = { numRuns: 25 };

async function answer(kql: string): Promise<Readonly<Record<string, unknown>>> {
  const [row] = await runKql(engine, kql);
  return Object(row);
}

function array(values: readonly number[]): string {
  return `dynamic([${values.join(', ')}])`;
}

/** Alike to a part in 10^9 of the largest number in play. */
function expectAlike(found: unknown, wanted: unknown, scale = 1): void {
  if (Array.isArray(wanted)) {
    const all: readonly unknown[] = Array.isArray(found) ? found : [];
    expect(all).toHaveLength(wanted.length);
    wanted.forEach((value, index) => {
      expectAlike(all[index], value, scale);
    });
  } else {
    expect(Math.abs(Number(found) - Number(wanted))).toBeLessThanOrEqual(
      1e-9 * Math.max(1, scale, Math.abs(Number(wanted))),
    );
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]) => sum(values) / values.length;

test('percentiles are the nearest ranks, with weights as without', async () => {
  const rank = fc.integer({ min: 0, max: 100 });
  const weighted = fc.array(fc.tuple(number, fc.integer({ min: 0, max: 5 })), {
    minLength: 1,
    maxLength: 10,
  });
  await fc.assert(
    fc.asyncProperty(weighted, rank, async (pairs, share) => {
      const rows = pairs.map(([value, weight]) => `real(${value}), ${weight}`).join(', ');
      const found = await answer(
        `datatable(v: real, w: long)[${rows}] | summarize plain = percentile(v, ${share}),
          weighted = percentilew(v, w, ${share}), digest = percentile_tdigest(tdigest(v, w), ${share}, typeof(real))`,
      );
      const repeated = pairs.flatMap(([value, weight]) => Array<number>(weight).fill(value));
      expect(found).toEqual({
        plain: nearest(
          pairs.map(([value]) => value),
          share,
        ),
        weighted: nearest(repeated, share),
        digest: nearest(repeated, share),
      });
    }),
    RUNS,
  );
});

function nearest(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  const rank = Math.max(1, Math.ceil((share * sorted.length) / 100));
  return sorted[rank - 1] ?? null;
}

test('the statistics of a series are those of its numbers', async () => {
  await fc.assert(
    fc.asyncProperty(numbers, async (values) => {
      const { s } = await answer(`print s = series_stats_dynamic(${array(values)})`);
      const [min, max] = [Math.min(...values), Math.max(...values)];
      const squares = sum(values.map((value) => (value - mean(values)) ** 2));
      const variance = values.length > 1 ? squares / (values.length - 1) : 0;
      const found: Readonly<Record<string, unknown>> = Object(s);
      expect(found).toMatchObject({
        min,
        min_idx: values.indexOf(min),
        max,
        max_idx: values.indexOf(max),
        len: values.length,
      });
      expectAlike(found.avg, mean(values), 1000);
      expectAlike(found.variance, variance, 1e4);
      expectAlike(found.stdev, Math.sqrt(variance), 1000);
      expectAlike(found.sum, sum(values), 1000);
    }),
    RUNS,
  );
});

test('a fitted line has the least squares, and is the polynomial of degree 1', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(number, { minLength: 2, maxLength: 12 }), async (y) => {
      const { a, b, c } = await answer(
        `print y = ${array(y)} | extend f = series_fit_line_dynamic(y) | extend (r, c) = series_fit_poly(y)
        | project a = f.slope, b = f.interception, c`,
      );
      const x = y.map((_, index) => index + 1);
      const products = sum(x.map((place, index) => (place - mean(x)) * (y[index] ?? 0)));
      const slope = products / sum(x.map((place) => (place - mean(x)) ** 2));
      const level = mean(y) - slope * mean(x);
      expectAlike([a, b], [slope, level], 1e4);
      expectAlike(c, [slope, level], 1e4);
    }),
    RUNS,
  );
});

test('filters weigh what lies before, given and made', async () => {
  const weights = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 4 });
  const lead = fc.integer({ min: 1, max: 4 });
  await fc.assert(
    fc.asyncProperty(numbers, weights, lead, weights, async (x, b, first, more) => {
      const a = [first * 4, ...more];
      const { fir, iir } = await answer(
        `print fir = series_fir(${array(x)}, ${array(b)}, false, false), iir = series_iir(${array(x)}, ${array(b)}, ${array(a)})`,
      );
      const given = x.map((_, at) => sum(b.map((weight, back) => weight * (x[at - back] ?? 0))));
      const made: number[] = [];
      for (const [at, value] of given.entries()) {
        const before = a.slice(1).map((weight, back) => weight * (made[at - 1 - back] ?? 0));
        made.push((value - sum(before)) / (first * 4));
      }
      const scale = Math.max(...[...given, ...made].map(Math.abs));
      expectAlike(fir, given, scale);
      expectAlike(iir, made, scale);
    }),
    RUNS,
  );
});
