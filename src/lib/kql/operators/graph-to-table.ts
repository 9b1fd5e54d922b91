import type { OperatorRule } from '../operators.js';

/** The nodes or the edges of a graph as rows. The ids that a cluster makes up for them are its own. */
export const graphToTable: OperatorRule<'GraphToTableOperator'> = (node, input, _scope, binder) => {
  if (input.op !== 'graph') return binder.refuse('graph-to-table of this', node.span);
  const [output, other] = node.OutputClause;
  if (!output || other)
    return binder.refuse('graph-to-table, which answers with several tables,', node.span);
  const id = output.Parameters?.[0];
  if (id) binder.refuse(`${id.Name.name}, which the cluster makes up,`, id.span);
  return output.EntityKeyword.text === 'nodes' ? input.nodes : input.edges;
};
