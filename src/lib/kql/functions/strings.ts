import { convert } from '../convert.js';
import type { Operand } from '../operand.js';
import { quoteText } from '../print-sql.js';
import type { CallFacts, Rule } from '../rule.js';

/** Where a text begins, from 0; -1 if nowhere, null of nothing. A start below 0 counts from the end. */
function indexOf(args: readonly Operand[], call: CallFacts): string {
  const [text, part, start, length, occurrence] = args;
  if (!text || !part) return call.refuse(call.name, call.span);
  const find = (sql: string) => `strpos(${sql}, nullif(${part.sql}, ''))`;
  if (!start) return `CAST(${find(text.sql)} - 1 AS BIGINT)`;
  const limits = `${start.sql}, ${length?.sql ?? '-1'}, ${occurrence?.sql ?? '1'}`;
  return `script_indexof(${text.sql}, ${part.sql}, ${limits})`;
}

/** The same of a pattern. Each match is taken with what stands before it, so that places add up. */
function indexOfRegex(args: readonly Operand[], call: CallFacts): string {
  const [text, pattern, start, length, occurrence] = args;
  if (!text || !pattern) return call.refuse(call.name, call.span);
  const [from, size, nth] = [start?.sql ?? '0', length?.sql ?? '-1', occurrence?.sql ?? '1'];
  const all = `substring(${text.sql}, ${from} + 1)`;
  const range = length ? `CASE WHEN ${size} < 0 THEN ${all} ELSE left(${all}, ${size}) END` : all;
  const matches = (group: number) =>
    `regexp_extract_all(${range}, '(?s:(.*?))(?:' || ${pattern.sql} || ')', ${group})`;
  const before = `coalesce(list_sum(list_transform(${matches(0)}[1:${nth} - 1], lambda x: length(x))), 0)`;
  const place = `${before} + length(${matches(1)}[${nth}]) + ${from}`;
  return `CASE WHEN ${from} >= 0 AND ${size} >= -1 AND ${nth} >= 0 THEN CAST(coalesce(${place}, -1) AS BIGINT) END`;
}

/** All matches: of one group its texts, of several an array for each match. Null if there are none. */
function extractAll(args: readonly Operand[], call: CallFacts): string {
  const [pattern, chosen, source] = args.length === 3 ? args : [args[0], undefined, args[1]];
  const text = source && convert(source, 'string');
  if (!text || typeof pattern?.literal !== 'string') {
    return call.refuse('a computed pattern', call.span);
  }
  const names = namesOfGroups(pattern.literal);
  const groups = chosen ? chosenGroups(chosen, names, call) : names.map((_, at) => at + 1);
  if (groups.length === 0) return call.refuse('extract_all() without a group', call.span);
  const of = (group: number) => `regexp_extract_all(${text.sql}, ${pattern.sql}, ${group})`;
  const [only] = groups;
  const found =
    groups.length === 1 && only !== undefined
      ? `to_json(${of(only)})`
      : `to_json(list_transform(list_zip(${groups.map(of).join(', ')}), lambda x: [${groups.map((_, at) => `coalesce(x[${at + 1}], '')`).join(', ')}]))`;
  return `CASE WHEN regexp_matches(${text.sql}, ${pattern.sql}) THEN CAST(${found} AS VARCHAR) END`;
}

/** Up to four parts, each with eight digits; missing ones are 0. */
function parseVersion([text]: readonly Operand[], call: CallFacts): string {
  if (!text) return call.refuse(call.name, call.span);
  const part = (index: number) =>
    `lpad(CAST(coalesce(TRY_CAST(string_split(${text.sql}, '.')[${index}] AS BIGINT), 0) AS VARCHAR), 8, '0')`;
  const digits = [1, 2, 3, 4].map(part).join(' || ');
  return `CASE WHEN regexp_full_match(${text.sql}, '\\d{1,8}([.]\\d{1,8}){0,3}') THEN CAST(${digits} AS DECIMAL(38, 0)) END`;
}

