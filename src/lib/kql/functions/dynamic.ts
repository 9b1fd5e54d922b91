import { convert, jsonElement } from '../convert.js';
import { withPlainReals } from '../literal.js';
import type { Operand } from '../operand.js';
import { quoteText } from '../print-sql.js';
import type { CallFacts, Rule } from '../rule.js';

/**
 * A member of a bag or array, as JSON text. Text inside a string is not looked into: that takes
 * `parse_json`. JSON's null is Kusto's.
 */
function element([base, key]: readonly Operand[], call: CallFacts): string {
  if (!base || !key) return call.refuse(call.name, call.span);
  return `nullif(CAST(json_extract(${base.sql}, ${pathTo(key)}) AS VARCHAR), 'null')`;
}

/** The JSON path of one member: by name in a bag, by place in an array, from its end if negative. */
export function pathTo(key: Operand): string {
  const { literal } = key;
  if (typeof literal === 'string') return quoteText(`$${memberPath(literal)}`);
  if (typeof literal === 'bigint' || typeof literal === 'number') {
    return quoteText(`$${indexPath(literal)}`);
  }
  if (key.type === 'string') return `('$."' || ${key.sql} || '"')`;
  const place = convert(key, 'long').sql;
  return `(CASE WHEN ${place} < 0 THEN '$[#' || ${place} || ']' ELSE '$[' || ${place} || ']' END)`;
}

export function memberPath(name: string): string {
  return `."${name}"`;
}

export function indexPath(index: number | bigint): string {
  return index < 0 ? `[#${index}]` : `[${index}]`;
}

function pack(args: readonly Operand[], call: CallFacts): string {
  if (args.length % 2 !== 0) return call.refuse(`${call.name}()`, call.span);
  const pairs = Array.from({ length: args.length / 2 }, (_, index) => {
    const [name, value] = [args[index * 2], args[index * 2 + 1]];
    if (!name || !value) return '';
    return `CAST(to_json(${convert(name, 'string').sql}) AS VARCHAR) || ':' || ${jsonElement(value)}`;
  });
  return `('{' || ${pairs.join(` || ',' || `) || "''"} || '}')`;
}

function packArray(args: readonly Operand[]): string {
  return `('[' || ${args.map(jsonElement).join(` || ',' || `) || "''"} || ']')`;
}

const arrayLength: Rule = {
  args: ['dynamic'],
  sql: `CASE WHEN starts_with($1, '[') THEN CAST(json_array_length($1) AS BIGINT) END`,
};

/** Reads text. A value that is dynamic already stays as it is, a string inside it too. */
const parseJson: Rule = {
  args: ['any'],
  sql: ([value], call) => {
    if (!value) return call.refuse(call.name, call.span);
    if (value.type !== 'string') return convert(value, 'dynamic').sql;
    const isConstant = typeof value.literal === 'string' && isJson(value.literal);
    return `kql_parse_json(${isConstant ? quoteText(withPlainReals(String(value.literal))) : value.sql})`;
  },
};

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // a text that is its own value
  }
}

/** The type's name; of a dynamic value what JSON says. */
function getType([value]: readonly Operand[], call: CallFacts): string {
  if (!value) return call.refuse(call.name, call.span);
  return value.type === 'dynamic' ? `kql_dynamic_type(${value.sql})` : quoteText(value.type);
}

export const DYNAMIC: Readonly<Record<string, Rule>> = {
  HasElements: { args: ['dynamic'], sql: "coalesce($1 NOT IN ('[]', '{}'), true)", isTotal: true },
  Element: { args: ['dynamic', 'any'], sql: element },
  gettype: { args: ['any'], sql: getType },
  parse_json: parseJson,
  parsejson: parseJson,
  todynamic: parseJson,
  toobject: parseJson,
  array_length: arrayLength,
  arraylength: arrayLength,
  pack: { args: ['any'], sql: pack, isTotal: true },
  bag_pack: { args: ['any'], sql: pack, isTotal: true },
  pack_dictionary: { args: ['any'], sql: pack, isTotal: true },
  pack_array: { args: ['any'], sql: packArray, isTotal: true },
  bag_keys: {
    args: ['dynamic'],
    sql: `CASE WHEN starts_with($1, '{') THEN CAST(to_json(json_keys($1)) AS VARCHAR) END`,
  },
};
