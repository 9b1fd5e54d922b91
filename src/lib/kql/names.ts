import type { Binder, Binding, Scope } from './scope.js';
import type { Expression, Statement } from './syntax.js';

/** Names that `let` statements give, each known to the next. `result` is the last expression, if any. */
export function declareAll(
  statements: readonly Statement[],
  outer: Scope,
  binder: Binder,
): { readonly scope: Scope; readonly result: Expression | undefined } {
  let scope = outer;
  let result: Expression | undefined;
  for (const statement of statements) {
    switch (statement.kind) {
      case 'LetStatement': {
        const { Name, Expression: value } = statement;
        const binding = declare(value, scope, binder);
        scope = { ...scope, names: new Map([...scope.names, [Name.name, binding]]) };
        break;
      }
      case 'ExpressionStatement':
        if (result) binder.refuse('a second result', statement.span);
        result = statement.Expression;
        break;
      default: // `set`, `declare` and the like, which the type surface leaves out
        binder.refuse(words(statement), (statement as Statement).span);
    }
  }
  return { scope, result };
}

function declare(value: Expression, scope: Scope, binder: Binder): Binding {
  if (value.kind === 'FunctionDeclaration') {
    return { kind: 'function', declaration: value, scope };
  }
  if (isTabular(value)) return { kind: 'table', open: () => binder.relation(value, scope) };
  return { kind: 'scalar', value: binder.scalar(value, scope) };
}

/** The scope inside a function of the query: its own surroundings and what the call hands in. */
export function parameters(
  name: string,
  args: readonly Expression[],
  scope: Scope,
  binder: Binder,
): Scope | undefined {
  const called = scope.names.get(name);
  if (called?.kind !== 'function') return undefined;
  const names = new Map(called.scope.names);
  const declared = called.declaration.Parameters.Parameters;
  const byName = new Map(
    args.flatMap((arg) => (arg.kind === 'SimpleNamedExpression' ? [[arg.Name.name, arg]] : [])),
  );
  declared.forEach((parameter, index) => {
    const { Name } = parameter.NameAndType;
    const positional = args[index];
    const named = byName.get(Name.name)?.Expression;
    const given = named ?? (positional?.kind === 'SimpleNamedExpression' ? undefined : positional);
    const value = given ?? parameter.DefaultValue?.Value;
    if (!value) return;
    names.set(Name.name, declare(value, given ? scope : called.scope, binder));
  });
  return { columns: [], names };
}

function isTabular(node: Expression): boolean {
  return node.type?.columns !== undefined;
}

/** Operators whose class is not named as KQL does. */
const KEYWORDS: Readonly<Record<string, string>> = {
  ExternalDataExpression: 'externaldata',
  FilterOperator: 'where',
  GetSchemaOperator: 'getschema',
  PartitionByOperator: '__partitionby',
  ReduceByOperator: 'reduce',
};

/** `MvApplyOperator` as a user knows it: `mv-apply`. */
export function words(node: { readonly kind: string }): string {
  const keyword = KEYWORDS[node.kind];
  if (keyword) return keyword;
  return node.kind
    .replace(/(Operator|Expression|Statement)$/, '')
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase();
}
