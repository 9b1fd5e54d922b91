import { isWindow } from './functions/windows.js';
import type { Computed, Relation, Scalar } from './ir.js';
import { type Binder, columnValue } from './scope.js';

export interface Looked {
  /** The rows with the columns that looking needs, behind their own. */
  readonly input: Relation;
  readonly values: readonly Scalar[];
}

/**
 * Takes out of values what looks at other rows (`prev`, `row_number` …) and makes columns of it: SQL
 * has it among the columns of a select only, never in a condition or within another look.
 *
 * @param depth how many looks, one within the other, may stay: 1 among columns, 0 everywhere else
 */
export function lookFirst(
  input: Relation,
  values: readonly Scalar[],
  depth: 0 | 1,
  binder: Binder,
): Looked {
  if (values.every((value) => depthOf(value) <= depth)) return { input, values };
  const computed: Computed[] = [];
  const take = (scalar: Scalar): Scalar => {
    if (scalar.kind !== 'call') return scalar;
    if (!isWindow(scalar.name) || depthOf(scalar) > 1) {
      return { ...scalar, args: scalar.args.map(take) };
    }
    const column = binder.column(scalar.name, scalar.type);
    computed.push({ column, value: scalar });
    return columnValue(column, scalar);
  };
  const rest = values.map(take);
  const columns = [...input.columns, ...computed.map(({ column }) => column)];
  return lookFirst({ op: 'project', input, computed, columns }, rest, depth, binder);
}

function depthOf(scalar: Scalar): number {
  if (scalar.kind !== 'call') return 0;
  return Number(isWindow(scalar.name)) + Math.max(0, ...scalar.args.map(depthOf));
}
