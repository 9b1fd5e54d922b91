import type { Relation, SortKey } from '../ir.js';
import { lookFirst } from '../look-first.js';
import type { OperatorRule } from '../operators.js';
import { type Binder, columnValue, naturalOrder, over, type Scope } from '../scope.js';
import type { Expression, Node } from '../syntax.js';

export const sort: OperatorRule<'SortOperator'> = (node, input, scope, binder) =>
  sorted(input, node, node.Expressions, scope, binder);

export const top: OperatorRule<'TopOperator'> = (node, input, scope, binder) => ({
  op: 'take',
  input: sorted(input, node, [node.ByExpression], scope, binder),
  count: binder.scalar(node.Expression, scope),
  columns: input.columns,
});

function sorted(
  input: Relation,
  node: Node,
  expressions: readonly Expression[],
  scope: Scope,
  binder: Binder,
): Relation {
  const inner = over(input, scope);
  const given = expressions.map((expression) => sortKey(expression, inner, binder));
  const looked = lookFirst(
    input,
    given.map(({ value }) => value),
    0,
    binder,
  );
  const keys = given.map((key, index) => ({ ...key, value: looked.values[index] ?? key.value }));
  const ties = naturalOrder(input).map(
    (column): SortKey => ({ value: columnValue(column, node), descending: false, nulls: 'first' }),
  );
  return { op: 'sort', input: looked.input, keys: [...keys, ...ties], columns: input.columns };
}

/** Descending unless it says otherwise; nulls count as the smallest value. */
function sortKey(node: Expression, scope: Scope, binder: Binder): SortKey {
  const { AscOrDescKeyword: order, NullsClause: nulls } =
    (node.kind === 'OrderedExpression' && node.Ordering) || {};
  const value = node.kind === 'OrderedExpression' ? node.Expression : node;
  const descending = order?.text !== 'asc';
  const first = nulls ? nulls.FirstOrLastKeyword.text === 'first' : !descending;
  return { value: binder.scalar(value, scope), descending, nulls: first ? 'first' : 'last' };
}
