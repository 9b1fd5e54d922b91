import { TICKS_PER_HOUR } from '../../model/ticks.js';
import { convert, jsonElement } from '../convert.js';
import type { Operand } from '../operand.js';
import type { CallFacts, Rule } from '../rule.js';

/** Elements as JSON texts; null of what is no array. */
const items = (sql: string) =>
  `CASE WHEN starts_with(${sql}, '[') THEN CAST(json_extract(${sql}, '$[*]') AS VARCHAR[]) END`;
const json = (list: string) => `('[' || array_to_string(${list}, ',') || ']')`;

/** Values, and the elements of those that are arrays, as one array. */
export function arrayOf(args: readonly Operand[]): string {
  const lists = args.map((arg) =>
    arg.type === 'dynamic' ? `coalesce(kql_elements(${arg.sql}), [])` : `[${jsonElement(arg)}]`,
  );
  return json(`flatten([${lists.join(', ') || '[]'}])`);
}

/** How many of the distinct elements of both are in each of them. */
function jaccard([one, other]: readonly Operand[], call: CallFacts): string {
  if (!one || !other) return call.refuse(call.name, call.span);
  const [a, b] = [`(${items(one.sql)})`, `(${items(other.sql)})`];
  const share = `(len(list_distinct(list_intersect(${a}, ${b})))::DOUBLE / len(list_distinct(${a} || ${b})))`;
  return call.type === 'dynamic' ? `kql_real_json(${share})` : share;
}

/** Whether two arrays have the same elements, in whatever order and number. */
function setEquals([one, other]: readonly Operand[], call: CallFacts): string {
  if (!one || !other) return call.refuse(call.name, call.span);
  const [a, b] = [one, other].map(({ sql }) => `list_sort(list_distinct(${items(sql)}))`);
  return `(${a} = ${b})`;
}

