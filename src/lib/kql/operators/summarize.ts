import { isList } from '../aggregates.js';
import type { Column, Computed, Relation, Scalar } from '../ir.js';
import { lookFirst } from '../look-first.js';
import type { OperatorRule } from '../operators.js';
import {
  type Binder,
  columnValue,
  isSerialized,
  naturalOrder,
  outputColumns,
  over,
  type Scope,
} from '../scope.js';
import type { Expression, FunctionCall, Node } from '../syntax.js';
import { withoutName } from '../tuples.js';

export const summarize: OperatorRule<'SummarizeOperator'> = (node, input, scope, binder) => {
  const columns = outputColumns(node, binder);
  const inner = over(input, scope);
  const by = node.ByClause?.Expressions ?? [];
  if (node.ByClause?.BinClause) binder.refuse('bin=', node.ByClause.BinClause.span);
  const keys = by.map((expression) => binder.scalar(expression, inner));
  const others = input.columns.filter((column) => !keys.some((key) => isColumn(key, column)));
  const values = [
    ...keys,
    ...node.Aggregates.flatMap((expression) => aggregates(expression, others, inner, binder)),
  ];
  if (values.length !== columns.length) {
    return binder.refuse('an aggregate of several columns', node.span);
  }
  const ordered = inOrder(input, values, node, binder);
  const looked = lookFirst(ordered.input, values, 0, binder);
  const computed = columns.flatMap((column, index): Computed[] => {
    const value = looked.values[index];
    return value ? [{ column, value }] : [];
  });
  return {
    op: 'aggregate',
    input: looked.input,
    groups: computed.slice(0, by.length),
    computed: computed.slice(by.length),
    order: ordered.order,
    columns,
  };
};

/** What lists are in the order of: of sorted rows their place. */
function inOrder(
  input: Relation,
  values: readonly Scalar[],
  { span }: Node,
  binder: Binder,
): { readonly input: Relation; readonly order: readonly Scalar[] } {
  if (!values.some(makesList)) return { input, order: [] };
  if (!isSerialized(input)) {
    return { input, order: naturalOrder(input).map((column) => columnValue(column, { span })) };
  }
  const column = binder.column('place', 'long');
  const value: Scalar = { kind: 'call', name: 'row_number', args: [], type: 'long', span };
  const columns = [...input.columns, column];
  return {
    input: { op: 'project', input, computed: [{ column, value }], columns },
    order: [columnValue(column, { span })],
  };
}

function makesList(value: Scalar): boolean {
  return value.kind === 'call' && (isList(value.name) || value.args.some(makesList));
}

/**
 * The values of one aggregate: several for `percentiles(x, 50, 95)`, `arg_max(x, *)` and their like. A star
 * means the `others`, all columns but the keys.
 */
function aggregates(
  expression: Expression,
  others: readonly Column[],
  scope: Scope,
  binder: Binder,
): readonly Scalar[] {
  const call = withoutName(expression);
  if (call.kind !== 'FunctionCallExpression') return [binder.scalar(call, scope)];
  const several = SEVERAL[call.Name.name];
  return several ? several(call, others, scope, binder) : [binder.scalar(call, scope)];
}

type SeveralRule = (
  call: FunctionCall,
  others: readonly Column[],
  scope: Scope,
  binder: Binder,
) => readonly Scalar[];

/** The extreme value itself, then of its row every named column. */
const extreme: SeveralRule = (call, others, scope, binder) => {
  const [by, ...rest] = call.ArgumentList.Expressions;
  if (!by) return [];
  const name = call.Name.name.replace(/^arg_?/, 'arg_');
  const key = binder.scalar(by, scope);
  const values = rest.flatMap((node) => expand(node, others, scope, binder, key));
  const make = (method: string, args: readonly Scalar[], value: Scalar): Scalar => ({
    kind: 'call',
    name: method,
    args,
    type: value.type,
    span: call.span,
  });
  return [
    make(name === 'arg_max' ? 'max' : 'min', [key], key),
    ...values.map((value) => make(name, [key, value], value)),
  ];
};

/** One value, if there is one; several are those of one row. */
const anyOf: SeveralRule = (call, others, scope, binder) => {
  const values = call.ArgumentList.Expressions.flatMap((node) =>
    expand(node, others, scope, binder),
  );
  const name = values.length > 1 ? 'AnyRow' : 'take_any';
  return values.map(
    (value): Scalar => ({ kind: 'call', name, args: [value], type: value.type, span: call.span }),
  );
};

/** One value per rank, which stand behind the first arguments. */
function percentiles(name: string, given: number): SeveralRule {
  return (call, _others, scope, binder) => {
    const args = call.ArgumentList.Expressions.map((node) => binder.scalar(node, scope));
    const type = args[0]?.type ?? 'real';
    return args.slice(given).map((rank) => ({
      kind: 'call',
      name,
      args: [...args.slice(0, given), rank],
      type,
      span: call.span,
    }));
  };
}

/** Aggregates of several values; each is an aggregate of its own. */
export const SEVERAL: Readonly<Record<string, SeveralRule>> = {
  any: anyOf,
  arg_max: extreme,
  arg_min: extreme,
  argmax: extreme,
  argmin: extreme,
  percentiles: percentiles('percentile', 1),
  percentilesw: percentiles('percentilew', 2),
  take_any: anyOf,
};

function expand(
  node: Expression,
  others: readonly Column[],
  scope: Scope,
  binder: Binder,
  except?: Scalar,
): readonly Scalar[] {
  if (node.kind !== 'StarExpression') return [binder.scalar(node, scope)];
  const starred = others.filter((column) => !isColumn(except, column));
  return starred.map((column) => columnValue(column, node));
}

function isColumn(value: Scalar | undefined, { id }: Column): boolean {
  return value?.kind === 'column' && value.id === id;
}
