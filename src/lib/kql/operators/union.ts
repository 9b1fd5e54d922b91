import type { OperatorRule } from '../operators.js';
export const union: OperatorRule<'UnionOperator'> = (node, _input, _scope, binder) =>
  binder.refuse('union', node.span);
