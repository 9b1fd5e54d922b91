import type { Column, Relation, Scalar } from '../ir.js';
import type { OperatorRule } from '../operators.js';
import { type Binder, outputColumns, type Scope } from '../scope.js';
import { anyOf, isSearchable } from '../star.js';
import type { Expression, Literal } from '../syntax.js';
import type { OperatorOf } from '../syntax-operators.js';
import { type Branch, openTables, unionOf } from './union.js';

/** Rows in which a term is found, in any column; the first column says where they come from. */
export const search: OperatorRule<'SearchOperator'> = (node, input, scope, binder) => {
  const rows = sources(node, input, scope, binder);
  const isExact = (node.Parameters ?? []).some(({ Name, Expression, span }) => {
    if (Name.name !== 'kind') binder.refuse(`search ${Name.name}`, span);
    return Expression.value === 'case_sensitive';
  });
  const inner: Scope = { columns: rows.columns, names: scope.names };
  const searched: Searched = {
    columns: rows.columns.slice(1).filter(isSearchable),
    suffix: isExact ? 'Cs' : '',
    scalar: (expression) => binder.scalar(expression, inner),
    refuse: binder.refuse,
  };
  return {
    op: 'filter',
    input: rows,
    condition: testOf(node.Condition, searched),
    columns: rows.columns,
  };
};

/** The rows to look through, behind the name of their table. */
function sources(
  node: OperatorOf<'SearchOperator'>,
  input: Relation,
  scope: Scope,
  binder: Binder,
): Relation {
  const isPiped = input.columns.length > 0 || input.op !== 'values';
  const columns = outputColumns(node, binder);
  const [source, ...others] = columns;
  if (!source) return binder.refuse('search of nothing', node.span);
  if (isPiped) {
    const { span } = node;
    const value: Scalar = { kind: 'literal', type: 'string', value: 'search_arg0', span };
    const named = [source, ...input.columns];
    if (others.length !== input.columns.length) binder.refuse('search of this form', span);
    return { op: 'project', input, computed: [{ column: source, value }], columns: named };
  }
  const tables = node.InClause?.Expressions;
  const inputs = tables
    ? tables.flatMap((table) => openTables(table, scope, binder))
    : storedTables(scope);
  if (inputs.length === 0 || inputs.some(({ name }) => name === null))
    binder.refuse('search of these tables', node.span);
  return unionOf(inputs, { columns, sourceName: source.name, node, binder });
}

/** Every table that is there, whatever the query declares. */
export function storedTables({ names }: Scope): readonly Branch[] {
  return [...names].flatMap(([name, binding]) =>
    binding.kind === 'table' && binding.isStored ? [{ name, relation: binding.open() }] : [],
  );
}

export interface Searched {
  readonly columns: readonly Column[];
  /** Of the names of tests that tell case apart. */
  readonly suffix: 'Cs' | '';
  readonly scalar: (expression: Expression) => Scalar;
  readonly refuse: Binder['refuse'];
}

/** A text alone is looked for in every column, `column: "text"` in one; all else is a condition. */
export function testOf(node: Expression, searched: Searched): Scalar {
  switch (node.kind) {
    case 'ParenthesizedExpression':
      return testOf(node.Expression, searched);
    case 'LiteralExpression':
    case 'CompoundStringLiteralExpression':
      return anyOf(searched.columns, node, (text) => term(text, node, searched));
    case 'BinaryExpression': {
      const { name } = node.symbol ?? {};
      if (name === 'And' || name === 'Or') {
        const args = [testOf(node.Left, searched), testOf(node.Right, searched)];
        return { kind: 'call', name, args, type: 'bool', span: node.span };
      }
      if (name !== 'Search') return condition(node, searched);
      const { Right: right } = node;
      if (right.kind !== 'LiteralExpression') return searched.refuse('this term', right.span);
      return term(searched.scalar(node.Left), right, searched);
    }
    case 'FunctionCallExpression': {
      const [only] = node.ArgumentList.Expressions;
      if (node.Name.name !== 'not' || !only) return condition(node, searched);
      return {
        kind: 'call',
        name: 'not',
        args: [testOf(only, searched)],
        type: 'bool',
        span: node.span,
      };
    }
    default:
      return condition(node, searched);
  }
}

/** Tests that a search which tells case apart would turn into others. */
const BLIND =
  /^(Not)?(Has(Prefix|Suffix|Any|All)?|Contains|StartsWith|EndsWith)$|Tilde$|^(Not)?InCs$/;

function condition(node: Expression, { suffix, scalar, refuse }: Searched): Scalar {
  const value = scalar(node);
  if (suffix && calls(value).some((name) => BLIND.test(name))) {
    refuse('a test without regard to case in a search that has it', node.span);
  }
  return value;
}

function calls(value: Scalar): readonly string[] {
  return value.kind === 'call' ? [value.name, ...value.args.flatMap(calls)] : [];
}

/** A star at an end of the term leaves that end open. */
function term(text: Scalar, node: Literal, { suffix, refuse }: Searched): Scalar {
  const [, head = '', word = '', tail = ''] = /^(\*?)(.*?)(\*?)$/s.exec(node.value) ?? [];
  if (word.includes('*')) return refuse('a * within a term', node.span);
  if (word === '') return { kind: 'literal', type: 'bool', value: true, span: node.span };
  const name = head ? (tail ? 'Contains' : 'HasSuffix') : tail ? 'HasPrefix' : 'Has';
  const needle: Scalar = { kind: 'literal', type: 'string', value: word, span: node.span };
  return {
    kind: 'call',
    name: `${name}${suffix}`,
    args: [text, needle],
    type: 'bool',
    span: node.span,
  };
}
