import { ask } from '../duckdb/ask.js';
import { quotePaths, quoteText } from '../duckdb/quote.js';
import {
  type CsvLayout,
  plainLayout,
  readFirstRecord,
  splitRecord,
  v1Layout,
} from './csv-layout.js';
import type { Workshop } from './dataset.js';
import { roleOf } from './marks.js';
import { keepRejected } from './rejected.js';
import type { Source } from './source.js';
import { typesOfTexts } from './text-types.js';

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
  const { runs, notes } = named(await findRuns(files, format === 'v1' ? v1Layout : plainLayout));
  const names = [...new Set(runs.flatMap(({ layout }) => layout.names))];
  const from = (options: string) =>
    `(${runs.map((run) => readRun(run, names, options)).join(' UNION ALL ')})`;
  if (runs.length === 0) {
    return {
      columns: [],
      from: '(SELECT 1 LIMIT 0)',
      counts: { rows: 0, rejected: 0 },
      notes,
      isStored: true,
    };
  }
  const headings = runs.flatMap((run) => (run.layout.hasHeader ? run.files : [])).length;
  const [counted] = await ask(
    connection,
    `SELECT count(*) AS "all", count(*) FILTER (h) AS "headings" FROM ${from('store_rejects = true')}`,
  );
  const rejected = await keepRejected(workshop);
  const repeated = Number(counted?.headings) - headings;
  if (repeated > 0) notes.push(`${repeated} lines that repeat the headings are left out.`);
  const rows = `(SELECT * FROM ${from('ignore_errors = true')} WHERE NOT h)`;
  const texts = names.map((_, index) => `t${index}`);
  const types = await typesOfTexts(connection, rows, texts);
  const columns = names.map((name, index) => {
    const [text = '', type] = [texts[index], types[index]];
    const { type: kusto = 'string', stored = 'VARCHAR', value = (x: string) => x } = type ?? {};
    return { name, type: kusto, role: roleOf(name), stored, sql: value(text), text } as const;
  });
  const counts = {
    rows: Number(counted?.all) - Number(counted?.headings),
    rejected: rejected.count,
  };
  return { columns, from: rows, counts, notes, isStored: false, rejected: rejected.sql };
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
function readRun(
  { layout, record, files }: Run,
  names: readonly string[],
  options: string,
): string {
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
    quote = '"', escape = '"', allow_quoted_nulls = false, columns = {${shape}}, max_line_size = 67108864,
    hive_partitioning = false, ${options})`;
}
