import { ask, type Connection } from '../../duckdb/ask.js';
import { type FoundFile, findFiles } from '../../duckdb/find-files.js';
import type { StoredAs } from '../../duckdb/parquet-columns.js';
import { type FileRows, JSON_TYPES, readRows } from '../../duckdb/read-rows.js';
import { CARRIERS, type StoredColumn } from '../../duckdb/stored.js';
import type { Column, KustoType } from '../../model/table.js';
import type { CutReason, SourceTable } from '../engine.js';
import { TABLES } from '../telemetry-tables.js';
import { classicTable, itemTypeOf, storedNames, workspaceTable } from '../workspace-tables.js';
import { explainUnfit } from './explain-unfit.js';
import {
  type Layout,
  lookInto,
  membersOfJson,
  rowsIn,
  typesOfCsv,
  typesOfJson,
} from './look-into.js';
import { identifier, ownName, telemetryNamed, telemetryShaped } from './table-names.js';

export interface OpenedFile extends FoundFile {
  /** Why Azure cut the answer that it holds; null: it is whole, or no answer. */
  readonly cut: CutReason | null;
}

/** Files that are read as one. */
interface FileSet {
  readonly files: FoundFile[];
  readonly layout: Layout;
  /** The telemetry that their name tells, and the name of a table of their own. */
  readonly named: string | undefined;
  readonly own: string;
}

/** Rows of a table, with the columns that they have. */
interface Part {
  readonly table: string;
  readonly known: readonly Column[];
  readonly others: readonly Column[];
  readonly rows: FileRows;
}

/**
 * Files as typed tables: telemetry under its classic names and those of the workspace, anything else under the
 * name of its file or folder. What a table is, is told by a name, by a column `Type` or `itemType`, or by
 * its columns; what type a column is, by that, by Parquet, or by all of its values.
 *
 * @throws {CliError} `not-found` for what is not there; `usage` with file and line for what cannot be read
 */
export async function openFiles(
  patterns: readonly string[],
  cwd: string,
  connection: Connection,
): Promise<{ readonly tables: readonly SourceTable[]; readonly files: readonly OpenedFile[] }> {
  const files: OpenedFile[] = [];
  const sets = new Map<string, FileSet>();
  const parts: Part[] = [];
  for (const file of await findFiles(patterns, cwd, connection)) {
    const named = telemetryNamed(file);
    const layouts = await lookInto(file, connection);
    const cut =
      layouts.map((layout) => (layout.format === 'answer' ? layout.cut : null))[0] ?? null;
    files.push({ ...file, cut });
    // An empty file is an empty table where its name tells the columns.
    if (layouts.length === 0 && named !== undefined) parts.push(empty(named));
    for (const [index, layout] of layouts.entries()) {
      const own = index === 0 ? ownName(file) : `${ownName(file)}_${index + 1}`;
      const key = JSON.stringify([named ?? own, layout]);
      const set = sets.get(key) ?? { files: [], layout, named, own };
      set.files.push(file);
      sets.set(key, set);
    }
  }
  for (const set of sets.values()) {
    parts.push(...(await explainUnfit(() => partsOf(set, connection), set.files, connection)));
  }
  return { tables: toTables(parts), files };
}

function empty(table: string): Part {
  const rows: FileRows = { format: 'jsonl', files: [] };
  return { table, known: TABLES[table] ?? [], others: [], rows };
}

async function partsOf(set: FileSet, connection: Connection): Promise<readonly Part[]> {
  const { layout, files, named, own } = set;
  const names = await namesIn(set, connection);
  const has = (column: string, table: string) =>
    storedNames(column, table).some((name) => names.includes(name));
  if (named !== undefined && has('timestamp', named)) {
    return [await telemetryPart(set, { table: named, names }, connection)];
  }
  for (const name of ['Type', 'itemType'].filter((one) => names.includes(one))) {
    const type = layout.format === 'parquet' ? physical(layout, name) : 'VARCHAR';
    const texts = await distinct(rowsIn(layout, files), { name, type }, connection);
    const tables = texts.map(classicTable);
    if (texts.length === 0 || tables.includes(undefined)) continue;
    return Promise.all(
      texts.map((text) => {
        const only = texts.length > 1 ? { name, type, text } : undefined;
        const table = classicTable(text) ?? own;
        return telemetryPart(set, { table, names, ...(only && { only }) }, connection);
      }),
    );
  }
  const shaped = telemetryShaped(has, names);
  if (shaped !== undefined) return [await telemetryPart(set, { table: shaped, names }, connection)];
  const columns = await typesOf(set, names, connection);
  const stored = Object.fromEntries(columns.map((one) => [one.name, placeOf(one, one.type)]));
  return [{ table: own, known: [], others: columns, rows: { ...rowsIn(layout, files), stored } }];
}

