import type { Operand } from '../operand.js';
import { quoteText } from '../print-sql.js';
import type { CallFacts, Rule } from '../rule.js';

/** Of a name in several bags the first value counts. Nulls are no bags. */
function merge(args: readonly Operand[]): string {
  const all = args.map(({ sql }) => `kql_members(${sql})`).join(' || ');
  const some = args.map(({ sql }) => `${sql} IS NOT NULL`).join(' OR ');
  return `CASE WHEN ${some} THEN kql_bag(${all}) END`;
}

function removeKeys([bag, keys]: readonly Operand[], call: CallFacts): string {
  if (!bag || !keys) return call.refuse(call.name, call.span);
  const names: unknown = typeof keys.literal === 'string' ? JSON.parse(keys.literal) : undefined;
  if (!Array.isArray(names) || names.some((name) => String(name).startsWith('$'))) {
    return `script_bag_remove_keys(${bag.sql}, ${keys.sql})`;
  }
  const gone = names.map((name) => quoteText(String(name))).join(', ') || 'NULL';
  return `CASE WHEN starts_with(${bag.sql}, '{')
    THEN kql_bag(list_filter(kql_members(${bag.sql}), lambda p: p[1] NOT IN (${gone}))) END`;
}

function hasKey([bag, name]: readonly Operand[], call: CallFacts): string {
  if (!bag || !name) return call.refuse(call.name, call.span);
  const isPlain = typeof name.literal === 'string' && !name.literal.startsWith('$');
  const found = isPlain
    ? `list_contains(json_keys(${bag.sql}), ${name.sql})`
    : `script_bag_has_key(${bag.sql}, ${name.sql})`;
  return `coalesce(${found}, false)`;
}

/** The bag with one member more, or with another value in its place. */
function setKey([bag, name, value]: readonly Operand[], call: CallFacts): string {
  if (!bag || !name || !value) return call.refuse(call.name, call.span);
  if (typeof name.literal !== 'string' || name.literal.startsWith('$')) {
    return `script_bag_set_key(${bag.sql}, ${name.sql}, coalesce(${value.sql}, 'null'))`;
  }
  const members = `kql_members(${bag.sql})`;
  const others = `list_filter(${members}, lambda kql_item: kql_item[1] <> ${name.sql})`;
  return `CASE WHEN starts_with(${bag.sql}, '{') THEN kql_bag(${others} || [(${name.sql}, ${value.sql})]) END`;
}

/** Names and values by turns; what is null or empty is left out. */
function packFilled(args: readonly Operand[]): string {
  const members = args.flatMap((name, index) => {
    const value = args[index + 1];
    if (index % 2 === 1 || !value) return [];
    return `CASE WHEN ${value.sql} <> '""' THEN ${name.sql} || ':' || ${value.sql} END`;
  });
  return `('{' || concat_ws(',', ${members.join(', ') || 'NULL'}) || '}')`;
}

export const BAGS: Readonly<Record<string, Rule>> = {
  bag_has_key: { args: ['dynamic', 'string'], sql: hasKey, isTotal: true },
  bag_merge: { args: ['dynamic'], sql: merge },
  bag_remove_keys: { args: ['dynamic'], sql: removeKeys },
  bag_zip: { args: ['dynamic'], sql: 'script_bag_zip($1, $2)' },
  dynamic_to_json: { args: ['dynamic'], sql: 'script_dynamic_to_json($1)' },
  treepath: { args: ['dynamic'], sql: 'script_treepath($1)' },
  bag_set_key: { args: ['dynamic', 'string', 'dynamic'], sql: setKey },
  PackFilled: { args: ['dynamic'], sql: packFilled, isTotal: true },
};
