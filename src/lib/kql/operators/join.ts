import type { OperatorRule } from '../operators.js';
export const join: OperatorRule<'JoinOperator'> = (node, _input, _scope, binder) =>
  binder.refuse('join', node.span);
export const lookup: OperatorRule<'LookupOperator'> = (node, _input, _scope, binder) =>
  binder.refuse('lookup', node.span);
