import { rm } from 'node:fs/promises';
import { ask } from '../duckdb/ask.js';
import { quotePaths, quoteText } from '../duckdb/quote.js';
import { CliError } from '../errors.js';
import { splitRecord, v1Layout } from '../model/csv-record.js';
import { plainLayout } from './csv-layout.js';
import { readTogether } from './csv-records.js';
import { findRuns, type Run } from './csv-runs.js';
import { copyEven } from './even-lines.js';
import type { Gathered } from './gather-files.js';
import { LINE_LIMITS } from './line-limits.js';
import { numberLines } from './line-numbers.js';
import { placesOfTime, roleOf } from './marks.js';
import {
  forgetRejected,
  keepRejected,
  NOT_UTF8,
  type Rejected,
  traceRejected,
} from './rejected.js';
import { type OwnSheet, ofSheets, type Source, type SourceColumn } from './source.js';
import { BARE, typesOfTexts } from './text-types.js';
import { inSheets, type Kept, keep, type Workshop } from './workshop.js';

/**
 * Files of CSV, their columns by name in the order of first sight. All values are texts, whose types are found in all
 * of them. A record of another length than the first one of its file is rejected.
 */
export async function openCsv(
  files: readonly string[],
  format: 'csv' | 'v1',
  workshop: Workshop,
): Promise<Source> {
  const layoutOf = format === 'v1' ? v1Layout : plainLayout;
  const { runs, notes } = await findRuns(files, layoutOf, workshop);
  const read: GatheredRun[] = [];
  try {
    for (const run of runs) {
      const gathered = await run.gatherer.end();
      const together = await readTogether(gathered, workshop.signal);
      read.push({ ...run, gathered, together });
    }
    return await openRuns(read, notes, workshop);
  } catch (error) {
    if (!isUneven(error)) throw error;
    return await openEven(read, notes, workshop);
  } finally {
    for (const { gathered } of read) await gathered.remove();
  }
}

/** DuckDB holds to the first line end that it has seen in a file. */
function isUneven(error: unknown): error is Error {
  return error instanceof Error && error.message.includes('state machine reached an invalid');
}

/** Reads again, now with one line end in all of the files that were read as they are. */
async function openEven(
  runs: readonly GatheredRun[],
  found: readonly string[],
  workshop: Workshop,
): Promise<Source> {
  await forgetRejected(workshop);
  const copies = new Map<string, string>();
  try {
    for (const { gathered, layout } of runs) {
      for (const from of gathered.files.filter((file) => !gathered.together.has(file))) {
        const to = await workshop.scratchFile('txt');
        copies.set(from, to);
        await copyEven({ from, to, delimiter: layout.delimiter }, workshop.signal);
      }
    }
    const even = runs.map((run) => toEven(run, copies));
    return await openRuns(even, found, workshop);
  } catch (error) {
    if (!isUneven(error)) throw error;
    const [, path = ''] = /^ *file = (.*)$/m.exec(error.message) ?? [];
    const [read = path] = [...copies].find(([, to]) => to === path) ?? [];
    const origins = runs.flatMap(({ gathered }) => gathered.origins);
    const file = origins.find(({ file }) => file === read)?.path ?? read;
    throw new CliError('usage', `"${file}" is no CSV: its quotes do not close.`, {}, error);
  } finally {
    for (const copy of copies.values()) await rm(copy, { force: true });
  }
}

function toEven(run: GatheredRun, copies: ReadonlyMap<string, string>): GatheredRun {
  const { origins } = run.gathered;
  const copied = run.gathered.files.flatMap((from) => {
    const file = copies.get(from);
    const path = origins.find((origin) => origin.file === from)?.path ?? from;
    return file === undefined ? [] : [{ file, first: 1, path }];
  });
  return {
    ...run,
    gathered: { ...run.gathered, origins: [...origins, ...copied] },
    together: run.together.map((files) => files.map((file) => copies.get(file) ?? file)),
  };
}

/** What is read of a run. */
interface GatheredRun extends Run {
  readonly gathered: Gathered;
  readonly together: readonly (readonly string[])[];
}

