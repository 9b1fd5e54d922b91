import type { Column, Computed, Relation } from '../ir.js';
import { lookFirst } from '../look-first.js';
import type { OperatorRule } from '../operators.js';
import { outputColumns } from '../scope.js';
import { valuesOf } from '../tuples.js';

/** A name that is taken gets the new value in the old place. */
export const extend: OperatorRule<'ExtendOperator'> = (node, input, scope, binder) => {
  const outputs = outputColumns(node, binder);
  const { input: rows, values: given } = valuesOf(node.Expressions, input, scope, binder);
  const replaced = new Map<string, Column>();
  const added = outputs.slice(input.columns.length);
  const ready = lookFirst(
    rows,
    given.map(({ value }) => value),
    1,
    binder,
  );
  const computed: Computed[] = given.map(({ name, value: asGiven }, index) => {
    const value = ready.values[index] ?? asGiven;
    const isTaken = name !== undefined && input.columns.some((column) => column.name === name);
    const column = isTaken ? outputs.find((output) => output.name === name) : added.shift();
    if (!column) return binder.refuse('an expression of several columns', node.span);
    if (isTaken) {
      if (replaced.has(column.name)) binder.refuse(`two values for ${column.name}`, node.span);
      replaced.set(column.name, column);
    }
    return { column, value };
  });
  const columns = outputs.map((output, index) => {
    const kept = input.columns[index];
    return kept && !replaced.has(output.name) ? kept : output;
  });
  return { op: 'project', input: ready.input, computed, columns };
};

/** Says that rows have an order from here on, and extends. */
export const serialize: OperatorRule<'SerializeOperator'> = (node, input, scope, binder) => {
  const { columns } = input;
  const ordered: Relation = { op: 'project', input, computed: [], columns, isSerialized: true };
  return extend({ ...node, kind: 'ExtendOperator' }, ordered, scope, binder);
};
