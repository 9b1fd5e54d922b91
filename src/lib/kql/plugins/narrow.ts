import type { Relation, Scalar } from '../ir.js';
import type { OperatorRule } from '../operators.js';
import { columnValue, outputColumns } from '../scope.js';

/** A row for each cell: the number of its row, the name of its column, its text. */
export const narrow: OperatorRule<'EvaluateOperator'> = (node, input, _scope, binder) => {
  const { span } = node;
  const call = (name: string, args: readonly Scalar[], type: Scalar['type']): Scalar => ({
    kind: 'call',
    name,
    args,
    type,
    span,
  });
  const [row, name, value] = outputColumns(node, binder);
  if (!row || !name || !value) return binder.refuse('narrow() of this form', span);
  const first: Scalar = { kind: 'literal', type: 'long', value: 0n, span };
  const numbered: Relation = {
    op: 'project',
    input,
    computed: [{ column: row, value: call('row_number', [first], 'long') }],
    columns: [row, ...input.columns],
  };
  return {
    op: 'union',
    columns: [row, name, value],
    inputs: input.columns.map((column) => ({
      input: numbered,
      values: [
        columnValue(row, node),
        { kind: 'literal', type: 'string', value: column.name, span },
        call('tostring', [columnValue(column, node)], 'string'),
      ],
    })),
  };
};
