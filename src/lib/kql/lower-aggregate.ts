import type { Aggregate } from './ir.js';
import type { Lowering } from './lower.js';
import { lowerComputed, open, withoutOrder } from './lower-rows.js';
import { lowerScalar } from './lower-scalar.js';
import type { Select } from './print-sql.js';

export function lowerAggregate(node: Aggregate, lowering: Lowering): Select {
  const computedValues = [...node.groups, ...node.computed].map(({ value }) => value);
  const values = [...computedValues, ...(node.order ?? [])];
  const select = withoutOrder(open(lowering.lower(node.input), values, lowering));
  const rows = lowering.contextOf(select);
  const groups = node.groups.map((item) => lowerComputed(item, rows));
  const order = (node.order ?? []).map((value) => lowerScalar(value, rows).sql).join(', ');
  const context = lowering.contextOf(select, { order });
  const computed = node.computed.map((item) => lowerComputed(item, context));
  return {
    ...select,
    columns: [...groups, ...computed].map((column) => ({ ...column, isPlain: false })),
    groupBy: groups.map((_, index) => String(index + 1)),
  };
}
