import type { OperatorRule } from '../operators.js';
export const mvExpand: OperatorRule<'MvExpandOperator'> = (node, _input, _scope, binder) =>
  binder.refuse('mv-expand', node.span);
