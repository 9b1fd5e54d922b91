import type { Scalar } from '../ir.js';
import type { OperatorRule } from '../operators.js';
import { outputColumns, over } from '../scope.js';

/** How many values are in the first set, in the first two, in the first three … */
export const dcountIntersect: OperatorRule<'EvaluateOperator'> = (node, input, scope, binder) => {
  const { span } = node;
  const call = (name: string, args: readonly Scalar[], type: Scalar['type']): Scalar => ({
    kind: 'call',
    name,
    args,
    type,
    span,
  });
  const sets = node.FunctionCall.ArgumentList.Expressions.map((set) =>
    binder.scalar(set, over(input, scope)),
  );
  const added = outputColumns(node, binder).slice(input.columns.length);
  const computed = added.map((column, index) => {
    const shared = sets.slice(0, index + 1);
    const set = shared.reduce((one, other) => call('set_intersect', [one, other], 'dynamic'));
    return { column, value: call('dcount_hll', [set], 'long') };
  });
  return { op: 'project', input, computed, columns: [...input.columns, ...added] };
};
