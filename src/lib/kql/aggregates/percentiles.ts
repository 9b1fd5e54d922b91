import { convert, jsonElement } from '../convert.js';
import { ranksOf, reached } from '../functions/digests.js';
import type { Operand } from '../operand.js';
import { type AggregateRule, filterOn } from './rule.js';

/** The nearest rank: a value that occurs. */
function plain([value]: readonly Operand[], rank: number, where: string): string | undefined {
  return value && `quantile_disc(${value.sql}, ${rank / 100})${where}`;
}

/** The same, as if each value stood there as often as its weight says. */
function weighted(
  [value, weight]: readonly Operand[],
  rank: number,
  where: string,
): string | undefined {
  if (!value || !weight) return undefined;
  const { sql } = convert(weight, 'long');
  const kept = filterOn(`${value.sql} IS NOT NULL AND ${sql} > 0`, where);
  return reached(`list({ 'v': ${value.sql}, 'w': ${sql} } ORDER BY ${value.sql})${kept}`, rank);
}

/** @param given how many arguments stand before the ranks */
function one(find: typeof plain, given: number): AggregateRule {
  return {
    args: ['any'],
    sql: (args, call, where) => {
      const [rank] = ranksOf(args.slice(given), call);
      const found = rank === undefined ? undefined : find(args, rank, where);
      return found ?? call.refuse(`${call.name}()`, call.span);
    },
  };
}

function array(find: typeof plain, given: number): AggregateRule {
  return {
    args: ['any'],
    sql: (args, call, where) => {
      const json = ranksOf(args.slice(given), call).map((rank) => {
        const sql = find(args, rank, where) ?? call.refuse(`${call.name}()`, call.span);
        return jsonElement({ sql, type: args[0]?.type ?? 'real', isNullable: true });
      });
      return `('[' || ${json.join(` || ',' || `) || "''"} || ']')`;
    },
  };
}

export const PERCENTILES: Readonly<Record<string, AggregateRule>> = {
  percentile: one(plain, 1),
  percentiles_array: array(plain, 1),
  percentilew: one(weighted, 2),
  percentilesw_array: array(weighted, 2),
};
