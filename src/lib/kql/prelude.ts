import { MAX_DATETIME_TICKS } from '../model/ticks.js';

/** .NET's text of a timespan: `[-][d.]hh:mm[:ss[.fffffff]]`. Days come last: `00:00:10` has none. */
const CLOCK =
  '^\\s*(-?)(?:(\\d+)[.:])??([01]?\\d|2[0-3]):([0-5]?\\d)(?::([0-5]?\\d)(?:[.](\\d{1,7}))?)?\\s*$';

const IPV4 = '^\\s*(\\d{1,3})[.](\\d{1,3})[.](\\d{1,3})[.](\\d{1,3})(?:/(\\d{1,2}))?\\s*$';

const ISO_8601 =
  '\\d{4}-\\d{1,2}-\\d{1,2}([T ]+\\d{1,2}:\\d{2}(:\\d{2}([.]\\d{1,9})?)?)?\\s*(Z|[+-]\\d{2}(:?\\d{2})?)?';

/** What DuckDB takes for a number of JSON. */
const NO_JSON = '\\s*[-+]?(?i:nan|inf|infinity)\\s*';

/** RFC 822, RFC 850, ISO 8601 with a zone of RFC 822, and the American way. */
const OTHER_DATES = [
  ...['%a, %d %b %Y %H:%M:%S', '%d %b %Y %H:%M:%S', '%A, %d-%b-%y %H:%M:%S'].flatMap((format) => [
    `${format} GMT`,
    `${format} UTC`,
    format,
  ]),
  ...['%Y-%m-%d %H:%M', '%Y-%m-%d %H:%M:%S', '%Y-%m-%dT%H:%M', '%Y-%m-%dT%H:%M:%S'].map(
    (format) => `${format} GMT`,
  ),
  ...['%m/%d/%Y', '%m/%d/%Y %H:%M', '%m/%d/%Y %H:%M:%S', '%m/%d/%Y %H:%M:%S.%f'],
  ...['%m/%d/%Y %I:%M %p', '%m/%d/%Y %I:%M:%S %p'],
]
  .map((format) => `'${format}'`)
  .join(', ');

/**
 * Macros that every connection starts with: conversions that are long to spell out. DuckDB expands a macro as
 * text, so one that needs its argument often binds it with `once`: nested they would grow beyond measure.
 */
