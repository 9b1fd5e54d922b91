import type { Span } from '../errors.js';
import { AGGREGATES } from './aggregates.js';
import { convert } from './convert.js';
import { indexPath, memberPath } from './functions/dynamic.js';
import { FUNCTIONS } from './functions.js';
import type { Call, Relation, Scalar } from './ir.js';
import { literalOperand, type Operand, type StoredForm } from './operand.js';
import { quoteText } from './print-sql.js';
import { REFUSED, withReason } from './refused.js';
import { applyCondition, applyRule, type CallFacts } from './rule.js';
import type { Refuse } from './scope.js';

/** Where a value is computed: the SQL of each column in reach, and how rows are being aggregated, if they are. */
export interface ScalarContext {
  readonly columnSql: (id: number) => string | undefined;
  readonly storedForm: (id: number) => StoredForm | undefined;
  /** What lists are in the order of, as SQL. */
  readonly aggregates?: { readonly order: string } | undefined;
  /** SQL of the first column of a relation by itself. */
  readonly relationSql: (relation: Relation, span: Span) => string;
  readonly refuse: Refuse;
  /** A value is lowered: of too many the query is refused. */
  readonly count: (span: Span) => void;
  readonly reject: Refuse;
}

export function lowerScalar(scalar: Scalar, context: ScalarContext): Operand {
  context.count(scalar.span);
  switch (scalar.kind) {
    case 'literal':
      return literalOperand(scalar.type, scalar.value);
    case 'column': {
      const { id, name, type, span } = scalar;
      const sql = context.columnSql(id) ?? context.refuse(`the column ${name} here`, span);
      return { sql, type, isNullable: type !== 'string', stored: context.storedForm(id) };
    }
    case 'subquery': {
      const sql = `(${context.relationSql(scalar.relation, scalar.span)} LIMIT 1)`;
      const { type } = scalar;
      return {
        sql: type === 'string' ? `coalesce(${sql}, '')` : sql,
        type,
        isNullable: type !== 'string',
      };
    }
    case 'call':
      return lowerMembership(scalar, context) ?? lowerCall(scalar, context);
  }
}

/** `x in (table)`, and its negation; `in~` folds case. */
function lowerMembership(call: Call, context: ScalarContext): Operand | undefined {
  const [value, list] = call.args;
  if (!value || list?.kind !== 'subquery' || !/^(Not)?In(Cs)?$/.test(call.name)) return undefined;
  const operand = convert(lowerScalar(value, context), list.type);
  const fold = (sql: string) => (call.name.endsWith('Cs') ? `lower(${sql})` : sql);
  const values = `(SELECT ${fold('v')} FROM (${context.relationSql(list.relation, list.span)}) AS t(v))`;
  const test = `coalesce(${fold(operand.sql)} IN ${values}, false)`;
  const sql = call.name.startsWith('Not') ? `(NOT ${test})` : test;
  return { sql, type: 'bool', isNullable: false };
}

function lowerCall(call: Call, context: ScalarContext): Operand {
  const facts: CallFacts = { ...call, refuse: context.refuse, reject: context.reject };
  const aggregate = context.aggregates ? own(AGGREGATES, call.name) : undefined;
  if (aggregate && context.aggregates) {
    const { order } = context.aggregates;
    const inner = { ...context, aggregates: undefined };
    const args = call.args.map((arg) => lowerScalar(arg, inner));
    return applyRule(
      {
        args: aggregate.args,
        sql: (values) => aggregate.sql(values, { ...facts, order }, ''),
        ...total(aggregate),
      },
      args,
      facts,
    );
  }
  const rule = own(FUNCTIONS, call.name);
  if (!rule) {
    const reasons = context.aggregates ? REFUSED.aggregates : REFUSED.functions;
    return context.refuse(withReason(describe(call.name), reasons), call.span);
  }
  return (
    lowerPath(call, context) ??
    applyRule(
      rule,
      call.args.map((arg) => lowerScalar(arg, context)),
      facts,
    )
  );
}

function total({ isTotal }: { readonly isTotal?: true }) {
  return isTotal ? { isTotal } : {};
}

/** `a.b["c"][0]` is one JSON path. */
function lowerPath(call: Call, context: ScalarContext): Operand | undefined {
  const steps: string[] = [];
  let base: Scalar = call;
  while (base.kind === 'call' && base.name === 'Element') {
    const [inner, key]: readonly Scalar[] = base.args;
    const step = key && stepTo(key);
    if (!inner || step === undefined) break;
    steps.unshift(step);
    base = inner;
  }
  if (steps.length === 0) return undefined;
  const { sql } = convert(lowerScalar(base, context), 'dynamic');
  const path = quoteText(`$${steps.join('')}`);
  return {
    sql: `nullif(CAST(json_extract(${sql}, ${path}) AS VARCHAR), 'null')`,
    textSql: `json_extract_string(${sql}, ${path})`,
    ...(base.kind === 'column' && { partOf: sql }),
    type: 'dynamic',
    isNullable: true,
  };
}

function stepTo(key: Scalar): string | undefined {
  if (key.kind !== 'literal') return undefined;
  const { value } = key;
  if (typeof value === 'string') return /["\\]/.test(value) ? undefined : memberPath(value);
  return typeof value === 'bigint' || typeof value === 'number' ? indexPath(value) : undefined;
}

/** A condition of SQL's WHERE or FILTER, where null and false are alike: DuckDB prunes more of them. */
export function lowerCondition(scalar: Scalar, context: ScalarContext): string {
  if (scalar.kind === 'call') {
    const { name, args } = scalar;
    if (name === 'And' || name === 'Or') {
      const word = name === 'And' ? ' AND ' : ' OR ';
      return `(${args.map((arg) => lowerCondition(arg, context)).join(word)})`;
    }
    const rule = own(FUNCTIONS, name);
    if (rule?.condition && !args.some(({ kind }) => kind === 'subquery')) {
      const operands = args.map((arg) => lowerScalar(arg, context));
      return applyCondition(rule, operands, {
        ...scalar,
        refuse: context.refuse,
        reject: context.reject,
      });
    }
  }
  return convert(lowerScalar(scalar, context), 'bool').sql;
}

function own<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** A name for people: functions as they are called, operators in lower case. */
function describe(name: string): string {
  return /^[A-Z]/.test(name) ? `the operator ${name}` : `${name}()`;
}