/** The fields of the first record; quotes keep commas and line ends, two of them are one. */
function parseCsv([text]: readonly Operand[], call: CallFacts): string {
  if (!text) return call.refuse(call.name, call.span);
  const line = `regexp_extract(${text.sql}, '^(?:"(?:[^"]|"")*"|[^"\\r\\n])*')`;
  // With a comma before it each field has one, so that no match is empty.
  const fields = `regexp_extract_all(',' || ${line}, ',("(?:[^"]|"")*"|[^,]*)', 1)`;
  const bare = `CASE WHEN starts_with(x, '"') THEN replace(substring(x, 2, length(x) - 2), '""', '"') ELSE x END`;
  return `CAST(to_json(list_transform(${fields}, lambda x: ${bare})) AS VARCHAR)`;
}

/** Each character of the first text becomes the one at its place in the second, or its last one. */
function translate([from, to, text]: readonly Operand[], call: CallFacts): string {
  if (!text || typeof from?.literal !== 'string' || typeof to?.literal !== 'string') {
    return call.refuse('translate() of computed characters', call.span);
  }
  const [source, target] = [[...from.literal], [...to.literal]];
  const padded = source.map((_, index) => target[index] ?? target.at(-1) ?? '').join('');
  return `translate(${text.sql}, ${quoteText(from.literal)}, ${quoteText(padded)})`;
}

function chosenGroups(
  { literal }: Operand,
  names: readonly (string | undefined)[],
  call: CallFacts,
): readonly number[] {
  const chosen: unknown = typeof literal === 'string' ? JSON.parse(literal) : undefined;
  if (!Array.isArray(chosen)) return call.refuse('computed groups', call.span);
  return chosen.map((group: unknown) => {
    const number = typeof group === 'string' ? names.indexOf(group) + 1 : Number(group);
    return number >= 1 && number <= names.length
      ? number
      : call.refuse(`the group ${group} of this pattern`, call.span);
  });
}

/** The groups of a pattern that keep what they match: their names, undefined for those without. */
function namesOfGroups(pattern: string): readonly (string | undefined)[] {
  const bare = pattern.replaceAll(/\\.|\[\^?\]?[^\]]*\]|\(\?(?!P?<)/gs, '');
  return [...bare.matchAll(/\((?:\?P?<([^>]*)>)?/g)].map(([, name]) => name);
}

const allMatches: Rule = { args: ['string', 'any', 'string'], sql: extractAll };

const toCodes: Rule = {
  args: ['string'],
  sql: "CAST(to_json(list_transform(regexp_extract_all($1, '(?s).'), lambda x: unicode(x))) AS VARCHAR)",
};

const fromCodes: Rule = {
  args: ['any'],
  sql: (args) => {
    const codes = args.map((code) => `kql_elements(${convert(code, 'dynamic').sql})`);
    return `array_to_string(list_transform(flatten([${codes.join(', ')}]), lambda x: chr(kql_toint(x))), '')`;
  },
};

const joined: Rule = {
  args: ['dynamic', 'string'],
  sql: "array_to_string(list_transform(json_extract_string($1, '$[*]'), lambda x: coalesce(x, '')), $2)",
};

