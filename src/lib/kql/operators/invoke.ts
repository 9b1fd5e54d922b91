import type { OperatorRule } from '../operators.js';

/** A function of the query, called with the rows as its first argument. */
export const invoke: OperatorRule<'InvokeOperator'> = (node, input, scope, binder) => {
  const { source: _, ...names } = scope;
  return binder.relation(node.Function, { ...names, columns: [], handedIn: input });
};