async function openRuns(
  runs: readonly GatheredRun[],
  found: readonly string[],
  workshop: Workshop,
): Promise<Source> {
  const { connection } = workshop;
  const notes = [...found];
  const names = [...new Set(runs.flatMap(({ layout }) => layout.names))];
  if (runs.length === 0) {
    return {
      columns: [],
      from: '(SELECT 1 LIMIT 0)',
      counts: { rows: 0, rejected: 0, unresolved: 0 },
      notes,
      isTyped: true,
    };
  }
  const kept = await keepSheets(runs, names, workshop);
  const origins = runs.flatMap(({ gathered }) => gathered.origins);
  const unread = await numberLines(workshop, await keepRejected(workshop, 'line_byte_position'));
  const rejected = await traceRejected(workshop, unread, origins);
  if (kept.length > 1) await assertWhole(kept, rejected, workshop);
  const [counted] = await ask(
    connection,
    `SELECT count(*) AS "rows", count(*) FILTER (h) AS "headings" FROM ${kept[0]?.from}`,
  );
  const headings = Number(counted?.headings);
  const repeated = headings - runs.flatMap((run) => (run.layout.hasHeader ? run.files : [])).length;
  if (repeated === 1) notes.push('1 line that repeats the headings is left out.');
  if (repeated > 1) notes.push(`${repeated} lines that repeat the headings are left out.`);
  const sheets: OwnSheet[] = [];
  for (const { from, places } of kept) {
    const rows = headings > 0 ? `(SELECT * FROM ${from} WHERE NOT h)` : from;
    const texts = places.map((at) => `t${at}`);
    const types = await typesOfTexts(connection, rows, texts, BARE);
    const columns = places.map((at, index): SourceColumn => {
      const { type, stored, value } = types[index] ?? BARE.otherwise;
      const [name = '', text] = [names[at], `t${at}`];
      return { name, type, role: roleOf(name), stored, sql: value(text), text };
    });
    sheets.push({ from: rows, columns, own: texts });
  }
  return {
    ...ofSheets(sheets),
    counts: { rows: Number(counted?.rows) - headings, rejected: rejected.count, unresolved: 0 },
    notes,
    isTyped: false,
    rejected: rejected.sql,
  };
}

/** Columns of all rows by their places. */
interface KeptSheet {
  readonly from: string;
  readonly places: readonly number[];
  readonly count: number;
}

/** Runs that are read by one query: of each it keeps a reader, whose memory adds up. */
const MOST_RUNS = 32;

/** Reads the files, once for each sheet: DuckDB makes only those values of a row that are asked for. */
async function keepSheets(
  runs: readonly GatheredRun[],
  names: readonly string[],
  workshop: Workshop,
): Promise<readonly KeptSheet[]> {
  const times = placesOfTime(names);
  const sheets: KeptSheet[] = [];
  for (const places of inSheets([...names.keys()])) {
    const carried = times.filter((at) => !places.includes(at));
    const values = [...places, ...carried].map((at) => `t${at}`);
    const rows = runs.map((run) => readRun(run, names, [...places, ...carried]));
    const kept: Kept[] = [];
    for (let at = 0; at < rows.length; at += MOST_RUNS) {
      const from = `(${rows.slice(at, at + MOST_RUNS).join(' UNION ALL ')})`;
      kept.push(await keep(workshop, { values: [...values, 'h'], from }));
    }
    const from = `read_parquet(${quotePaths(kept.map(({ path }) => path))})`;
    sheets.push({ from, places, count: kept.reduce((sum, { count }) => sum + count, 0) });
  }
  return sheets;
}

/** What is no UTF-8 is seen only in the columns that are asked for. The other rows would move up beside it. */
async function assertWhole(
  sheets: readonly KeptSheet[],
  rejected: Rejected,
  { connection }: Workshop,
): Promise<void> {
  const [unread] = await ask(
    connection,
    `SELECT file FROM (${rejected.sql}) WHERE reason = ${quoteText(NOT_UTF8)} LIMIT 1`,
  );
  if (unread) {
    const message = `"${unread.file}" is not all UTF-8, and too wide for its other rows to be told apart.`;
    throw new CliError('usage', message, { hint: 'Convert it first.' });
  }
  if (new Set(sheets.map(({ count }) => count)).size > 1) {
    throw new Error('The columns have different numbers of rows.');
  }
}

/** Columns enough to tell headings that are repeated from a row. */
const MOST_COMPARED = 50;

/** SQL of a run's rows: t0, t1, … are the columns of these places, `h` whether a row is the headings. */
function readRun(
  { layout, record, together }: GatheredRun,
  names: readonly string[],
  places: readonly number[],
): string {
  const { delimiter, hasHeader } = layout;
  const shape = layout.names.map((_, index) => `'v${index}': 'VARCHAR'`).join(', ');
  const placeOf = new Map(layout.names.map((name, at) => [name, at]));
  const values = places.map((place) => {
    const at = placeOf.get(names[place] ?? '');
    return `${at === undefined ? 'NULL::VARCHAR' : `v${at}`} AS t${place}`;
  });
  const isHeading = splitRecord(record, delimiter)
    .slice(0, MOST_COMPARED)
    .map((text, at) => `coalesce(v${at}, '') = ${quoteText(text)}`);
  const selected = [...values, `${hasHeader ? isHeading.join(' AND ') : 'false'} AS h`].join(', ');
  // An empty text in quotes is one; without them it is no value.
  const options = `auto_detect = false, header = false, delim = ${quoteText(delimiter)}, quote = '"', escape = '"',
    allow_quoted_nulls = false, columns = {${shape}}, ${LINE_LIMITS}, hive_partitioning = false, store_rejects = true`;
  return together
    .map((files) => `SELECT ${selected} FROM read_csv(${quotePaths(files)}, ${options})`)
    .join(' UNION ALL ');
}
