import { ask } from '../duckdb/ask.js';
import { mapRows, type Source, sheetsOf } from './source.js';
import { timeOfRows } from './time-of-rows.js';
import type { Workshop } from './workshop.js';

/** No column of a file is called so. */
const PLACE = '"place in the files of aml-monitor"';

/** See `Datasets.newest`. Each sheet is brought into order for itself, so that rows of one time are told apart by place. */
export async function newestRows(
  source: Source,
  count: number,
  { connection }: Workshop,
): Promise<{ readonly source: Source; readonly timeless: number }> {
  const { rows } = source.counts;
  const counts = { ...source.counts, rows: Math.min(count, rows) };
  const time = timeOfRows(source);
  if (time === undefined) {
    const last = (from: string) =>
      `(SELECT * FROM ${from} LIMIT ${counts.rows} OFFSET ${rows - counts.rows})`;
    return { source: { ...mapRows(source, last), counts }, timeless: rows };
  }
  const [counted] = await ask(
    connection,
    `SELECT count(*) FILTER (${time} IS NULL) AS "timeless" FROM ${sheetsOf(source)[0]?.from}`,
  );
  const newest = (from: string) =>
    `(SELECT * FROM (SELECT * FROM (SELECT *, row_number() OVER () AS ${PLACE} FROM ${from})
       ORDER BY ${time} DESC NULLS LAST, ${PLACE} DESC LIMIT ${counts.rows})
     ORDER BY ${time} NULLS FIRST, ${PLACE})`;
  return { source: { ...mapRows(source, newest), counts }, timeless: Number(counted?.timeless) };
}
