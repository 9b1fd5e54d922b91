import type { OperatorRule } from '../operators.js';
import { over } from '../scope.js';

export const where: OperatorRule<'FilterOperator'> = (node, input, scope, binder) => ({
  op: 'filter',
  input,
  condition: binder.scalar(node.Condition, over(input, scope)),
  columns: input.columns,
});
