import { ask } from '../duckdb/ask.js';
import { quoteText } from '../duckdb/quote.js';
import { CliError } from '../errors.js';
import { TIME_MARKS } from '../model/time-marks.js';
import type { DatasetWithin, TimeSpan } from './datasets.js';
import { mapRows, type Source, sheetsOf } from './source.js';
import { timeOfRows } from './time-of-rows.js';
import type { Workshop } from './workshop.js';

/** See `Datasets.within`. */
export async function rowsWithin(
  source: Source,
  { from, to }: TimeSpan,
  { connection }: Workshop,
): Promise<{ readonly source: Source; readonly outside: DatasetWithin['outside'] }> {
  const time = timeOfRows(source);
  if (time === undefined) {
    const message = 'A range of time is for collected data: these rows do not tell their time.';
    throw new CliError('usage', message, {
      hint: `The columns would be ${TIME_MARKS.join(' or ')}.`,
    });
  }
  const instant = (date: Date) => `${quoteText(date.toISOString().slice(0, -1))}::TIMESTAMP`;
  const isBefore = from === null ? 'false' : `${time} < ${instant(from)}`;
  const isAfter = to === null ? 'false' : `${time} >= ${instant(to)}`;
  const isWithin = `${time} IS NOT NULL AND NOT (${isBefore}) AND NOT (${isAfter})`;
  const within = (rows: string) => `(SELECT * FROM ${rows} WHERE ${isWithin})`;
  const [counted] = await ask(
    connection,
    `SELECT count(*) FILTER (${isWithin}) AS "rows", count(*) FILTER (${isBefore}) AS "before",
       count(*) FILTER (${isAfter}) AS "after", count(*) FILTER (${time} IS NULL) AS "timeless" FROM ${sheetsOf(source)[0]?.from}`,
  );
  return {
    source: {
      ...mapRows(source, within),
      counts: { ...source.counts, rows: Number(counted?.rows) },
    },
    outside: {
      before: Number(counted?.before),
      after: Number(counted?.after),
      timeless: Number(counted?.timeless),
    },
  };
}
