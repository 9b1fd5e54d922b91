/**
 * Macros that every connection starts with: conversions that are long to spell out. An argument is used
 * once where it can be, since macros expand as text.
 */
export const PRELUDE: readonly string[] = [
  // Two's complement, as Kusto's integers wrap. Takes HUGEINT.
  `kql_wrap(x) AS CAST((((x + 9223372036854775808) % 18446744073709551616) + 18446744073709551616)
     % 18446744073709551616 - 9223372036854775808 AS BIGINT)`,
  `kql_wrap32(x) AS (((x::HUGEINT + 2147483648) % 4294967296) + 4294967296) % 4294967296 - 2147483648`,

  `kql_trim(s) AS trim(s, chr(9) || chr(10) || chr(13) || ' ')`,
  `kql_toreal(s) AS CASE WHEN regexp_full_match(kql_trim(s), '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?')
     THEN TRY_CAST(kql_trim(s) AS DOUBLE)
     WHEN lower(kql_trim(s)) IN ('nan', '+inf', '-inf', 'inf', 'infinity', '-infinity')
     THEN TRY_CAST(lower(kql_trim(s)) AS DOUBLE) END`,
  `kql_tolong(s) AS CASE WHEN regexp_full_match(kql_trim(s), '[+-]?[0-9]+|0[xX][0-9a-fA-F]+')
     THEN TRY_CAST(kql_trim(s) AS BIGINT) END`,
  `kql_toint(s) AS CASE WHEN regexp_full_match(kql_trim(s), '[+-]?[0-9]+|0[xX][0-9a-fA-F]+')
     THEN TRY_CAST(kql_trim(s) AS INTEGER) END`,
  `kql_tobool(s) AS CASE lower(kql_trim(s)) WHEN 'true' THEN true WHEN 'false' THEN false ELSE kql_tolong(s) <> 0 END`,
  `kql_real_tolong(x) AS CASE WHEN isfinite(x) THEN coalesce(TRY_CAST(trunc(x) AS BIGINT),
     CASE WHEN x > 0 THEN 9223372036854775807 ELSE -9223372036854775808 END) END`,
  `kql_real_toint(x) AS CASE WHEN isfinite(x) THEN coalesce(TRY_CAST(trunc(x) AS INTEGER),
     CASE WHEN x > 0 THEN 2147483647 ELSE -2147483648 END) END`,

  // dynamic: compact JSON text. A string inside loses its quotes, everything else is its text.
  `kql_dynamic_text(j) AS CASE WHEN starts_with(j, '"') THEN json_extract_string(j, '$') ELSE j END`,
  `kql_dynamic_tolong(s) AS coalesce(kql_tolong(s), kql_real_tolong(kql_toreal(s)),
     CASE s WHEN 'true' THEN 1 WHEN 'false' THEN 0 END)`,
  `kql_dynamic_toint(s) AS coalesce(kql_toint(s), kql_real_toint(kql_toreal(s)),
     CASE s WHEN 'true' THEN 1 WHEN 'false' THEN 0 END)`,
  `kql_dynamic_toreal(s) AS coalesce(kql_toreal(s), CASE s WHEN 'true' THEN 1 WHEN 'false' THEN 0 END)`,
  `kql_dynamic_tobool(s) AS coalesce(kql_tobool(s), kql_toreal(s) <> 0)`,
  `kql_parse_json(s) AS CASE WHEN s = '' THEN NULL WHEN json_valid(s) THEN nullif(CAST(json(s) AS VARCHAR), 'null')
     ELSE CAST(to_json(s) AS VARCHAR) END`,
  `kql_elements(j) AS CASE WHEN starts_with(j, '[') THEN CAST(json_extract(j, '$[*]') AS VARCHAR[]) ELSE [j] END`,
  `kql_expand(j) AS CASE WHEN starts_with(j, '{')
     THEN list_transform(list_zip(json_keys(j), CAST(json_extract(j, '$.*') AS VARCHAR[])),
       lambda p: '{' || CAST(to_json(p[1]) AS VARCHAR) || ':' || p[2] || '}')
     ELSE kql_elements(j) END`,
  `kql_real_json(x) AS CASE WHEN isfinite(x) THEN kql_real_text(x) ELSE '"' || kql_real_text(x) || '"' END`,

  `kql_real_text(x) AS CASE WHEN isnan(x) THEN 'NaN' WHEN isinf(x) THEN CASE WHEN x > 0 THEN 'Infinity'
     ELSE '-Infinity' END ELSE CAST(x AS VARCHAR) END`,
  `kql_decimal_text(x) AS regexp_replace(regexp_replace(CAST(x AS VARCHAR), '0+$', ''), '[.]$', '')`,

  // Times: ticks of 100 ns.
  `kql_timestamp(t) AS make_timestamp((t - 621355968000000000) // 10)`,
  `kql_ticks(ts) AS epoch_us(ts) * 10 + 621355968000000000`,
  `kql_datetime_text(t) AS strftime(kql_timestamp(t), '%Y-%m-%dT%H:%M:%S.')
     || lpad(CAST(t % 10000000 AS VARCHAR), 7, '0') || 'Z'`,
  `kql_timespan_text(t) AS CASE WHEN t < 0 THEN '-' ELSE '' END
     || CASE WHEN abs(t) >= 864000000000 THEN CAST(abs(t) // 864000000000 AS VARCHAR) || '.' ELSE '' END
     || lpad(CAST(abs(t) // 36000000000 % 24 AS VARCHAR), 2, '0') || ':'
     || lpad(CAST(abs(t) // 600000000 % 60 AS VARCHAR), 2, '0') || ':'
     || lpad(CAST(abs(t) // 10000000 % 60 AS VARCHAR), 2, '0')
     || CASE WHEN t % 10000000 = 0 THEN '' ELSE '.' || lpad(CAST(abs(t) % 10000000 AS VARCHAR), 7, '0') END`,
  // DuckDB reads microseconds and drops the rest: the seventh digit is added.
  `kql_todatetime(s) AS kql_ticks(CAST(TRY_CAST(s AS TIMESTAMPTZ) AS TIMESTAMP))
     + coalesce(TRY_CAST(regexp_extract(s, '[.][0-9]{6}([0-9])', 1) AS BIGINT), 0)`,
  `kql_totimespan(s) AS CASE
     WHEN regexp_full_match(kql_trim(s), '-?[0-9]+') THEN TRY(CAST(kql_trim(s) AS BIGINT) * 864000000000)
     WHEN regexp_full_match(kql_trim(s), '-?([0-9]+[.:])?([01]?[0-9]|2[0-3]):[0-5]?[0-9](:[0-5]?[0-9]([.][0-9]{1,7})?)?')
     THEN CASE WHEN starts_with(kql_trim(s), '-') THEN -1 ELSE 1 END * (
       coalesce(TRY_CAST(regexp_extract(s, '([0-9]+)[.:][0-9]{1,2}:[0-9]{1,2}(:|$)', 1) AS BIGINT), 0) * 864000000000
       + TRY_CAST(regexp_extract(s, '([0-9]{1,2}):[0-9]{1,2}(:[0-9]{1,2}([.][0-9]+)?)?\\s*$', 1) AS BIGINT) * 36000000000
       + TRY_CAST(regexp_extract(s, '[0-9]{1,2}:([0-9]{1,2})(:[0-9]{1,2}([.][0-9]+)?)?\\s*$', 1) AS BIGINT) * 600000000
       + coalesce(TRY_CAST(regexp_extract(s, ':[0-9]{1,2}:([0-9]{1,2})([.][0-9]+)?\\s*$', 1) AS BIGINT), 0) * 10000000
       + coalesce(TRY_CAST(rpad(regexp_extract(s, ':[0-9]{1,2}:[0-9]{1,2}[.]([0-9]+)\\s*$', 1), 7, '0') AS BIGINT), 0))
     END`,
];
