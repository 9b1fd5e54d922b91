import type { Column, KustoType } from '../model/table.js';
import { quoteName, quotePaths, quoteText } from './quote.js';
import { CARRIERS, checked, fromStored, nothing, type StoredColumn } from './stored.js';

/** Files whose rows are alike. `json` is one array of objects; `answer` what the query API sends. */
export type FileRows = RowPlaces &
  (
    | { readonly format: 'jsonl' | 'json' | 'parquet' }
    | { readonly format: 'csv'; readonly delimiter: string; readonly header: readonly string[] }
    | {
        readonly format: 'answer';
        /** Which of its tables, from 1 on, and what that calls its columns. */
        readonly table: number;
        readonly header: readonly string[];
      }
  );

interface RowPlaces {
  readonly files: readonly string[];
  /**
   * Where the columns are, by their KQL names; a column that is not here has no value in any row. Without it the
   * files hold exactly the columns, under their names: JSON lines with `datetime` as ISO text of up to 7 digits,
   * `timespan` in .NET "c" form, `dynamic` as any JSON value, a missing member as null; Parquet in `CARRIERS`.
   */
  readonly stored?: Readonly<Record<string, StoredColumn>>;
  /** Of the rows those that have this text in this column of the file. */
  readonly only?: { readonly name: string; readonly type: string; readonly text: string };
  /** A text that cannot be of its column's type fails the query, where else it would be null. */
  readonly isChecked?: boolean;
}

/** Rows before the first instant or from the last on are left out. In ticks; null: no border. */
export interface TicksRange {
  readonly column: string;
  readonly from: bigint | null;
  readonly to: bigint | null;
}

/**
 * SQL that reads files, one set behind the other, as one typed table: strings never null, times as ticks, dynamic
 * as compact JSON text. Nothing is read before the SQL runs; no file is an empty table.
 */
export function readRows(
  sets: readonly FileRows[],
  columns: readonly Column[],
  range?: TicksRange,
): string {
  const shown = storedTypes(sets, columns);
  const selects = sets
    .filter(({ files }) => files.length > 0)
    .map((rows) => {
      const where = rows.only
        ? ` WHERE ${quoteName(rows.only.name)} = ${quoteText(rows.only.text)}`
        : '';
      return `SELECT ${selected(rows, columns, shown)} FROM ${reader(rows, columns)}${where}`;
    });
  if (selects.length === 0) {
    const empty = columns.map(({ name, type }) => `${nothing(type)} AS ${quoteName(name)}`);
    return `SELECT ${empty.join(', ')} LIMIT 0`;
  }
  const conditions = range
    ? [
        ...(range.from === null ? [] : [`${quoteName(range.column)} >= ${range.from}`]),
        ...(range.to === null ? [] : [`${quoteName(range.column)} < ${range.to}`]),
      ]
    : [];
  const rows = selects.join(' UNION ALL ');
  return conditions.length > 0 ? `SELECT * FROM (${rows}) WHERE ${conditions.join(' AND ')}` : rows;
}

function selected(rows: FileRows, columns: readonly Column[], shown: StoredTypes): string {
  const stored = storedOf(rows, columns);
  const typed = columns.map((column) => {
    const place = stored[column.name];
    const sql = place ? placed(place, column, rows) : nothing(column.type);
    return `${sql} AS ${quoteName(column.name)}`;
  });
  const raw = columns.flatMap(({ name }) => {
    const place = stored[name];
    if (!(name in shown) || !place || 'text' in place) return [];
    return `${quoteName(place.name)} AS ${quoteName(asStored(name))}`;
  });
  return [...typed, ...raw].join(', ');
}

/** DuckDB's types of the columns that a view also shows as the file holds them, by their KQL names. */
export type StoredTypes = Readonly<Record<string, StoredType>>;
type StoredType = 'VARCHAR' | 'TIMESTAMP' | 'TIMESTAMP WITH TIME ZONE';

const FORMS: Readonly<Partial<Record<KustoType, readonly StoredType[]>>> = {
  string: ['VARCHAR'],
  datetime: ['TIMESTAMP', 'TIMESTAMP WITH TIME ZONE'],
};

/** The name of a column of the view that shows what the file holds. */
export function asStored(name: string): string {
  return `${name} as stored`;
}

/**
 * Columns that `readRows` also shows as they are stored: those that Parquet has statistics of, but which have to be
 * made what the engine keeps. Of several sets none, for they may differ.
 */
