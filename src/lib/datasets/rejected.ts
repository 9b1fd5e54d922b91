import { ask } from '../duckdb/ask.js';
import { quoteText } from '../duckdb/quote.js';
import type { Workshop } from './dataset.js';

export interface Rejected {
  readonly count: number;
  /** SQL of `file`, `line`, `reason`, `text`. */
  readonly sql: string;
}

const REASONS: Readonly<Record<string, string>> = {
  'MISSING COLUMNS': 'it has fewer values than the first line',
  'TOO MANY COLUMNS': 'it has more values than the first line',
  'UNQUOTED VALUE': 'a quote is not closed',
  'INVALID ENCODING': 'it is not UTF-8',
  'LINE SIZE OVER MAXIMUM': 'it is longer than 64 MB',
};

/** Keeps apart what the reader of CSV rejected since the last time. */
export async function keepRejected({ connection, uniqueName }: Workshop): Promise<Rejected> {
  const table = uniqueName('rejected');
  const reasons = Object.entries(REASONS).map(
    ([code, text]) => `WHEN ${quoteText(code)} THEN ${quoteText(text)}`,
  );
  await ask(
    connection,
    `CREATE TABLE ${table} AS SELECT s.file_path AS file, CAST(e.line AS BIGINT) AS line,
       CASE min(CAST(e.error_type AS VARCHAR)) ${reasons.join(' ')} ELSE 'it is no CSV' END AS reason,
       ltrim(any_value(e.csv_line), chr(10) || chr(13)) AS text
     FROM reject_errors e JOIN reject_scans s USING (scan_id, file_id) GROUP BY ALL ORDER BY file, line`,
  );
  await ask(connection, 'DROP TABLE reject_errors; DROP TABLE reject_scans');
  const [counted] = await ask(connection, `SELECT count(*) AS "count" FROM ${table}`);
  return { count: Number(counted?.count), sql: `SELECT file, line, reason, text FROM ${table}` };
}
