import type { Relation } from '../ir.js';
import type { OperatorRule } from '../operators.js';
import { columnValue, isSame, over } from '../scope.js';

/** A query over the rows of each value of a column. */
export const partition: OperatorRule<'PartitionOperator'> = (node, input, scope, binder) => {
  const other = (node.Parameters ?? []).find(({ Name }) => !Name.name.startsWith('hint.'));
  if (other) binder.refuse(`partition ${other.Name.name}`, other.span);
  const { Subquery: subquery } = node.Operand;
  if (!subquery) return binder.refuse('partition of this form', node.Operand.span);
  const key = binder.scalar(node.ByExpression, over(input, scope));
  const column = binder.column('partition', key.type);
  const keys: Relation = {
    op: 'aggregate',
    input,
    groups: [{ column, value: key }],
    computed: [],
    columns: [column],
  };
  const condition = isSame(key, columnValue(column, node));
  const source: Relation = { op: 'filter', input, condition, columns: input.columns };
  const inner = binder.relation(subquery, { ...scope, columns: [], source });
  return { op: 'apply', input: keys, inner, columns: inner.columns };
};