export function storedTypes(sets: readonly FileRows[], columns: readonly Column[]): StoredTypes {
  const [rows, ...others] = sets.filter(({ files }) => files.length > 0);
  if (rows?.format !== 'parquet' || others.length > 0) return {};
  const names = new Set(columns.map(({ name }) => name.toLowerCase()));
  const stored = storedOf(rows, columns);
  return Object.fromEntries(
    columns.flatMap(({ name, type }): [string, StoredType][] => {
      const place = stored[name];
      if (!place || 'text' in place || names.has(asStored(name).toLowerCase())) return [];
      const form = (FORMS[type] ?? []).find((one) => one === place.type);
      return form ? [[name, form]] : [];
    }),
  );
}

function placed(place: StoredColumn, { type }: Column, { isChecked = false }: FileRows): string {
  if ('text' in place) return fromStored(quoteText(place.text), 'VARCHAR', type);
  const name = quoteName(place.name);
  const sql = fromStored(name, place.type, type);
  return isChecked && place.type === 'VARCHAR' ? checked(sql, name, type) : sql;
}

function storedOf(
  { format, stored }: FileRows,
  columns: readonly Column[],
): Readonly<Record<string, StoredColumn>> {
  const types = format === 'parquet' ? CARRIERS : JSON_TYPES;
  return (
    stored ??
    Object.fromEntries(columns.map(({ name, type }) => [name, { name, type: types[type] }]))
  );
}

/** A member in two columns is read once; what is only filtered by is read too. */
function members(rows: FileRows, columns: readonly Column[]): ReadonlyMap<string, string> {
  const places = Object.values(storedOf(rows, columns)).flatMap((place) =>
    'text' in place ? [] : [place],
  );
  return new Map(
    [...places, ...(rows.only ? [rows.only] : [])].map(({ name, type }) => [name, type]),
  );
}

function reader(rows: FileRows, columns: readonly Column[]): string {
  const paths = quotePaths(rows.files);
  switch (rows.format) {
    case 'parquet':
      return `read_parquet(${paths}, hive_partitioning = false)`;
    case 'csv':
      return readCsv(paths, rows);
    case 'answer':
      return readAnswer(paths, rows);
    default: {
      const format = rows.format === 'jsonl' ? 'newline_delimited' : 'array';
      const shape = [...members(rows, columns)].map(
        ([name, type]) => `${quoteText(name)}: ${quoteText(READ_AS[type] ?? type)}`,
      );
      return `read_json(${paths}, format = '${format}', columns = {${shape.join(', ')}}, ${JSON_OPTIONS})`;
    }
  }
}

/** How every file of JSON is read: objects of up to 64 MB. */
export const JSON_OPTIONS = 'maximum_object_size = 67108864, hive_partitioning = false';

/** A CSV as RFC 4180 writes it, all values as text, an empty one as null. */
export function readCsv(
  paths: string,
  csv: { readonly delimiter: string; readonly header: readonly string[] },
  options = '',
): string {
  const shape = csv.header.map((name) => `${quoteText(name)}: 'VARCHAR'`).join(', ');
  return `read_csv(${paths}, auto_detect = false, header = true, delim = ${quoteText(csv.delimiter)},
    quote = '"', escape = '"', columns = {${shape}}, max_line_size = 67108864, hive_partitioning = false${options})`;
}

/** The rows of an answer of the query API, all values as text. */
function readAnswer(
  paths: string,
  { table, header }: { readonly table: number; readonly header: readonly string[] },
): string {
  const values = header.map((name, index) => `"row"[${index + 1}]->>'$' AS ${quoteName(name)}`);
  return `(SELECT ${values.join(', ')} FROM (SELECT unnest("tables"[${table}]."rows") AS "row" FROM read_json(${paths},
    format = 'unstructured', columns = {'tables': 'STRUCT("rows" JSON[][])[]'}, ${ANSWER_OPTIONS})))`;
}

/** An answer is one object of up to 64 MB of rows, more with its frame and escapes. */
export const ANSWER_OPTIONS = 'maximum_object_size = 536870912, hive_partitioning = false';

/**
 * What DuckDB's JSON reader makes of a member. Of a dynamic value it keeps names, order and texts, but it
 * writes numbers anew: `1e5` becomes `100000.0`, `0.1000` becomes `0.1`; only whole numbers beyond 64 bits
 * stay as they are. Kusto does not keep such digits either: it holds a long or a real.
 */
export const JSON_TYPES: Readonly<Record<KustoType, string>> = {
  bool: 'BOOLEAN',
  int: 'INTEGER',
  long: 'BIGINT',
  real: 'DOUBLE',
  decimal: 'VARCHAR',
  datetime: 'VARCHAR',
  timespan: 'VARCHAR',
  guid: 'VARCHAR',
  string: 'VARCHAR',
  dynamic: 'JSON',
};

const READ_AS: Readonly<Record<string, string>> = {
  'JSON OR TEXT': 'JSON',
  'TRUTH TEXT': 'VARCHAR',
};
