import type { SortKey } from '../ir.js';
import type { OperatorRule } from '../operators.js';
import { type Binder, over, type Scope } from '../scope.js';
import type { Expression } from '../syntax.js';

export const sort: OperatorRule<'SortOperator'> = (node, input, scope, binder) => ({
  op: 'sort',
  input,
  keys: node.Expressions.map((key) => sortKey(key, over(input, scope), binder)),
  columns: input.columns,
});

export const top: OperatorRule<'TopOperator'> = (node, input, scope, binder) => ({
  op: 'take',
  input: {
    op: 'sort',
    input,
    keys: [sortKey(node.ByExpression, over(input, scope), binder)],
    columns: input.columns,
  },
  count: binder.scalar(node.Expression, scope),
  columns: input.columns,
});

/** Descending unless it says otherwise; nulls count as the smallest value. */
function sortKey(node: Expression, scope: Scope, binder: Binder): SortKey {
  const { AscOrDescKeyword: order, NullsClause: nulls } =
    (node.kind === 'OrderedExpression' && node.Ordering) || {};
  const value = node.kind === 'OrderedExpression' ? node.Expression : node;
  const descending = order?.text !== 'asc';
  const first = nulls ? nulls.FirstOrLastKeyword.text === 'first' : !descending;
  return { value: binder.scalar(value, scope), descending, nulls: first ? 'first' : 'last' };
}
