import type { Column, Computed } from '../ir.js';
import type { OperatorRule } from '../operators.js';
import { outputColumns, over } from '../scope.js';
import type { MvExpandColumn } from '../syntax-operators.js';

export const mvExpand: OperatorRule<'MvExpandOperator'> = (node, input, scope, binder) => {
  const inner = over(input, scope);
  let indexName: string | undefined;
  let members: 'bag' | 'array' = 'bag';
  for (const { Name, Expression, span } of node.Parameters ?? []) {
    const value = 'name' in Expression ? String(Expression.name) : Expression.value;
    if (Name.name === 'with_itemindex') indexName = value;
    else if (
      ['kind', 'bagexpansion'].includes(Name.name) &&
      (value === 'bag' || value === 'array')
    ) {
      members = value;
    } else {
      return binder.refuse(`mv-expand ${Name.name}=${value ?? ''}`, span);
    }
  }
  const outputs = outputColumns(node, binder);
  const added = outputs.filter(({ name }) => !input.columns.some((column) => column.name === name));
  const index = indexName === undefined ? null : take(added, indexName);
  const replaced = new Map<string, Column>();
  const arrays = node.Expressions.map((expression): Computed => {
    const name = nameOf(expression);
    const old = input.columns.find((column) => column.name === name);
    const column = old ? outputs.find((output) => output.name === name) : added.shift();
    if (!column) return binder.refuse('mv-expand of this form', expression.span);
    if (old) replaced.set(column.name, column);
    return { column, value: binder.scalar(expression.Expression, inner) };
  });
  const columns = outputs.map((output) => {
    const kept = input.columns.find(({ name }) => name === output.name);
    return kept && !replaced.has(output.name) ? kept : output;
  });
  const { RowLimit: limit } = node.RowLimitClause ?? {};
  return {
    op: 'expand',
    input,
    arrays,
    members,
    index,
    limit: limit ? binder.scalar(limit, scope) : null,
    columns,
  };
};

function take(columns: Column[], name: string): Column | null {
  const place = columns.findIndex((column) => column.name === name);
  return columns.splice(place, place < 0 ? 0 : 1)[0] ?? null;
}

export function nameOf({ Expression: value }: MvExpandColumn): string | undefined {
  if (value.kind === 'SimpleNamedExpression') return value.Name.name;
  return value.kind === 'NameReference' ? value.name : undefined;
}
