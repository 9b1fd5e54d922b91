import { ask } from '../duckdb/ask.js';
import { quotePaths, quoteText } from '../duckdb/quote.js';
import { type CsvLayout, splitRecord, v1Layout } from '../model/csv-record.js';
import { plainLayout, readFirstRecord } from './csv-layout.js';
import { assertLineLengths, LINE_LIMITS } from './line-limits.js';
import { roleOf } from './marks.js';
import { keepRejected } from './rejected.js';
import type { Source, SourceColumn } from './source.js';
import { BARE, typesOfTexts } from './text-types.js';
import { keep, type Workshop } from './workshop.js';

/** Files one behind the other that are laid out in the same way. */
interface Run {
  readonly layout: CsvLayout;
  readonly record: string;
  readonly files: string[];
}

/**
 * Files of CSV, their columns by name in the order of first sight. All values are texts, whose types are found in all
 * of them. A record of another length than the first one of its file is rejected.
 */
export async function openCsv(
  files: readonly string[],
  format: 'csv' | 'v1',
  workshop: Workshop,
): Promise<Source> {
  const { connection } = workshop;
  await assertLineLengths(files);
  const { runs, notes } = named(await findRuns(files, format === 'v1' ? v1Layout : plainLayout));
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
  const all = await keep(workshop, runs.map((run) => readRun(run, names)).join(' UNION ALL '));
  const rejected = await keepRejected(workshop);
  const [counted] = await ask(
    connection,
    `SELECT count(*) FILTER (h) AS "headings" FROM ${all.from}`,
  );
  const headings = Number(counted?.headings);
  const repeated = headings - runs.flatMap((run) => (run.layout.hasHeader ? run.files : [])).length;
  if (repeated === 1) notes.push('1 line that repeats the headings is left out.');
  if (repeated > 1) notes.push(`${repeated} lines that repeat the headings are left out.`);
  const from = headings > 0 ? `(SELECT * FROM ${all.from} WHERE NOT h)` : all.from;
  const texts = names.map((_, at) => `t${at}`);
  const types = await typesOfTexts(connection, from, texts, BARE);
  const columns = names.map((name, at): SourceColumn => {
    const [text = '', { type, stored, value } = BARE.otherwise] = [texts[at], types[at]];
    return { name, type, role: roleOf(name), stored, sql: value(text), text };
  });
  const counts = { rows: all.count - headings, rejected: rejected.count, unresolved: 0 };
  return { columns, from, counts, notes, isTyped: false, rejected: rejected.sql };
}

/** Files are looked into many at a time. */
const AT_ONCE = 64;

async function findRuns(
  files: readonly string[],
  layoutOf: (record: string) => CsvLayout,
): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for (let at = 0; at < files.length; at += AT_ONCE) {
    const some = files.slice(at, at + AT_ONCE);
    const records = await Promise.all(some.map(readFirstRecord));
    for (const [index, path] of some.entries()) {
      const record = records[index];
      if (record === undefined) continue; // an empty file
      const layout = layoutOf(record);
      const last = runs.at(-1);
      if (last && isAlike(last.layout, layout)) last.files.push(path);
      else runs.push({ layout, record, files: [path] });
    }
  }
  return runs;
}

function isAlike(one: CsvLayout, other: CsvLayout): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A file without headings has those of the nearest one before it, else behind it, that is as wide. */
function named(runs: readonly Run[]): { readonly runs: readonly Run[]; readonly notes: string[] } {
  const notes: string[] = [];
  const given = runs.map((run, at) => {
    if (run.layout.hasHeader) return run;
    const { length } = run.layout.names;
    const fits = ({ layout }: Run) => layout.hasHeader && layout.names.length === length;
    const like = runs.slice(0, at).findLast(fits) ?? runs.find(fits);
    const which =
      run.files.length === 1 ? `"${run.files[0]}" has` : `${run.files.length} files have`;
    if (!like) {
      notes.push(`${which} no headings: the columns are called by their place, c0, c1 and so on.`);
      return run;
    }
    notes.push(
      `${which} no headings: the columns are called as in "${like.files[0]}", which has as many.`,
    );
    return { ...run, layout: { ...run.layout, names: like.layout.names } };
  });
  return { runs: given, notes };
}

/** SQL of a run's rows: t0, t1, … are all the columns, `h` whether a row is the headings. */
function readRun({ layout, record, files }: Run, names: readonly string[]): string {
  const { delimiter, hasHeader } = layout;
  const shape = layout.names.map((_, index) => `'v${index}': 'VARCHAR'`).join(', ');
  const values = names.map((name, index) => {
    const at = layout.names.indexOf(name);
    return `${at < 0 ? 'NULL::VARCHAR' : `v${at}`} AS t${index}`;
  });
  const isHeading = splitRecord(record, delimiter).map(
    (text, at) => `coalesce(v${at}, '') = ${quoteText(text)}`,
  );
  // An empty text in quotes is one; without them it is no value.
  return `SELECT ${values.join(', ')}, ${hasHeader ? isHeading.join(' AND ') : 'false'} AS h
    FROM read_csv(${quotePaths(files)}, auto_detect = false, header = false, delim = ${quoteText(delimiter)},
    quote = '"', escape = '"', allow_quoted_nulls = false, columns = {${shape}}, ${LINE_LIMITS},
    hive_partitioning = false, store_rejects = true)`;
}
