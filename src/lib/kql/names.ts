import type { Scalar } from './ir.js';
import { defaultOf } from './literal.js';
import { type Binder, type Binding, openBound, openShared, type Scope } from './scope.js';
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
      case 'SetOptionStatement': {
        const { Name, ValueClause, span } = statement;
        if (HARMLESS.has(Name.name)) break;
        if (!OPTIONS.has(Name.name) || !ValueClause) {
          binder.refuse(`set ${Name.name}`, span);
          break;
        }
        const value = binder.scalar(ValueClause.Expression, scope);
        const option: Binding = { kind: 'scalar', value };
        scope = { ...scope, names: new Map([...scope.names, [optionName(Name.name), option]]) };
        break;
      }
      case 'ExpressionStatement':
        if (result) binder.refuse('a second result', statement.span);
        result = statement.Expression;
        break;
      case 'QueryParametersStatement': {
        const given = statement.Parameters.map((parameter): [string, Binding] => {
          const { name } = parameter.NameAndType.Name;
          const value =
            defaultOf(parameter, binder) ??
            binder.reject(`The query parameter '${name}' has no value.`, parameter.span);
          return [name, { kind: 'scalar', value }];
        });
        scope = { ...scope, names: new Map([...scope.names, ...given]) };
        break;
      }
      default: // `alias`, `restrict`, patterns, which the type surface leaves out
        binder.refuse(words(statement), (statement as Statement).span);
    }
  }
  return { scope, result };
}

/** Options that change how a cluster works on a query, and not what comes out. */
const HARMLESS: ReadonlySet<string> = new Set([
  'deferpartialqueryfailures',
  'max_memory_consumption_per_query_per_node',
  'maxmemoryconsumptionperiterator',
  'norequesttimeout',
  'notruncation',
  'query_fanout_nodes_percent',
  'query_fanout_threads_percent',
  'query_force_row_level_security',
  'query_language',
  'query_log_query_parameters',
  'query_results_cache_max_age',
  'query_results_progressive_enabled',
  'queryconsistency',
  'request_app_name',
  'request_block_row_level_security',
  'request_description',
  'request_readonly',
  'request_user',
  'servertimeout',
  'truncationmaxsize',
]);

/** Options of a request that functions read. */
const OPTIONS: ReadonlySet<string> = new Set(['query_bin_auto_at', 'query_bin_auto_size']);

/** The name of an option among the names of a query, where no other is like it. */
function optionName(name: string): string {
  return `set ${name}`;
}

/** What `set` has given an option before. */
export function optionOf(name: string, { names }: Scope): Scalar | undefined {
  const binding = names.get(optionName(name));
  return binding?.kind === 'scalar' ? binding.value : undefined;
}

function declare(value: Expression, scope: Scope, binder: Binder): Binding {
  if (value.kind === 'FunctionDeclaration') {
    return { kind: 'function', declaration: value, scope };
  }
  if (isTabular(value)) {
    const open = () => binder.relation(value, scope);
    const isShared = value.kind === 'MaterializeExpression' && !scope.source;
    return { kind: 'table', open: isShared ? openShared(open, binder) : open };
  }
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
  const { handedIn, ...around } = scope;
  declared.forEach((parameter, index) => {
    const { Name } = parameter.NameAndType;
    if (handedIn && index === 0) {
      names.set(Name.name, { kind: 'table', open: openBound(handedIn, binder) });
      return;
    }
    const positional = args[handedIn ? index - 1 : index];
    const named = byName.get(Name.name)?.Expression;
    const given = named ?? (positional?.kind === 'SimpleNamedExpression' ? undefined : positional);
    const value = given ?? parameter.DefaultValue?.Value;
    if (!value) return;
    names.set(Name.name, declare(value, given ? around : called.scope, binder));
  });
  return { columns: [], names, inside: scope.inside ?? called.declaration };
}

function isTabular(node: Expression): boolean {
  const isGraph = node.kind === 'PipeExpression' && node.Operator.kind === 'MakeGraphOperator';
  return isGraph || node.type?.columns !== undefined;
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