export const STRINGS: Readonly<Record<string, Rule>> = {
  strlen: { args: ['string'], sql: 'length($1)' },
  string_size: { args: ['string'], sql: 'strlen($1)' },
  tolower: { args: ['string'], sql: 'lower($1)' },
  toupper: { args: ['string'], sql: 'upper($1)' },
  // DuckDB keeps letters and their accents together; Kusto turns characters around.
  reverse: {
    args: ['string'],
    sql: "CASE WHEN length($1) = strlen($1) THEN reverse($1) ELSE array_to_string(list_reverse(regexp_extract_all($1, '(?s).')), '') END",
  },
  strcat: {
    args: ['string'],
    sql: (args) => `(${args.map(({ sql }) => sql).join(' || ')})`,
  },
  strcat_delim: {
    args: ['string'],
    sql: ([delimiter, ...parts]) =>
      `concat_ws(${delimiter?.sql}, ${parts.map(({ sql }) => sql).join(', ')})`,
  },
  substring: {
    args: ['string', 'long'],
    sql: ([text, start, length], call) => {
      if (!text || !start) return call.refuse(call.name, call.span);
      const size = length ? `, greatest(${length.sql}, 0)` : '';
      const isForward = typeof start.literal === 'bigint' && start.literal >= 0n;
      if (isForward) return `substring(${text.sql}, ${start.sql} + 1${size})`;
      // A negative start counts from the end; beyond the first character there is nothing.
      return `CASE WHEN ${start.sql} >= 0 THEN substring(${text.sql}, ${start.sql} + 1${size})
        WHEN -${start.sql} <= length(${text.sql})
        THEN substring(${text.sql}, length(${text.sql}) + ${start.sql} + 1${size}) ELSE '' END`;
    },
  },
  replace_string: { args: ['string'], sql: 'replace($1, $2, $3)' },
  replace_regex: { args: ['string'], sql: "regexp_replace($1, $2, $3, 'g')" },
  replace: { args: ['string'], sql: "regexp_replace($1, $2, $3, 'g')" },
  trim: {
    args: ['string'],
    sql: "regexp_replace(regexp_replace($2, '^(' || $1 || ')', ''), '(' || $1 || ')$', '')",
  },
  trim_start: { args: ['string'], sql: "regexp_replace($2, '^(' || $1 || ')', '')" },
  trim_end: { args: ['string'], sql: "regexp_replace($2, '(' || $1 || ')$', '')" },
  split: {
    args: ['string', 'string', 'long'],
    sql: ([text, delimiter, index]) => {
      const parts = `string_split(${text?.sql}, ${delimiter?.sql})`;
      if (!index) return `CAST(to_json(${parts}) AS VARCHAR)`;
      const part = `${parts}[${index.sql} + 1]`;
      return `CASE WHEN ${index.sql} >= 0 AND ${part} IS NOT NULL THEN CAST(to_json([${part}]) AS VARCHAR) ELSE '[]' END`;
    },
  },
  indexof: { args: ['string', 'string', 'long', 'long', 'long'], sql: indexOf },
  indexof_regex: { args: ['string', 'string', 'long', 'long', 'long'], sql: indexOfRegex },
  regex_quote: { args: ['string'], sql: 'regexp_escape($1)' },
  replace_strings: {
    args: ['string', 'dynamic', 'dynamic'],
    sql: 'script_replace_strings($1, $2, $3)',
  },
  extract: {
    args: ['string', 'long', 'string', 'any'],
    sql: ([pattern, group, text], call) => {
      if (group?.literal === undefined) return call.refuse('a computed group', call.span);
      const found = `regexp_extract(${text?.sql}, ${pattern?.sql}, ${group.sql})`;
      return convert({ sql: found, type: 'string', isNullable: false }, call.type).sql;
    },
  },
  extract_all: allMatches,
  extractall: allMatches,
  countof: {
    args: ['string'],
    sql: ([text, part, kind], call) => {
      if (!text || !part) return call.refuse(call.name, call.span);
      if (kind && kind.literal !== 'normal' && kind.literal !== 'regex') {
        return call.refuse('countof() with a computed kind', call.span);
      }
      if (kind?.literal === 'regex') {
        return `CAST(len(regexp_extract_all(${text.sql}, ${part.sql})) AS BIGINT)`;
      }
      // Each place counts, also where two overlap.
      return `CAST(CASE WHEN ${part.sql} = '' THEN 0 ELSE len(list_filter(range(length(${text.sql})),
        lambda kql_item: starts_with(substring(${text.sql}, kql_item + 1), ${part.sql}))) END AS BIGINT)`;
    },
  },
  isutf8: { args: ['string'], sql: 'true' },
  isascii: { args: ['string'], sql: '(length($1) = strlen($1))' },
  unicode_codepoints_from_string: toCodes,
  to_utf8: toCodes,
  unicode_codepoints_to_string: fromCodes,
  make_string: fromCodes,
  parse_version: { args: ['string'], sql: parseVersion },
  parse_csv: { args: ['string'], sql: parseCsv },
  translate: { args: ['string'], sql: translate },
  strcmp: {
    args: ['string'],
    sql: '(CASE WHEN $1 < $2 THEN -1 WHEN $1 > $2 THEN 1 ELSE 0 END)',
  },
  strrep: {
    args: ['string', 'long', 'string'],
    sql: ([text, times, delimiter]) =>
      delimiter
        ? `array_to_string(list_resize([${text?.sql}], greatest(${times?.sql}, 0), ${text?.sql}), ${delimiter.sql})`
        : `repeat(${text?.sql}, ${times?.sql})`,
  },
  strcat_array: joined,
  array_strcat: joined,
};
