import {
  asStored,
  readRows,
  type StoredTypes,
  storedTypes,
  type TicksRange,
} from '../duckdb/read-rows.js';
import { nothing } from '../duckdb/stored.js';
import { convert } from '../kql/convert.js';
import { literalOperand, type Operand } from '../kql/operand.js';
import { quoteName } from '../kql/print-sql.js';
import type { Column } from '../model/table.js';
import { dateToTicks } from '../model/ticks.js';
import type { RunOptions, ShownColumn, SourceTable, TableView } from './engine.js';

/**
 * The tables that a text of KQL may mean. A view is one only where the text has a name like its own: `search` and
 * `union *` go through all tables, and would find its rows twice.
 */
export function meantBy(kql: string, sources: readonly SourceTable[]): readonly SourceTable[] {
  const words = kql.toLowerCase().match(/[\w*]+/g) ?? [];
  const isMeant = (name: string) => {
    const folded = name.toLowerCase();
    return words.some((word) =>
      word.includes('*')
        ? word !== '*' && matchesWildcard(folded, word)
        : word.startsWith(folded.slice(0, LIKE_LENGTH)),
    );
  };
  return sources.filter(({ name, rows }) => !('of' in rows) || isMeant(name));
}

/** As many letters tell `AppTraces` from `AppRoleName`, and still know a name that is mistyped behind them. */
const LIKE_LENGTH = 5;

function matchesWildcard(name: string, pattern: string): boolean {
  return new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name);
}

/** The tables of these names, each behind the one that it is a view of. */
export function withViewed(
  names: readonly string[],
  sources: readonly SourceTable[],
): readonly SourceTable[] {
  const read = new Set<SourceTable>();
  const add = (name: string) => {
    const source = sources.find((one) => one.name === name);
    if (!source || read.has(source)) return;
    if ('of' in source.rows) add(source.rows.of);
    read.add(source);
  };
  names.forEach(add);
  return [...read];
}

export function filesOf({ rows }: SourceTable): readonly string[] {
  return 'of' in rows ? [] : rows.flatMap(({ files }) => files);
}

export interface TableOptions {
  /** The SQL names of the tables. */
  readonly names: ReadonlyMap<string, string>;
  readonly timeRange: RunOptions['timeRange'];
}

/**
 * The tables as parts of a WITH: DuckDB prunes columns and filters rows through them. As views it would bind each twice,
 * when it is made and where it is read.
 */
export function defineTables(
  sources: readonly SourceTable[],
  { names, timeRange }: TableOptions,
): readonly string[] {
  const nameOf = (table: string) => quoteName(names.get(table) ?? table);
  return sources.map(({ name, columns, rows, ingestedAs }) => {
    const hidden: readonly Column[] = ingestedAs ? [{ name: ingestedAs, type: 'datetime' }] : [];
    const select =
      'of' in rows
        ? selectView(rows, { columns, hidden }, nameOf(rows.of), sources)
        : readRows(rows, [...columns, ...hidden], rangeOf(columns, timeRange));
    return `${nameOf(name)} AS NOT MATERIALIZED (${select})`;
  });
}

function selectView(
  view: TableView,
  { columns, hidden }: { readonly columns: readonly Column[]; readonly hidden: readonly Column[] },
  from: string,
  sources: readonly SourceTable[],
): string {
  const viewed = columnsOf(view.of, sources);
  const selected = columns.map(({ name, type }) => {
    const operand = operandOf(view.shown[name], viewed);
    const sql = operand ? convert(operand, type).sql : nothing(type);
    return `${sql} AS ${quoteName(name)}`;
  });
  const stored = storedThrough(view, columns, sources).map(
    ({ name, column }) => `${quoteName(asStored(column))} AS ${quoteName(asStored(name))}`,
  );
  const beside = hidden.map(({ name }) => quoteName(name));
  return `SELECT ${[...selected, ...stored, ...beside].join(', ')} FROM ${from}`;
}

/** The columns that a table's view also shows as the files hold them. */
export function storedTypesOf(table: string, sources: readonly SourceTable[]): StoredTypes {
  const source = sources.find(({ name }) => name === table);
  if (!source) return {};
  const { columns, rows } = source;
  if (!('of' in rows)) return storedTypes(rows, columns);
  return Object.fromEntries(
    storedThrough(rows, columns, sources).map(({ name, type }) => [name, type]),
  );
}

/** Columns that a view shows unchanged of those. */
function storedThrough(
  { of, shown }: TableView,
  columns: readonly Column[],
  sources: readonly SourceTable[],
) {
  const types = storedTypesOf(of, sources);
  const viewed = columnsOf(of, sources);
  return columns.flatMap(({ name, type: wanted }) => {
    const place = shown[name];
    if (!place || 'text' in place) return [];
    const { column } = place;
    const type = types[column];
    const isSame = viewed.some((one) => one.name === column && one.type === wanted);
    return type && isSame ? [{ name, column, type }] : [];
  });
}

function operandOf(shown: ShownColumn | undefined, viewed: readonly Column[]): Operand | undefined {
  if (!shown) return undefined;
  if ('text' in shown) return literalOperand('string', shown.text);
  const column = viewed.find(({ name }) => name === shown.column);
  if (!column) return undefined;
  const { name, type } = column;
  return { sql: quoteName(name), type, isNullable: type !== 'string' };
}

function columnsOf(table: string, sources: readonly SourceTable[]): readonly Column[] {
  return sources.find(({ name }) => name === table)?.columns ?? [];
}

/** A view has the range of the table that it shows. */
function rangeOf(
  columns: readonly Column[],
  timeRange: RunOptions['timeRange'],
): TicksRange | undefined {
  const column = columns.find(({ name }) => name === 'timestamp' || name === 'TimeGenerated');
  if (!timeRange || !column) return undefined;
  const { from, to } = timeRange;
  return {
    column: column.name,
    from: from && dateToTicks(from),
    to: to && dateToTicks(to),
  };
}
