import { ask } from '../duckdb/ask.js';
import { quoteText } from '../duckdb/quote.js';
import type { Origin } from './gather-files.js';
import type { Kept, Workshop } from './workshop.js';

/** What in files is no row. */
export interface Rejected {
  readonly count: number;
  /** SQL of `file`, `line`, `reason`, `text`. */
  readonly sql: string;
}

export const NOT_UTF8 = 'it is not UTF-8';

const REASONS: Readonly<Record<string, string>> = {
  'MISSING COLUMNS': 'it has fewer values than the first line',
  'TOO MANY COLUMNS': 'it has more values than the first line',
  'UNQUOTED VALUE': 'a quote is not closed',
  'INVALID ENCODING': NOT_UTF8,
  'LINE SIZE OVER MAXIMUM': 'it is longer than 16 MB',
};

/**
 * Keeps apart what the reader of CSV rejected since the last time.
 *
 * @param place what to keep as the line: the number of the record, or its first byte, from 1 on
 */
export async function keepRejected(
  workshop: Workshop,
  place: 'line' | 'line_byte_position' = 'line',
): Promise<Rejected> {
  const reasons = Object.entries(REASONS).map(
    ([code, text]) => `WHEN ${quoteText(code)} THEN ${quoteText(text)}`,
  );
  const rejected = await keepTable(
    workshop,
    `SELECT file_path AS file, CAST(${place} AS BIGINT) AS line,
       CASE min(CAST(error_type AS VARCHAR)) ${reasons.join(' ')} ELSE 'it is no CSV' END AS reason,
       trim(any_value(csv_line), chr(10) || chr(13)) AS text
     FROM reject_errors JOIN reject_scans USING (scan_id, file_id) GROUP BY file_path, ${place} ORDER BY ALL`,
  );
  await forgetRejected(workshop);
  return rejected;
}

/** What the reader of CSV rejected since the last time; it may not have come so far. */
export async function forgetRejected({ connection }: Workshop): Promise<void> {
  await ask(connection, 'DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans');
}

/** Lines that were read, but are no rows. */
export interface UnfitLines {
  /** Every row with its `filename`, lines that are none with a `reason`. */
  readonly kept: Kept;
  readonly unfit: number;
  /** Lines that were not even read. */
  readonly unreadable: Rejected;
  readonly readLines: (files: readonly string[]) => string;
  /** See `LineRows`. */
  readonly items: (lines: string) => string;
}

/** Finds the lines again, now with their numbers. */
export async function keepUnfit(
  workshop: Workshop,
  { kept, unfit, unreadable, readLines, items }: UnfitLines,
): Promise<Rejected> {
  if (unfit === 0) return unreadable;
  const { connection } = workshop;
  const found = await ask(
    connection,
    `SELECT DISTINCT filename FROM ${kept.from} WHERE reason IS NOT NULL`,
  );
  const lines = `(SELECT *, row_number() OVER () AS n FROM ${readLines(found.map(({ filename }) => String(filename)))})`;
  // Lines that are not read are not counted: each moves those behind it on by one.
  return keepTable(
    workshop,
    `WITH firsts AS (SELECT filename, min(n) AS first FROM ${lines} GROUP BY filename),
       gone AS (SELECT file, line - row_number() OVER (PARTITION BY file ORDER BY line) AS before FROM (${unreadable.sql})),
       unfit AS (SELECT filename AS file, n - first + 1 AS n, reason, line AS text
         FROM ${items(lines)} JOIN firsts USING (filename) WHERE reason IS NOT NULL)
     SELECT file, n + (SELECT count(*) FROM gone WHERE gone.file = unfit.file AND gone.before < unfit.n) AS line, reason, text
     FROM unfit UNION ALL FROM (${unreadable.sql}) ORDER BY file, line`,
  );
}

/** Says of what small files hold that stand together where it stands in them. */
export async function traceRejected(
  workshop: Workshop,
  rejected: Rejected,
  origins: readonly Origin[],
): Promise<Rejected> {
  if (rejected.count === 0 || origins.length === 0) return rejected;
  const { connection, uniqueName } = workshop;
  const table = uniqueName('origins');
  await ask(connection, `CREATE TABLE ${table} (file VARCHAR, "first" BIGINT, path VARCHAR)`);
  const rows = await connection.createAppender(table);
  for (const { file, first, path } of origins) {
    rows.appendVarchar(file);
    rows.appendBigInt(BigInt(first));
    rows.appendVarchar(path);
    rows.endRow();
  }
  rows.closeSync();
  return keepTable(
    workshop,
    `SELECT coalesce(path, found.file) AS file, line - coalesce("first", 1) + 1 AS line, reason, text
     FROM (${rejected.sql}) found ASOF LEFT JOIN ${table} origins
       ON found.file = origins.file AND found.line >= origins."first"
     ORDER BY ALL`,
  );
}

/** As a table of the database, which every connection sees. */
export async function keepTable(
  { connection, uniqueName }: Workshop,
  select: string,
): Promise<Rejected> {
  const table = uniqueName('rejected');
  await ask(connection, `CREATE TABLE ${table} AS ${select}`);
  const [counted] = await ask(connection, `SELECT count(*) AS "count" FROM ${table}`);
  return { count: Number(counted?.count), sql: `SELECT file, line, reason, text FROM ${table}` };
}
