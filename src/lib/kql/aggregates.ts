import { convert, jsonElement } from './convert.js';
import { elements } from './functions/comparisons.js';
import { literalOperand, type Operand } from './operand.js';
import type { CallFacts, Rule } from './rule.js';

/** What an aggregate knows about its call. */
export interface AggregateFacts extends CallFacts {
  /** What the elements of a list are in the order of; '' if that is all the same. */
  readonly order: string;
}

/**
 * How an aggregate becomes SQL. `where` is a FILTER clause, or nothing: the builder puts it behind each
 * SQL aggregate, so that the conditional form needs no rule of its own.
 */
export interface AggregateRule {
  readonly args: Rule['args'];
  readonly sql: (args: readonly Operand[], call: AggregateFacts, where: string) => string;
  /** Place of the condition in the form with `if` at its end; there is none without it. */
  readonly conditionAt?: number;
  readonly isTotal?: true;
}

function template(text: string, extra: Partial<AggregateRule> = {}): AggregateRule {
  return {
    args: ['any'],
    conditionAt: 1,
    ...extra,
    sql: ([value], call, where) =>
      text
        .replaceAll('$1', value?.sql ?? call.refuse(`${call.name}()`, call.span))
        .replaceAll('$where', where),
  };
}

/** Nothing adds up to 0; integers wrap. */
function sum([value]: readonly Operand[], call: CallFacts, where: string): string {
  if (!value) return call.refuse('sum()', call.span);
  if (call.type === 'real') return `coalesce(sum(${convert(value, 'real').sql})${where}, 0e0)`;
  if (call.type === 'decimal') return `coalesce(sum(${value.sql})${where}, 0)`;
  return `kql_wrap(coalesce(sum(${value.sql})${where}, 0)::HUGEINT)`;
}

/** The mean of nothing is NaN, of no times null. */
function avg([value]: readonly Operand[], call: CallFacts, where: string): string {
  if (!value) return call.refuse('avg()', call.span);
  if (call.type === 'real') {
    return `coalesce(avg(${convert(value, 'real').sql})${where}, CAST('nan' AS DOUBLE))`;
  }
  if (call.type === 'decimal') return call.refuse('avg() of decimal', call.span);
  return `CAST(trunc(avg(${value.sql})${where}) AS BIGINT)`;
}

/** Of one value or none 0; of anything infinite or NaN, where DuckDB stops, NaN. */
function spread(name: string): AggregateRule {
  return {
    ...template(`CASE WHEN coalesce(bool_and(isfinite($1))$where, true)
      THEN coalesce(${name}(CASE WHEN isfinite($1) THEN $1 END)$where, 0e0)
      ELSE CAST('nan' AS DOUBLE) END`),
    args: ['real'],
    isTotal: true,
  };
}

/** Of less than two rows 0. */
function covariance(name: string): AggregateRule['sql'] {
  return ([x, y], call, where) =>
    x && y
      ? `coalesce(${name}(${y.sql}, ${x.sql})${where}, 0e0)`
      : call.refuse(`${call.name}()`, call.span);
}

const count: AggregateRule = {
  args: ['any'],
  sql: (_args, _call, where) => `count(*)${where}`, // also count(x), nulls and all
  conditionAt: 0,
  isTotal: true,
};

/** Exact, where Kusto estimates. */
function dcount([value]: readonly Operand[], call: CallFacts, where: string): string {
  return value ? `count(DISTINCT ${value.sql})${where}` : call.refuse('dcount()', call.span);
}

/**
 * A JSON array of the values, cut to a size if one is given. Nulls are left out, but not those of dynamic
 * values; arrays give their elements.
 */
