import type { OperatorRule } from '../operators.js';
import { outputColumns } from '../scope.js';
import { isTuple, valuesOf } from '../tuples.js';

/** One row. Of a function with several results only the named ones stay, all if none is named. */
export const print: OperatorRule<'PrintOperator'> = (node, input, scope, binder) => {
  const columns = outputColumns(node, binder);
  const given = valuesOf(node.Expressions, input, scope, binder);
  const isLone = node.Expressions.length === 1 && node.Expressions.every(isTuple);
  if (columns.length !== given.values.length && !isLone) {
    return binder.refuse('an expression of several columns', node.span);
  }
  const computed = columns.flatMap((column, index) => {
    const value = given.values[index]?.value;
    return value ? [{ column, value }] : [];
  });
  return { op: 'project', input: given.input, computed, columns };
};
