import type { KustoType } from '../../model/table.js';
import { convert } from '../convert.js';
import type { Operand } from '../operand.js';
import type { CallFacts, Rule } from '../rule.js';
import { type Comparison, comparisonAsStored, membershipAsStored } from './stored.js';

const NUMBERS: readonly KustoType[] = ['int', 'long', 'real', 'decimal'];

/** The type that two values are compared as: a dynamic one takes the other's. */
export function commonType(left: KustoType, right: KustoType): KustoType {
  if (left === right) return left;
  if (left === 'dynamic') return right;
  if (right === 'dynamic') return left;
  const rank = Math.max(NUMBERS.indexOf(left), NUMBERS.indexOf(right));
  return NUMBERS[rank] ?? left;
}

function alike(args: readonly Operand[], call: CallFacts): readonly [Operand, Operand] {
  const [left, right] = args;
  if (!left || !right) return call.refuse(call.name, call.span);
  // Kusto's engine asks for a cast here, behind the binder's back.
  if (
    left.type === 'dynamic' &&
    right.type === 'dynamic' &&
    left.literal !== null &&
    right.literal !== null
  ) {
    return call.reject('Two dynamic values cannot be compared: cast one of them.', call.span);
  }
  const type = commonType(left.type, right.type);
  return [convert(left, type), convert(right, type)];
}

/**
 * Equality is total: null equals nothing but is unequal to every value; only of two nulls nothing is
 * known. NaN equals nothing.
 */
export function equality(args: readonly Operand[], call: CallFacts): string {
  const [left, right] = alike(args, call);
  const sql = total(left, right);
  if (left.type !== 'real') return sql;
  const numbers = [left, right].filter(mayBeNan);
  return `(${[sql, ...numbers.map((side) => `NOT coalesce(isnan(${side.sql}), false)`)].join(' AND ')})`;
}

function mayBeNan({ literal }: Operand): boolean {
  return typeof literal !== 'number' || Number.isNaN(literal);
}

function isNan(literal: Operand['literal']): boolean {
  return typeof literal === 'number' && Number.isNaN(literal);
}

function total(left: Operand, right: Operand): string {
  if (!left.isNullable && !right.isNullable) return `(${left.sql} = ${right.sql})`;
  const same = `(${left.sql} IS NOT DISTINCT FROM ${right.sql})`;
  if (!left.isNullable || !right.isNullable) return same;
  return `CASE WHEN ${left.sql} IS NOT NULL OR ${right.sql} IS NOT NULL THEN ${same} END`;
}

/** `equality` where null and false are alike: in a condition. DuckDB prunes by plain `=`. */
function equalityCondition(args: readonly Operand[], call: CallFacts): string {
  const [left, right] = alike(args, call);
  if (left.type === 'real') return equality(args, call);
  const same = comparisonAsStored('=', left, right) ?? `(${left.sql} = ${right.sql})`;
  const mention = mentions(left, [right]) ?? mentions(right, [left]);
  return mention === undefined ? same : `(${mention} AND ${same})`;
}

/** Whether the bag around a text mentions one of these at all: most do not, and that costs half of reading them. */
function mentions({ partOf }: Operand, texts: readonly Operand[]): string | undefined {
  const isPlain = ({ type, literal }: Operand) =>
    type === 'string' && typeof literal === 'string' && PLAIN_IN_JSON.test(literal);
  if (partOf === undefined || texts.length > 4 || !texts.every(isPlain)) return undefined;
  return `(${texts.map(({ sql }) => `contains(${partOf}, ${sql})`).join(' OR ')})`;
}

/** Text that no writer of JSON escapes, and that is not a number either, which may be written in several ways. */
const PLAIN_IN_JSON = /^(?![-\d.eE]+$)[\w .:-]+$/;

/** Order is unknown for null, false for NaN; DuckDB takes NaN for the greatest number. */
function order(operator: '<' | '<=' | '>' | '>='): Rule {
  return {
    args: ['any'],
    sql: (args, call) => {
      const [left, right] = alike(args, call);
      const sql = `(${left.sql} ${operator} ${right.sql})`;
      if (left.type !== 'real') return sql;
      const greater = operator.startsWith('<') ? right : left;
      const numbers = operator.endsWith('=') ? [left, right] : [greater];
      const unknown = numbers.filter(mayBeNan);
      return `(${[sql, ...unknown.map((side) => `NOT isnan(${side.sql})`)].join(' AND ')})`;
    },
    condition: (args, call) => {
      const [left, right] = alike(args, call);
      return comparisonAsStored(operator, left, right);
    },
  };
}

function between(args: readonly Operand[], call: CallFacts, isCondition = false): string {
  const [value, low, high] = args;
  if (!value || !low || !high) return call.refuse(call.name, call.span);
  // Of a time, `between (from .. 1d)` means up to one day later.
  const last: Operand =
    value.type === 'datetime' && high.type === 'timespan'
      ? { ...high, type: 'datetime', sql: `(${low.sql} + ${high.sql})` }
      : high;
  const border = (operator: Comparison, other: Operand) => {
    const [one, limit] = alike([value, other], call);
    const asStored = isCondition ? comparisonAsStored(operator, one, limit) : undefined;
    return asStored ?? `${one.sql} ${operator} ${limit.sql}`;
  };
  return `(${border('>=', low)} AND ${border('<=', last)})`;
}

