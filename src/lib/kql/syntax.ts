import type { Span } from '../errors.js';
import type { Column } from '../model/table.js';
import type { Operator } from './syntax-operators.js';

/**
 * KQL's syntax after binding, as plain objects. Members have the names of Microsoft's classes
 * (`Kusto.Language.Syntax`), in their case; tokens are kept only where they decide something.
 */
export interface Node {
  readonly kind: string;
  readonly span: Span;
}

export interface Token extends Node {
  readonly kind: 'Token';
  readonly text: string;
}

/** What the binder found out about a name, call or operator. */
export interface SymbolRef {
  /** `ColumnSymbol`, `VariableSymbol`, `ParameterSymbol`, `TableSymbol`, `FunctionSymbol`, `OperatorSymbol` … */
  readonly kind: string;
  readonly name: string;
}

/** `type` names a scalar type of Kusto, or is `error`, `unknown`, `null`, `void`; tables have `columns`. */
export interface ResultType {
  readonly name: string;
  readonly columns?: readonly { readonly name: string; readonly type: string }[];
}

export interface ExpressionFacts extends Node {
  readonly type?: ResultType;
  readonly symbol?: SymbolRef;
  /** In a list: the name of the column that it makes, given or derived; absent if it has none. */
  readonly resultName?: string;
}

export interface Literal extends ExpressionFacts {
  readonly kind: 'LiteralExpression' | 'CompoundStringLiteralExpression';
  /** The text of the value: of a string without quotes and escapes, of `datetime(2020-01-01)` the inner part. */
  readonly value: string;
}

export interface NameReference extends ExpressionFacts {
  readonly kind: 'NameReference';
  readonly name: string;
  /** The pattern of `project-away a*`. */
  readonly wildcard: boolean;
}

export interface FunctionCall extends ExpressionFacts {
  readonly kind: 'FunctionCallExpression';
  readonly Name: NameReference;
  readonly ArgumentList: ExpressionList;
  /** The body of a function of the query, bound for the types of this call. */
  readonly body?: FunctionBody;
}

export interface FunctionBody extends Node {
  readonly kind: 'FunctionBody';
  readonly Statements: readonly Statement[];
  readonly Expression?: Expression;
}

export interface FunctionDeclaration extends ExpressionFacts {
  readonly kind: 'FunctionDeclaration';
  readonly Parameters: { readonly Parameters: readonly FunctionParameter[] };
  readonly Body: FunctionBody;
}

export interface FunctionParameter extends Node {
  readonly NameAndType: NameAndType;
  readonly DefaultValue?: { readonly Value: Expression };
}

export interface NameAndType extends ExpressionFacts {
  readonly Name: NameDeclaration;
  readonly Type: ExpressionFacts & { readonly Type?: Token };
}

export interface NameDeclaration extends ExpressionFacts {
  readonly kind: 'NameDeclaration';
  readonly name: string;
}

export interface ExpressionList extends Node {
  readonly Expressions: readonly Expression[];
}

export interface Unary extends ExpressionFacts {
  readonly kind: 'PrefixUnaryExpression';
  readonly Expression: Expression;
}

export interface Binary extends ExpressionFacts {
  readonly kind: 'BinaryExpression';
  readonly Left: Expression;
  readonly Right: Expression;
}

export interface ListTest extends ExpressionFacts {
  readonly kind: 'InExpression' | 'HasAnyExpression' | 'HasAllExpression';
  readonly Left: Expression;
  readonly Right: ExpressionList;
}

export interface Between extends ExpressionFacts {
  readonly kind: 'BetweenExpression';
  readonly Left: Expression;
  readonly Right: { readonly First: Expression; readonly Second: Expression };
}

export interface Path extends ExpressionFacts {
  readonly kind: 'PathExpression';
  readonly Expression: Expression;
  readonly Selector: Expression;
}

export interface Element extends ExpressionFacts {
  readonly kind: 'ElementExpression';
  readonly Expression: Expression;
  readonly Selector: Expression;
}

