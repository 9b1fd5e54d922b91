import type { KustoType } from '../model/table.js';
import type { Call, Scalar } from './ir.js';

/**
 * Functions over rows in their order, made of the few that SQL computes: a restart becomes a count of the
 * restarts so far, which parts the rows, and a rank a count of changes.
 */
export function bindLook(call: Call): Scalar {
  const { name, args, span } = call;
  const make = (name: string, args: readonly Scalar[], type: KustoType): Scalar => ({
    kind: 'call',
    name,
    args,
    type,
    span,
  });
  const long = (value: bigint): Scalar => ({ kind: 'literal', type: 'long', value, span });
  const count = (test: Scalar) => make('iff', [test, long(1n), long(0n)], 'long');
  const place = make('row_number', [], 'long');
  /** What stands behind the first argument: the part of the rows, and the place in them. */
  const within = (restart: Scalar | undefined) =>
    restart ? [make('row_cumsum', [count(restart)], 'long'), place] : [];

  const [first, restart] = args;
  switch (name) {
    case 'row_cumsum':
      return first && restart ? { ...call, args: [first, ...within(restart)] } : call;
    case 'row_number':
      return first && restart ? { ...call, args: [first, ...within(restart)] } : call;
    case 'row_rank_dense':
    case 'row_rank_min': {
      if (!first) return call;
      const changes = [
        first,
        make('prev', [first], first.type),
        place,
        ...(restart ? [restart] : []),
      ];
      const isNew = make('IsNew', changes, 'bool');
      if (name === 'row_rank_dense') {
        return make('row_cumsum', [count(isNew), ...within(restart)], 'long');
      }
      const number = make('row_number', [long(1n), ...within(restart)], 'long');
      const none: Scalar = { kind: 'literal', type: 'long', value: null, span };
      const start = make('iff', [isNew, number, none], 'long');
      return make('RowCummax', [start, ...within(restart)], 'long');
    }
    default:
      return call;
  }
}
