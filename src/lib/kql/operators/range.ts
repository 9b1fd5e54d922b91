import type { OperatorRule } from '../operators.js';
import { outputColumns } from '../scope.js';

export const range: OperatorRule<'RangeOperator'> = (node, _input, scope, binder) => ({
  op: 'range',
  from: binder.scalar(node.From, scope),
  to: binder.scalar(node.To, scope),
  step: binder.scalar(node.Step, scope),
  columns: outputColumns(node, binder),
});
