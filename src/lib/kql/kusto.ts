import { CliError, type Span } from '../errors.js';
import type { KustoType } from '../model/table.js';
import { type Edit, editText } from './edit-text.js';
import { assertParsable } from './limits.js';
import { expandPlugins } from './plugins/expand.js';
import { EXPANSIONS } from './plugins/expansions.js';
import { refuseIn } from './scope.js';
import type { BoundSyntax, Diagnostic, Statement, TableSchema } from './syntax.js';

/**
 * The facade of Microsoft's language service: the one file that knows how its scripts load, which of
 * their internals are called, and that they may throw anything. Behind it syntax is plain objects.
 *
 * Known from: source of @kusto/language-service-next 12.4.1. `KustoCode.ParseAndAnalyze` builds a grammar
 * that only completion needs and takes three times as long as the parts that are called here.
 */
export interface KustoParser {
  /**
   * Parses and binds. Mistakes of the text are diagnostics, not exceptions.
   *
   * @param edits what is known by now about the columns of plugins, as changes to the text; places stay those of `text`
   * @throws {CliError} `unsupported` if the parser itself gives up, or a name is one that it cannot hold
   */
  parse(text: string, tables: readonly TableSchema[], edits?: readonly Edit[]): BoundSyntax;
}

let loaded: Promise<KustoParser> | undefined;

