import { convert } from '../convert.js';
import type { Operand } from '../operand.js';
import { quoteText } from '../print-sql.js';
import type { CallFacts, Rule } from '../rule.js';

/** `$.a["b"][0]` as DuckDB writes it; undefined for what is no such path. */
function jsonPath(path: string): string | undefined {
  const steps = [...path.matchAll(/\.([^.['"\]]+)|\['([^']*)'\]|\["([^"]*)"\]|\[(\d+)\]/g)];
  if (!path.startsWith('$') || steps.map(([text]) => text).join('') !== path.slice(1)) {
    return undefined;
  }
  const names = steps.map(([, plain, single, double, place]) =>
    place === undefined ? `."${plain ?? single ?? double}"` : `[${place}]`,
  );
  return `$${names.join('')}`;
}

/** A member of a JSON text, as a value of the call's type. */
function extractJson([path, text]: readonly Operand[], call: CallFacts): string {
  const own = typeof path?.literal === 'string' ? jsonPath(path.literal) : undefined;
  if (!text || own === undefined) return call.refuse('this JSON path', call.span);
  const json = `kql_parse_json(${convert(text, 'string').sql})`;
  const found: Operand = {
    sql: `nullif(CAST(json_extract(${json}, ${quoteText(own)}) AS VARCHAR), 'null')`,
    type: 'dynamic',
    isNullable: true,
  };
  return convert(found, call.type).sql;
}

function commandLine([text, kind]: readonly Operand[], call: CallFacts): string {
  const isWindows = typeof kind?.literal === 'string' && kind.literal.toLowerCase() === 'windows';
  if (!isWindows) return call.refuse('a command line that is not of windows', call.span);
  return `script_parse_command_line(${text?.sql})`;
}

/** The value of a name among the pairs that a pattern of two groups finds. */
function ofPattern([text, name, pattern]: readonly Operand[]): string {
  const all = (group: number) =>
    `list_transform(regexp_extract_all(${text?.sql}, ${pattern?.sql}, ${group}), lambda x: trim(x))`;
  return `${all(2)}[list_position(${all(1)}, ${name?.sql})]`;
}

const parseUrl: Rule = { args: ['string'], sql: 'script_parse_url($1)' };
const parseUrlQuery: Rule = { args: ['string'], sql: 'script_parse_urlquery($1)' };
const extract: Rule = { args: ['string', 'any', 'any'], sql: extractJson };

/** Texts of other notations become bags and arrays. */
export const PARSERS: Readonly<Record<string, Rule>> = {
  KvOfPattern: { args: ['string'], sql: ofPattern },
  KvOfPlain: { args: ['string'], sql: 'regexp_extract($1, $3, 1)' },
  KvOfQuoted: { args: ['string'], sql: 'script_parse_kv($1, $2, $3)' },
  extract_json: extract,
  extractjson: extract,
  parse_command_line: { args: ['string'], sql: commandLine },
  parse_path: { args: ['string'], sql: 'script_parse_path($1)' },
  parse_url: parseUrl,
  parse_urlquery: parseUrlQuery,
  parse_xml: { args: ['string'], sql: 'script_parse_xml($1)' },
  parseurl: parseUrl,
  parseurlquery: parseUrlQuery,
};
