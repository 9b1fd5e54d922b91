import type {
  Expression,
  ExpressionFacts,
  ExpressionList,
  FunctionCall,
  FunctionParameter,
  Literal,
  NameAndType,
  NameDeclaration,
  NamedParameter,
  NameReference,
  Node,
  Star,
  Token,
} from './syntax.js';

interface OperatorFacts<Kind extends string> extends ExpressionFacts {
  readonly kind: Kind;
  readonly Parameters?: readonly NamedParameter[];
}

/** Operators by their syntax: the key is the class, the value what it holds. */
export interface OperatorSyntax {
  FilterOperator: { readonly Condition: Expression };
  ProjectOperator: { readonly Expressions: readonly Expression[] };
  ProjectAwayOperator: { readonly Expressions: readonly Expression[] };
  ProjectKeepOperator: { readonly Expressions: readonly Expression[] };
  ProjectRenameOperator: { readonly Expressions: readonly Expression[] };
  ProjectReorderOperator: { readonly Expressions: readonly Expression[] };
  ExtendOperator: { readonly Expressions: readonly Expression[] };
  SerializeOperator: { readonly Expressions: readonly Expression[] };
  DistinctOperator: { readonly Expressions: readonly Expression[] };
  TakeOperator: { readonly Expression: Expression };
  SortOperator: { readonly Expressions: readonly Expression[] };
  TopOperator: { readonly Expression: Expression; readonly ByExpression: Expression };
  CountOperator: { readonly AsIdentifier?: Node };
  SummarizeOperator: {
    readonly Aggregates: readonly Expression[];
    readonly ByClause?: { readonly Expressions: readonly Expression[]; readonly BinClause?: Node };
  };
  PrintOperator: { readonly Expressions: readonly Expression[] };
  RangeOperator: {
    readonly From: Expression;
    readonly To: Expression;
    readonly Step: Expression;
  };
  UnionOperator: { readonly Expressions: readonly Expression[] };
  JoinOperator: { readonly Expression: Expression; readonly ConditionClause?: JoinClause };
  LookupOperator: { readonly Expression: Expression; readonly LookupClause?: JoinClause };
  MvExpandOperator: {
    readonly Expressions: readonly MvExpandColumn[];
    readonly RowLimitClause?: { readonly RowLimit: Expression };
  };
  MvApplyOperator: {
    readonly Expressions: readonly MvExpandColumn[];
    readonly RowLimitClause?: { readonly RowLimit: Expression };
    readonly ContextIdClause?: Node;
    readonly Subquery: { readonly Expression: Expression };
  };
  PartitionOperator: {
    readonly ByExpression: Expression;
    readonly ScopeClause?: Node;
    readonly Operand: Node & { readonly Subquery?: Expression };
  };
  TopHittersOperator: {
    readonly Expression: Expression;
    readonly OfExpression: Expression;
    readonly ByClause?: { readonly Expression: Expression };
  };
  TopNestedOperator: { readonly Clauses: readonly TopNestedClause[] };
  EvaluateOperator: { readonly FunctionCall: FunctionCall; readonly Schema?: Node };
  MakeSeriesOperator: {
    readonly Aggregates: readonly SeriesAggregate[];
    readonly OnClause: { readonly Expression: Expression };
    readonly RangeClause: SeriesRange;
    readonly ByClause?: { readonly Expressions: readonly Expression[] };
  };
  SampleOperator: { readonly Expression: Expression };
  SampleDistinctOperator: { readonly Expression: Expression; readonly OfExpression: Expression };
  ParseKvOperator: {
    readonly Expression: Expression;
    readonly WithClause?: { readonly Properties: readonly NamedParameter[] };
  };
  SearchOperator: {
    readonly Condition: Expression;
    readonly InClause?: { readonly Expressions: readonly Expression[] };
  };
  FindOperator: {
    readonly DataScope?: Node;
    readonly InClause?: { readonly Expressions: readonly Expression[] };
    readonly Condition: Expression;
    readonly Project?: { readonly Columns: readonly Node[] };
  };
  ParseOperator: ParseFacts;
  ParseWhereOperator: ParseFacts;
  ProjectByNamesOperator: { readonly Expressions: readonly Expression[] };
  MakeGraphOperator: {
    readonly SourceColumn: NameReference;
    readonly TargetColumn: NameReference;
    readonly WithClause?: {
      readonly TablesAndKeys?: readonly (Node & {
        readonly Table: Expression;
        readonly Column: NameReference;
      })[];
      readonly Name?: NameDeclaration;
    };
  };
  GraphMatchOperator: {
    readonly Patterns: readonly (Node & { readonly PatternElements: readonly GraphElement[] })[];
    readonly WhereClause?: { readonly Condition: Expression };
    readonly ProjectClause?: { readonly Expressions: readonly Expression[] };
  };
  GraphToTableOperator: {
    readonly OutputClause: readonly (Node & {
      readonly EntityKeyword: Token;
      readonly Parameters?: readonly NamedParameter[];
    })[];
  };
  ScanOperator: {
    readonly DeclareClause?: { readonly Declarations: readonly FunctionParameter[] };
    readonly Steps: readonly ScanStep[];
  };
  AsOperator: { readonly Name: NameDeclaration };
  GetSchemaOperator: { readonly KindParameter?: Node };
  InvokeOperator: { readonly Function: Expression };
  RenderOperator: { readonly ChartType: Token };
}