/** Nulls add nothing; of nothing but nulls there is no array. */
function concat(args: readonly Operand[]): string {
  const some = args.map(({ sql }) => `${sql} IS NOT NULL`).join(' OR ');
  const all = args.map(({ sql }) => `coalesce(${items(sql)}, [])`).join(' || ');
  return `CASE WHEN ${some} THEN ${json(all)} END`;
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

/**
 * Numbers by value, then texts; nulls come last either way unless a last argument says false. Of several
 * arrays the others follow the first, and are null if they are not as long.
 */
function sorted(direction: 'ASC' | 'DESC'): Rule {
  return {
    args: ['any'],
    sql: (args, call) => {
      const flag = args.at(-1)?.type === 'bool' ? args.at(-1) : undefined;
      if (flag && typeof flag.literal !== 'boolean')
        return call.refuse('a computed order', call.span);
      const arrays = (flag ? args.slice(0, -1) : args).map(
        (array) => convert(array, 'dynamic').sql,
      );
      const [first = 'NULL'] = arrays;
      const keyed = `list_transform(${items(first)}, lambda x, i: { 'number': kql_toreal(x), 'text': x, 'at': i })`;
      const those = (test: string) => `list_filter(kql_items, lambda x: ${test})`;
      const present = `list_sort(${those("x.text <> 'null'")}, '${direction}', 'NULLS LAST')`;
      const parts = [present, those("x.text = 'null'")];
      const whole = (flag?.literal === false ? parts.reverse() : parts).join(' || ');
      const places = `list_transform([${keyed}], lambda kql_items: list_transform(${whole}, lambda x: x.at))`;
      const moved = arrays.map((array) => {
        const list = json('list_transform(kql_places, lambda x: kql_own[x])');
        const own = `CASE WHEN len(kql_own) = len(kql_places) THEN ${list} END`;
        return `list_transform([${items(array)}], lambda kql_own: ${own})[1]`;
      });
      const result =
        moved.length === 1
          ? moved[0]
          : json(`[${moved.map((array) => `coalesce(${array}, 'null')`).join(', ')}]`);
      return `list_transform(${places}, lambda kql_places: ${result})[1]`;
    },
  };
}

/** Kusto cuts a range behind so many elements. */
const MAX_RANGE = 1_048_576;

function range([from, to, step]: readonly Operand[], call: CallFacts): string {
  if (!from || !to) return call.refuse('range()', call.span);
  const { type } = from;
  if (type === 'decimal') return call.refuse(`range() of ${type}`, call.span);
  const isTime = type === 'datetime' || type === 'timespan';
  const one = type === 'real' ? '1e0' : isTime ? String(TICKS_PER_HOUR) : '1';
  const size = step ? convert(step, type === 'datetime' ? 'timespan' : type).sql : one;
  const [start, end] = [from.sql, convert(to, type).sql];
  const distance = type === 'real' ? `(${end} - ${start})` : `(${end}::HUGEINT - ${start})`;
  const steps =
    type === 'real'
      ? `floor(${distance} / nullif(${size}, 0))`
      : `${distance} // nullif(${size}, 0)`;
  const isSound = type === 'real' ? `isfinite(${steps})` : `${steps} IS NOT NULL`;
  const last = `CASE WHEN ${distance} * ${size} < 0 THEN -1 WHEN ${isSound} THEN CAST(least(${steps}, ${MAX_RANGE - 1}) AS BIGINT) END`;
  const item = jsonElement({ sql: `(${start} + x * ${size})`, type, isNullable: true });
  return json(`list_transform(generate_series(0, ${last}), lambda x: ${item})`);
}

/** Where the value is, from 0; -1 if nowhere. Numbers are found by value. */
function indexOf(args: readonly Operand[], call: CallFacts): string {
  const [array, value, ...limits] = args;
  if (!array || !value) return call.refuse(call.name, call.span);
  const isNumber = ['int', 'long', 'real', 'decimal'].includes(value.type);
  const same = isNumber
    ? `kql_toreal(x) = ${convert(value, 'real').sql}`
    : `x = ${jsonElement(value)}`;
  const [start, length, occurrence] = limits.map((limit) => convert(limit, 'long').sql);
  const size = `len(${items(array.sql)})`;
  const first = start
    ? `CASE WHEN ${start} < 0 THEN greatest(${size} + ${start}, 0) ELSE ${start} END`
    : '0';
  const end = length ? ` AND (${length} < 0 OR i - 1 < ${first} + ${length})` : '';
  const places = `list_transform(${items(array.sql)}, lambda x, i: CASE WHEN ${same} AND i - 1 >= ${first}${end} THEN i - 1 END)`;
  const place = `list_filter(${places}, lambda x: x IS NOT NULL)[${occurrence ?? '1'}]`;
  return `CASE WHEN starts_with(${array.sql}, '[') THEN CAST(coalesce(${place}, -1) AS BIGINT) END`;
}

/** Elements move by so many places; those that fall out come in at the other end, or a filler does. */
function moved({ direction, filled }: { direction: 1 | -1; filled: boolean }): Rule {
  return {
    args: ['dynamic', 'long', 'any'],
    sql: ([array, count, filler], call) => {
      if (!array || !count) return call.refuse(call.name, call.span);
      const by = direction === 1 ? count.sql : `(- ${count.sql})`;
      const size = 'len(kql_items)';
      const empty = filler ? jsonElement(filler) : `'null'`;
      const from = `kql_item + ${by}`;
      const element = filled
        ? `CASE WHEN ${from} >= 0 AND ${from} < ${size} THEN kql_items[${from} + 1] ELSE ${empty} END`
        : `kql_items[((${from}) % ${size} + ${size}) % ${size} + 1]`;
      const list = `list_transform(range(${size}), lambda kql_item: ${element})`;
      return `list_transform([${items(array.sql)}], lambda kql_items: ${json(list)})[1]`;
    },
  };
}

/** The array cut at the places of `indices`, a number or an array of them. */
function split([array, indices]: readonly Operand[], call: CallFacts): string {
  if (!array || !indices) return call.refuse(call.name, call.span);
  const size = 'len(kql_items)';
  const at = indices.type === 'dynamic' ? indices.sql : convert(indices, 'dynamic').sql;
  const place = `CASE WHEN x < 0 THEN greatest(x + ${size}, 0) ELSE least(x, ${size}) END`;
  const places = `list_transform(list_transform(kql_elements(${at}), lambda x: kql_tolong(x)), lambda x: ${place})`;
  const ends = `list_zip([0::BIGINT] || ${places}, ${places} || [${size}])`;
  const parts = `list_transform(${ends}, lambda kql_item: ${json('kql_items[kql_item[1] + 1 : kql_item[2]]')})`;
  return `list_transform([${items(array.sql)}], lambda kql_items: ${json(parts)})[1]`;
}

/** Side by side: one array for each place, with nulls where one has ended. */
function zip(args: readonly Operand[]): string {
  const lists = args.map(({ sql }) => `kql_elements(${sql})`).join(', ');
  const row = args.map((_, index) => `coalesce(kql_item[${index + 1}], 'null')`).join(', ');
  return json(`list_transform(list_zip(${lists}), lambda kql_item: ${json(`[${row}]`)})`);
}

/** For each place of the condition the element of one array or of the other; scalars stand for every place. */
function choose([test, yes, no]: readonly Operand[], call: CallFacts): string {
  if (!test || !yes || !no) return call.refuse(call.name, call.span);
  const at = (value: Operand) =>
    value.type === 'dynamic'
      ? `coalesce(kql_elements(${value.sql})[kql_item], 'null')`
      : jsonElement(value);
  const holds = `kql_dynamic_tobool(kql_dynamic_text(kql_items[kql_item]))`;
  const element = `CASE WHEN ${holds} THEN ${at(yes)} WHEN NOT ${holds} THEN ${at(no)} ELSE 'null' END`;
  const list = `list_transform(range(1, len(kql_items) + 1), lambda kql_item: ${element})`;
  return `list_transform([${items(test.sql)}], lambda kql_items: ${json(list)})[1]`;
}

function repeat([value, count]: readonly Operand[], call: CallFacts): string {
  if (!value || !count) return call.refuse(call.name, call.span);
  const list = `list_transform(range(${convert(count, 'long').sql}), lambda kql_item: ${jsonElement(value)})`;
  return `CASE WHEN ${convert(count, 'long').sql} >= 0 THEN ${json(list)} END`;
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
  array_iff: { args: ['dynamic', 'any'], sql: choose },
  array_iif: { args: ['dynamic', 'any'], sql: choose },
  array_index_of: { args: ['dynamic', 'any'], sql: indexOf },
  array_rotate_left: moved({ direction: 1, filled: false }),
  array_rotate_right: moved({ direction: -1, filled: false }),
  array_shift_left: moved({ direction: 1, filled: true }),
  array_shift_right: moved({ direction: -1, filled: true }),
  array_split: { args: ['dynamic', 'any'], sql: split },
  array_sort_asc: sorted('ASC'),
  array_sort_desc: sorted('DESC'),
  jaccard_index: { args: ['dynamic'], sql: jaccard },
  repeat: { args: ['any'], sql: repeat },
  set_equals: { args: ['dynamic'], sql: setEquals },
  zip: { args: ['dynamic'], sql: zip },
  range: { args: ['any'], sql: range },
  set_has_element: {
    args: ['dynamic', 'any'],
    sql: ([set, value], call) => {
      if (!set || !value) return call.refuse(call.name, call.span);
      return `list_contains(${items(set.sql)}, ${jsonElement(value)})`;
    },
  },
  hll_merge: sets((lists) => `list_distinct(${lists.join(' || ')})`),
  dcount_hll: {
    args: ['dynamic'],
    sql: ([set]) => `CAST(coalesce(len(${items(set?.sql ?? '')}), 0) AS BIGINT)`,
    isTotal: true,
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
