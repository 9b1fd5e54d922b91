import { access, constants } from 'node:fs/promises';
import { CliError } from '../errors.js';
import type { Column, KustoType } from '../model/table.js';

/** Rows before the first instant or from the last on are left out. In ticks; null: no border. */
export interface TicksRange {
  readonly column: string;
  readonly from: bigint | null;
  readonly to: bigint | null;
}

/**
 * SQL that reads files of JSON lines as one typed table: strings never null, times as ticks, dynamic as
 * compact JSON text. Nothing is read before the SQL runs; no file is an empty table.
 */
export function readJsonLines(
  files: readonly string[],
  columns: readonly Column[],
  range?: TicksRange,
): string {
  const selected = columns.map(({ name, type }) => {
    const sql = files.length > 0 ? FROM_JSON[type](quoteName(name)) : emptyValue(type);
    return `${sql} AS ${quoteName(name)}`;
  });
  const select = `SELECT ${selected.join(', ')}`;
  if (files.length === 0) return `${select} LIMIT 0`;
  const members = columns.map(({ name, type }) => `${quoteText(name)}: '${JSON_TYPE[type]}'`);
  const paths = files.map((file) => quoteText(escapeGlob(file))).join(', ');
  const rows = `${select} FROM read_json([${paths}], format = 'newline_delimited',
    columns = {${members.join(', ')}}, maximum_object_size = 67108864)`;
  const conditions = range
    ? [
        ...(range.from === null ? [] : [`${quoteName(range.column)} >= ${range.from}`]),
        ...(range.to === null ? [] : [`${quoteName(range.column)} < ${range.to}`]),
      ]
    : [];
  return conditions.length > 0 ? `SELECT * FROM (${rows}) WHERE ${conditions.join(' AND ')}` : rows;
}

/** @throws {CliError} `not-found` for the first file that cannot be read; DuckDB would speak of patterns */
export async function assertFiles(files: readonly string[]): Promise<void> {
  for (const file of files) {
    await access(file, constants.R_OK).catch((cause: unknown) => {
      throw new CliError('not-found', `The rows in ${file} cannot be read.`, {}, cause);
    });
  }
}

/**
 * What DuckDB's JSON reader makes of a member. Of a dynamic value it keeps names, order and texts, but it
 * writes numbers anew: `1e5` becomes `100000.0`, `0.1000` becomes `0.1`; only whole numbers beyond 64 bits
 * stay as they are. Kusto does not keep such digits either: it holds a long or a real.
 */
const JSON_TYPE: Readonly<Record<KustoType, string>> = {
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

const same = (name: string) => name;

const FROM_JSON: Readonly<Record<KustoType, (name: string) => string>> = {
  bool: same,
  int: same,
  long: same,
  real: same,
  decimal: (name) => `TRY_CAST(${name} AS DECIMAL(38, 18))`,
  datetime: (name) => `kql_todatetime(${name})`,
  timespan: (name) => `kql_totimespan(${name})`,
  guid: (name) => `TRY_CAST(${name} AS UUID)`,
  string: (name) => `coalesce(${name}, '')`,
  dynamic: (name) => `CAST(${name} AS VARCHAR)`,
};

function emptyValue(type: KustoType): string {
  const carrier = { ...JSON_TYPE, datetime: 'BIGINT', timespan: 'BIGINT', dynamic: 'VARCHAR' }[
    type
  ];
  return `CAST(NULL AS ${{ decimal: 'DECIMAL(38, 18)', guid: 'UUID' }[type as string] ?? carrier})`;
}

function escapeGlob(path: string): string {
  return path.replaceAll(/[[*?]/g, '[$&]');
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
