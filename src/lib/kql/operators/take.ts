import type { OperatorRule } from '../operators.js';

export const take: OperatorRule<'TakeOperator'> = (node, input, scope, binder) => ({
  op: 'take',
  input,
  count: binder.scalar(node.Expression, scope),
  columns: input.columns,
});
