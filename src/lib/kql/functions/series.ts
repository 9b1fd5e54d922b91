import { convert, jsonElement } from '../convert.js';
import type { Operand } from '../operand.js';
import type { CallFacts, Rule } from '../rule.js';

/** Numbers of an array; null for what is none. */
const numbers = (sql: string) =>
  `CASE WHEN starts_with(${sql}, '[') THEN list_transform(CAST(json_extract(${sql}, '$[*]') AS VARCHAR[]), lambda x: kql_toreal(x)) END`;

const json = (list: string, element = 'kql_real_json(x)') =>
  `('[' || array_to_string(list_transform(${list}, lambda x: coalesce(${element}, 'null')), ',') || ']')`;

/** One number from each number. What has none is null, as is what is no number. */
function each(sql: string): Rule {
  return {
    args: ['dynamic', 'real'],
    sql: ([series, other]) => {
      const body = sql.replaceAll('$1', 'kql_item').replaceAll('$2', other?.sql ?? 'NULL');
      const list = `list_transform(${numbers(series?.sql ?? '')}, lambda kql_item: ${body})`;
      return json(list);
    },
  };
}

/** One value from the two numbers at each place, null where one of them is missing. */
function pairs(sql: string, element?: string): Rule {
  return {
    args: ['dynamic'],
    sql: ([one, other]) => {
      const zipped = `list_zip(${numbers(one?.sql ?? '')}, ${numbers(other?.sql ?? '')})`;
      const body = sql.replaceAll('$1', 'x[1]').replaceAll('$2', 'x[2]');
      return json(`list_transform(${zipped}, lambda x: ${body})`, element);
    },
  };
}

function compare(operator: string): Rule {
  return pairs(`($1 ${operator} $2)`, 'CAST(x AS VARCHAR)');
}

/** One number of all numbers. */
function total(list: (numbers: string) => string): Rule {
  return {
    args: ['dynamic'],
    sql: ([series]) => list(numbers(series?.sql ?? '')),
  };
}

/** Nulls become the value; with a placeholder what equals that does. */
function fillConst([series, value, placeholder]: readonly Operand[], call: CallFacts): string {
  if (!series || !value) return call.refuse(call.name, call.span);
  const missing = placeholder ? `kql_item = ${jsonElement(placeholder)}` : `kql_item = 'null'`;
  const list = `list_transform(kql_elements(${series.sql}),
    lambda kql_item: CASE WHEN ${missing} THEN ${jsonElement(value)} ELSE kql_item END)`;
  return `CASE WHEN starts_with(${series.sql}, '[') THEN '[' || array_to_string(${list}, ',') || ']' END`;
}

/** Nulls take the last value before them, or the next behind them. */
function fillFrom(side: 'before' | 'behind'): Rule {
  return {
    args: ['dynamic'],
    sql: ([series, placeholder], call) => {
      if (!series) return call.refuse(call.name, call.span);
      const missing = placeholder ? jsonElement(placeholder) : `'null'`;
      const found = `list_filter(${side === 'before' ? 'kql_items[:kql_place]' : 'kql_items[kql_place:]'}, lambda x: x <> ${missing})`;
      const value = `coalesce(${found}[${side === 'before' ? '-1' : '1'}], kql_item)`;
      const list = `list_transform(kql_items, lambda kql_item, kql_place: ${value})`;
      return `CASE WHEN starts_with(${series.sql}, '[') THEN list_transform([kql_elements(${series.sql})],
        lambda kql_items: '[' || array_to_string(${list}, ',') || ']')[1] END`;
    },
  };
}

/** A filter with fixed weights: normalized if asked for, around each place or from it backwards. */
function fir([series, filter, normalize, center]: readonly Operand[], call: CallFacts): string {
  if (!series || !filter) return call.refuse(call.name, call.span);
  const flag = (operand: Operand | undefined, otherwise: boolean) => {
    if (!operand) return otherwise;
    const { literal } = convert(operand, 'bool');
    return typeof literal === 'boolean' ? literal : call.refuse('a computed flag', call.span);
  };
  const isCentered = flag(center, false);
  const isNormal = flag(normalize, true);
  const weights = numbers(filter.sql);
  const shift = isCentered ? 'len(kql_items.w) // 2' : '0';
  const at = `kql_place + ${shift} - kql_step + 1`;
  const term = `CASE WHEN ${at} >= 1 THEN kql_items.s[${at}] * kql_items.w[kql_step] END`;
  const sum = `coalesce(list_sum(list_transform(range(1, len(kql_items.w) + 1), lambda kql_step: ${term})), 0)`;
  const scaled = isNormal ? `${sum} / list_sum(kql_items.w)` : sum;
  const list = `list_transform(range(1, len(kql_items.s) + 1), lambda kql_place: ${scaled})`;
  return `list_transform([{ 's': ${numbers(series.sql)}, 'w': ${weights} }], lambda kql_items: ${json(list)})[1]`;
}

/** Arrays of numbers as series: functions of their elements. */
export const SERIES: Readonly<Record<string, Rule>> = {
  series_abs: each('abs($1)'),
  series_acos: each(
    "CASE WHEN abs($1) <= 1 THEN acos($1) WHEN $1 IS NOT NULL THEN CAST('nan' AS DOUBLE) END",
  ),
  series_asin: each(
    "CASE WHEN abs($1) <= 1 THEN asin($1) WHEN $1 IS NOT NULL THEN CAST('nan' AS DOUBLE) END",
  ),
  series_atan: each('atan($1)'),
  series_ceiling: each('ceil($1)'),
  series_cos: each('cos($1)'),
  series_exp: each('exp($1)'),
  series_floor: each('floor($1)'),
  series_log: each(
    "CASE WHEN $1 > 0 THEN ln($1) WHEN $1 = 0 THEN CAST('-inf' AS DOUBLE) WHEN $1 IS NOT NULL THEN CAST('nan' AS DOUBLE) END",
  ),
  series_sign: each('sign($1)::DOUBLE'),
  series_sin: each('sin($1)'),
  series_tan: each('tan($1)'),
  series_add: pairs('($1 + $2)'),
  series_divide: pairs('($1 / $2)'),
  series_multiply: pairs('($1 * $2)'),
  series_subtract: pairs('($1 - $2)'),
  series_equals: compare('='),
  series_greater: compare('>'),
  series_greater_equals: compare('>='),
  series_less: compare('<'),
  series_less_equals: compare('<='),
  series_not_equals: compare('<>'),
  series_dot_product: {
    args: ['dynamic'],
    sql: ([one, other]) =>
      `list_sum(list_transform(list_zip(${numbers(one?.sql ?? '')}, ${numbers(other?.sql ?? '')}), lambda x: x[1] * x[2]))`,
  },
  series_pearson_correlation: {
    args: ['dynamic'],
    sql: ([one, other]) =>
      `(SELECT corr(kql_item, kql_items) FROM (SELECT unnest(${numbers(one?.sql ?? '')}) AS kql_item, unnest(${numbers(other?.sql ?? '')}) AS kql_items))`,
  },
  series_magnitude: total((list) => `sqrt(list_sum(list_transform(${list}, lambda x: x * x)))`),
  series_product: total((list) => `list_product(${list})`),
  series_sum: total((list) => `list_sum(${list})`),
  series_fill_const: { args: ['dynamic', 'any'], sql: fillConst },
  series_fill_backward: fillFrom('behind'),
  series_fill_forward: fillFrom('before'),
  series_fir: { args: ['dynamic', 'dynamic', 'any'], sql: fir },
};
