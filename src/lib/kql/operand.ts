import type { Cell, KustoType } from '../model/table.js';
import { quoteText } from './print-sql.js';

/** A value as SQL, in the carrier of its type: see `carrierOf`. */
export interface Operand {
  readonly sql: string;
  readonly type: KustoType;
  /** Whether it can be NULL. A string never is. */
  readonly isNullable: boolean;
  /** A dynamic value as text, where that is shorter than what `sql` makes of it first. May be NULL. */
  readonly textSql?: string;
  /** Of a text, or what may be one: the JSON text of the column that it stands in. */
  readonly partOf?: string;
  /** Of a column of a file: the same in the file's own terms. */
  readonly stored?: StoredForm | undefined;
  /** What it is, if the query spells it out. */
  readonly literal?: Cell;
}

/** A column as its file holds it: SQL, and DuckDB's type. A text may be null. */
export interface StoredForm {
  readonly sql: string;
  readonly type: 'VARCHAR' | 'TIMESTAMP' | 'TIMESTAMP WITH TIME ZONE';
}

/** The SQL type that holds values of a Kusto type. Times are ticks, dynamic is compact JSON text. */
export function carrierOf(type: KustoType): string {
  return CARRIERS[type];
}

const CARRIERS: Readonly<Record<KustoType, string>> = {
  bool: 'BOOLEAN',
  int: 'INTEGER',
  long: 'BIGINT',
  real: 'DOUBLE',
  decimal: 'DECIMAL(38, 18)',
  datetime: 'BIGINT',
  timespan: 'BIGINT',
  guid: 'UUID',
  string: 'VARCHAR',
  dynamic: 'VARCHAR',
};

export function literalOperand(type: KustoType, value: Cell): Operand {
  return { sql: literalSql(type, value), type, isNullable: value === null, literal: value };
}

function literalSql(type: KustoType, value: Cell): string {
  if (value === null) return type === 'string' ? "''" : `CAST(NULL AS ${carrierOf(type)})`;
  switch (type) {
    case 'bool':
    case 'int':
    case 'long':
    case 'datetime':
    case 'timespan':
      return String(value);
    case 'real': {
      if (!Number.isFinite(value)) return `CAST('${value}' AS DOUBLE)`;
      const digits = String(value);
      return digits.includes('e') ? digits : `${digits}e0`;
    }
    case 'decimal':
    case 'guid':
      return `CAST(${quoteText(String(value))} AS ${carrierOf(type)})`;
    case 'string':
    case 'dynamic':
      return quoteText(String(value));
  }
}
