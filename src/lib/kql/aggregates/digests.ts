import { convert, jsonElement } from '../convert.js';
import { digestOf, pairsOf } from '../functions/digests.js';
import { type AggregateRule, filterOn } from './rule.js';

/** The values behind percentiles, each with its weight; of no rows null. */
export const digest: AggregateRule = {
  args: ['any'],
  sql: ([value, weight], call, where) => {
    if (!value) return call.refuse(`${call.name}()`, call.span);
    if (!['int', 'long', 'real'].includes(value.type)) {
      return call.refuse(`${call.name}() of ${value.type}`, call.span);
    }
    const count = weight ? convert(weight, 'long').sql : '1::BIGINT';
    const kept = filterOn(`${value.sql} IS NOT NULL AND ${count} > 0`, where);
    return digestOf(`list({ 'v': ${jsonElement(value)}, 'w': ${count} })${kept}`);
  },
};

/** One digest of several. */
export const mergeDigests: AggregateRule = {
  args: ['dynamic'],
  sql: ([value], call, where) =>
    value
      ? digestOf(
          `flatten(list(${pairsOf(value.sql)})${filterOn(`${value.sql} IS NOT NULL`, where)})`,
        )
      : call.refuse(`${call.name}()`, call.span),
};
