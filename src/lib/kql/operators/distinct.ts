import type { OperatorRule } from '../operators.js';
import { columnValue, outputColumns, over } from '../scope.js';

export const distinct: OperatorRule<'DistinctOperator'> = (node, input, scope, binder) => {
  const columns = outputColumns(node, binder);
  const stars = node.Expressions.some(({ kind }) => kind === 'StarExpression');
  const values = stars
    ? input.columns.map((column) => columnValue(column, node))
    : node.Expressions.map((expression) => binder.scalar(expression, over(input, scope)));
  const groups = columns.flatMap((column, index) => {
    const value = values[index];
    return value ? [{ column, value }] : [];
  });
  return { op: 'aggregate', input, groups, computed: [], columns };
};