/** Text operators see the text of a dynamic value; lists of literals may be dynamic arrays. */
function membership({ negate, fold }: { negate: boolean; fold: boolean }): Rule {
  const inList = ([value, ...list]: readonly Operand[], call: CallFacts) => {
    if (!value || list.length === 0) return call.refuse(call.name, call.span);
    const arrays = list.filter(isComputedArray);
    if (arrays.length > 0) {
      const rest = list.filter((item) => !isComputedArray(item));
      if (fold && rest.length > 0) call.refuse('a computed array among others', call.span);
      const tests = rest.map((item) => equality([value, item], call));
      const among = arrays.map((array) => isAmong(value, array, fold));
      return { test: `(${[...among, ...tests].join(' OR ')})`, isCertain: false };
    }
    const choices = list.flatMap((item) => elements(item, call));
    const type = choices.reduce((type, item) => commonType(type, item.type), value.type);
    const asked = fold ? 'string' : type;
    const one = convert(value, asked);
    const others = choices
      .filter(({ literal }) => fold || type !== 'real' || !isNan(literal))
      .map((choice) => convert(choice, asked));
    const side = ({ sql }: Operand) => (fold ? `lower(${sql})` : sql);
    if (others.length === 0) return { test: 'false', isCertain: true };
    const isCertain = !one.isNullable && others.every(({ isNullable }) => !isNullable);
    const mention = fold ? undefined : mentions(one, others);
    const asStored = fold ? undefined : membershipAsStored(one, others);
    return {
      test: `${side(one)} IN (${others.map(side).join(', ')})`,
      isCertain,
      mention,
      asStored,
    };
  };
  return {
    args: ['any'],
    isTotal: true,
    sql: (args, call) => {
      const { test, isCertain } = inList(args, call);
      const sql = isCertain ? `(${test})` : `coalesce(${test}, false)`;
      return negate ? `(NOT ${sql})` : sql;
    },
    ...(!negate && {
      condition: (args: readonly Operand[], call: CallFacts) => {
        const { test, mention, asStored } = inList(args, call);
        if (asStored !== undefined) return asStored;
        return mention === undefined ? `(${test})` : `(${mention} AND ${test})`;
      },
    }),
  };
}

export function isComputedArray({ type, literal }: Operand): boolean {
  return type === 'dynamic' && typeof literal !== 'string';
}

/** Whether one element of an array, as the type of the value, is the value. */
function isAmong(value: Operand, array: Operand, fold: boolean): string {
  const type = fold || value.type === 'dynamic' ? 'string' : value.type;
  const cased = (sql: string) => (fold ? `lower(${sql})` : sql);
  const element: Operand = { sql: 'kql_item', type: 'dynamic', isNullable: true };
  const list = `list_transform(kql_elements(${array.sql}), lambda kql_item: ${cased(convert(element, type).sql)})`;
  return `list_contains(${list}, ${cased(convert(value, type).sql)})`;
}

/** The values that a list item stands for: a literal array its elements, anything else itself. */
export function elements(item: Operand, call: CallFacts): readonly Operand[] {
  if (item.type !== 'dynamic') return [item];
  if (typeof item.literal !== 'string') return call.refuse('a computed array here', call.span);
  const value: unknown = JSON.parse(item.literal);
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.map((element): Operand => {
    const literal = JSON.stringify(element);
    const sql = `'${literal.replaceAll("'", "''")}'`;
    return { sql, type: 'dynamic', isNullable: false, literal };
  });
}

export const COMPARISONS: Readonly<Record<string, Rule>> = {
  Equal: { args: ['any'], sql: equality, condition: equalityCondition },
  NotEqual: { args: ['any'], sql: (args, call) => `(NOT ${equality(args, call)})` },
  LessThan: order('<'),
  LessThanOrEqual: order('<='),
  GreaterThan: order('>'),
  GreaterThanOrEqual: order('>='),
  Between: {
    args: ['any'],
    sql: (args, call) => between(args, call),
    condition: (args, call) => between(args, call, true),
  },
  NotBetween: { args: ['any'], sql: (args, call) => `(NOT ${between(args, call)})` },
  // The binder's names: `In` is `in`, `InCs` is `in~`.
  In: membership({ negate: false, fold: false }),
  NotIn: membership({ negate: true, fold: false }),
  InCs: membership({ negate: false, fold: true }),
  NotInCs: membership({ negate: true, fold: true }),
  EqualTilde: { args: ['string'], sql: '(lower($1) = lower($2))', isTotal: true },
  BangTilde: { args: ['string'], sql: '(lower($1) <> lower($2))', isTotal: true },
};