function collect({ distinct, nulls }: { distinct: boolean; nulls: boolean }): AggregateRule {
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
function collectBag([bag]: readonly Operand[], call: AggregateFacts, where: string): string {
  if (!bag) return call.refuse(`${call.name}()`, call.span);
  const ordered = call.order && ` ORDER BY ${call.order}`;
  return `kql_bag(flatten(coalesce(list(kql_members(${bag.sql})${ordered})${where}, [])))`;
}

/** The values behind a count of distinct ones: all of them, where Kusto keeps a sketch. */
function collectDistinct(args: readonly Operand[], call: AggregateFacts, where: string): string {
  return collect({ distinct: true, nulls: false }).sql(args.slice(0, 1), call, where);
}

function percentileArray(
  [value, ...ranks]: readonly Operand[],
  call: AggregateFacts,
  where: string,
): string {
  if (!value) return call.refuse(`${call.name}()`, call.span);
  const all = ranks.flatMap((rank) => elements(rank, call)).map(({ literal }) => Number(literal));
  const found = all.map((rank) => percentile([value, literalOperand('real', rank)], call, where));
  const json = found.map((sql) => jsonElement({ sql, type: value.type, isNullable: true }));
  return `('[' || ${json.join(` || ',' || `)} || ']')`;
}

/** The greatest or smallest value; a NaN among the numbers is both. */
function bound(name: 'max' | 'min'): AggregateRule {
  return {
    args: ['any'],
    conditionAt: 1,
    sql: ([value], call, where) => {
      if (!value) return call.refuse(`${call.name}()`, call.span);
      const sql = `${name}(${value.sql})${where}`;
      if (value.type !== 'real' || name === 'max') return sql; // for DuckDB NaN is the greatest
      return `CASE WHEN bool_or(isnan(${value.sql}))${where} THEN CAST('nan' AS DOUBLE) ELSE ${sql} END`;
    },
  };
}

/** The value of the row whose key is greatest or smallest. */
function extreme(name: 'arg_max' | 'arg_min'): AggregateRule {
  return {
    args: ['any'],
    sql: ([key, value], call, where) => {
      if (!key || !value) return call.refuse(`${call.name}()`, call.span);
      return `${name}_null(${value.sql}, ${key.sql})${where}`;
    },
  };
}

/** The nearest rank: a value that occurs. */
function percentile([value, rank]: readonly Operand[], call: CallFacts, where: string): string {
  const { literal } = rank ?? {};
  if (!value || (typeof literal !== 'number' && typeof literal !== 'bigint')) {
    return call.refuse('a computed percentile', call.span);
  }
  const share = Math.min(Math.max(Number(literal) / 100, 0), 1);
  return `quantile_disc(${value.sql}, ${share})${where}`;
}

const BASE: Readonly<Record<string, AggregateRule>> = {
  any: template('any_value($1)$where'),
  arg_max: extreme('arg_max'),
  arg_min: extreme('arg_min'),
  avg: { args: ['any'], conditionAt: 1, sql: avg },
  binary_all_and: template('bit_and($1)$where'),
  binary_all_or: template('bit_or($1)$where'),
  binary_all_xor: template('bit_xor($1)$where'),
  cnt: count,
  count,
  count_distinct: { args: ['any'], conditionAt: 1, isTotal: true, sql: dcount },
  dcount: { args: ['any'], conditionAt: 1, isTotal: true, sql: dcount },
  covariance: { args: ['real'], conditionAt: 2, sql: covariance('covar_samp'), isTotal: true },
  covariancep: { args: ['real'], conditionAt: 2, sql: covariance('covar_pop'), isTotal: true },
  hll: { args: ['any'], conditionAt: 1, isTotal: true, sql: collectDistinct },
  hll_merge: { args: ['dynamic'], isTotal: true, sql: collectDistinct },
  make_bag: { args: ['dynamic'], conditionAt: 1, isTotal: true, sql: collectBag },
  make_list: collect({ distinct: false, nulls: false }),
  make_list_with_nulls: collect({ distinct: false, nulls: true }),
  make_set: collect({ distinct: true, nulls: false }),
  makelist: collect({ distinct: false, nulls: false }),
  makeset: collect({ distinct: true, nulls: false }),
  max: bound('max'),
  min: bound('min'),
  percentile: { args: ['any'], sql: percentile },
  percentiles_array: { args: ['any'], sql: percentileArray },
  stdev: spread('stddev_samp'),
  stdevp: spread('stddev_pop'),
  sum: { args: ['any'], conditionAt: 1, sql: sum, isTotal: true },
  take_any: template('any_value($1)$where'),
  variance: spread('var_samp'),
  variancep: spread('var_pop'),
};

/** Every aggregate that this engine knows, by the name of the binder's symbol. */
export const AGGREGATES: Readonly<Record<string, AggregateRule>> = {
  ...BASE,
  ...Object.fromEntries(
    Object.entries(BASE).flatMap(([name, rule]) => {
      if (rule.conditionAt === undefined) return [];
      return [[withIf(name), conditional(rule, rule.conditionAt)]];
    }),
  ),
};

function withIf(name: string): string {
  return name.startsWith('make_') ? `${name}_if` : `${name}if`;
}

/** The name of the form that looks at some of the rows only; undefined if there is none. */
export function conditionalName(name: string): string | undefined {
  return isAggregate(withIf(name)) ? withIf(name) : undefined;
}

function conditional(rule: AggregateRule, at: number): AggregateRule {
  return {
    ...rule,
    sql: (args, call) => {
      const condition = args[at] ?? call.refuse(`${call.name}()`, call.span);
      const rest = args.filter((_, index) => index !== at);
      return rule.sql(rest, call, ` FILTER (WHERE ${convert(condition, 'bool').sql})`);
    },
  };
}

/** Whether the order of the rows shows in the answer. */
export function isList(name: string): boolean {
  return /^make_?(list|bag)/.test(name);
}

export function isAggregate(name: string): boolean {
  return Object.hasOwn(AGGREGATES, name);
}
