import { ask, type Connection } from '../../duckdb/ask.js';
import type { ColumnKind } from '../../model/column-statistics.js';
import type { Distribution } from '../../model/drift.js';
import { numberIn } from '../text-types.js';
import { toNumber } from './answers.js';
import type { ColumnFacts } from './column-facts.js';
import { asText } from './column-kinds.js';
import { readShares, shares } from './distances.js';
import { chiSquaredP } from './p-values.js';
import type { Found, Pair } from './pair.js';

/** Categories that are shown one by one. */
const SHOWN = 12;

/** Compares a categorical feature; nulls and NaN are left out. */
export async function compareCategories(connection: Connection, pair: Pair): Promise<Found> {
  const sizes = { baseline: sizeOf(pair.baseline), target: sizeOf(pair.target) };
  const total = sizes.baseline + sizes.target;
  // Of a category, both sides are expected to have the share of their size.
  const surprise = (count: string, size: number) => {
    const expected = `((b + t) * ${size / total})`;
    return `sum((${count} - ${expected}) ** 2 / ${expected})`;
  };
  const [row = {}] = await ask(
    connection,
    `WITH b AS ${countsOf(pair.baseline, pair)},
     t AS ${countsOf(pair.target, pair)},
     pairs AS (SELECT coalesce(b.v, t.v) AS v, coalesce(b."count", 0) AS b, coalesce(t."count", 0) AS t,
         count(*) OVER () AS k
       FROM b FULL JOIN t ON b.v = t.v)
     SELECT ${shares(sizes)}, any_value(k) AS "categories",
       ${surprise('b', sizes.baseline)} + ${surprise('t', sizes.target)} AS "statistic",
       sum(t) FILTER (b = 0) AS "unseen", count_if(b = 0) AS "news",
       max({'total': b + t, 'v': v, 'b': b, 't': t}, ${SHOWN}) AS "shown" FROM pairs`,
  );
  const categories = toNumber(row.categories) ?? 0;
  const statistic = toNumber(row.statistic) ?? 0;
  const news = toNumber(row.news) ?? 0;
  return {
    ...readShares(row),
    chi_squared_statistic: statistic,
    chi_squared_degrees_of_freedom: categories - 1,
    pearsons_chi_squared_test: chiSquaredP(statistic, categories - 1),
    out_of_bounds_rate: (toNumber(row.unseen) ?? 0) / pair.target.rows,
    distribution: distributionOf(row.shown, categories, sizes),
    compared: sizes,
    note: noteOf(news, sizes),
  };
}

function sizeOf({ count, nans }: ColumnFacts): number {
  return count - nans;
}

function countsOf(facts: ColumnFacts, pair: Pair): string {
  const { kind, sql: value, from } = facts;
  const filled = `${value} IS NOT NULL${kind === 'real' ? ` AND NOT isnan(CAST(${value} AS DOUBLE))` : ''}`;
  // Counting numbers costs less than counting their texts.
  const isAlike = pair.baseline.stored === pair.target.stored;
  const key = isAlike ? value : categoryText(facts, [pair.baseline.kind, pair.target.kind]);
  const counted = `SELECT ${key} AS v, count(*) AS "count" FROM ${from} WHERE ${filled} GROUP BY ALL`;
  return `(SELECT ${asText('v')} AS v, "count" FROM (${counted}))`;
}

/** What a value means beside the other side's: a number is the same as integer, as real and as text, so is a truth. */
function categoryText({ kind, sql: value }: ColumnFacts, kinds: readonly ColumnKind[]): string {
  if (kind === 'real') return numberText(value);
  if (kind !== 'text') return asText(value);
  const text = asText(value);
  if (kinds.includes('boolean')) {
    return `CASE WHEN lower(${text}) IN ('true', 'false') THEN lower(${text}) ELSE ${text} END`;
  }
  const isBesideNumbers = kinds.includes('integer') || kinds.includes('real');
  return isBesideNumbers ? `coalesce(${numberText(numberIn(text))}, ${text})` : text;
}

function numberText(value: string): string {
  const whole = `TRY_CAST(${value} AS BIGINT)`;
  return `CASE WHEN ${whole} = ${value} THEN ${asText(whole)} ELSE ${asText(value)} END`;
}

function distributionOf(
  shown: unknown,
  categories: number,
  sizes: { readonly baseline: number; readonly target: number },
): Distribution {
  const counts = Array.isArray(shown) ? shown.map(toCategory) : [];
  const others = categories - counts.length;
  const rest = (size: number, side: 'b' | 't') =>
    others > 0 ? [size - counts.reduce((sum, each) => sum + each[side], 0)] : [];
  return {
    edges: [],
    categories: counts.map(({ v }) => v),
    others,
    baseline: [...counts.map(({ b }) => b), ...rest(sizes.baseline, 'b')],
    target: [...counts.map(({ t }) => t), ...rest(sizes.target, 't')],
  };
}

function toCategory(shown: { v?: unknown; b?: unknown; t?: unknown }) {
  return { v: String(shown.v), b: toNumber(shown.b) ?? 0, t: toNumber(shown.t) ?? 0 };
}

/** Fewer values than this say little. */
const FEW = 30;

function noteOf(
  news: number,
  { baseline, target }: { readonly baseline: number; readonly target: number },
): string | null {
  const parts = [
    ...(Math.min(baseline, target) < FEW ? [`only ${baseline} and ${target} values`] : []),
    ...(news > 0 ? [`${news} new ${news === 1 ? 'category' : 'categories'}`] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : null;
}
