import type { OperatorRule } from '../operators.js';
import { outputColumns } from '../scope.js';

export const count: OperatorRule<'CountOperator'> = (node, input, _scope, binder) => {
  const columns = outputColumns(node, binder);
  const { span } = node;
  return {
    op: 'aggregate',
    input,
    groups: [],
    computed: columns.map((column) => ({
      column,
      value: { kind: 'call', name: 'count', args: [], type: 'long', span },
    })),
    columns,
  };
};
