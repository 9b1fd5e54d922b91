import type { Span } from '../errors.js';
import type {
  BridgeRuntime,
  Language,
  MsDiagnostic,
  MsList,
  MsNode,
  MsSymbol,
} from './kusto-globals.js';
import type { BoundSyntax, Diagnostic, Statement } from './syntax.js';

/** Syntax of Microsoft's classes as plain objects, with its diagnostics. */
export function toPlainSyntax(
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

  /** Operators that add no column hand on the very type of the operator before them. */
  const types = new Map<MsSymbol, object>();

  function resultType(source: MsSymbol | null): object {
    if (!source) return { name: 'unknown' };
    const known = types.get(source);
    if (known) return known;
    const columns =
      source.Columns &&
      list(source.Columns).map(({ Name, Type }) => ({ name: Name, type: Type.Name }));
    const type = { name: source.Name, ...(columns && { columns }) };
    types.set(source, type);
    return type;
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
