import { digest, mergeDigests } from './aggregates/digests.js';
import { collect, collectBag, collectDistinct, schema } from './aggregates/lists.js';
import { PERCENTILES } from './aggregates/percentiles.js';
import { type AggregateRule, template } from './aggregates/rule.js';
import { convert } from './convert.js';
import { ofDecimals } from './functions/math.js';
import type { Operand } from './operand.js';
import type { CallFacts } from './rule.js';

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
  if (call.type === 'decimal') {
    return ofDecimals(
      'divide',
      `sum(${value.sql})${where}`,
      `nullif(count(${value.sql})${where}, 0)`,
    );
  }
  // Exact: as doubles ticks would lose their last digits.
  return `CAST(sum(${value.sql})${where} // count(${value.sql})${where} AS BIGINT)`;
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

/** The value of the row whose key is greatest or smallest; if all keys are null, of the first row. */
function extreme(name: 'arg_max' | 'arg_min'): AggregateRule {
  return {
    args: ['any'],
    sql: ([key, value], call, where) => {
      if (!key || !value) return call.refuse(`${call.name}()`, call.span);
      const found = `${name}_null(${value.sql}, ${key.sql})${where}`;
      if (!key.isNullable) return found;
      return `CASE WHEN count(${key.sql})${where} > 0 THEN ${found} ELSE first(${value.sql})${where} END`;
    },
  };
}

const BASE: Readonly<Record<string, AggregateRule>> = {
  ...PERCENTILES,
  AnyRow: template('first($1)$where', { args: ['any'] }),
  any: template('any_value($1)$where'),
  arg_max: extreme('arg_max'),
  arg_min: extreme('arg_min'),
  avg: { args: ['any'], conditionAt: 1, sql: avg },
  binary_all_and: template('bit_and($1)$where'),
  binary_all_or: template('bit_or($1)$where'),
  binary_all_xor: template('bit_xor($1)$where'),
  buildschema: schema,
  cnt: count,
  count,
  count_distinct: { args: ['any'], conditionAt: 1, isTotal: true, sql: dcount },
  dcount: { args: ['any'], conditionAt: 1, isTotal: true, sql: dcount },
  covariance: { args: ['real'], conditionAt: 2, sql: covariance('covar_samp'), isTotal: true },
  covariancep: { args: ['real'], conditionAt: 2, sql: covariance('covar_pop'), isTotal: true },
  hll: { args: ['any'], conditionAt: 1, sql: collectDistinct },
  hll_merge: { args: ['dynamic'], sql: collectDistinct },
  make_bag: { args: ['dynamic'], conditionAt: 1, isTotal: true, sql: collectBag },
  make_dictionary: { args: ['dynamic'], isTotal: true, sql: collectBag },
  make_list: collect({ distinct: false, nulls: false }),
  make_list_with_nulls: collect({ distinct: false, nulls: true }),
  make_set: collect({ distinct: true, nulls: false }),
  makelist: collect({ distinct: false, nulls: false }),
  makeset: collect({ distinct: true, nulls: false }),
  max: bound('max'),
  merge_tdigest: mergeDigests,
  min: bound('min'),
  stdev: spread('stddev_samp'),
  stdevp: spread('stddev_pop'),
  sum: { args: ['any'], conditionAt: 1, sql: sum, isTotal: true },
  take_any: template('any_value($1)$where'),
  tdigest: digest,
  tdigest_merge: mergeDigests,
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
  return /^(make_|hll)/.test(name) ? `${name}_if` : `${name}if`;
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
