import { ask, type Connection } from '../../duckdb/ask.js';
import type { FeatureComparison } from '../../model/drift.js';
import { numberIn } from '../text-types.js';
import { toCounts, toNumber } from './answers.js';
import { type Bins, binNumber, binsOf } from './bins.js';
import { type ColumnFacts, isOrdered } from './column-facts.js';
import { asText, computable, quoteNumber } from './column-kinds.js';
import { readShares, shares } from './distances.js';
import { kolmogorovSmirnovP } from './p-values.js';
import type { Found, Pair } from './pair.js';

/** Where fewer than every third value is another one, equal values are counted first, which costs less than sorting. */
const REPEATING = 1 / 3;
/** What the distance is divided by where the baseline does not spread. */
const LEAST_SPREAD = 0.001;

/** What both sides hold of a numerical feature. */
interface Spread {
  readonly baseline: number;
  readonly target: number;
  readonly min: number;
  readonly max: number;
  readonly baselineMin: number;
  readonly baselineMax: number;
  readonly stddev: number | null;
}

/** Compares a numerical feature; nulls, NaN and what is not a finite number are left out. */
export async function compareNumbers(connection: Connection, pair: Pair): Promise<Found> {
  const spread = await spreadOf(connection, pair);
  if (spread === null) {
    return { ...NOTHING, compared: { baseline: 0, target: 0 }, note: 'no finite number on a side' };
  }
  const { baseline, target } = spread;
  const binned = await compareBins(connection, pair, spread);
  const sorted = await compareSorted(connection, pair, spread);
  return { ...binned, ...sorted, compared: { baseline, target }, note: noteOf(spread, pair) };
}

const NOTHING = {
  distribution: null,
  jensen_shannon_distance: null,
  population_stability_index: null,
  out_of_bounds_rate: null,
};

interface Numbers {
  readonly count: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly stddev: number | null;
}

async function spreadOf(connection: Connection, pair: Pair): Promise<Spread | null> {
  const baseline = await numbersIn(connection, pair.baseline);
  const target = await numbersIn(connection, pair.target);
  const [low, high] = [baseline.min, baseline.max];
  if (low === null || high === null || target.min === null || target.max === null) return null;
  return {
    baseline: baseline.count,
    target: target.count,
    min: Math.min(low, target.min),
    max: Math.max(high, target.max),
    baselineMin: low,
    baselineMax: high,
    stddev: baseline.stddev,
  };
}

/** What is known already of numbers; what may be some is read as such. */
async function numbersIn(connection: Connection, facts: ColumnFacts): Promise<Numbers> {
  if (isOrdered(facts.kind)) {
    return { ...facts, count: facts.count - facts.nans - facts.infinites };
  }
  const [row = {}] = await ask(
    connection,
    `SELECT count(v) AS "count", min(v) AS "min", max(v) AS "max", stddev_samp(v) AS "stddev"
     FROM ${numbersOf(facts)}`,
  );
  const { count, min, max, stddev } = row;
  return {
    count: toNumber(count) ?? 0,
    min: toNumber(min),
    max: toNumber(max),
    stddev: toNumber(stddev),
  };
}

/** Sturges' number for the smaller side, as Azure ML's monitor has it, over the range of both. */
function binsFor({ baseline, target, min, max }: Spread): Bins {
  return binsOf(min, max, Math.ceil(Math.log2(Math.min(baseline, target)) + 1));
}