/** Loads the parser once per process; it takes a quarter of a second. */
export function loadKustoParser(): Promise<KustoParser> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<KustoParser> {
  await import('@kusto/language-service-next/bridge.min.js');
  await import('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
  const { Bridge, Kusto } = globalThis as unknown as Globals;
  const { Language } = Kusto;
  return {
    parse(text, tables, edits = []) {
      assertParsable(text, refuseIn(text));
      // An uncaught exception would print its script, 4 MB on one line: only its message leaves.
      try {
        const globals = declare(Language, tables.filter(isHoldable));
        const read = (all: readonly Edit[]) => {
          const edited = editText(text, all);
          return convert(Bridge, Language, bind(Language, edited.text, globals), edited.toOriginal);
        };
        const written = read(edits);
        const expanded = expandPlugins(text, written, EXPANSIONS);
        const syntax = expanded.length > 0 ? read([...edits, ...expanded]) : written;
        refuseUnholdable(text, syntax.diagnostics, tables);
        return syntax;
      } catch (error) {
        if (error instanceof CliError) throw error;
        refuseUnholdable(text, [{ span: { start: 0, end: text.length } }], tables);
        const message = error instanceof Error ? firstLine(error.message) : 'no reason';
        throw new CliError('unsupported', `The KQL parser gave up: ${message}`, {
          kql: { text, span: { start: 0, end: text.length } },
        });
      }
    },
  };
}

/** Names that the scripts' dictionaries, which are objects of JavaScript, lose or choke on. */
const UNHOLDABLE: readonly string[] = ['__proto__', 'hasOwnProperty'];

function isHoldable({ name, columns }: TableSchema): boolean {
  return [name, ...columns.map((column) => column.name)].every((it) => !UNHOLDABLE.includes(it));
}

/** Refuses if a mistake is not the user's, but stands on a name that cannot be held. */
function refuseUnholdable(
  text: string,
  mistakes: readonly { readonly span: Span }[],
  tables: readonly TableSchema[],
): void {
  const lost = tables.filter((table) => !isHoldable(table)).map(({ name }) => name);
  for (const { span } of mistakes) {
    const source = text.slice(span.start, span.end);
    const name = [...UNHOLDABLE, ...lost].find((candidate) => source.includes(candidate));
    if (name === undefined) continue;
    const start = span.start + source.indexOf(name);
    const what = lost.includes(name)
      ? `a table with columns such as ${UNHOLDABLE[0]}`
      : `the name ${name}`;
    refuseIn(text)(what, { start, end: start + name.length });
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1).join('').slice(0, 200);
}

const SYMBOL_OF: Readonly<Record<KustoType, string>> = {
  bool: 'Bool',
  int: 'Int',
  long: 'Long',
  real: 'Real',
  decimal: 'Decimal',
  datetime: 'DateTime',
  timespan: 'TimeSpan',
  guid: 'Guid',
  string: 'String',
  dynamic: 'Dynamic',
};

function declare(language: Language, tables: readonly TableSchema[]): MsGlobals {
  const { ColumnSymbol, DatabaseSymbol, ScalarTypes, TableSymbol } = language.Symbols;
  const symbols = tables.map(({ name, columns }) => {
    const members = columns.map(
      (column) => new ColumnSymbol(column.name, ScalarTypes[SYMBOL_OF[column.type]]),
    );
    return new TableSymbol.$ctor4(name, members);
  });
  return language.GlobalState.Default.WithDatabase(new DatabaseSymbol.$ctor1('local', symbols));
}

function bind(language: Language, text: string, globals: MsGlobals): MsNode {
  const { Binding, Parsing, Syntax, Utils } = language;
  if (language.KustoCode.GetKind(text) !== language.Editor.CodeKinds.Query) {
    throw new Error('management commands are not queries');
  }
  try {
    const options = globals.ParseOptions.WithAlwaysProduceEndTokens(true);
    const root = Parsing.QueryParser.ParseQuery(
      Parsing.TokenParser.ParseTokens(text, options),
      0,
      options,
    );
    const tree = new Syntax.SyntaxTree(root);
    const cache = new Binding.LocalBindingCache();
    const token = new Utils.CancellationToken();
    if (!Binding.Binder.TryBind(tree, globals, cache, null, token)) {
      throw new Error('the query is nested too deeply');
    }
    return root;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // TypeError: an internal is not where it was
    return language.KustoCode.ParseAndAnalyze(text, globals).Syntax;
  }
}

function convert(
  bridge: BridgeRuntime,
  language: Language,
  root: MsNode,
  place: (span: Span) => Span,
): BoundSyntax {
  const { SyntaxList, SeparatedElement } = language.Syntax;
  const Expression = language.Syntax.Expression;

  /** `call` is the span of the call whose body is being converted: bodies have offsets of their own. */
  function node(source: MsNode, call?: Span): unknown {
    if (source.IsToken) return token(source, call);
    if (bridge.is(source, SyntaxList)) {
      return children(source).map(([, child]) => node(child, call));
    }
    if (bridge.is(source, SeparatedElement)) {
      const element = source.GetChild(0);
      if (!element) return undefined;
      const item = node(element, call);
      if (!bridge.is(element, Expression) || typeof item !== 'object') return item;
      const resultName = language.Binding.Binder.GetExpressionResultName(element, '', null);
      return { ...item, ...(resultName && { resultName }) };
    }
    const kind = className(source);
    const members = children(source).map(([name, child]) => [name, node(child, call)] as const);
    return {
      ...Object.fromEntries(members.filter(([, value]) => value !== undefined)),
      kind,
      span: call ?? spanOf(source),
      ...(source.ReferencedSymbol && { symbol: symbol(source.ReferencedSymbol) }),
      ...(bridge.is(source, Expression) && { type: resultType(source.ResultType) }),
      ...extras(kind, source, call),
    };
  }

  function extras(kind: string, source: MsNode, call?: Span): object {
    switch (kind) {
      case 'NameReference':
      case 'NameDeclaration': {
        const wildcard = className(source.Name).endsWith('WildcardedName');
        return { name: source.SimpleName, wildcard };
      }
      case 'LiteralExpression':
      case 'CompoundStringLiteralExpression': {
        const value = source.LiteralValue;
        const text = typeof value === 'string' ? value : source.LiteralValueInfo?.ValueText;
        return { value: text ?? '' };
      }
      case 'FunctionCallExpression': {
        if (className(source.ReferencedSymbol) !== 'FunctionSymbol') return {};
        const body = source.GetCalledFunctionBody?.();
        const here = call ?? spanOf(source);
        return body ? { body: node(body, here) } : {};
      }
      default:
        return {};
    }
  }

  function spanOf(source: MsNode): Span {
    return place({ start: source.TextStart, end: source.End });
  }

  function token(source: MsNode, call?: Span): unknown {
    if (source.Width === 0) return undefined;
    const span = call ?? spanOf(source);
    return { kind: 'Token', span, text: source.Text, value: String(source.Value ?? source.Text) };
  }

  function children(source: MsNode): [string, MsNode][] {
    return Array.from({ length: source.ChildCount }, (_, index) => {
      const child = source.GetChild(index);
      return child ? [[source.GetName(index) ?? '', child] satisfies [string, MsNode]] : [];
    }).flat();
  }

  function className(value: object | undefined | null): string {
    return value ? (bridge.getTypeName(value).split('.').at(-1) ?? '') : '';
  }

  function symbol(source: MsSymbol) {
    return { kind: className(source), name: source.Name };
  }

  function resultType(source: MsSymbol | null) {
    if (!source) return { name: 'unknown' };
    if (!source.Columns) return { name: source.Name };
    const columns = list(source.Columns).map(({ Name, Type }) => ({ name: Name, type: Type.Name }));
    return { name: source.Name, columns };
  }

  const diagnostics = list(root.GetContainedDiagnostics()).map((it) => toDiagnostic(it, place));
  const wrong = diagnostics.some(({ severity }) => severity === 'error');
  const statements = wrong ? [] : children(root).find(([name]) => name === 'Statements');
  return {
    statements: statements?.[1] ? (node(statements[1]) as Statement[]) : [],
    diagnostics,
  };
}

/**
 * False alarms of the binder, held against a real engine: KS107 on `count(x)`, KS234 on array functions of
 * `{}`. The engine that runs the query judges.
 */
const FALSE_ALARMS: ReadonlySet<string> = new Set(['KS107', 'KS234']);

function toDiagnostic(
  { Code, Message, Start, End, Severity }: MsDiagnostic,
  place: (span: Span) => Span,
): Diagnostic {
  const severity = Severity === 'Error' && !FALSE_ALARMS.has(Code) ? 'error' : 'warning';
  return { code: Code, message: Message, span: place({ start: Start, end: End }), severity };
}

function list<Item>(source: MsList<Item>): Item[] {
  return Array.from({ length: source.Count }, (_, index) => source.getItem(index));
}

// What is used of the scripts' globals.

interface Globals {
  readonly Bridge: BridgeRuntime;
  readonly Kusto: { readonly Language: Language };
}

interface BridgeRuntime {
  getTypeName(value: object): string;
  is(value: object, type: MsClass): boolean;
}

type MsClass = abstract new (...args: never[]) => object;

interface MsList<Item> {
  readonly Count: number;
  getItem(index: number): Item;
}

interface MsSymbol {
  readonly Name: string;
  readonly Columns?: MsList<{ readonly Name: string; readonly Type: MsSymbol }>;
}

interface MsDiagnostic {
  readonly Code: string;
  readonly Message: string;
  readonly Start: number;
  readonly End: number;
  readonly Severity: string;
}

interface MsNode {
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

interface MsGlobals {
  readonly ParseOptions: { WithAlwaysProduceEndTokens(on: boolean): object };
  WithDatabase(database: object): MsGlobals;
}

interface Language {
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
