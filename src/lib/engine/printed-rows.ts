import { convert } from '../kql/convert.js';
import { quoteName } from '../kql/print-sql.js';
import type { Column } from '../model/table.js';
import { UNIX_EPOCH_TICKS } from '../model/ticks.js';

/**
 * SQL that prints each row of a query as a JSON array, as bytes of UTF-8: numbers and truths bare, NaN and the
 * infinities as texts, a decimal as the text of its digits, times as ISO 8601 with the digits that they need, lengths of
 * time in .NET's "c" form, dynamic values as JSON within a text. DuckDB does so many times faster than this process
 * could from single cells.
 *
 * @param sql a query whose columns are in the carriers of their types
 */
export function printedRows(sql: string, columns: readonly Column[]): string {
  const names = columns.map((_, index) => quoteName(`column${index}`));
  const cells = columns.map(({ type }, index) => printed(names[index] ?? '', type));
  const source = names.length > 0 ? `(${sql}) AS printed (${names.join(', ')})` : `(${sql})`;
  return `SELECT encode(CAST(json_array(${cells.join(', ')}) AS VARCHAR)) FROM ${source}`;
}

function printed(sql: string, type: Column['type']): string {
  switch (type) {
    case 'bool':
    case 'int':
    case 'long':
    case 'dynamic':
      return sql;
    case 'string':
      return `coalesce(${sql}, '')`;
    case 'guid':
      return `CAST(${sql} AS VARCHAR)`;
    case 'real': {
      const name = `CASE WHEN isnan(${sql}) THEN 'NaN' WHEN ${sql} > 0 THEN 'Infinity' ELSE '-Infinity' END`;
      return `CASE WHEN isfinite(${sql}) THEN to_json(${sql}) WHEN ${sql} IS NOT NULL THEN to_json(${name}) END`;
    }
    case 'decimal': {
      const digits = `CAST(${sql} AS VARCHAR)`;
      return `CASE WHEN contains(${digits}, '.') THEN rtrim(rtrim(${digits}, '0'), '.') ELSE ${digits} END`;
    }
    case 'datetime':
      return printedInstant(sql);
    case 'timespan':
      return `nullif(${convert({ sql, type, isNullable: true }, 'string').sql}, '')`;
  }
}

const TICKS_PER_SECOND = 10_000_000n;

function printedInstant(ticks: string): string {
  const seconds = `${ticks} // ${TICKS_PER_SECOND} - ${UNIX_EPOCH_TICKS / TICKS_PER_SECOND}`;
  const whole = `replace(CAST(make_timestamp((${seconds}) * 1000000) AS VARCHAR), ' ', 'T')`;
  const rest = `${ticks} % ${TICKS_PER_SECOND}`;
  const fraction = `rtrim(lpad(CAST(${rest} AS VARCHAR), 7, '0'), '0')`;
  return `${whole} || CASE WHEN ${rest} = 0 THEN 'Z' ELSE '.' || ${fraction} || 'Z' END`;
}
