import { CliError } from '../errors.js';

import { bindScalar } from './bind-scalar.js';
import type { Query, Relation } from './ir.js';
import { createBudget, createSizes, MAX_RELATIONS, MAX_VALUES, refuseOverflow } from './limits.js';
import { throwMistake, warningsOf } from './mistakes.js';
import { declareAll, parameters, words } from './names.js';
import { datatable } from './operators/datatable.js';
import { OPERATORS } from './operators.js';
import { type Question, Unanswered } from './question.js';
import { REFUSED, withReason } from './refused.js';
import { type Binder, type Binding, refuseIn, rejectIn, type Scope } from './scope.js';
import type {
  BoundSyntax,
  Expression,
  FunctionBody,
  FunctionCall,
  Statement,
  TableSchema,
} from './syntax.js';
import type { Operator } from './syntax-operators.js';

export interface BindOptions {
  readonly text: string;
  readonly tables: readonly TableSchema[];
  /** What `now()` is, in ticks. */
  readonly now: bigint;
}

/**
 * Turns bound syntax into the relation it means, or into what has to be known first.
 *
 * @throws {CliError} `usage` with Kusto's code and the span of the first mistake; `unsupported` with the span
 * of what has no meaning here
 */
export function bindQuery(syntax: BoundSyntax, options: BindOptions): Query | Question {
  try {
    return bindKnown(syntax, options);
  } catch (error) {
    if (error instanceof Unanswered) return error.question;
    throw refuseOverflow(error, options.text);
  }
}

function bindKnown(syntax: BoundSyntax, { text, tables, now }: BindOptions): Query {
  throwMistake(syntax, text, tables);
  let lastId = 0;
  let render: string | null = null;
  const count = createBudget(MAX_RELATIONS, refuseIn(text));
  const countValues = createBudget(MAX_VALUES, refuseIn(text));
  const sizeOf = createSizes();
  const binder: Binder = {
    now,
    isCluster: tables.some(({ ingestedAs }) => ingestedAs !== undefined),
    column: (name, type) => ({ id: ++lastId, name, type }),
    relation: (expression, scope) => {
      count(expression.span);
      return bindRelation(expression, scope, binder);
    },
    scalar: (expression, scope) => {
      const value = bindScalar(expression, scope, binder);
      if (expression.kind === 'NameReference') countValues(expression.span, sizeOf(value));
      return value;
    },
    refuse: refuseIn(text),
    reject: rejectIn(text),
    source: ({ start, end }) => text.slice(start, end),
    chart: (kind) => {
      render = kind;
    },
  };
  const asksWhen = text.includes('ingestion_time');
  const names = new Map<string, Binding>(
    tables.map((table) => [
      table.name,
      { kind: 'table', open: () => scan(table, asksWhen, binder), isStored: true },
    ]),
  );
  const scope: Scope = { columns: [], names };
  const relation = bindStatements(syntax.statements, undefined, scope, binder);
  if (relation === undefined) {
    throw new CliError('usage', 'The query has no result: it ends without an expression.', {
      kql: { text, span: { start: 0, end: text.length } },
    });
  }
  return { relation, render, warnings: warningsOf(syntax, text) };
}

function scan(
  { name, columns, ingestedAs }: TableSchema,
  asksWhen: boolean,
  binder: Binder,
): Relation {
  return {
    op: 'scan',
    table: name,
    columns: columns.map((column) => binder.column(column.name, column.type)),
    ...(ingestedAs && asksWhen && { ingested: binder.column(ingestedAs, 'datetime') }),
  };
}

function bindStatements(
  statements: readonly Statement[],
  last: Expression | undefined,
  outer: Scope,
  binder: Binder,
): Relation | undefined {
  const { scope, result } = declareAll(statements, outer, binder);
  const expression = last ?? result;
  return expression && binder.relation(expression, scope);
}

function bindRelation(node: Expression, scope: Scope, binder: Binder): Relation {
  switch (node.kind) {
    case 'PipeExpression':
      return applyOperator(
        node.Operator,
        binder.relation(node.Expression, scope),
        { ...scope, names: withNamed(node.Expression, scope, binder) },
        binder,
      );
    case 'ParenthesizedExpression':
    case 'MaterializeExpression':
      return binder.relation(node.Expression, scope);
    case 'NameReference': {
      const binding = scope.names.get(node.name);
      if (binding?.kind === 'table') return binding.open();
      if (binding?.kind === 'function') {
        // A view, which is called without parentheses.
        const relation = bindBody(binding.declaration.Body, binding.scope, binder);
        if (relation) return relation;
      }
      break;
    }
    case 'FunctionCallExpression':
      if (node.body) {
        const inner = parameters(node.Name.name, node.ArgumentList.Expressions, scope, binder);
        const relation = inner && bindBody(node.body, inner, binder);
        if (relation) return relation;
      }
      if (node.Name.name === 'table') return bindTable(node, scope, binder);
      return binder.refuse(withReason(`${node.Name.name}()`, REFUSED.functions), node.span);
    case 'DataTableExpression':
      return datatable(node, scope, binder);
    default:
      if (node.kind in OPERATORS)
        return applyOperator(node as Operator, scope.source, scope, binder);
  }
  return binder.refuse(withReason(words(node), REFUSED.operators), node.span);
}

/** Also the names that `as` gave to what comes before in the same pipe. */
function withNamed(before: Expression, scope: Scope, binder: Binder): Scope['names'] {
  let names = scope.names;
  for (let node = before; node.kind === 'PipeExpression'; node = node.Expression) {
    const { Expression: source, Operator: operator } = node;
    if (operator.kind !== 'AsOperator' || names.has(operator.Name.name)) continue;
    names = new Map([
      ...names,
      [operator.Name.name, { kind: 'table', open: () => binder.relation(source, scope) }],
    ]);
  }
  return names;
}

/** `table('traces')`: a table by a name that the query knows beforehand. */
function bindTable(node: FunctionCall, scope: Scope, binder: Binder): Relation {
  const [wanted] = node.ArgumentList.Expressions;
  const name = wanted && binder.scalar(wanted, scope);
  const isName = name?.kind === 'literal' && typeof name.value === 'string';
  const binding = isName ? scope.names.get(String(name.value)) : undefined;
  if (binding?.kind === 'table' && binding.isStored) return binding.open();
  return binder.refuse(isName ? `the table ${name.value}` : 'a computed table', node.span);
}

function bindBody(body: FunctionBody, scope: Scope, binder: Binder): Relation | undefined {
  return bindStatements(body.Statements, body.Expression, scope, binder);
}

function applyOperator(
  node: Operator,
  input: Relation | undefined,
  scope: Scope,
  binder: Binder,
): Relation {
  const rule: unknown = OPERATORS[node.kind];
  if (typeof rule !== 'function')
    return binder.refuse(withReason(words(node), REFUSED.operators), node.span);
  // Each rule takes the syntax of its own key: the table's type says so, but a lookup loses it.
  return (rule as OperatorRule)(node, input ?? EMPTY, scope, binder);
}

type OperatorRule = (node: Operator, input: Relation, scope: Scope, binder: Binder) => Relation;

/** What operators without a source stand on: one row without columns. */
const EMPTY: Relation = { op: 'values', columns: [], rows: [[]] };