async function compareBins(connection: Connection, pair: Pair, spread: Spread) {
  const bins = binsFor(spread);
  const bin = binNumber('v', bins);
  const [low, high] = [quoteNumber(spread.baselineMin), quoteNumber(spread.baselineMax)];
  const [row = {}] = await ask(
    connection,
    `WITH b AS (SELECT ${bin} AS "bin", count(*) AS "count"
       FROM ${numbersOf(pair.baseline)} WHERE v IS NOT NULL GROUP BY ALL),
     t AS (SELECT ${bin} AS "bin", count(*) AS "count", count_if(v < ${low} OR v > ${high}) AS "outside"
       FROM ${numbersOf(pair.target)} WHERE v IS NOT NULL GROUP BY ALL),
     pairs AS (SELECT "bin", coalesce(b."count", 0) AS b, coalesce(t."count", 0) AS t,
         coalesce(t."outside", 0) AS "outside", ${bins.count} AS k
       FROM range(${bins.count}) AS bins("bin") LEFT JOIN b USING ("bin") LEFT JOIN t USING ("bin"))
     SELECT ${shares(spread)}, sum("outside") AS "outside",
       list(b ORDER BY "bin") AS "baseline", list(t ORDER BY "bin") AS "target" FROM pairs`,
  );
  const edges = Array.from({ length: bins.count + 1 }, (_, edge) => bins.from + edge * bins.width);
  return {
    ...readShares(row),
    out_of_bounds_rate: (toNumber(row.outside) ?? 0) / pair.target.rows,
    distribution: {
      edges: spread.min === spread.max ? [spread.min, spread.min] : edges,
      categories: [],
      others: 0,
      baseline: toCounts(row.baseline),
      target: toCounts(row.target),
    },
  };
}

/**
 * Both sides in one order, the baseline's values counting up, the target's down, each as often as the other side has
 * values: the sum so far is the difference of the two distribution functions, times both sizes, in whole numbers. Its
 * largest is the Kolmogorov–Smirnov statistic, the area under it the Wasserstein distance.
 */
async function compareSorted(connection: Connection, pair: Pair, spread: Spread) {
  const { baseline: m, target: n, stddev } = spread;
  const distinct = Math.max(pair.baseline.distinct, pair.target.distinct);
  const isRepeating = distinct < (m + n) * REPEATING;
  const counted = isRepeating ? '(SELECT v, sum(w) AS w FROM u GROUP BY v)' : 'u';
  const [row = {}] = await ask(
    connection,
    `WITH u AS (
       SELECT v, ${n}::BIGINT AS w FROM ${numbersOf(pair.baseline)} WHERE v IS NOT NULL
       UNION ALL
       SELECT v, ${-m}::BIGINT AS w FROM ${numbersOf(pair.target)} WHERE v IS NOT NULL),
     steps AS (SELECT v, sum(w) OVER so_far AS d, lead(v) OVER so_far AS next FROM ${counted}
       WINDOW so_far AS (ORDER BY v ROWS UNBOUNDED PRECEDING))
     SELECT max(abs(d)) FILTER (next IS DISTINCT FROM v) AS "product",
       sum(abs(d)::DOUBLE * (next - v)) AS "area" FROM steps`,
  );
  const product = toNumber(row.product) ?? 0;
  const distance = (toNumber(row.area) ?? 0) / m / n;
  const figures: Partial<FeatureComparison> = {
    ks_statistic: product / m / n,
    two_sample_kolmogorov_smirnov_test: kolmogorovSmirnovP(product, m, n),
    normalized_wasserstein_distance: distance / Math.max(stddev ?? 0, LEAST_SPREAD),
  };
  return figures;
}

/** Fewer values than this say little. */
const FEW = 30;

function noteOf(spread: Spread, { target, baseline }: Pair): string | null {
  const { baseline: m, target: n } = spread;
  const isConstant = spread.baselineMin === spread.baselineMax;
  const infinites = baseline.infinites + target.infinites;
  const parts = [
    ...(Math.min(m, n) < FEW ? [`only ${m} and ${n} values`] : []),
    ...(isConstant && m > 1 ? ['constant in the baseline'] : []),
    ...(infinites > 0 ? [`${infinites} infinite values left out`] : []),
    ...(target.kind !== baseline.kind && target.kind === 'text' ? ['texts read as numbers'] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : null;
}

/** SQL of a side's values as numbers that can be compared, whatever its type. */
function numbersOf({ sql: value, kind, from }: ColumnFacts): string {
  const number =
    kind === 'text' || kind === 'dynamic'
      ? computable(numberIn(asText(value)), 'real')
      : computable(value, kind === 'boolean' ? 'integer' : kind);
  return `(SELECT ${number} AS v FROM ${from})`;
}
