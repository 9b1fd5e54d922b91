import { ask, type Connection } from '../../duckdb/ask.js';
import { type FoundFile, readStart } from '../../duckdb/find-files.js';
import { parquetColumns, type StoredAs } from '../../duckdb/parquet-columns.js';
import { quoteName, quotePaths, quoteText } from '../../duckdb/quote.js';
import { ANSWER_OPTIONS, type FileRows, JSON_OPTIONS, readCsv } from '../../duckdb/read-rows.js';
import { CliError } from '../../errors.js';
import { type Column, KUSTO_TYPES, type KustoType } from '../../model/table.js';
import type { CutReason } from '../engine.js';

/** How rows are in a file. Files with equal layouts are read as one. */
export type Layout =
  | { readonly format: 'parquet'; readonly columns: readonly StoredAs[] }
  | { readonly format: 'jsonl' }
  | { readonly format: 'json' }
  | { readonly format: 'csv'; readonly delimiter: string; readonly header: readonly string[] }
  | {
      readonly format: 'answer';
      readonly table: number;
      readonly header: readonly string[];
      readonly columns: readonly StoredAs[];
      /** Why Azure sent less than was asked for; null: it sent all. */
      readonly cut: CutReason | null;
    };

/** @throws {CliError} `usage` if the file is not what its name says */
export async function lookInto(
  file: FoundFile,
  connection: Connection,
): Promise<readonly Layout[]> {
  if (file.kind === 'parquet') return [await lookIntoParquet(file, connection)];
  const start = await readStart(file);
  if (start.trim() === '') return [];
  if (file.kind === 'csv') return [lookIntoCsv(file, start)];
  if (/^\s*\[/.test(start)) return [{ format: 'json' }];
  if (/^\s*\{\s*"tables"\s*:/.test(start)) return lookIntoAnswer(file, connection);
  return [{ format: 'jsonl' }];
}

async function lookIntoParquet(file: FoundFile, connection: Connection): Promise<Layout> {
  const columns = await understood(file, 'Parquet', () => parquetColumns([file.path], connection));
  return { format: 'parquet', columns };
}

/** A line of headings, as RFC 4180 has it; between them stands the sign that is there most. */
function lookIntoCsv(file: FoundFile, start: string): Layout {
  const line = /^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(start)?.[0] ?? '';
  const bare = line.replaceAll(/"(?:[^"]|"")*"/g, '');
  const count = (sign: string) => bare.split(sign).length;
  const delimiter = [',', ';', '\t', '|'].reduce((a, b) => (count(b) > count(a) ? b : a));
  const header = line.split(new RegExp(`[${delimiter}](?=(?:[^"]*"[^"]*")*[^"]*$)`)).map((text) => {
    const trimmed = text.trim();
    return trimmed.startsWith('"') ? trimmed.slice(1, -1).replaceAll('""', '"') : trimmed;
  });
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined) unfit(file, 1, `the heading "${twice}" is there twice`);
  if (header.includes('')) unfit(file, 1, 'a column has no heading');
  return { format: 'csv', delimiter, header };
}

async function lookIntoAnswer(file: FoundFile, connection: Connection) {
  const shape = `'tables': 'STRUCT("columns" STRUCT("name" VARCHAR, "type" VARCHAR)[])[]', 'error': 'JSON'`;
  const rows = await understood(file, 'JSON', () =>
    ask(
      connection,
      `SELECT t."columns" AS "columns", "error" FROM (SELECT unnest("tables") AS t, "error" FROM read_json(${quotePaths([file.path])},
       format = 'unstructured', columns = {${shape}}, ${ANSWER_OPTIONS}))`,
    ),
  );
  return rows.map(({ columns, error }, index): Layout => {
    const typed = (Array.isArray(columns) ? columns : []).map((column: Partial<Column>) => ({
      name: String(column.name),
      stored: 'VARCHAR',
      type: KUSTO_TYPES.find((type) => type === column.type) ?? 'string',
    }));
    const header = typed.map(({ name }) => name);
    const cut = typeof error === 'string' ? reasonOf(JSON.parse(error)) : null;
    return { format: 'answer', table: index + 1, header, columns: typed, cut };
  });
}

