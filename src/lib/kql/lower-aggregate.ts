import type { Aggregate } from './ir.js';
import type { Lowering } from './lower.js';
import { lowerComputed, open, withoutOrder } from './lower-rows.js';
import type { Select } from './print-sql.js';

export function lowerAggregate(node: Aggregate, lowering: Lowering): Select {
  const values = [...node.groups, ...node.computed].map(({ value }) => value);
  const select = withoutOrder(open(lowering.lower(node.input), values, lowering));
  const groups = node.groups.map((item) => lowerComputed(item, lowering.contextOf(select)));
  const context = lowering.contextOf(select, { aggregates: true });
  const computed = node.computed.map((item) => lowerComputed(item, context));
  return {
    ...select,
    columns: [...groups, ...computed].map((column) => ({ ...column, isPlain: false })),
    groupBy: groups.map((_, index) => String(index + 1)),
  };
}
