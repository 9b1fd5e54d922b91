import { convert } from '../convert.js';
import type { Operand } from '../operand.js';
import type { CallFacts, Rule } from '../rule.js';
import { SHARES } from '../scripts/weights.js';
import { elements } from './comparisons.js';

/**
 * What percentiles are read from, in Kusto's own form of few values: a mark, the values in their order, how often
 * each occurs. Kusto thins out many values; here they are all kept. `pairs` are `{ v, w }`, values as JSON texts.
 */
export function digestOf(pairs: string): string {
  const numbered = `list_sort(list_transform(${pairs}, lambda kql_item: { 'n': TRY_CAST(kql_item.v AS DOUBLE), 'v': kql_item.v, 'w': kql_item.w }))`;
  const part = (member: string) =>
    `array_to_string(list_transform(kql_all, lambda kql_item: ${member}), ',')`;
  const json = `'[[7],[' || ${part('kql_item.v')} || '],[' || ${part('CAST(kql_item.w AS VARCHAR)')} || ']]'`;
  return `list_transform([${numbered}], lambda kql_all: ${json})[1]`;
}

/** The values of a digest with their weights, in order. */
export function pairsOf(digest: string): string {
  const values = `CAST(json_extract(${digest}, '$[1][*]') AS VARCHAR[])`;
  const weights = `CAST(json_extract(${digest}, '$[2][*]') AS BIGINT[])`;
  const pair = "lambda kql_item: { 'v': kql_item[1], 'w': kql_item[2] }";
  return `CASE WHEN starts_with(${digest}, '[[') THEN list_transform(list_zip(${values}, ${weights}), ${pair}) END`;
}

/**
 * Of values with weights, in order: the first at which the weights have reached their share of `rank` percent. Where
 * that is a script finds: SQL's own sum over a list takes microseconds for each member.
 */
export function reached(pairs: string, rank: number): string {
  const weights = "array_to_string(list_transform(kql_all, lambda kql_item: kql_item.w), ',')";
  const place = `script_place_by_weight(${weights}, ${Math.round(rank * SHARES)})`;
  return `list_transform([${pairs}], lambda kql_all: kql_all[${place}].v)[1]`;
}

/** The ranks that a call spells out, each or as one array, from 0 to 100. */
export function ranksOf(ranks: readonly Operand[], call: CallFacts): readonly number[] {
  return ranks
    .flatMap((rank) => elements(rank, call))
    .map(({ literal }) => {
      const rank =
        typeof literal === 'boolean' || literal === undefined ? Number.NaN : Number(literal);
      if (Number.isNaN(rank)) return call.refuse('a computed percentile', call.span);
      return Math.min(Math.max(rank, 0), 100);
    });
}

/** How much weight lies at a value or below. */
function below(pairs: string, value: Operand): string {
  const number = convert(value, 'real').sql;
  const kept = `list_filter(list_transform(${pairs}, lambda kql_item: { 'n': TRY_CAST(kql_item.v AS DOUBLE), 'w': kql_item.w, 'x': ${number} }), lambda kql_item: kql_item.n <= kql_item.x)`;
  return `CAST(coalesce(list_sum(list_transform(${kept}, lambda kql_item: kql_item.w)), 0) AS DOUBLE)`;
}

function rank([digest, value]: readonly Operand[], call: CallFacts): string {
  if (!digest || !value) return call.refuse(`${call.name}()`, call.span);
  const pairs = pairsOf(digest.sql);
  return `CASE WHEN starts_with(${digest.sql}, '[[') THEN ${below(pairs, value)} END`;
}

function percentRank(args: readonly Operand[], call: CallFacts): string {
  const [digest] = args;
  const all = `list_sum(list_transform(${pairsOf(digest?.sql ?? '')}, lambda kql_item: kql_item.w))`;
  return `(100 * ${rank(args, call)} / ${all})`;
}

function percentile([digest, ...ranks]: readonly Operand[], call: CallFacts): string {
  const [wanted] = ranksOf(ranks.slice(0, 1), call);
  if (!digest || wanted === undefined) return call.refuse(`${call.name}()`, call.span);
  const sql = reached(pairsOf(digest.sql), wanted);
  return convert({ sql, type: 'dynamic', isNullable: true }, call.type).sql;
}

function percentiles([digest, ...ranks]: readonly Operand[], call: CallFacts): string {
  if (!digest) return call.refuse(`${call.name}()`, call.span);
  const found = ranksOf(ranks, call).map(
    (wanted) => `coalesce(${reached(pairsOf(digest.sql), wanted)}, 'null')`,
  );
  return `('[' || ${found.join(` || ',' || `) || "''"} || ']')`;
}

function merge(digests: readonly Operand[]): string {
  return digestOf(digests.map(({ sql }) => `coalesce(${pairsOf(sql)}, [])`).join(' || '));
}

export const DIGESTS: Readonly<Record<string, Rule>> = {
  merge_tdigest: { args: ['dynamic'], sql: merge },
  percentile_tdigest: { args: ['dynamic', 'any'], sql: percentile },
  percentiles_array_tdigest: { args: ['dynamic', 'any'], sql: percentiles },
  percentrank_tdigest: { args: ['dynamic', 'any'], sql: percentRank },
  rank_tdigest: { args: ['dynamic', 'any'], sql: rank },
  tdigest_merge: { args: ['dynamic'], sql: merge },
};
