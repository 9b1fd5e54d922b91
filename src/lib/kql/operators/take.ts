import type { OperatorRule } from '../operators.js';
import { outputColumns, over } from '../scope.js';

export const take: OperatorRule<'TakeOperator'> = (node, input, scope, binder) => ({
  op: 'take',
  input,
  count: binder.scalar(node.Expression, scope),
  columns: input.columns,
});

export const sample: OperatorRule<'SampleOperator'> = (node, input, scope, binder) => ({
  op: 'take',
  input,
  count: binder.scalar(node.Expression, scope),
  isRandom: true,
  columns: input.columns,
});

/** So many different values. */
export const sampleDistinct: OperatorRule<'SampleDistinctOperator'> = (
  node,
  input,
  scope,
  binder,
) => {
  const columns = outputColumns(node, binder);
  const [column = binder.refuse('sample-distinct of this form', node.span)] = columns;
  const value = binder.scalar(node.OfExpression, over(input, scope));
  const groups = [{ column, value }];
  return {
    op: 'take',
    input: { op: 'aggregate', input, groups, computed: [], columns },
    count: binder.scalar(node.Expression, scope),
    columns,
  };
};
