import type { Database } from '../duckdb/database.js';
import { assertFiles, readJsonLines, type TicksRange } from '../duckdb/json-lines.js';
import { bindQuery } from '../kql/bind.js';
import { loadKustoParser } from '../kql/kusto.js';
import { lowerQuery } from '../kql/lower.js';
import { PRELUDE } from '../kql/prelude.js';
import { quoteName, uniqueName } from '../kql/print-sql.js';
import { refuseIn } from '../kql/scope.js';
import { dateToTicks } from '../model/ticks.js';
import type { Engine, EngineResult, RunOptions, SourceTable } from './engine.js';

/** An engine on DuckDB. Neither DuckDB nor the KQL parser is loaded before the first query. */
export function openEngine(): Promise<Engine> {
  let opened: Promise<Database> | undefined;
  const database = () => {
    opened ??= import('../duckdb/database.js').then(({ openDatabase }) => openDatabase(PRELUDE));
    return opened;
  };
  return Promise.resolve({
    run: (kql, tables, options) => run(kql, tables, options, database()),
    // What never opened has been said by the query that asked for it.
    close: async () => (await opened?.catch(() => undefined))?.close(),
  });
}

async function run(
  kql: string,
  sources: readonly SourceTable[],
  options: RunOptions,
  opening: Promise<Database>,
): Promise<EngineResult> {
  // DuckDB opens on threads of its own while the parser has this one.
  opening.catch(() => undefined); // said below, if the query gets there
  const parser = await loadKustoParser();
  options.signal?.throwIfAborted();
  const now = dateToTicks(options.now);
  const query = bindQuery(parser.parse(kql, sources), { text: kql, tables: sources, now });
  const names = sqlNames(sources);
  const { sql, tables } = lowerQuery(query.relation, {
    refuse: refuseIn(kql),
    tableName: (table) => names.get(table) ?? table,
    columnNames: (table) => columnsOf(table, sources),
  });
  const read = sources.filter(({ name }) => tables.includes(name));
  const { streamRows } = await import('../duckdb/rows.js');
  await assertFiles(read.flatMap(({ jsonLines }) => jsonLines));
  const views = read.map((source) => {
    const rows = readJsonLines(source.jsonLines, source.columns, rangeOf(source, options));
    return `CREATE TEMP VIEW ${quoteName(names.get(source.name) ?? source.name)} AS ${rows}`;
  });
  const { columns } = query.relation;
  const connection = await (await opening).connect();
  return {
    columns: columns.map(({ name, type }) => ({ name, type })),
    rows: await streamRows(connection, { setup: views, sql, columns, signal: options.signal }),
    render: query.render,
  };
}

function sqlNames(sources: readonly SourceTable[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  return new Map(sources.map(({ name }) => [name, uniqueName(name, taken)]));
}

function columnsOf(table: string, sources: readonly SourceTable[]): readonly string[] {
  const source = sources.find(({ name }) => name === table);
  return source?.columns.map(({ name }) => name) ?? [];
}

function rangeOf({ columns }: SourceTable, { timeRange }: RunOptions): TicksRange | undefined {
  const column = columns.find(({ name }) => name === 'timestamp' || name === 'TimeGenerated');
  if (!timeRange || !column) return undefined;
  const { from, to } = timeRange;
  return {
    column: column.name,
    from: from && dateToTicks(from),
    to: to && dateToTicks(to),
  };
}
