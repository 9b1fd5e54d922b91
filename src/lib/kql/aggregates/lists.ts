import { jsonElement } from '../convert.js';
import type { Operand } from '../operand.js';
import { type AggregateFacts, type AggregateRule, filterOn } from './rule.js';

/**
 * A JSON array of the values, cut to a size if one is given. Nulls are left out, but not those of dynamic
 * values; arrays give their elements.
 */
export function collect({ distinct, nulls }: { distinct: boolean; nulls: boolean }): AggregateRule {
  return {
    args: ['any'],
    conditionAt: 1,
    isTotal: true,
    sql: ([value, size], call, where) => {
      if (!value) return call.refuse(`${call.name}()`, call.span);
      const isDynamic = value.type === 'dynamic';
      const ordered = call.order && ` ORDER BY ${call.order}`;
      const item = isDynamic ? `kql_elements(${value.sql})` : value.sql;
      const list = isDynamic
        ? `flatten(list(${item}${ordered})${where})`
        : `list(${distinct ? `DISTINCT ${item} ORDER BY ${item}` : `${item}${ordered}`})${where}`;
      const unique = distinct && isDynamic ? `list_sort(list_distinct(${list}))` : list;
      const present =
        nulls || isDynamic ? unique : `list_filter(${unique}, lambda x: x IS NOT NULL)`;
      const cut = size ? `(${present})[1:${size.sql}]` : present;
      const json = jsonElement({ ...value, sql: 'x', isNullable: true });
      return `('[' || coalesce(array_to_string(list_transform(${cut}, lambda x: ${json}), ','), '') || ']')`;
    },
  };
}

/** One bag of all members; of a name in several the first row's value. */
export function collectBag(
  [bag, size]: readonly Operand[],
  call: AggregateFacts,
  where: string,
): string {
  if (!bag) return call.refuse(`${call.name}()`, call.span);
  if (size) call.refuse(`${call.name}() with a size`, call.span);
  const ordered = call.order && ` ORDER BY ${call.order}`;
  return `kql_bag(flatten(coalesce(list(kql_members(${bag.sql})${ordered})${where}, [])))`;
}

/** The values behind a count of distinct ones: all of them, where Kusto keeps a sketch. Of no rows there is none. */
export function collectDistinct(
  [value]: readonly Operand[],
  call: AggregateFacts,
  where: string,
): string {
  if (!value) return call.refuse(`${call.name}()`, call.span);
  const list = collect({ distinct: true, nulls: false }).sql([value], call, where);
  return `CASE WHEN count(*)${where} > 0 THEN ${list} END`;
}

/** What admits all values. */
export const schema: AggregateRule = {
  args: ['dynamic'],
  sql: ([value], call, where) =>
    value
      ? `script_buildschema('[' || array_to_string(list(${value.sql})${filterOn(`${value.sql} IS NOT NULL`, where)}, ',') || ']')`
      : call.refuse(`${call.name}()`, call.span),
};