/** Parentheses, brackets, and `toscalar`, `totable`, `materialize` with one expression inside. */
export interface Wrapped extends ExpressionFacts {
  readonly kind:
    | 'ParenthesizedExpression'
    | 'BracketedExpression'
    | 'MaterializeExpression'
    | 'ToScalarExpression';
  readonly Expression: Expression;
}

/** `typeof(…)` as an argument. */
export interface TypeOf extends ExpressionFacts {
  readonly kind: 'TypeOfLiteralExpression';
}

/** `dynamic(…)`; below it the JSON literal. */
export interface Dynamic extends ExpressionFacts {
  readonly kind: 'DynamicExpression';
  readonly Expression: Expression;
}

export interface JsonObject extends ExpressionFacts {
  readonly kind: 'JsonObjectExpression';
  readonly Pairs: readonly (Node & { readonly Name: JsonName; readonly Value: Expression })[];
}

/** A member's name, unquoted. */
export interface JsonName extends Token {
  readonly value: string;
}

export interface JsonArray extends ExpressionFacts {
  readonly kind: 'JsonArrayExpression';
  readonly Values: readonly Expression[];
}

export interface NamedExpression extends ExpressionFacts {
  readonly kind: 'SimpleNamedExpression';
  readonly Name: NameDeclaration;
  readonly Expression: Expression;
}

export interface CompoundNamed extends ExpressionFacts {
  readonly kind: 'CompoundNamedExpression';
  readonly Names: { readonly Names: readonly NameDeclaration[] };
  readonly Expression: Expression;
}

export interface Star extends ExpressionFacts {
  readonly kind: 'StarExpression';
}

export interface Ordered extends ExpressionFacts {
  readonly kind: 'OrderedExpression';
  readonly Expression: Expression;
  readonly Ordering?: {
    readonly AscOrDescKeyword?: Token;
    readonly NullsClause?: { readonly FirstOrLastKeyword: Token };
  };
}

export interface DataTable extends ExpressionFacts {
  readonly kind: 'DataTableExpression';
  readonly Values: readonly Expression[];
}

export interface Pipe extends ExpressionFacts {
  readonly kind: 'PipeExpression';
  readonly Expression: Expression;
  readonly Operator: Operator;
}

/** `kind=inner`, `withsource=T`, `hint.strategy=…`. */
export interface NamedParameter extends Node {
  readonly Name: NameDeclaration;
  readonly Expression: ExpressionFacts & { readonly Token?: Token; readonly value?: string };
}

export type Expression =
  | Literal
  | NameReference
  | FunctionCall
  | FunctionDeclaration
  | Unary
  | Binary
  | ListTest
  | Between
  | Path
  | Element
  | Wrapped
  | Dynamic
  | TypeOf
  | JsonObject
  | JsonArray
  | NamedExpression
  | CompoundNamed
  | Star
  | Ordered
  | DataTable
  | Pipe
  | Operator;

export interface LetStatement extends Node {
  readonly kind: 'LetStatement';
  readonly Name: NameDeclaration;
  readonly Expression: Expression;
}

export interface ExpressionStatement extends Node {
  readonly kind: 'ExpressionStatement';
  readonly Expression: Expression;
}

/** `set query_bin_auto_size = 1h` */
export interface SetOptionStatement extends Node {
  readonly kind: 'SetOptionStatement';
  readonly Name: NameDeclaration;
  readonly ValueClause?: { readonly Expression: Expression };
}

export interface QueryParametersStatement extends Node {
  readonly kind: 'QueryParametersStatement';
  readonly Parameters: readonly FunctionParameter[];
}

export type Statement =
  | LetStatement
  | ExpressionStatement
  | SetOptionStatement
  | QueryParametersStatement;

export interface Diagnostic {
  /** Kusto's own, such as `KS142`. */
  readonly code: string;
  readonly message: string;
  readonly span: Span;
  readonly severity: 'error' | 'warning';
}

export interface BoundSyntax {
  readonly statements: readonly Statement[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A table that names in the KQL may mean. */
export interface TableSchema {
  readonly name: string;
  readonly columns: readonly Column[];
  /** A column beside those, which no query names: when a row was stored. A cluster's tables have it, files have not. */
  readonly ingestedAs?: string | undefined;
}
