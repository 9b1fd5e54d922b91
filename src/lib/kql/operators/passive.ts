import type { OperatorRule } from '../operators.js';

/** Rows pass; the kind of chart is remembered beside them. */
export const render: OperatorRule<'RenderOperator'> = (node, input, _scope, binder) => {
  binder.chart(node.ChartType.text);
  return input;
};

/** Names the result so far, for tools that show several. */
export const as: OperatorRule<'AsOperator'> = (_node, input) => input;
