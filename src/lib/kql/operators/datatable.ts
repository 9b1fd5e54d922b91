import type { Relation } from '../ir.js';
import { type Binder, outputColumns, type Scope } from '../scope.js';
import type { DataTable } from '../syntax.js';

export function datatable(node: DataTable, scope: Scope, binder: Binder): Relation {
  const columns = outputColumns(node, binder);
  const values = node.Values.map((value) => binder.scalar(value, scope));
  const width = columns.length;
  const rows = Array.from({ length: width && values.length / width }, (_, row) =>
    values.slice(row * width, (row + 1) * width),
  );
  return { op: 'values', columns, rows };
}
