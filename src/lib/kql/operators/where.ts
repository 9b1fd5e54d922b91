import { lookFirst } from '../look-first.js';
import type { OperatorRule } from '../operators.js';
import { over } from '../scope.js';

export const where: OperatorRule<'FilterOperator'> = (node, input, scope, binder) => {
  const test = binder.scalar(node.Condition, over(input, scope));
  const { input: rows, values } = lookFirst(input, [test], 0, binder);
  const [condition = test] = values;
  const kept = { op: 'filter', input: rows, condition, columns: rows.columns } as const;
  if (rows === input) return kept;
  return { op: 'project', input: kept, computed: [], columns: input.columns };
};