/** The columns of a set; of names that differ only in case the first, as DuckDB takes them for one. */
async function namesIn(
  { layout, files }: FileSet,
  connection: Connection,
): Promise<readonly string[]> {
  if (layout.format === 'csv') return distinctNames(layout.header);
  if (layout.format === 'jsonl' || layout.format === 'json') {
    return distinctNames(await membersOfJson(files, layout.format, connection));
  }
  return distinctNames(layout.columns.map(({ name }) => name));
}

function distinctNames(names: readonly string[]): readonly string[] {
  const folded = names.map((name) => name.toLowerCase());
  return names.filter((_, index) => folded.indexOf(folded[index] ?? '') === index);
}

async function typesOf(
  { layout, files }: FileSet,
  names: readonly string[],
  connection: Connection,
): Promise<readonly StoredAs[]> {
  if (layout.format === 'jsonl' || layout.format === 'json') {
    return typesOfJson(files, layout.format, names, connection);
  }
  const columns =
    layout.format === 'csv' ? await typesOfCsv(files, layout, connection) : layout.columns;
  return columns.filter(({ name }) => names.includes(name));
}

async function telemetryPart(
  set: FileSet,
  telemetry: {
    readonly table: string;
    readonly names: readonly string[];
    readonly only?: NonNullable<FileRows['only']>;
  },
  connection: Connection,
): Promise<Part> {
  const { layout, files } = set;
  const { table, names, only } = telemetry;
  const known = TABLES[table] ?? [];
  const used = new Set(['Type']);
  const stored: Record<string, StoredColumn> = { itemType: { text: itemTypeOf(table) } };
  for (const { name, type } of known) {
    const place = storedNames(name, table).find(
      (one) => names.includes(one) && !(name === 'itemType' && one === 'Type'),
    );
    if (place === undefined) continue;
    used.add(place);
    stored[name] = { name: place, type: readAs(layout, place, type) };
  }
  const taken = new Set(known.map(({ name }) => name.toLowerCase()));
  const left = names.filter((name) => !used.has(name) && !taken.has(name.toLowerCase()));
  const others = left.length > 0 ? await typesOf(set, left, connection) : [];
  for (const other of others) stored[other.name] = placeOf(other, other.type);
  const rows = { ...rowsIn(layout, files), stored, ...(only && { only }) };
  return { table, known, others, rows };
}

function placeOf({ name, stored }: StoredAs, type: KustoType): StoredColumn {
  return { name, type: stored === 'JSON' ? JSON_TYPES[type] : stored };
}

function readAs(layout: Layout, name: string, type: KustoType): string {
  if (layout.format === 'parquet') return physical(layout, name);
  // The workspace's truth is the component's text.
  if (name === 'Success') return 'TRUTH TEXT';
  if (layout.format !== 'jsonl' && layout.format !== 'json') return 'VARCHAR';
  return type === 'dynamic' ? 'JSON OR TEXT' : JSON_TYPES[type];
}

function physical({ columns }: Extract<Layout, { format: 'parquet' }>, name: string): string {
  return columns.find((column) => column.name === name)?.stored ?? CARRIERS.string;
}

async function distinct(
  rows: FileRows,
  place: { readonly name: string; readonly type: string },
  connection: Connection,
): Promise<readonly string[]> {
  const sql = readRows([{ ...rows, stored: { text: place } }], [{ name: 'text', type: 'string' }]);
  const found = await ask(connection, `SELECT DISTINCT text FROM (${sql}) ORDER BY text`);
  return found.map(({ text }) => String(text));
}

function toTables(parts: readonly Part[]): readonly SourceTable[] {
  const names = [...new Set(parts.map(({ table }) => table))];
  return names.flatMap((name) => {
    const own = parts.filter(({ table }) => table === name);
    const columns = new Map<string, Column>();
    for (const { known } of own) for (const column of known) columns.set(column.name, column);
    const fixed = new Set(columns.keys());
    for (const other of own.flatMap(({ others }) => others)) {
      if (fixed.has(other.name)) continue;
      const before = columns.get(other.name);
      const type = before ? common(before.type, other.type) : other.type;
      columns.set(other.name, { name: other.name, type });
    }
    const table = { name, columns: [...columns.values()], rows: own.map(({ rows }) => rows) };
    return [table, ...otherNames(table)];
  });
}

/** The type that holds the values of both. */
function common(one: KustoType, other: KustoType): KustoType {
  if (one === other) return one;
  const both = [one, other];
  const numbers: readonly KustoType[] = ['int', 'long', 'real'];
  if (both.every((type) => numbers.includes(type))) return both.includes('real') ? 'real' : 'long';
  return both.includes('dynamic') ? 'dynamic' : 'string';
}

function otherNames(table: SourceTable): readonly SourceTable[] {
  const workspace = workspaceTable(table);
  if (workspace) return [workspace];
  const name = identifier(table.name);
  if (name === table.name) return [];
  const shown = Object.fromEntries(
    table.columns.map((column) => [column.name, { column: column.name }]),
  );
  return [{ name, columns: table.columns, rows: { of: table.name, shown } }];
}
