import type { KustoType } from '../model/table.js';

/** Where a column is in a file: under which name and as which type of DuckDB; or the same text in every row. */
export type StoredColumn =
  | { readonly name: string; readonly type: string }
  | { readonly text: string };

/**
 * How this tool writes a Kusto type, as a type of DuckDB. Times are ticks; `JSON TEXT` is text that is known
 * to be compact JSON, where `VARCHAR` may hold anything.
 */
export const CARRIERS: Readonly<Record<KustoType, string>> = {
  bool: 'BOOLEAN',
  int: 'INTEGER',
  long: 'BIGINT',
  real: 'DOUBLE',
  decimal: 'DECIMAL(38, 18)',
  datetime: 'BIGINT',
  timespan: 'BIGINT',
  guid: 'UUID',
  string: 'VARCHAR',
  dynamic: 'JSON TEXT',
};

/** The name under which this tool keeps the KQL types of a Parquet file's columns, in its metadata. */
export const PARQUET_KEY = 'aml-monitor';

/** SQL for no value of a type: a string is never null. */
export function nothing(type: KustoType): string {
  if (type === 'string') return "''";
  return `CAST(NULL AS ${type === 'dynamic' ? 'VARCHAR' : CARRIERS[type]})`;
}

/**
 * SQL that makes the carrier of a Kusto type of a stored value. What already is the carrier costs nothing, so
 * that DuckDB prunes by it.
 *
 * @param sql the stored value
 * @param stored its DuckDB type, as DESCRIBE names it; or `JSON TEXT`, `JSON OR TEXT` (a bag, perhaps written as a
 * text), `TRUTH TEXT` (a truth in any case)
 */
export function fromStored(sql: string, stored: string, type: KustoType): string {
  const from = stored.replace(/\(.*/s, '');
  switch (type) {
    case 'string':
      return `coalesce(${toText(sql, stored)}, '')`;
    case 'dynamic':
      return toJson(sql, stored);
    case 'datetime':
      return toInstant(sql, from);
    case 'timespan':
      if (from === 'VARCHAR') return `kql_totimespan(${sql})`;
      if (from === 'INTERVAL' || from === 'TIME') return `epoch_us(${sql}) * 10`;
      return sql;
    case 'bool':
      if (from === 'BOOLEAN') return sql;
      return from === 'VARCHAR' ? `kql_tobool(${sql})` : `(${sql} <> 0)`;
    case 'int':
    case 'long':
      return toInteger(sql, from, type);
    case 'real':
      if (from === 'DOUBLE') return sql;
      return from === 'VARCHAR' ? `kql_toreal(${sql})` : `CAST(${sql} AS DOUBLE)`;
    case 'decimal':
      return stored === CARRIERS.decimal ? sql : `TRY_CAST(${sql} AS ${CARRIERS.decimal})`;
    case 'guid':
      return from === 'UUID' ? sql : `TRY_CAST(${sql} AS UUID)`;
  }
}

/** The converted value, or a failed query where there is a text that cannot be converted. */
export function checked(converted: string, sql: string, type: KustoType): string {
  if (type === 'string' || type === 'dynamic') return converted;
  return `coalesce(${converted}, CASE WHEN ${sql} <> '' THEN error('no ${type}: ' || ${sql}) END)`;
}

function toText(sql: string, stored: string): string {
  if (stored === 'VARCHAR') return sql;
  if (stored === 'BOOLEAN') return `CASE WHEN ${sql} THEN 'True' WHEN NOT ${sql} THEN 'False' END`;
  if (stored === 'TRUTH TEXT') {
    return `CASE lower(${sql}) WHEN 'true' THEN 'True' WHEN 'false' THEN 'False' ELSE ${sql} END`;
  }
  if (stored === 'JSON') return `json_extract_string(${sql}, '$')`;
  if (stored === 'BLOB') return `decode(${sql})`;
  if (stored === 'DOUBLE') return `kql_real_text(${sql})`;
  return isNested(stored) ? toJson(sql, stored) : `CAST(${sql} AS VARCHAR)`;
}

function toJson(sql: string, stored: string): string {
  if (stored === CARRIERS.dynamic) return sql;
  if (stored === 'JSON') return `CAST(${sql} AS VARCHAR)`;
  if (stored === 'JSON OR TEXT') {
    // Some write a bag as a text of JSON.
    const text = `CAST(${sql} AS VARCHAR)`;
    return `CASE WHEN starts_with(${text}, '"') THEN kql_parse_json(json_extract_string(${sql}, '$')) ELSE ${text} END`;
  }
  if (stored === 'VARCHAR') return `kql_parse_json(${sql})`;
  return `CAST(to_json(${sql}) AS VARCHAR)`;
}

function isNested(stored: string): boolean {
  return stored.endsWith(']') || /^(STRUCT|MAP|UNION|VARIANT)\b/.test(stored);
}

function toInstant(sql: string, from: string): string {
  switch (from) {
    case 'VARCHAR':
      return `kql_todatetime(${sql})`;
    case 'TIMESTAMP':
    case 'TIMESTAMP WITH TIME ZONE':
      return `kql_ticks(${sql})`;
    case 'TIMESTAMP_NS':
      return `(epoch_ns(${sql}) // 100 + 621355968000000000)`;
    case 'TIMESTAMP_MS':
    case 'TIMESTAMP_S':
    case 'DATE':
      return `kql_ticks(CAST(${sql} AS TIMESTAMP))`;
    default:
      return `CAST(${sql} AS BIGINT)`;
  }
}

function toInteger(sql: string, from: string, type: 'int' | 'long'): string {
  if (from === CARRIERS[type]) return sql;
  if (from === 'VARCHAR') return `kql_to${type}(${sql})`;
  if (from === 'DOUBLE' || from === 'FLOAT') return `kql_real_to${type}(${sql})`;
  if (from === 'DECIMAL') return `TRY_CAST(trunc(${sql}) AS ${CARRIERS[type]})`;
  return `TRY_CAST(${sql} AS ${CARRIERS[type]})`;
}
