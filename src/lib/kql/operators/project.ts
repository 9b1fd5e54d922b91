import type { Column, Computed } from '../ir.js';
import { lookFirst } from '../look-first.js';
import type { OperatorRule } from '../operators.js';
import { outputColumns } from '../scope.js';
import { valuesOf } from '../tuples.js';

export const project: OperatorRule<'ProjectOperator'> = (node, input, scope, binder) => {
  const outputs = outputColumns(node, binder);
  const columns: Column[] = [];
  const computed: Computed[] = [];
  const given = valuesOf(node.Expressions, input, scope, binder);
  if (given.values.length !== outputs.length) {
    return binder.refuse('an expression of several columns', node.span);
  }
  const scalars = given.values.map(({ value }) => value);
  const { input: rows, values } = lookFirst(given.input, scalars, 1, binder);
  values.forEach((value, index) => {
    const output = outputs[index];
    if (!output) return;
    const isFirstUse = value.kind === 'column' && !columns.some(({ id }) => id === value.id);
    if (isFirstUse) {
      columns.push({ ...output, id: value.id });
    } else {
      columns.push(output);
      computed.push({ column: output, value });
    }
  });
  return { op: 'project', input: rows, computed, columns };
};

/** Also `project-keep`, `-reorder` and `-by-names`: the binder knows which columns stay, and in what order. */
export const projectAway: OperatorRule<
  | 'ProjectAwayOperator'
  | 'ProjectByNamesOperator'
  | 'ProjectKeepOperator'
  | 'ProjectReorderOperator'
> = (node, input, _scope, binder) => {
  const columns = (node.type?.columns ?? []).map(
    ({ name }) =>
      input.columns.find((column) => column.name === name) ??
      binder.refuse(`the column ${name}`, node.span),
  );
  return { op: 'project', input, computed: [], columns };
};

/** Names change, in place. */
export const projectRename: OperatorRule<'ProjectRenameOperator'> = (
  node,
  input,
  _scope,
  binder,
) => {
  const names = node.type?.columns ?? [];
  if (names.length !== input.columns.length) {
    return binder.refuse('project-rename of this form', node.span);
  }
  const columns = input.columns.map((column, index) => ({
    ...column,
    name: names[index]?.name ?? column.name,
  }));
  return { op: 'project', input, computed: [], columns };
};
