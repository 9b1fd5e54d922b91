import type { Connection } from '../duckdb/ask.js';
import type { Database } from '../duckdb/database.js';
import { assertFiles } from '../duckdb/files.js';
import { asStored, type StoredTypes } from '../duckdb/read-rows.js';
import type { StreamOptions } from '../duckdb/rows.js';
import { bindQuery } from '../kql/bind.js';
import type { Edit } from '../kql/edit-text.js';
import type { Relation } from '../kql/ir.js';
import { loadKustoParser } from '../kql/kusto.js';
import { failedAssertion, uncomputable } from '../kql/limits.js';
import { lowerQuery } from '../kql/lower.js';
import { PRELUDE } from '../kql/prelude.js';
import { quoteName, uniqueName } from '../kql/print-sql.js';
import { loadScripts } from '../kql/scripts.js';
import type { Column, Row } from '../model/table.js';
import { dateToTicks } from '../model/ticks.js';
import { COMPRESSION } from './compression.js';
import type { Engine, EngineLimits, EngineResult, RunOptions, SourceTable } from './engine.js';
import { expectedOf, findUnfit } from './files/explain-unfit.js';
import { type OpenedFile, openFiles } from './files/open-files.js';
import { printedRows } from './printed-rows.js';
import { defineTables, filesOf, meantBy, storedTypesOf, withViewed } from './table-views.js';

/** An engine on DuckDB. Neither DuckDB nor the KQL parser is loaded before the first query. */
export function openEngine(limits: EngineLimits = {}): Promise<Engine> {
  let opened: Promise<Database> | undefined;
  const database = () => {
    opened ??= import('../duckdb/database.js').then(({ openDatabase }) =>
      openDatabase(PRELUDE, limits),
    );
    return opened;
  };
  const files = new Map<string, OpenedFile>();
  const writing = { rowGroupBytes: rowGroupBytes(limits), inTurn: createTurns() };
  return Promise.resolve({
    run: (kql, tables, options) =>
      answer(kql, tables, options, { opening: database(), files }, readCells),
    print: (kql, tables, options) =>
      answer(kql, tables, options, { opening: database(), files }, printTexts),
    openFiles: (patterns, cwd) =>
      withConnection(database, async (connection) => {
        const opened = await openFiles(patterns, cwd, connection);
        for (const file of opened.files) files.set(file.path, file);
        return opened.tables;
      }),
    async writeParquet(table, path, signal) {
      const { writeParquet } = await import('../duckdb/write-parquet.js');
      return withConnection(database, (connection) =>
        writeParquet(connection, table, path, { ...writing, signal }),
      );
    },
    async joinParquet(paths, path, options) {
      const { joinParquet } = await import('../duckdb/write-parquet.js');
      return withConnection(database, (connection) =>
        joinParquet(connection, paths, path, { ...writing, ...options }),
      );
    },
    async storeParquet(table, path, { ingestedAt, signal, ...written }) {
      const { storeParquet } = await import('../duckdb/store-parquet.js');
      const stamp = ingestedAt && { name: ingestedAt.as, ticks: dateToTicks(ingestedAt.at) };
      const sets = 'of' in table.rows ? [] : table.rows;
      return withConnection(database, (connection) =>
        storeParquet(connection, { sets, ...written, stamp }, path, signal),
      );
    },
    // What never opened has been said by the query that asked for it.
    close: async () => (await opened?.catch(() => undefined))?.close(),
  });
}

/** Of what DuckDB may use, it takes several times as much to write a row group. */
function rowGroupBytes({ maxMemoryBytes = Number.POSITIVE_INFINITY }: EngineLimits): number {
  return Math.min(32_000_000, maxMemoryBytes / 12);
}

/** Runs one piece of work after the other. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}

async function withConnection<T>(
  database: () => Promise<Database>,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await (await database()).connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
  }
}

/** What queries of one engine share. `files` are those that the user named, by path. */
interface Opened {
  readonly opening: Promise<Database>;
  readonly files: ReadonlyMap<string, OpenedFile>;
}

/** One query of DuckDB, made ready. */
interface Prepared extends StreamOptions {
  readonly connection: Connection;
  readonly columns: readonly Column[];
}

async function readCells({ connection, ...query }: Prepared) {
  const { streamRows } = await import('../duckdb/rows.js');
  return { rows: await streamRows(connection, query) };
}

async function printTexts({ connection, columns, ...query }: Prepared) {
  const { streamBytes } = await import('../duckdb/rows.js');
  const sql = printedRows(query.sql, columns);
  const rowTexts = await streamBytes(connection, { ...query, sql });
  return { rowTexts, close: rowTexts.close };
}

