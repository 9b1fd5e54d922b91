import type { KustoType } from '../model/table.js';
import { literalValue } from './literal.js';
import { carrierOf, literalOperand, type Operand } from './operand.js';

/** The same value in another type, as Kusto's `to…()` functions convert; null where that is impossible. */
export function convert(operand: Operand, to: KustoType): Operand {
  const { sql, type: from, literal } = operand;
  if (from === to) return operand;
  if (literal === null) return literalOperand(to, to === 'string' ? '' : null);
  if (literal !== undefined && from === 'string' && to !== 'dynamic') {
    const value = literalValue(to, String(literal));
    if (value !== undefined) return literalOperand(to, value);
  }
  if (literal !== undefined && to === 'real' && (from === 'int' || from === 'long')) {
    return literalOperand('real', Number(literal));
  }
  if (literal !== undefined && to === 'long' && from === 'int') {
    return literalOperand('long', BigInt(String(literal)));
  }
  if (
    typeof literal === 'number' &&
    to === 'long' &&
    from === 'real' &&
    Math.abs(literal) >= 2 ** 63 &&
    Number.isFinite(literal)
  ) {
    // A constant is converted by other code than a column: beyond the range lies the smallest long.
    return literalOperand('long', -(2n ** 63n));
  }
  const converted = from === 'dynamic' ? fromDynamic(operand, to) : conversion(sql, from, to);
  const isNullable = to !== 'string';
  return {
    sql: isNullable ? converted : mend(converted, operand),
    type: to,
    isNullable,
    ...(to === 'string' && operand.partOf !== undefined && { partOf: operand.partOf }),
  };
}

function mend(sql: string, operand: Operand): string {
  return operand.isNullable ? `coalesce(${sql}, '')` : sql;
}

function conversion(sql: string, from: KustoType, to: KustoType): string {
  if (to === 'dynamic') return toJson(sql, from);
  if (from === 'guid' && to !== 'string') return `CAST(NULL AS ${carrierOf(to)})`;
  switch (to) {
    case 'string':
      return toText(sql, from);
    case 'bool':
      return from === 'string' ? `kql_tobool(${sql})` : `(${sql} <> 0)`;
    case 'int':
    case 'long': {
      if (from === 'string') return `kql_to${to}(${sql})`;
      if (from === 'real') return `kql_real_to${to}(${sql})`;
      if (from === 'decimal') return `TRY_CAST(trunc(${sql}) AS ${carrierOf(to)})`;
      if (from === 'long') return `kql_wrap32(${sql})`;
      return `TRY_CAST(${sql} AS ${carrierOf(to)})`;
    }
    case 'real':
      if (from === 'string') return `kql_toreal(${sql})`;
      return `CAST(${sql} AS DOUBLE)`;
    case 'decimal':
      return `TRY_CAST(${sql} AS ${carrierOf(to)})`;
    case 'datetime':
      if (from === 'string') return `kql_todatetime(${sql})`;
      return `kql_instant(${toTicks(sql, from)}::HUGEINT)`;
    case 'timespan':
      return from === 'string' ? `kql_totimespan(${sql})` : toTicks(sql, from);
    case 'guid':
      return `TRY_CAST(CAST(${sql} AS VARCHAR) AS UUID)`;
  }
}

/** A number is a count of ticks. */
function toTicks(sql: string, from: KustoType): string {
  return from === 'real' ? `kql_real_tolong(${sql})` : `CAST(${sql} AS BIGINT)`;
}

function toText(sql: string, from: KustoType): string {
  switch (from) {
    case 'bool':
      return `CASE WHEN ${sql} THEN 'True' WHEN NOT ${sql} THEN 'False' END`;
    case 'real':
      return `kql_real_text(${sql})`;
    case 'datetime':
      return `kql_datetime_text(${sql})`;
    case 'timespan':
      return `kql_timespan_text(${sql})`;
    case 'decimal':
      return `kql_decimal_text(${sql})`;
    default:
      return `CAST(${sql} AS VARCHAR)`;
  }
}

function fromDynamic({ sql, textSql }: Operand, to: KustoType): string {
  const text = textSql ?? `kql_dynamic_text(${sql})`;
  switch (to) {
    case 'string':
      return text;
    case 'bool':
      return `kql_dynamic_tobool(${text})`;
    case 'int':
    case 'long':
      return `kql_dynamic_to${to}(${text})`;
    case 'real':
      return `kql_dynamic_toreal(${text})`;
    case 'datetime':
      return `kql_todatetime(${text})`;
    case 'timespan':
      return `kql_totimespan(${text})`;
    default:
      return `TRY_CAST(${text} AS ${carrierOf(to)})`;
  }
}

/** JSON text of a value, as it stands inside an array or bag; `null` for null. */
export function jsonElement(operand: Operand): string {
  return `coalesce(${convert(operand, 'dynamic').sql}, 'null')`;
}

function toJson(sql: string, from: KustoType): string {
  switch (from) {
    case 'bool':
      return `CAST(${sql} AS VARCHAR)`;
    case 'real':
      return `kql_real_json(${sql})`;
    case 'int':
    case 'long':
      return `CAST(${sql} AS VARCHAR)`;
    case 'decimal':
      return `'"' || kql_decimal_text(${sql}) || '"'`;
    case 'string':
      return `CAST(to_json(${sql}) AS VARCHAR)`;
    case 'datetime':
      return `'"' || kql_datetime_text(${sql}) || '"'`;
    case 'timespan':
      return `'"' || kql_timespan_text(${sql}) || '"'`;
    default:
      return `'"' || CAST(${sql} AS VARCHAR) || '"'`;
  }
}
