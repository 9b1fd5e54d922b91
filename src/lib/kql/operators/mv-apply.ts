import type { Column, Computed, Relation, Scalar } from '../ir.js';
import type { OperatorRule } from '../operators.js';
import { type Binder, columnValue, over, type Scope, scalarType } from '../scope.js';
import type { MvExpandColumn, OperatorOf } from '../syntax-operators.js';
import { nameOf } from './mv-expand.js';

/** A query over the elements of each row's arrays, whose answer stands behind that row's columns. */
export const mvApply: OperatorRule<'MvApplyOperator'> = (node, input, scope, binder) => {
  if (node.ContextIdClause) binder.refuse('mv-apply id', node.ContextIdClause.span);
  const source = elements(node, input, scope, binder);
  const inner = binder.relation(node.Subquery.Expression, { ...scope, columns: [], source });
  const columns = (node.type?.columns ?? []).map(
    ({ name }) =>
      [...inner.columns, ...input.columns].find((column) => column.name === name) ??
      binder.refuse(`the column ${name}`, node.span),
  );
  return { op: 'apply', input: withElements(node, input, scope, binder), inner, columns };
};

/** The rows that have an element: of the others the query is not asked. */
function withElements(
  node: OperatorOf<'MvApplyOperator'>,
  input: Relation,
  scope: Scope,
  binder: Binder,
): Relation {
  const call = (name: string, args: readonly Scalar[]): Scalar => ({
    kind: 'call',
    name,
    args,
    type: 'bool',
    span: node.span,
  });
  const tests = node.Expressions.map(({ Expression: value }) =>
    call('HasElements', [binder.scalar(value, over(input, scope))]),
  );
  const condition = tests.reduce((one, other) => call('Or', [one, other]));
  return { op: 'filter', input, condition, columns: input.columns };
}

/** The elements as rows, with what else the outer row has. */
function elements(
  node: OperatorOf<'MvApplyOperator'>,
  input: Relation,
  scope: Scope,
  binder: Binder,
): Relation {
  let index: Column | null = null;
  for (const { Name, Expression, span } of node.Parameters ?? []) {
    if (Name.name !== 'with_itemindex') binder.refuse(`mv-apply ${Name.name}`, span);
    const name = 'name' in Expression ? String(Expression.name) : Expression.value;
    index = binder.column(name ?? 'itemindex', 'long');
  }
  const arrays = node.Expressions.map((expression): Computed => {
    const name = nameOf(expression) ?? binder.refuse('an array without a name', expression.span);
    const value = binder.scalar(expression.Expression, over(input, scope));
    return { column: binder.column(name, typeOf(expression)), value };
  });
  const { RowLimit: limit } = node.RowLimitClause ?? {};
  const items = [...arrays.map(({ column }) => column), ...(index ? [index] : [])];
  const expanded: Relation = {
    op: 'expand',
    input: { op: 'values', columns: [], rows: [[]] },
    arrays,
    members: 'bag',
    index,
    limit: limit ? binder.scalar(limit, scope) : null,
    columns: items,
  };
  const computed = input.columns
    .filter(({ name }) => !items.some((item) => item.name === name))
    .map((column): Computed => {
      const copy = binder.column(column.name, column.type);
      return { column: copy, value: columnValue(column, node) };
    });
  const columns = [...computed.map(({ column }) => column), ...items];
  return { op: 'project', input: expanded, computed, columns };
}

function typeOf({ ToTypeOf: clause }: MvExpandColumn) {
  const [type] = clause?.TypeOf.Types ?? [];
  return scalarType(type?.Type?.text) ?? 'dynamic';
}
