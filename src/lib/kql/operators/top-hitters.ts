import type { Relation, Scalar } from '../ir.js';
import type { OperatorRule } from '../operators.js';
import { columnValue, outputColumns, over } from '../scope.js';

/**
 * The values with the most rows, or the greatest sum. Kusto may estimate where there are many; here all
 * are counted.
 *
 * Known from: documented ("top-hitters operator": what it is equivalent to).
 */
export const topHitters: OperatorRule<'TopHittersOperator'> = (node, input, scope, binder) => {
  const { span, ByClause: by } = node;
  const inner = over(input, scope);
  const columns = outputColumns(node, binder);
  const [key, measure] = columns;
  if (!key || !measure) return binder.refuse('top-hitters of this form', span);
  if (key.type === 'dynamic') binder.refuse('top-hitters of a dynamic', node.OfExpression.span);
  const value: Scalar = {
    kind: 'call',
    name: by ? 'sum' : 'count',
    args: by ? [binder.scalar(by.Expression, inner)] : [],
    type: measure.type,
    span,
  };
  const hits: Relation = {
    op: 'aggregate',
    input,
    groups: [{ column: key, value: binder.scalar(node.OfExpression, inner) }],
    computed: [{ column: measure, value }],
    columns,
  };
  const sorted: Relation = {
    op: 'sort',
    input: hits,
    keys: [
      { value: columnValue(measure, node), descending: true, nulls: 'last' },
      { value: columnValue(key, node), descending: false, nulls: 'first' },
    ],
    columns,
  };
  return { op: 'take', input: sorted, count: binder.scalar(node.Expression, scope), columns };
};
