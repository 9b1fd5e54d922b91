import { CliError, type Span } from '../errors.js';
import type { KustoType } from '../model/table.js';
import { type Edit, editText } from './edit-text.js';
import type { Globals, Language, MsGlobals, MsNode } from './kusto-globals.js';
import { toPlainSyntax } from './kusto-syntax.js';
import { assertParsable } from './limits.js';
import { expandPlugins } from './plugins/expand.js';
import { EXPANSIONS } from './plugins/expansions.js';
import { refuseIn } from './scope.js';
import type { BoundSyntax, TableSchema } from './syntax.js';

/**
 * The facade of Microsoft's language service. Only this file and its `kusto-` neighbours know how its scripts load, which of
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
  /**
   * Parses alone: nothing is known of tables, columns and types. For KQL that runs elsewhere.
   *
   * @throws {CliError} as `parse`
   */
  outline(text: string): BoundSyntax;
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
  let last: { readonly key: string; readonly globals: MsGlobals } | undefined;
  /** What the binder has learnt of the same tables is kept: questions about them come in rows. */
  const globalsOf = (tables: readonly TableSchema[]): MsGlobals => {
    const key = JSON.stringify(tables.map(({ name, columns }) => [name, columns]));
    if (last?.key !== key) last = { key, globals: declare(Language, tables) };
    return last.globals;
  };
  return {
    parse: (text, tables, edits = []) =>
      guarded(text, tables, () => {
        const globals = globalsOf(tables.filter(isHoldable));
        const read = (all: readonly Edit[]) => {
          const edited = editText(text, all);
          const root = bind(Language, edited.text, globals);
          return toPlainSyntax(Bridge, Language, root, edited.toOriginal);
        };
        const written = read(edits);
        const expanded = expandPlugins(text, written, EXPANSIONS);
        const syntax = expanded.length > 0 ? read([...edits, ...expanded]) : written;
        refuseUnholdable(text, syntax.diagnostics, tables);
        return syntax;
      }),
    outline: (text) =>
      guarded(text, [], () => {
        const root = parseAlone(Language, text, Language.GlobalState.Default);
        return toPlainSyntax(Bridge, Language, root, (span) => span);
      }),
  };
}

/** Of an uncaught exception the script would be printed, 4 MB on one line: only its message leaves. */
function guarded<T>(text: string, tables: readonly TableSchema[], work: () => T): T {
  assertParsable(text, refuseIn(text));
  try {
    return work();
  } catch (error) {
    if (error instanceof CliError) throw error;
    refuseUnholdable(text, [{ span: { start: 0, end: text.length } }], tables);
    throw new CliError('unsupported', 'The KQL parser gave up on this query.', {
      kql: wholeOf(text),
      ...(error instanceof Error && { original: firstLine(error.message) }),
    });
  }
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

function wholeOf(text: string): { readonly text: string; readonly span: Span } {
  return { text, span: { start: 0, end: text.length } };
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

function parseAlone({ Parsing }: Language, text: string, globals: MsGlobals): MsNode {
  const options = globals.ParseOptions.WithAlwaysProduceEndTokens(true);
  const tokens = Parsing.TokenParser.ParseTokens(text, options);
  return Parsing.QueryParser.ParseQuery(tokens, 0, options);
}

function bind(language: Language, text: string, globals: MsGlobals): MsNode {
  const { Binding, Syntax, Utils } = language;
  if (language.KustoCode.GetKind(text) !== language.Editor.CodeKinds.Query) {
    throw new CliError('usage', 'What begins with a dot is a management command, not a query.', {
      kql: wholeOf(text),
    });
  }
  try {
    const root = parseAlone(language, text, globals);
    const tree = new Syntax.SyntaxTree(root);
    const cache = new Binding.LocalBindingCache();
    const token = new Utils.CancellationToken();
    if (!Binding.Binder.TryBind(tree, globals, cache, null, token)) {
      refuseIn(text)('a query that is nested so deeply', wholeOf(text).span);
    }
    return root;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // TypeError: an internal is not where it was
    return language.KustoCode.ParseAndAnalyze(text, globals).Syntax;
  }
}