interface ParseFacts {
  readonly Expression: Expression;
  readonly Patterns: readonly ParsePattern[];
}

/** A text to find, a column to fill, or a star for whatever stands between. */
export type ParsePattern = Literal | Star | NameDeclaration | NameAndTypeDeclaration;

export interface NameAndTypeDeclaration extends NameAndType {
  readonly kind: 'NameAndTypeDeclaration';
}

export type GraphElement = GraphPatternNode | GraphPatternEdge;

export interface GraphPatternNode extends Node {
  readonly kind: 'GraphMatchPatternNode';
  readonly Name?: NameDeclaration;
}

/** `-[e*1..5]->`: the tokens tell its direction. */
export interface GraphPatternEdge extends Node {
  readonly kind: 'GraphMatchPatternEdge';
  readonly FirstToken: Token;
  readonly Name?: NameDeclaration;
  readonly Range?: { readonly RangeStart?: Expression; readonly RangeEnd?: Expression };
  readonly LastToken?: Token;
}

export interface ScanStep extends Node {
  readonly Name: NameDeclaration;
  readonly ScanStepOutput?: { readonly OutputKind: Token };
  readonly Condition: Expression;
  readonly ComputationClause?: {
    readonly Assignments: readonly (Node & {
      readonly Name: NameReference;
      readonly Expression: Expression;
    })[];
  };
}

export interface JoinClause extends Node {
  readonly kind: 'JoinOnClause' | 'JoinWhereClause';
  readonly Expressions: readonly Expression[];
}

export interface TopNestedClause extends Node {
  readonly Expression?: Expression;
  readonly OfExpression: Expression;
  readonly WithOthersClause?: Node;
  readonly ByExpression: Expression;
}

export interface MvExpandColumn extends ExpressionFacts {
  readonly kind: 'MvExpandExpression' | 'MvApplyExpression';
  readonly Expression: Expression;
  readonly ToTypeOf?: {
    readonly TypeOf: ExpressionFacts & { readonly Types: readonly NameAndType['Type'][] };
  };
}

export interface SeriesAggregate extends ExpressionFacts {
  readonly kind: 'MakeSeriesExpression';
  readonly Expression: Expression;
  readonly DefaultExpression?: { readonly Expression: Expression };
}

export interface SeriesRange extends Node {
  /** Of `in range(…)`. */
  readonly Arguments?: ExpressionList;
  readonly MakeSeriesFromClause?: { readonly Expression: Expression };
  readonly MakeSeriesToClause?: { readonly Expression: Expression };
  readonly MakeSeriesStepClause?: { readonly Expression: Expression };
}

export type OperatorKind = keyof OperatorSyntax;
export type OperatorOf<Kind extends OperatorKind> = OperatorFacts<Kind> & OperatorSyntax[Kind];
export type Operator = { [Kind in OperatorKind]: OperatorOf<Kind> }[OperatorKind];
