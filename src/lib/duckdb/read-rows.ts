import type { Column, KustoType } from '../model/table.js';
import { CARRIERS, fromStored, nothing, type StoredColumn } from './stored.js';

/** Files whose rows are alike. */
export interface FileRows {
  readonly format: 'jsonl' | 'parquet' | 'csv';
  readonly files: readonly string[];
  /**
   * Where the columns are, by their KQL names; a column that is not here has no value in any row. Without it the
   * files hold exactly the columns, under their names: JSON lines with `datetime` as ISO text of up to 7 digits,
   * `timespan` in .NET "c" form, `dynamic` as any JSON value, a missing member as null; Parquet in `CARRIERS`.
   */
  readonly stored?: Readonly<Record<string, StoredColumn>>;
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
    .map((rows) => `SELECT ${selected(rows, columns, shown)} FROM ${reader(rows, columns)}`);
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
  const typed = columns.map(({ name, type }) => {
    const place = stored[name];
    const sql = place ? placed(place, type) : nothing(type);
    return `${sql} AS ${quoteName(name)}`;
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

function placed(place: StoredColumn, type: KustoType): string {
  if ('text' in place) return fromStored(quoteText(place.text), 'VARCHAR', type);
  return fromStored(quoteName(place.name), place.type, type);
}

function storedOf({ format, stored }: FileRows, columns: readonly Column[]) {
  const types = format === 'parquet' ? CARRIERS : JSON_TYPES;
  return (
    stored ??
    Object.fromEntries(
      columns.map(({ name, type }): [string, StoredColumn] => [name, { name, type: types[type] }]),
    )
  );
}

function reader(rows: FileRows, columns: readonly Column[]): string {
  const { format, files } = rows;
  const paths = `[${files.map((file) => quoteText(escapeGlob(file))).join(', ')}]`;
  if (format === 'parquet') return `read_parquet(${paths})`;
  const members = Object.values(storedOf(rows, columns))
    .flatMap((place) => ('text' in place ? [] : [place]))
    .map(({ name, type }) => `${quoteText(name)}: ${quoteText(type)}`);
  const shape = `columns = {${[...new Set(members)].join(', ')}}`;
  if (format === 'csv') return `read_csv(${paths}, header = true, ${shape})`;
  return `read_json(${paths}, format = 'newline_delimited', ${shape}, maximum_object_size = 67108864)`;
}

/**
 * What DuckDB's JSON reader makes of a member. Of a dynamic value it keeps names, order and texts, but it
 * writes numbers anew: `1e5` becomes `100000.0`, `0.1000` becomes `0.1`; only whole numbers beyond 64 bits
 * stay as they are. Kusto does not keep such digits either: it holds a long or a real.
 */
const JSON_TYPES: Readonly<Record<KustoType, string>> = {
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

function escapeGlob(path: string): string {
  return path.replaceAll(/[[*?]/g, '[$&]');
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
