import type { Column, Row } from '../model/table.js';
import { dateToTicks, ticksToMs } from '../model/ticks.js';
import type { QueryEnding, RunningQuery } from './run-query.js';

/** More are not asked for, lest a poll never ends. */
const MOST_PAGES = 20;

/** What came for one question, in however many answers. */
export interface Pages {
  readonly rows: readonly Row[];
  /** Of all answers: rows of the pages, the first reason that one was cut. */
  readonly ending: QueryEnding;
  /** Older rows may be missing: there were too many pages, or more rows of one millisecond than a page has. */
  readonly isCutOff: boolean;
}

/**
 * Asks for the newest rows, and while an answer has as many as it may have, again for those that are older. Where one
 * page ends within a millisecond, that whole millisecond belongs to the next.
 */
export async function readPages(
  ask: (before?: Date) => Promise<RunningQuery>,
  limit = Number.POSITIVE_INFINITY,
): Promise<Pages> {
  const pages: (readonly Row[])[] = [];
  const endings: QueryEnding[] = [];
  let before: Date | undefined;
  for (;;) {
    const { table, ending } = await ask(before);
    const timeOf = timeIn(table.columns);
    const page = await collect(table.rows);
    endings.push(await ending());
    if (page.length < limit) return joined([...pages, page], endings, false);
    const oldest = page.map(timeOf).reduce((a, b) => (a < b ? a : b));
    before = new Date(ticksToMs(oldest) + 1);
    const border = dateToTicks(before);
    const whole = page.filter((row) => timeOf(row) >= border);
    if (whole.length === 0 || endings.length === MOST_PAGES) {
      return joined([...pages, page], endings, true);
    }
    pages.push(whole);
  }
}

function joined(
  pages: readonly (readonly Row[])[],
  endings: readonly QueryEnding[],
  isCutOff: boolean,
): Pages {
  const rows = pages.flat();
  const ending = endings.reduce((sum, next) => ({
    ...next,
    cut: sum.cut ?? next.cut,
    cutTexts: sum.cutTexts + next.cutTexts,
    furtherResults: Math.max(sum.furtherResults, next.furtherResults),
  }));
  return { rows, ending: { ...ending, rowCount: rows.length }, isCutOff };
}

const TIMES = ['timestamp', 'TimeGenerated'];

/** The own time of a row, in ticks; 0 where it has none. */
export function timeIn(columns: readonly Column[]): (row: Row) => bigint {
  const index = columns.findIndex(({ name, type }) => TIMES.includes(name) && type === 'datetime');
  return (row) => {
    const cell = row[index];
    return typeof cell === 'bigint' ? cell : 0n;
  };
}

async function collect(rows: AsyncIterable<Row>): Promise<readonly Row[]> {
  const all: Row[] = [];
  for await (const row of rows) all.push(row);
  return all;
}
