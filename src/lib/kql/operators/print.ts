import type { OperatorRule } from '../operators.js';
import { outputColumns } from '../scope.js';

export const print: OperatorRule<'PrintOperator'> = (node, input, scope, binder) => {
  const columns = outputColumns(node, binder);
  if (columns.length !== node.Expressions.length) {
    return binder.refuse('an expression of several columns', node.span);
  }
  const computed = columns.flatMap((column, index) => {
    const expression = node.Expressions[index];
    return expression ? [{ column, value: binder.scalar(expression, scope) }] : [];
  });
  return { op: 'project', input, computed, columns };
};
