import type { Rule } from '../rule.js';

export const STRINGS: Readonly<Record<string, Rule>> = {
  strlen: { args: ['string'], sql: 'length($1)' },
  string_size: { args: ['string'], sql: 'strlen($1)' },
  tolower: { args: ['string'], sql: 'lower($1)' },
  toupper: { args: ['string'], sql: 'upper($1)' },
  reverse: { args: ['string'], sql: 'reverse($1)' },
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
  indexof: {
    args: ['string', 'string', 'long'],
    sql: ([text, part, ...rest], call) =>
      rest.length > 0
        ? call.refuse('indexof() with a start', call.span)
        : `CAST(strpos(${text?.sql}, nullif(${part?.sql}, '')) - 1 AS BIGINT)`,
  },
  extract: {
    args: ['string', 'long', 'string'],
    sql: ([pattern, group, text, type], call) => {
      if (type) return call.refuse('extract() with a type', call.span);
      if (group?.literal === undefined) return call.refuse('a computed group', call.span);
      return `regexp_extract(${text?.sql}, ${pattern?.sql}, ${group.sql})`;
    },
  },
  countof: {
    args: ['string'],
    sql: ([text, part, kind], call) => {
      if (kind) return call.refuse('countof() with a kind', call.span);
      return `CAST(CASE WHEN ${part?.sql} = '' THEN 0 ELSE (length(${text?.sql}) - length(replace(${text?.sql}, ${part?.sql}, ''))) // length(${part?.sql}) END AS BIGINT)`;
    },
  },
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
  strcat_array: {
    args: ['dynamic', 'string'],
    sql: "array_to_string(list_transform(json_extract_string($1, '$[*]'), lambda x: coalesce(x, '')), $2)",
  },
};