export const PRELUDE: readonly string[] = [
  // Two's complement, as Kusto's integers wrap: of HUGEINT, which holds the product of two longs, and of a long.
  `kql_wrap(h) AS CAST(((h + 9223372036854775808) & 18446744073709551615) - 9223372036854775808 AS BIGINT)`,
  `kql_wrap32(l) AS CAST(xor(l & 4294967295, 2147483648) - 2147483648 AS INTEGER)`,

  `kql_trim(s) AS trim(s, chr(9) || chr(10) || chr(13) || ' ')`,
  `kql_toreal(s) AS ${once(
    'kql_trim(s)',
    `CASE WHEN regexp_full_match(x, '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?') THEN TRY_CAST(x AS DOUBLE)
     WHEN lower(x) IN ('nan', '+inf', '-inf', 'inf', 'infinity', '-infinity') THEN TRY_CAST(lower(x) AS DOUBLE) END`,
  )}`,
  `kql_tolong(s) AS ${integer('BIGINT')}`,
  `kql_toint(s) AS ${integer('INTEGER')}`,
  `kql_tobool(s) AS CASE lower(kql_trim(s)) WHEN 'true' THEN true WHEN 'false' THEN false ELSE kql_tolong(s) <> 0 END`,
  `kql_real_tolong(r) AS ${saturated('BIGINT', '9223372036854775807', '-9223372036854775808')}`,
  `kql_real_toint(r) AS ${saturated('INTEGER', '2147483647', '-2147483648')}`,
  `kql_real_text(r) AS ${once(
    'r',
    `CASE WHEN isnan(x) THEN 'NaN' WHEN x = 'inf' THEN 'Infinity' WHEN x = '-inf' THEN '-Infinity'
     ELSE CAST(x AS VARCHAR) END`,
  )}`,
  `kql_decimal_text(d) AS regexp_replace(regexp_replace(CAST(d AS VARCHAR), '0+$', ''), '[.]$', '')`,

  // dynamic: compact JSON text. A string inside loses its quotes, everything else is its text. Of all that JSON may
  // start with only the quote sorts before '#', and DuckDB compares faster than it calls functions.
  `kql_dynamic_text(j) AS CASE WHEN j < '#' THEN json_extract_string(j, '$') ELSE j END`,
  // The same where rows are filtered by it. DuckDB has the reader of a file filter only by what cannot fail, for which it
  // takes every lambda; whatever it filters by later it reads with all its rows first.
  `kql_searched_text(j) AS CASE WHEN j < '#' THEN ${once('j', "json_extract_string(x, '$')")} ELSE j END`,
  `kql_dynamic_tolong(s) AS ${once('s', `coalesce(kql_tolong(x), kql_real_tolong(kql_toreal(x)), ${truth()})`)}`,
  `kql_dynamic_toint(s) AS ${once('s', `coalesce(kql_toint(x), kql_real_toint(kql_toreal(x)), ${truth()})`)}`,
  `kql_dynamic_toreal(s) AS ${once('s', `coalesce(kql_toreal(x), ${truth()})`)}`,
  `kql_dynamic_tobool(s) AS ${once('s', 'coalesce(kql_tobool(x), kql_toreal(x) <> 0)')}`,
  `kql_parse_json(s) AS ${once(
    's',
    `CASE WHEN x = '' THEN NULL
     WHEN json_valid(x) AND NOT (length(x) < 12 AND regexp_full_match(x, '${NO_JSON}'))
     THEN nullif(CAST(json(x) AS VARCHAR), 'null')
     ELSE CAST(to_json(x) AS VARCHAR) END`,
  )}`,
  `kql_dynamic_type(j) AS ${once(
    'j',
    `CASE WHEN x IS NULL THEN 'null' WHEN starts_with(x, '{') THEN 'dictionary' WHEN starts_with(x, '[') THEN 'array'
     WHEN starts_with(x, '"') THEN 'string' WHEN x IN ('true', 'false') THEN 'bool'
     WHEN regexp_matches(x, '[.eE]') THEN 'double' ELSE 'long' END`,
  )}`,
  `kql_real_json(r) AS CASE WHEN isfinite(r) THEN kql_real_text(r) ELSE '"' || kql_real_text(r) || '"' END`,
  `kql_elements(j) AS ${once('j', elements())}`,
  `kql_expand(j) AS ${once('j', expand("'{'", "':'", "'}'"))}`,
  `kql_expand_pairs(j) AS ${once('j', expand("'['", "','", "']'"))}`,

  // Members of bags, as names and JSON texts; what is no bag has none. Of a name met twice the first counts.
  `kql_members(j) AS CASE WHEN starts_with(j, '{') THEN list_zip(json_keys(j), CAST(json_extract(j, '$.*') AS VARCHAR[])) ELSE [] END`,
  `kql_bag(ms) AS ${once(
    "{ 'all': ms, 'names': list_transform(ms, lambda p: p[1]) }",
    `'{' || array_to_string(list_transform(list_filter(x.all, lambda p, i: list_position(x.names, p[1]) = i),
       lambda p: CAST(to_json(p[1]) AS VARCHAR) || ':' || p[2]), ',') || '}'`,
  )}`,

  // Addresses as numbers, and how many of their bits a prefix keeps: 32 without one.
  `kql_ipv4(s) AS ${once(
    `regexp_extract(s, '${IPV4}', ['a', 'b', 'c', 'd', 'length'])`,
    `CASE WHEN x.a <> '' AND greatest(x.a::INTEGER, x.b::INTEGER, x.c::INTEGER, x.d::INTEGER) <= 255
     THEN ((x.a::BIGINT * 256 + x.b::BIGINT) * 256 + x.c::BIGINT) * 256 + x.d::BIGINT END`,
  )}`,
  `kql_ipv4_suffix(s) AS ${once(
    `regexp_extract(s, '${IPV4}', ['a', 'b', 'c', 'd', 'length'])`,
    `CASE WHEN x.a <> '' AND coalesce(TRY_CAST(x.length AS INTEGER), 32) <= 32
     THEN coalesce(TRY_CAST(x.length AS BIGINT), 32) END`,
  )}`,

  // Times: ticks of 100 ns. Before the year 1 and after 9999 there are none. Takes HUGEINT.
  `kql_instant(h) AS CAST(nullif(nullif(greatest(least(h, ${MAX_DATETIME_TICKS + 1n}), -1), -1), ${MAX_DATETIME_TICKS + 1n}) AS BIGINT)`,
  `kql_timestamp(t) AS make_timestamp(t // 10 - 62135596800000000)`,
  `kql_ticks(ts) AS epoch_us(ts) * 10 + 621355968000000000`,
  `kql_datetime_text(t) AS ${once(
    't',
    `strftime(kql_timestamp(x), '%Y-%m-%dT%H:%M:%S.') || lpad(CAST(x % 10000000 AS VARCHAR), 7, '0') || 'Z'`,
  )}`,
  `kql_timespan_text(t) AS ${once(
    't::HUGEINT',
    `CASE WHEN x < 0 THEN '-' ELSE '' END
     || CASE WHEN abs(x) >= 864000000000 THEN CAST(abs(x) // 864000000000 AS VARCHAR) || '.' ELSE '' END
     || lpad(CAST(abs(x) // 36000000000 % 24 AS VARCHAR), 2, '0') || ':'
     || lpad(CAST(abs(x) // 600000000 % 60 AS VARCHAR), 2, '0') || ':'
     || lpad(CAST(abs(x) // 10000000 % 60 AS VARCHAR), 2, '0')
     || CASE WHEN x % 10000000 = 0 THEN '' ELSE '.' || lpad(CAST(abs(x) % 10000000 AS VARCHAR), 7, '0') END`,
  )}`,
  // DuckDB reads microseconds and drops the rest: the seventh digit is added.
  `kql_todatetime(s) AS ${once(
    'kql_trim(s)',
    `CASE WHEN regexp_full_match(x, '${ISO_8601}') THEN kql_instant(
       (TRY(kql_ticks(CAST(TRY_CAST(x AS TIMESTAMPTZ) AS TIMESTAMP)))
       + coalesce(TRY_CAST(regexp_extract(x, '[.][0-9]{6}([0-9])', 1) AS BIGINT), 0))::HUGEINT)
     WHEN regexp_full_match(x, '\\d{4}(-\\d{1,2})?') THEN TRY(kql_ticks(make_timestamp(
       CAST(left(x, 4) AS BIGINT), coalesce(TRY_CAST(substring(x, 6) AS BIGINT), 1), 1, 0, 0, 0)))
     WHEN regexp_matches(x, '[0-9]') THEN TRY(kql_ticks(try_strptime(x, [${OTHER_DATES}]))) END`,
  )}`,
  `kql_totimespan(s) AS ${once(
    `{ 'text': s, 'of': regexp_extract(s, '${CLOCK}', ['sign', 'days', 'hours', 'minutes', 'seconds', 'ticks']) }`,
    `CASE WHEN x.of.hours <> '' THEN TRY_CAST(CASE x.of.sign WHEN '-' THEN -1 ELSE 1 END * (
       ${number('x.of.days')}::HUGEINT * 864000000000 + ${number('x.of.hours')} * 36000000000
       + ${number('x.of.minutes')} * 600000000 + ${number('x.of.seconds')} * 10000000
       + ${number("rpad(x.of.ticks, 7, '0')")}) AS BIGINT) ELSE TRY(kql_tolong(x.text) * 864000000000) END`,
  )}`,
];

/** `body` over `x`, which is worked out once. */
function once(value: string, body: string): string {
  return `list_transform([${value}], lambda x: ${body})[1]`;
}

function integer(type: string): string {
  return once(
    'kql_trim(s)',
    `CASE WHEN regexp_full_match(x, '[+-]?[0-9]+|0[xX][0-9a-fA-F]+') THEN TRY_CAST(x AS ${type}) END`,
  );
}

/** A real cut to an integer; beyond its range the nearest there is, for NaN and infinity null. */
function saturated(type: string, max: string, min: string): string {
  return once(
    'r',
    `CASE WHEN isfinite(x) THEN coalesce(TRY_CAST(trunc(x) AS ${type}), CASE WHEN x > 0 THEN ${max} ELSE ${min} END) END`,
  );
}

function number(sql: string): string {
  return `coalesce(TRY_CAST(${sql} AS BIGINT), 0)`;
}

function truth(): string {
  return `CASE x WHEN 'true' THEN 1 WHEN 'false' THEN 0 END`;
}

/** The elements of an array; anything else is one element. */
/** The members of a bag, each between two brackets; else the elements. */
function expand(open: string, between: string, close: string): string {
  return `CASE WHEN starts_with(x, '{')
     THEN list_transform(list_zip(json_keys(x), CAST(json_extract(x, '$.*') AS VARCHAR[])),
       lambda p: ${open} || CAST(to_json(p[1]) AS VARCHAR) || ${between} || p[2] || ${close})
     ELSE ${elements()} END`;
}

function elements(): string {
  return `CASE WHEN starts_with(x, '[') THEN CAST(json_extract(x, '$[*]') AS VARCHAR[]) ELSE [x] END`;
}
