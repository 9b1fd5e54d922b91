// What is used of the globals that Microsoft's scripts set; see `kusto.ts`.

export interface Globals {
  readonly Bridge: BridgeRuntime;
  readonly Kusto: { readonly Language: Language };
}

export interface BridgeRuntime {
  getTypeName(value: object): string;
  is(value: object, type: MsClass): boolean;
}

export type MsClass = abstract new (...args: never[]) => object;

export interface MsList<Item> {
  readonly Count: number;
  getItem(index: number): Item;
}

export interface MsSymbol {
  readonly Name: string;
  readonly Columns?: MsList<{ readonly Name: string; readonly Type: MsSymbol }>;
}

export interface MsDiagnostic {
  readonly Code: string;
  readonly Message: string;
  readonly Start: number;
  readonly End: number;
  readonly Severity: string;
}

export interface MsNode {
  readonly IsToken: boolean;
  readonly TextStart: number;
  readonly End: number;
  readonly Width: number;
  readonly ChildCount: number;
  GetChild(index: number): MsNode | null;
  GetName(index: number): string | null;
  GetContainedDiagnostics(): MsList<MsDiagnostic>;
  readonly ReferencedSymbol: MsSymbol | null;
  readonly ResultType: MsSymbol | null;
  readonly Text?: string;
  readonly Value?: unknown;
  readonly Name?: MsNode;
  readonly SimpleName?: string;
  readonly LiteralValue?: unknown;
  readonly LiteralValueInfo?: { readonly ValueText: string } | null;
  GetCalledFunctionBody?(): MsNode | null;
}

export interface MsGlobals {
  readonly ParseOptions: { WithAlwaysProduceEndTokens(on: boolean): object };
  WithDatabase(database: object): MsGlobals;
}

export interface Language {
  readonly GlobalState: { readonly Default: MsGlobals };
  readonly Editor: { readonly CodeKinds: { readonly Query: string } };
  readonly KustoCode: {
    GetKind(text: string): string;
    ParseAndAnalyze(text: string, globals: MsGlobals): { readonly Syntax: MsNode };
  };
  readonly Parsing: {
    readonly TokenParser: { ParseTokens(text: string, options: object): object };
    readonly QueryParser: { ParseQuery(tokens: object, start: number, options: object): MsNode };
  };
  readonly Binding: {
    readonly LocalBindingCache: new () => object;
    readonly Binder: {
      GetExpressionResultName(expression: MsNode, otherwise: string, row: null): string;
      TryBind(tree: object, globals: MsGlobals, cache: object, set: null, token: object): boolean;
    };
  };
  readonly Utils: { readonly CancellationToken: new () => object };
  readonly Syntax: {
    readonly SyntaxTree: new (root: MsNode) => object;
    readonly SyntaxList: MsClass;
    readonly SeparatedElement: MsClass;
    readonly Expression: MsClass;
  };
  readonly Symbols: {
    readonly ScalarTypes: Readonly<Record<string, object>>;
    readonly ColumnSymbol: new (name: string, type: object | undefined) => object;
    readonly TableSymbol: { readonly $ctor4: new (name: string, columns: object[]) => object };
    readonly DatabaseSymbol: { readonly $ctor1: new (name: string, tables: object[]) => object };
  };
}
