import { convert } from './convert.js';
import type { Column, Range, Scalar, Scan, Shared, Values } from './ir.js';
import type { Lowering } from './lower.js';
import { lowerScalar } from './lower-scalar.js';
import { carrierOf } from './operand.js';
import { EMPTY_SELECT, hidden, quoteName, type Select, type SelectColumn } from './print-sql.js';

export function lowerScan({ table, columns, ingested }: Scan, lowering: Lowering): Select {
  lowering.reads(table);
  const sqlNames = lowering.columnNames(table);
  const shown = columns.map(({ id }, index): SelectColumn => {
    const name = sqlNames[index] ?? '';
    const stored = lowering.storedForm?.(table, name);
    return { id, sql: quoteName(name), isPlain: true, stored };
  });
  return {
    ...EMPTY_SELECT,
    columns: ingested ? [...shown, hidden(ingested, quoteName(ingested.name))] : shown,
    from: quoteName(lowering.tableName(table)),
  };
}

export function lowerShared({ of, columns }: Shared, lowering: Lowering): Select {
  const table = lowering.share(of);
  return {
    ...EMPTY_SELECT,
    columns: columns.map(({ id }, index) => ({
      id,
      sql: table.columns[index] ?? '',
      isPlain: true,
    })),
    from: table.name,
  };
}

export function lowerValues({ columns, rows }: Values, lowering: Lowering): Select {
  if (columns.length === 0) return EMPTY_SELECT;
  const context = lowering.contextOf(EMPTY_SELECT);
  const cell = (value: Scalar | undefined, { type }: Column) => {
    const sql = value ? convert(lowerScalar(value, context), type).sql : 'NULL';
    return type === 'string' ? sql : `CAST(${sql} AS ${carrierOf(type)})`;
  };
  const lines = rows.map(
    (row) => `(${columns.map((column, index) => cell(row[index], column)).join(', ')})`,
  );
  const nothing = columns.map(({ type }) => `CAST(NULL AS ${carrierOf(type)})`).join(', ');
  const source = lines.length > 0 ? `VALUES ${lines.join(', ')}` : `SELECT ${nothing} LIMIT 0`;
  const names = columns.map(lowering.nameOf);
  return {
    ...EMPTY_SELECT,
    columns: columns.map(({ id }, index) => ({ id, sql: names[index] ?? '', isPlain: true })),
    from: `(${source}) AS "rows" (${names.join(', ')})`,
  };
}

export function lowerRange({ from, to, step, columns }: Range, lowering: Lowering): Select {
  const [column] = columns;
  if (!column) return EMPTY_SELECT;
  const context = lowering.contextOf(EMPTY_SELECT);
  const isReal = column.type === 'real';
  const type = column.type === 'int' ? 'long' : column.type;
  const stepType = type === 'datetime' ? 'timespan' : type;
  const [first, last, size] = [
    convert(lowerScalar(from, context), type).sql,
    convert(lowerScalar(to, context), type).sql,
    convert(lowerScalar(step, context), stepType).sql,
  ];
  // A step of nothing counts nothing.
  const counter = isReal
    ? `generate_series(0, CAST(floor((${last} - ${first}) / nullif(${size}, 0) + 1e-9) AS BIGINT))`
    : `generate_series(${first}::BIGINT, ${last}::BIGINT, nullif(${size}, 0)::BIGINT)`;
  const name = quoteName('i');
  const value = isReal ? `(${first} + ${name} * ${size})` : name;
  const sql = `CAST(${value} AS ${carrierOf(column.type)})`;
  return {
    ...EMPTY_SELECT,
    columns: [{ id: column.id, sql, isPlain: false }],
    from: `${counter} AS "counter" (${name})`,
  };
}
