import type { Span } from '../errors.js';
import type { Computed, Literal, Relation, Scalar } from './ir.js';
import { REFUSED, withReason } from './refused.js';
import { type Binder, columnValue, over, type Scope, scalarType } from './scope.js';
import type { Element, Expression, FunctionCall } from './syntax.js';

const STATS = ['min', 'min_idx', 'max', 'max_idx', 'avg', 'stdev', 'variance'];
const PARTS = ['baseline', 'seasonal', 'trend', 'residual'];

/** Functions of several results: the members of the bag that their rules make, in Kusto's order. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  series_decompose: PARTS,
  series_decompose_forecast: PARTS,
  series_fft: ['real', 'imag'],
  series_fit_line: ['rsquare', 'slope', 'variance', 'rvariance', 'interception', 'line_fit'],
  series_fit_poly: ['rsquare', 'coefficients', 'variance', 'rvariance', 'poly_fit'],
  series_ifft: ['real', 'imag'],
  series_stats: STATS,
};

/** A value of an expression, and the name of its column if it has one. */
export interface NamedValue {
  readonly name: string | undefined;
  readonly value: Scalar;
}

/**
 * The values of expressions over `input`: several of a function that answers with several. Such a function is
 * computed once, in a column behind those of `input`.
 */
export function valuesOf(
  expressions: readonly Expression[],
  input: Relation,
  scope: Scope,
  binder: Binder,
): { readonly input: Relation; readonly values: readonly NamedValue[] } {
  const inner = over(input, scope);
  const computed: Computed[] = [];
  const values = expressions.flatMap((expression): readonly NamedValue[] => {
    const members = isTuple(expression) ? membersOf(expression) : undefined;
    if (members) return members;
    return [{ name: expression.resultName, value: binder.scalar(withoutName(expression), inner) }];
  });
  if (computed.length === 0) return { input, values };
  const columns = [...input.columns, ...computed.map(({ column }) => column)];
  return { input: { op: 'project', input, computed, columns }, values };

  function membersOf(expression: Expression): readonly NamedValue[] {
    const call = withoutName(expression);
    if (call.kind !== 'FunctionCallExpression') {
      return binder.refuse('an expression of several columns', expression.span);
    }
    if (!keyOf(call.Name.name, 0, call.span)) {
      return binder.refuse(withReason(`${call.Name.name}()`, REFUSED.functions), call.span);
    }
    const column = binder.column(call.Name.name, 'dynamic');
    const args = call.ArgumentList.Expressions.map((arg) => binder.scalar(arg, inner));
    const { name } = call.Name;
    const value: Scalar = { kind: 'call', name, args, type: 'dynamic', span: call.span };
    computed.push({ column, value });
    const names = namesOf(expression);
    return (call.type?.columns ?? []).map((result, index) => ({
      name: names[index] ?? result.name,
      value: member(call, columnValue(column, call), index, result.type),
    }));
  }

  function member(call: FunctionCall, bag: Scalar, index: number, typeName: string): Scalar {
    const { span, Name } = call;
    const type = scalarType(typeName) ?? binder.refuse(`a value of type ${typeName}`, span);
    const name: Scalar = keyOf(Name.name, index, span) ?? binder.refuse(`${Name.name}()`, span);
    const element: Scalar = {
      kind: 'call',
      name: 'Element',
      args: [bag, name],
      type: 'dynamic',
      span,
    };
    if (type === 'dynamic') return element;
    return { kind: 'call', name: `to${type}`, args: [element], type, span };
  }
}

/** What the value of such a function has a result under: its name in a bag, or its place in an array. */
function keyOf(name: string, index: number, span: Span): Literal | undefined {
  if (name.startsWith('array_sort_')) {
    return { kind: 'literal', type: 'long', value: BigInt(index), span };
  }
  const value = MEMBERS[name]?.[index];
  return value === undefined ? undefined : { kind: 'literal', type: 'string', value, span };
}

/** One of several sorted arrays: `array_sort_asc(a, b)[1]`. */
export function bindResult(node: Element, scope: Scope, binder: Binder): Scalar {
  const { Expression: call, span } = node;
  if (call.kind !== 'FunctionCallExpression' || !call.Name.name.startsWith('array_sort_')) {
    return binder.refuse('one of several results', span);
  }
  const bind = (arg: Expression) => binder.scalar(arg, scope);
  const args = call.ArgumentList.Expressions.map(bind);
  const all: Scalar = { kind: 'call', name: call.Name.name, args, type: 'dynamic', span };
  return { kind: 'call', name: 'Element', args: [all, bind(node.Selector)], type: 'dynamic', span };
}

export function isTuple({ type }: Expression): boolean {
  return type?.name === 'tuple';
}

/** What a query gives a name to, or the expression itself. */
export function withoutName(node: Expression): Expression {
  const isNamed = node.kind === 'SimpleNamedExpression' || node.kind === 'CompoundNamedExpression';
  return isNamed ? node.Expression : node;
}

/** The names that the query gives: the others have those of the function. */
function namesOf(node: Expression): readonly string[] {
  if (node.kind === 'SimpleNamedExpression') return [node.Name.name];
  return node.kind === 'CompoundNamedExpression' ? node.Names.Names.map(({ name }) => name) : [];
}