type AnswerFacts = Omit<EngineResult, 'rows' | 'batches'>;

/** @param read what becomes of the rows; questions that the query asks first are always read as cells */
async function answer<Rows>(
  kql: string,
  known: readonly SourceTable[],
  options: RunOptions,
  { opening, files }: Opened,
  read: (query: Prepared) => Promise<Rows>,
): Promise<AnswerFacts & Rows> {
  const sources = meantBy(kql, known);
  // DuckDB opens on threads of its own while the parser has this one.
  opening.catch(() => undefined); // said below, if the query gets there
  const parser = await loadKustoParser();
  options.signal?.throwIfAborted();
  const edits: Edit[] = [];
  const bind = () => {
    const bound = { text: kql, tables: sources, now: dateToTicks(options.now) };
    return bindQuery(parser.parse(kql, sources, edits), bound);
  };
  const prepared = (relation: Relation) =>
    prepare(relation, kql, sources, options, { opening, files });
  let query = bind();
  // Each question answers one call, so there are no more of them than calls.
  while ('asks' in query) {
    const rows: Row[] = [];
    for await (const row of (await readCells((await prepared(query.asks)).query)).rows) {
      rows.push(row);
    }
    edits.push(...query.toEdits(rows));
    query = bind();
  }
  const { relation, render, warnings } = query;
  const ready = await prepared(relation);
  return {
    columns: relation.columns.map(({ name, type }) => ({ name, type })),
    render,
    warnings,
    cut: ready.cut,
    ...(await read(ready.query)),
  };
}

async function prepare(
  relation: Relation,
  kql: string,
  sources: readonly SourceTable[],
  options: RunOptions,
  { opening, files }: Opened,
): Promise<{ readonly query: Prepared; readonly cut: EngineResult['cut'] }> {
  const names = sqlNames(sources);
  const stored = new Map<string, StoredTypes>();
  const storedOf = (table: string) => {
    const types = stored.get(table) ?? storedTypesOf(table, sources);
    stored.set(table, types);
    return types;
  };
  const { sql, tables } = lowerQuery(relation, {
    text: kql,
    tableName: (table) => names.get(table) ?? table,
    columnNames: (table) => columnsOf(table, sources),
    storedForm: (table, column) => {
      const type = storedOf(table)[column];
      return type && { sql: quoteName(asStored(column)), type };
    },
    defineTables: (tables) =>
      defineTables(withViewed(tables, sources), { names, timeRange: options.timeRange }),
  });
  const read = withViewed(tables, sources);
  const database = await opening;
  const scripts = await loadScripts(sql);
  if (scripts) await database.learn({ ...scripts, ...COMPRESSION });
  const query = {
    connection: await database.connect(),
    sql,
    columns: relation.columns,
    signal: options.signal,
    explain: async (cause: unknown) => {
      const failed = failedAssertion(kql, cause);
      if (failed) return failed;
      await assertFiles(read.flatMap(filesOf));
      await findUnfitRows(read, files, database);
      return uncomputable('what this query computes', kql, cause);
    },
  };
  return { query, cut: cutOf(read, files) };
}

function cutOf(
  read: readonly SourceTable[],
  files: ReadonlyMap<string, OpenedFile>,
): EngineResult['cut'] {
  for (const path of read.flatMap(filesOf)) {
    const { cut, shown } = files.get(path) ?? {};
    if (cut) return { ...cut, file: shown ?? path };
  }
  return null;
}

/** A query may have failed because of what it read. @throws {CliError} `usage` if so */
async function findUnfitRows(
  read: readonly SourceTable[],
  files: ReadonlyMap<string, OpenedFile>,
  database: Database,
): Promise<void> {
  const connection = await database.connect();
  try {
    for (const { rows, columns } of read) {
      for (const set of 'of' in rows ? [] : rows) {
        for (const path of set.files) {
          const file = files.get(path);
          if (file && file.kind !== 'parquet') {
            await findUnfit(file, connection, expectedOf(set, columns));
          }
        }
      }
    }
  } finally {
    connection.closeSync();
  }
}

function sqlNames(sources: readonly SourceTable[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  return new Map(sources.map(({ name }) => [name, uniqueName(name, taken)]));
}

function columnsOf(table: string, sources: readonly SourceTable[]): readonly string[] {
  const source = sources.find(({ name }) => name === table);
  return source?.columns.map(({ name }) => name) ?? [];
}
