import { convert, jsonElement } from '../convert.js';
import type { Operand } from '../operand.js';
import type { CallFacts, Rule } from '../rule.js';

/** Elements as JSON texts; null of what is no array. */
const items = (sql: string) =>
  `CASE WHEN starts_with(${sql}, '[') THEN CAST(json_extract(${sql}, '$[*]') AS VARCHAR[]) END`;
const json = (list: string) => `('[' || array_to_string(${list}, ',') || ']')`;

function concat(args: readonly Operand[]): string {
  return json(args.map(({ sql }) => `(${items(sql)})`).join(' || '));
}

/** Places from the end are negative; both ends are included. */
function slice([array, from, to]: readonly Operand[], call: CallFacts): string {
  if (!array || !from || !to) return call.refuse(call.name, call.span);
  const place = ({ sql }: Operand) => `CASE WHEN ${sql} < 0 THEN ${sql} ELSE ${sql} + 1 END`;
  return json(`(${items(array.sql)})[${place(from)}:${place(to)}]`);
}

/** Elements of both, or of one, each once. */
function sets(combine: (lists: readonly string[]) => string): Rule {
  return {
    args: ['dynamic'],
    sql: (args) => json(`list_sort(${combine(args.map(({ sql }) => `(${items(sql)})`))})`),
  };
}

/** Numbers by value, then texts; nulls come last either way. */
function sorted(direction: 'ASC' | 'DESC'): Rule {
  const keys = "lambda x: { 'number': kql_toreal(x), 'text': x }";
  return {
    args: ['dynamic'],
    sql: (args, call) => {
      const [array] = args;
      if (!array || args.length > 1)
        return call.refuse(`${call.name}() of several arrays`, call.span);
      const list = items(array.sql);
      const present = `list_transform(list_filter(${list}, lambda x: x <> 'null'), ${keys})`;
      const ordered = `list_transform(list_sort(${present}, '${direction}', 'NULLS LAST'), lambda x: x.text)`;
      return json(`${ordered} || list_filter(${list}, lambda x: x = 'null')`);
    },
  };
}

function range([from, to, step]: readonly Operand[], call: CallFacts): string {
  if (!from || !to) return call.refuse('range()', call.span);
  const { type } = from;
  if (type === 'real' || type === 'decimal') return call.refuse(`range() of ${type}`, call.span);
  const size = step ? convert(step, type === 'datetime' ? 'timespan' : type).sql : '1';
  const list = `generate_series(${from.sql}::BIGINT, ${convert(to, type).sql}::BIGINT, nullif(${size}, 0)::BIGINT)`;
  return json(
    `list_transform(${list}, lambda x: ${jsonElement({ sql: 'x', type, isNullable: true })})`,
  );
}

export const ARRAYS: Readonly<Record<string, Rule>> = {
  array_concat: { args: ['dynamic'], sql: concat },
  array_slice: { args: ['dynamic', 'long'], sql: slice },
  array_sum: {
    args: ['dynamic'],
    sql: ([array]) =>
      `list_sum(list_transform(${items(array?.sql ?? '')}, lambda x: kql_toreal(x)))`,
  },
  array_reverse: {
    args: ['dynamic'],
    sql: ([array]) => json(`list_reverse(${items(array?.sql ?? '')})`),
  },
  array_sort_asc: sorted('ASC'),
  array_sort_desc: sorted('DESC'),
  range: { args: ['any'], sql: range },
  set_has_element: {
    args: ['dynamic', 'any'],
    sql: ([set, value], call) => {
      if (!set || !value) return call.refuse(call.name, call.span);
      return `list_contains(${items(set.sql)}, ${jsonElement(value)})`;
    },
  },
  set_union: sets((lists) => `list_distinct(${lists.join(' || ')})`),
  set_intersect: sets((lists) => lists.reduce((one, other) => `list_intersect(${one}, ${other})`)),
  set_difference: sets((lists) =>
    lists.reduce(
      (one, other) =>
        `list_distinct(list_filter(${one}, lambda kql_item: NOT list_contains(${other}, kql_item)))`,
    ),
  ),
};
