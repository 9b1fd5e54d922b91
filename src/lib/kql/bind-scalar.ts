import type { KustoType } from '../model/table.js';
import { bindCall } from './bind-call.js';
import type { Call, Literal, Scalar } from './ir.js';
import { dynamicText, literalValue } from './literal.js';
import { declareAll, parameters } from './names.js';
import { type Binder, columnValue, type Scope, scalarType } from './scope.js';
import { anyOf, isSearchable } from './star.js';
import type { Expression, FunctionCall, NameReference, Path } from './syntax.js';
import { bindResult, isTuple } from './tuples.js';

/** Turns an expression over one row into the value it means. */
export function bindScalar(node: Expression, scope: Scope, binder: Binder): Scalar {
  const bind = (inner: Expression) => binder.scalar(inner, scope);
  const call = (name: string, args: readonly Expression[]): Call => ({
    kind: 'call',
    name,
    args: args.map(bind),
    type: typeOf(node, binder),
    span: node.span,
  });
  const operator = (args: readonly Expression[]) =>
    call(node.symbol?.name ?? binder.refuse('this operator', node.span), args);

  switch (node.kind) {
    case 'LiteralExpression':
    case 'CompoundStringLiteralExpression': {
      const type = typeOf(node, binder);
      const value = literalValue(type, node.value);
      if (value === undefined) return binder.refuse(`the ${type} "${node.value}"`, node.span);
      return { kind: 'literal', type, value, span: node.span };
    }
    case 'DynamicExpression':
      return literal('dynamic', dynamicText(node.Expression, binder), node);
    case 'TypeOfLiteralExpression': // the binder has read it: the call has that type
      return literal('string', '', node);
    case 'NameReference':
      return bindName(node, scope, binder);
    case 'ParenthesizedExpression':
    case 'BracketedExpression':
      return bind(node.Expression);
    case 'SimpleNamedExpression':
      return bind(node.Expression);
    case 'PrefixUnaryExpression':
      return operator([node.Expression]);
    case 'BinaryExpression':
      if (node.Left.kind === 'StarExpression') {
        const { symbol, Right: right } = node;
        const name = symbol?.name ?? binder.refuse('this operator', node.span);
        if (!/^(Has|Contains|StartsWith|EndsWith)/.test(name)) binder.refuse('* here', node.span);
        const test = (text: Scalar): Scalar => ({
          ...call(name, [right]),
          args: [text, bind(right)],
        });
        return anyOf(scope.columns.filter(isSearchable), node, test);
      }
      return operator([node.Left, node.Right]);
    case 'InExpression': {
      const [list] = node.Right.Expressions;
      if (node.Right.Expressions.length === 1 && list?.type?.columns) {
        return { ...operator([node.Left]), args: [bind(node.Left), subquery(list, scope, binder)] };
      }
      return operator([node.Left, ...node.Right.Expressions]);
    }
    case 'ToScalarExpression':
      return subquery(node.Expression, scope, binder);
    case 'HasAnyExpression':
    case 'HasAllExpression':
      return operator([node.Left, ...node.Right.Expressions]);
    case 'BetweenExpression':
      return operator([node.Left, node.Right.First, node.Right.Second]);
    case 'PathExpression':
      return bindPath(node, scope, binder);
    case 'ElementExpression':
      if (isTuple(node.Expression)) return bindResult(node, scope, binder);
      return call('Element', [node.Expression, node.Selector]);
    case 'FunctionCallExpression':
      return node.body ? bindOwnFunction(node, scope, binder) : bindCall(node, call, scope, binder);
    default:
      return binder.refuse(`this expression (${node.kind})`, node.span);
  }
}

/** The first column of a table, as values. */
function subquery(node: Expression, scope: Scope, binder: Binder): Scalar {
  if (!node.type?.columns) return binder.scalar(node, scope);
  const relation = binder.relation(node, { columns: [], names: scope.names });
  const [first] = relation.columns;
  const type = first?.type ?? binder.refuse('a table without columns', node.span);
  return { kind: 'subquery', relation, type, span: node.span };
}

function bindName(node: NameReference, scope: Scope, binder: Binder): Scalar {
  if (node.symbol?.kind === 'ColumnSymbol') {
    const column = scope.columns.find(({ name }) => name === node.name);
    if (column) return columnValue(column, node);
  }
  const binding = scope.names.get(node.name);
  if (binding?.kind === 'scalar') return { ...binding.value, span: node.span };
  return binder.refuse(`the name ${node.name} here`, node.span);
}

/** `a.b` of a dynamic value, or `$left.a` in the condition of a join. */
function bindPath(node: Path, scope: Scope, binder: Binder): Scalar {
  const { Expression: base, Selector: selector } = node;
  if (selector.kind === 'BracketedExpression') {
    const args = [base, selector.Expression].map((part) => binder.scalar(part, scope));
    return { kind: 'call', name: 'Element', args, type: 'dynamic', span: node.span };
  }
  if (selector.kind !== 'NameReference') return binder.refuse('this path', node.span);
  if (base.kind === 'NameReference' && base.name.startsWith('$')) {
    const columns = base.name === '$right' ? scope.right : scope.columns;
    const column = columns?.find(({ name }) => name === selector.name);
    return column ? columnValue(column, node) : binder.refuse(`${base.name} here`, node.span);
  }
  const tuple = base.kind === 'NameReference' ? scope.tuples?.get(base.name) : undefined;
  if (tuple) {
    return tuple(selector.name, node) ?? binder.refuse(`the member ${selector.name}`, node.span);
  }
  return {
    kind: 'call',
    name: 'Element',
    args: [binder.scalar(base, scope), literal('string', selector.name, selector)],
    type: 'dynamic',
    span: node.span,
  };
}

function bindOwnFunction(node: FunctionCall, scope: Scope, binder: Binder): Scalar {
  const { body, Name, ArgumentList } = node;
  const inner = parameters(Name.name, ArgumentList.Expressions, scope, binder);
  if (!body?.Expression || !inner) return binder.refuse(`${Name.name}()`, node.span);
  return binder.scalar(body.Expression, declareAll(body.Statements, inner, binder).scope);
}

function literal(type: KustoType, value: Literal['value'], { span }: Pick<Expression, 'span'>) {
  return { kind: 'literal', type, value, span } satisfies Literal;
}

function typeOf(node: Expression, binder: Binder): KustoType {
  const name = node.type?.name;
  if (name === 'null') return 'dynamic'; // a bare null, which every type takes
  return scalarType(name) ?? binder.refuse(`a value of type ${name ?? 'unknown'}`, node.span);
}
