import type { Operand } from '../operand.js';
import type { CallFacts, Rule } from '../rule.js';

/** Names and values of a bag, as one list of pairs; null of what is none. */
const pairs = (sql: string) =>
  `CASE WHEN starts_with(${sql}, '{') THEN list_zip(json_keys(${sql}), CAST(json_extract(${sql}, '$.*') AS VARCHAR[])) END`;

/** JSON text of a list of pairs. */
export function bagOf(list: string): string {
  const member = "CAST(to_json(kql_item[1]) AS VARCHAR) || ':' || kql_item[2]";
  return `('{' || array_to_string(list_transform(${list}, lambda kql_item: ${member}), ',') || '}')`;
}

/** Of a name in several bags the first value counts. Nulls are no bags. */
function merge(args: readonly Operand[]): string {
  const all = args.map(({ sql }) => `coalesce(${pairs(sql)}, [])`).join(' || ');
  const isFirst = 'list_position(kql_items.names, kql_item[1]) = kql_place';
  const kept = `list_filter(kql_items.all, lambda kql_item, kql_place: ${isFirst})`;
  const some = args.map(({ sql }) => `${sql} IS NOT NULL`).join(' OR ');
  return `CASE WHEN ${some} THEN list_transform([${all}], lambda x: list_transform(
    [{ 'all': x, 'names': list_transform(x, lambda p: p[1]) }], lambda kql_items: ${bagOf(kept)})[1])[1] END`;
}

function removeKeys([bag, keys]: readonly Operand[], call: CallFacts): string {
  if (!bag || typeof keys?.literal !== 'string') return call.refuse('computed keys', call.span);
  const names: unknown = JSON.parse(keys.literal);
  if (!Array.isArray(names)) return call.refuse('keys that are no array', call.span);
  if (names.some((name) => String(name).startsWith('$'))) {
    return call.refuse('bag_remove_keys() with a path', call.span);
  }
  const list = names.map((name) => `'${String(name).replaceAll("'", "''")}'`).join(', ');
  return bagOf(`list_filter(${pairs(bag.sql)}, lambda p: p[1] NOT IN (${list || 'NULL'}))`);
}

/** The bag with one member more, or with another value in its place. */
function setKey([bag, name, value]: readonly Operand[], call: CallFacts): string {
  if (!bag || !name || !value) return call.refuse(call.name, call.span);
  const others = `list_filter(${pairs(bag.sql)}, lambda kql_item: kql_item[1] <> ${name.sql})`;
  return bagOf(`${others} || [(${name.sql}, ${value.sql})]`);
}

export const BAGS: Readonly<Record<string, Rule>> = {
  bag_merge: { args: ['dynamic'], sql: merge },
  bag_remove_keys: { args: ['dynamic'], sql: removeKeys },
  bag_set_key: { args: ['dynamic', 'string', 'dynamic'], sql: setKey },
};