/** The innermost reason of the first detail, which is Kusto's own. */
function reasonOf(error: unknown): CutReason | null {
  if (!isObject(error)) return null;
  const { code, message, details, innererror } = error;
  const inner = reasonOf(Array.isArray(details) ? details[0] : innererror);
  return inner ?? (typeof code === 'string' ? { code, message: String(message ?? '') } : null);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

async function understood<T>(file: FoundFile, kind: string, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (cause) {
    throw new CliError('usage', `"${file.shown}" is no ${kind} file.`, {}, cause);
  }
}

/** @throws {CliError} `usage` */
export function unfit(file: { readonly shown: string }, line: number, why: string): never {
  throw new CliError('usage', `${file.shown}, line ${line}: ${why}.`);
}

const ISO_TIME =
  '\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}(:\\d{2}([.]\\d{1,9})?)?(Z|[+-]\\d{2}:?\\d{2})?';
const CLOCK = '-?(\\d+[.])?\\d{2}:\\d{2}:\\d{2}([.]\\d{1,7})?';
const GUID = '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';

/** Tests of texts, the strictest first; all texts of a column have to pass. An empty text is none. */
const TEXT_TYPES: readonly (readonly [KustoType, (x: string) => string])[] = [
  ['bool', (x) => `lower(${x}) IN ('true', 'false')`],
  [
    'long',
    (x) => `TRY_CAST(${x} AS BIGINT) IS NOT NULL AND regexp_full_match(${x}, '-?(0|[1-9]\\d*)')`,
  ],
  ['decimal', (x) => `regexp_full_match(${x}, '-?\\d+[.]\\d+') AND length(${x}) > 17`],
  ['real', (x) => `regexp_full_match(${x}, '-?\\d+([.]\\d+)?([eE][+-]?\\d+)?|NaN|-?Infinity')`],
  ['datetime', (x) => `regexp_full_match(${x}, '${ISO_TIME}')`],
  ['timespan', (x) => `regexp_full_match(${x}, '${CLOCK}')`],
  ['guid', (x) => `regexp_full_match(${x}, '${GUID}')`],
  ['dynamic', (x) => `${x}[1] IN ('{', '[') AND json_valid(${x})`],
];
/** In JSON only texts are looked at so: its numbers and truths tell themselves. */
const JSON_TEXT_TYPES: readonly KustoType[] = ['datetime', 'timespan', 'guid'];

/** The columns of files of CSV and their types, from every row. */
export async function typesOfCsv(
  files: readonly FoundFile[],
  layout: Extract<Layout, { format: 'csv' }>,
  connection: Connection,
): Promise<readonly StoredAs[]> {
  const source = readCsv(quotePaths(files.map(({ path }) => path)), layout);
  const types = await textTypes(source, layout.header, TEXT_TYPES, connection);
  return layout.header.map((name) => ({
    name,
    stored: 'VARCHAR',
    type: types.get(name) ?? 'string',
  }));
}

async function textTypes(
  source: string,
  names: readonly string[],
  tests: typeof TEXT_TYPES,
  connection: Connection,
): Promise<ReadonlyMap<string, KustoType>> {
  if (names.length === 0) return new Map();
  const asked = names.flatMap((name, column) =>
    tests.map(([type, test]) => {
      const x = quoteName(name);
      return `bool_and(${test(x)}) FILTER (${x} <> '') AS "${column} ${type}"`;
    }),
  );
  const [answer = {}] = await ask(connection, `SELECT ${asked.join(', ')} FROM ${source}`);
  return new Map(
    names.flatMap((name, column): [string, KustoType][] => {
      const passed = tests.find(([type]) => answer[`${column} ${type}`] === true);
      return passed ? [[name, passed[0]]] : [];
    }),
  );
}

/** The members of files of JSON objects, in the order they are met in. */
export async function membersOfJson(
  files: readonly FoundFile[],
  format: 'jsonl' | 'json',
  connection: Connection,
): Promise<readonly string[]> {
  const rows = await ask(
    connection,
    `SELECT k FROM (SELECT unnest(ks) AS k, generate_subscripts(ks, 1) AS i FROM (SELECT DISTINCT
       CASE WHEN starts_with(ltrim(CAST(json AS VARCHAR)), '{') THEN json_keys(json) ELSE error('no object: ' || json) END AS ks
     FROM ${jsonObjects(files, format)})) GROUP BY k ORDER BY min(i), k`,
  );
  return rows.map(({ k }) => String(k));
}

/** The types of members, from every row: a member with values of several kinds is dynamic. */
export async function typesOfJson(
  files: readonly FoundFile[],
  format: 'jsonl' | 'json',
  names: readonly string[],
  connection: Connection,
): Promise<readonly StoredAs[]> {
  if (names.length === 0) return [];
  const shape = (type: string) =>
    `read_json(${quotePaths(files.map(({ path }) => path))}, format = '${FORMATS[format]}',
     columns = {${names.map((name) => `${quoteText(name)}: '${type}'`).join(', ')}}, ${JSON_OPTIONS})`;
  const kinds = names.map(
    (name, index) => `list(DISTINCT json_type(${quoteName(name)})) AS "${index}"`,
  );
  const [answer = {}] = await ask(connection, `SELECT ${kinds.join(', ')} FROM ${shape('JSON')}`);
  const kindsOf = (index: number) => {
    const list = answer[String(index)];
    const found: readonly unknown[] = Array.isArray(list) ? list : [];
    return found.map(String).filter((kind) => kind.toUpperCase() !== 'NULL');
  };
  const isText = (index: number) => kindsOf(index).every((kind) => kind === 'VARCHAR');
  const texts = names.filter((_, index) => isText(index) && kindsOf(index).length > 0);
  const tests = TEXT_TYPES.filter(([type]) => JSON_TEXT_TYPES.includes(type));
  const types = await textTypes(shape('VARCHAR'), texts, tests, connection);
  return names.map((name, index) => {
    const type = texts.includes(name) ? (types.get(name) ?? 'string') : jsonType(kindsOf(index));
    return { name, stored: 'JSON', type };
  });
}

function jsonType(kinds: readonly string[]): KustoType {
  if (kinds.length === 0) return 'dynamic';
  if (kinds.every((kind) => kind === 'BOOLEAN')) return 'bool';
  if (kinds.every((kind) => ['BIGINT', 'UBIGINT'].includes(kind))) return 'long';
  return kinds.every((kind) => ['BIGINT', 'UBIGINT', 'DOUBLE'].includes(kind)) ? 'real' : 'dynamic';
}

const FORMATS = { jsonl: 'newline_delimited', json: 'array' } as const;

function jsonObjects(files: readonly FoundFile[], format: 'jsonl' | 'json'): string {
  const paths = quotePaths(files.map(({ path }) => path));
  return `read_json_objects(${paths}, format = '${FORMATS[format]}', ${JSON_OPTIONS})`;
}

/** The layout as the reader of rows takes it. */
export function rowsIn(layout: Layout, files: readonly FoundFile[]): FileRows {
  const paths = files.map(({ path }) => path);
  const isChecked = layout.format !== 'parquet';
  if (layout.format === 'csv') {
    const { format, delimiter, header } = layout;
    return { format, delimiter, header, files: paths, isChecked };
  }
  if (layout.format === 'answer') {
    const { format, table, header } = layout;
    return { format, table, header, files: paths, isChecked };
  }
  return { format: layout.format, files: paths, isChecked };
}
