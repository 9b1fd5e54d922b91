import { convert } from '../convert.js';
import type { Operand } from '../operand.js';
import type { Rule } from '../rule.js';
import { SERIES_FILLS } from './series-fill.js';
import { SERIES_FILTERS } from './series-filters.js';
import { SERIES_FITS } from './series-fit.js';
import { SERIES_SEASONS } from './series-seasons.js';
import { jsonArray, letting, numbers, series } from './series-sql.js';

/** One number from each number. What has none is null, as is what is no number. */
function each(sql: string, element?: string): Rule {
  return {
    args: ['dynamic'],
    sql: ([values], call) => {
      if (!values) return call.refuse(`${call.name}()`, call.span);
      const list = `list_transform(kql_s.a.v, lambda kql_item: ${sql.replaceAll('$1', 'kql_item')})`;
      return letting('kql_s', { a: series(values.sql) }, jsonArray(list, element));
    },
  };
}

/** What DuckDB computes of finite numbers only, and of those that `condition` lets through. */
function within(condition: string, sql: string): Rule {
  return each(
    `CASE WHEN isfinite($1) AND ${condition} THEN ${sql} WHEN $1 IS NOT NULL THEN CAST('nan' AS DOUBLE) END`,
  );
}

/** Integers among integers, reals elsewhere. */
const alike = (integral: string) =>
  `CASE WHEN ${integral} AND abs(x) < 9e18 THEN CAST(CAST(x AS BIGINT) AS VARCHAR) ELSE kql_real_json(x) END`;
const ALIKE = alike('kql_s.a.integral');
const BOTH_ALIKE = alike('kql_s.a.integral AND kql_s.b.integral');

/** One value from the two numbers at each place, null where one is missing. A number stands for every place. */
function pairs(sql: string, element?: string): Rule {
  return {
    args: ['any'],
    sql: ([one, other], call) => {
      if (!one || !other) return call.refuse(`${call.name}()`, call.span);
      const body = sql.replaceAll('$1', 'x[1]').replaceAll('$2', 'x[2]');
      const list = `list_transform(list_zip(${side('a')}, ${side('b')}), lambda x: ${body})`;
      const known = { a: sideOf(one), b: sideOf(other) };
      const both = `${side('a')} IS NOT NULL AND ${side('b')} IS NOT NULL`;
      return letting('kql_s', known, `CASE WHEN ${both} THEN ${jsonArray(list, element)} END`);

      function side(name: 'a' | 'b'): string {
        const [here, there] = name === 'a' ? [one, 'b'] : [other, 'a'];
        if (here?.type === 'dynamic') return `kql_s.${name}.v`;
        return `list_transform(kql_s.${there}.v, lambda x: kql_s.${name}.v)`;
      }
    },
  };
}

function valuesOf(operand: Operand): string {
  return operand.type === 'dynamic' ? numbers(operand.sql) : convert(operand, 'real').sql;
}

function sideOf(operand: Operand): string {
  if (operand.type === 'dynamic') return series(operand.sql);
  const integral = operand.type === 'int' || operand.type === 'long';
  return `{ 'v': ${valuesOf(operand)}, 'integral': ${integral} }`;
}

function compare(operator: string): Rule {
  return pairs(`($1 ${operator} $2)`, 'CAST(x AS VARCHAR)');
}

/** One number of all numbers. */
function total(list: (numbers: string) => string): Rule {
  return {
    args: ['dynamic'],
    sql: ([values], call) =>
      values ? list(numbers(values.sql)) : call.refuse(`${call.name}()`, call.span),
  };
}

/** One number of the pairs of numbers at the places that both series have. */
function together(sql: string): Rule {
  return {
    args: ['any'],
    sql: ([one, other, first, second], call) => {
      if (!one || !other) return call.refuse(`${call.name}()`, call.span);
      if (first || second) call.refuse(`${call.name}() with magnitudes`, call.span);
      const repeated = (here: Operand, there: Operand) =>
        here.type === 'dynamic'
          ? valuesOf(here)
          : `list_transform(${valuesOf(there)}, lambda x: ${valuesOf(here)})`;
      const zipped = `list_zip(${repeated(one, other)}, ${repeated(other, one)})`;
      const full = `list_filter(${zipped}, lambda x: x[1] IS NOT NULL AND x[2] IS NOT NULL)`;
      return letting('kql_s', { v: full }, `CASE WHEN len(kql_s.v) > 0 THEN ${sql} END`);
    },
  };
}

const sum = (term: string) => `list_sum(list_transform(kql_s.v, lambda x: ${term}))`;
const mean = (side: 1 | 2) => `list_avg(list_transform(kql_s.v, lambda x: x[${side}]))`;

const correlation = letting(
  'kql_m',
  { a: mean(1), b: mean(2) },
  `${sum('(x[1] - kql_m.a) * (x[2] - kql_m.b)')}
    / sqrt(${sum('(x[1] - kql_m.a) ** 2')} * ${sum('(x[2] - kql_m.b) ** 2')})`,
);

/** Arrays of numbers as series: functions of their elements. */
export const SERIES: Readonly<Record<string, Rule>> = {
  series_abs: each('abs($1)', ALIKE),
  series_acos: within('abs($1) <= 1', 'acos($1)'),
  series_asin: within('abs($1) <= 1', 'asin($1)'),
  series_atan: each('atan($1)'),
  series_ceiling: each('ceil($1)', ALIKE),
  series_cos: within('true', 'cos($1)'),
  series_exp: each('exp($1)'),
  series_floor: each('floor($1)', ALIKE),
  series_log: each(
    "CASE WHEN $1 > 0 THEN ln($1) WHEN $1 = 0 THEN CAST('-inf' AS DOUBLE) WHEN $1 IS NOT NULL THEN CAST('nan' AS DOUBLE) END",
  ),
  series_sign: each('sign($1)::DOUBLE', ALIKE),
  series_sin: within('true', 'sin($1)'),
  series_tan: within('true', 'tan($1)'),
  series_add: pairs('($1 + $2)', BOTH_ALIKE),
  series_divide: pairs('($1 / $2)'),
  series_multiply: pairs('($1 * $2)', BOTH_ALIKE),
  series_pow: pairs('pow($1, $2)'),
  series_subtract: pairs('($1 - $2)', BOTH_ALIKE),
  series_equals: compare('='),
  series_greater: compare('>'),
  series_greater_equals: compare('>='),
  series_less: compare('<'),
  series_less_equals: compare('<='),
  series_not_equals: compare('<>'),
  series_cosine_similarity: together(
    `${sum('x[1] * x[2]')} / sqrt(${sum('x[1] * x[1]')} * ${sum('x[2] * x[2]')})`,
  ),
  series_dot_product: together(sum('x[1] * x[2]')),
  series_pearson_correlation: together(correlation),
  series_magnitude: total((list) => `sqrt(list_sum(list_transform(${list}, lambda x: x * x)))`),
  series_product: total((list) => `list_product(${list})`),
  series_sum: total((list) => `list_sum(${list})`),
  ...SERIES_FILLS,
  ...SERIES_FILTERS,
  ...SERIES_FITS,
  ...SERIES_SEASONS,
};
