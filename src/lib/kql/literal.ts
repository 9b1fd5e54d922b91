import type { Cell, KustoType } from '../model/table.js';
import { formatDatetime, formatTimespan, parseDatetime, parseTimespan } from '../model/ticks.js';
import type { Scalar } from './ir.js';
import { type Binder, scalarType } from './scope.js';
import type { Expression, FunctionParameter } from './syntax.js';

const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

/** The value that a literal's inner text means, in the carrier of its type; undefined if it means none. */
export function literalValue(type: KustoType, text: string): Cell | undefined {
  if (type !== 'string' && text.trim().toLowerCase() === 'null') return null;
  switch (type) {
    case 'string':
      return text;
    case 'bool':
      return { true: true, false: false, '1': true, '0': false }[text.trim().toLowerCase()];
    case 'int': {
      const value = parseInteger(text);
      return value === undefined || value !== BigInt.asIntN(32, value) ? undefined : Number(value);
    }
    case 'long': {
      const value = parseInteger(text);
      return value !== undefined && value >= LONG_MIN && value <= LONG_MAX ? value : undefined;
    }
    case 'real':
      return parseReal(text);
    case 'decimal':
      return /^[+-]?\d*\.?\d+(e[+-]?\d+)?$/i.test(text.trim()) ? text.trim() : undefined;
    case 'datetime':
      return parseDatetime(text);
    case 'timespan':
      return parseTimespan(text);
    case 'guid':
      return parseGuid(text);
    case 'dynamic':
      return undefined;
  }
}

/** The type of a column or parameter that the query declares. */
export function declaredType({ NameAndType, span }: FunctionParameter, binder: Binder): KustoType {
  return scalarType(NameAndType.Type.Type?.text) ?? binder.refuse('a name of this type', span);
}

/** The constant behind the `=` of a declaration, which has the declared type whatever it looks like. */
export function defaultOf(declaration: FunctionParameter, binder: Binder): Scalar | undefined {
  const { Value: node } = declaration.DefaultValue ?? {};
  if (!node) return undefined;
  const type = declaredType(declaration, binder);
  const isDynamic = node.kind === 'DynamicExpression';
  const isLiteral = /^(CompoundString)?LiteralExpression$/.test(node.kind) && 'value' in node;
  const value = isDynamic
    ? dynamicText(node.Expression, binder)
    : isLiteral
      ? literalValue(type, String(node.value))
      : undefined;
  if (value === undefined) return binder.refuse('this default', node.span);
  return { kind: 'literal', type, value, span: node.span };
}

function parseInteger(text: string): bigint | undefined {
  const match = /^([+-]?)\s*(\d+|0x[0-9a-f]+)$/i.exec(text.trim());
  if (!match) return undefined;
  const value = BigInt(match[2] ?? '0');
  return match[1] === '-' ? -value : value;
}

function parseReal(text: string): number | undefined {
  const word = text.trim().toLowerCase();
  if (word === 'nan') return Number.NaN;
  if (word === '+inf' || word === 'inf') return Number.POSITIVE_INFINITY;
  if (word === '-inf') return Number.NEGATIVE_INFINITY;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(word) ? Number(word) : undefined;
}

function parseGuid(text: string): string | undefined {
  const digits = text.replaceAll(/[-{}\s]/g, '').toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(digits)) return undefined;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Compact JSON text of what stands in `dynamic(…)`; null for `dynamic(null)`. */
export function dynamicText(node: Expression, binder: Binder): string | null {
  const text = jsonText(node, binder);
  return text === 'null' ? null : text;
}

function jsonText(node: Expression, binder: Binder): string {
  switch (node.kind) {
    case 'JsonObjectExpression': {
      const pairs = node.Pairs.map(
        ({ Name, Value }) => `${JSON.stringify(Name.value)}:${jsonText(Value, binder)}`,
      );
      return `{${pairs.join(',')}}`;
    }
    case 'JsonArrayExpression':
      return `[${node.Values.map((value) => jsonText(value, binder)).join(',')}]`;
    case 'DynamicExpression':
      return jsonText(node.Expression, binder);
    case 'CompoundStringLiteralExpression':
      return JSON.stringify(node.value);
    case 'PrefixUnaryExpression':
      return `-${jsonText(node.Expression, binder)}`;
    case 'LiteralExpression': {
      const type = node.type?.name;
      const text = node.value;
      if (type === 'null') return 'null';
      if (type === 'string' || type === 'guid') return JSON.stringify(text);
      if (type === 'datetime') return JSON.stringify(formatOr(text, parseDatetime, formatDatetime));
      if (type === 'timespan') return JSON.stringify(formatOr(text, parseTimespan, formatTimespan));
      if (/^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return withPlainReals(text);
      if (type === 'bool') return text.toLowerCase();
      if (type === 'real' || type === 'long') return JSON.stringify(Number(text));
      break;
    }
  }
  return binder.refuse('this value in dynamic()', node.span);
}

const STRING_OR_REAL = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** JSON whose reals are spelled as Kusto prints them, `1.5` for `1.50`: those that it prints without an exponent. */
export function withPlainReals(json: string): string {
  return json.replaceAll(STRING_OR_REAL, (token) => {
    if (token.startsWith('"') || !/[.e]/i.test(token)) return token;
    const value = Number(token);
    const size = Math.abs(value);
    if (size < 1e-4 || size >= 1e15) return token;
    return Number.isInteger(value) ? value.toFixed(1) : String(value);
  });
}

function formatOr(
  text: string,
  parse: (text: string) => bigint | undefined,
  format: (ticks: bigint) => string,
): string {
  const ticks = parse(text);
  return ticks === undefined ? text : format(ticks);
}
