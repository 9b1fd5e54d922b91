import type { Scalar } from './ir.js';
import { CLOUD_FUNCTIONS, withReason } from './refused.js';
import { type Binder, columnValue, type Scope } from './scope.js';
import type { FunctionCall } from './syntax.js';

export function ingestionTime(node: FunctionCall, scope: Scope, binder: Binder): Scalar {
  const { ingested } = scope;
  if (ingested) return columnValue(ingested, node);
  if (ingested === null) {
    return { kind: 'literal', type: 'datetime', value: null, span: node.span };
  }
  return binder.isCluster
    ? binder.refuse('ingestion_time() behind this operator', node.span)
    : binder.refuse(withReason('ingestion_time()', CLOUD_FUNCTIONS), node.span);
}

/** The sizes of some columns, or with a star of all. */
export function estimateDataSize(node: FunctionCall, scope: Scope, binder: Binder): Scalar {
  if (!binder.isCluster) {
    return binder.refuse(withReason('estimate_data_size()', CLOUD_FUNCTIONS), node.span);
  }
  const args = node.ArgumentList.Expressions.flatMap((arg) =>
    arg.kind === 'StarExpression'
      ? scope.columns.map((column) => columnValue(column, arg))
      : [binder.scalar(arg, scope)],
  );
  return { kind: 'call', name: 'estimate_data_size', args, type: 'long', span: node.span };
}
