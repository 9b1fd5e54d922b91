import type { Gateways } from '../azure/gateways.js';
import { CliError } from '../errors.js';
import type { Report } from '../host.js';
import type { Column, Row, Table } from '../model/table.js';
import { dateToTicks } from '../model/ticks.js';
import { durationText, type TimeWish } from '../model/time-range.js';
import { type Arrivals, comesAgainMs } from './arrivals.js';
import { createKnownRows } from './known-rows.js';
import { type PollPorts, waitForNextPoll } from './poll.js';
import { type Pages, readPages, timeIn } from './read-pages.js';
import { getComponentId, type RunningQuery, reportEnding, runQuery } from './run-query.js';

/** What is read again at each poll: a row can be seen a little after the instant at which it was stored, … */
const STORED_OVERLAP_MS = 5 * 60_000;
/** … and minutes after its own time. */
const WRITTEN_OVERLAP_MS = 15 * 60_000;

export interface FollowQuery {
  /** The KQL of the first poll, with the time that was asked for, and of those behind it. */
  readonly kql: (time: TimeWish | undefined, poll: 'first' | 'later') => string;
  /** The KQL of later polls by when rows arrived, however old they are. */
  readonly arrivals: () => Promise<Arrivals>;
  /** Azure Monitor's own time range carries the time, for KQL that does not. */
  readonly sendTimespan: boolean;
  readonly time: TimeWish | undefined;
  readonly component?: string | undefined;
  /** The first answer holds at most so many rows, the newest; undefined: all. */
  readonly firstLimit?: number | undefined;
  /** So do the answers to later polls: what is older is asked for again. */
  readonly pollLimit?: number | undefined;
}

/** One of the later polls. */
interface Poll {
  readonly kql: string;
  /** The KQL of those of its rows whose own time is earlier. */
  readonly older: (before: Date) => string;
  readonly time?: TimeWish;
  /** How long its rows may come again. */
  readonly againMs: number;
  /** The rows of its answer that were asked for. */
  readonly isAskedFor?: (row: Row) => boolean;
}

/**
 * The rows of a query and then, every five seconds, those that arrived since, each once, oldest first.
 *
 * What arrived is asked by `ingestion_time()`, on the clock of the service: a row that is two days old when it
 * arrives is seen too, and after a pause nothing is missing. What had arrived when it began is asked before the rows
 * themselves, so that nothing falls between the two. Where arrivals cannot be asked for, the rows of the last quarter
 * of an hour are asked for again, by their own time. The table does not end by itself: see `followLogs`.
 *
 * @throws {CliError} `usage` if a row cannot be known again
 */
export async function followQuery(
  gateways: Pick<Gateways, 'arm' | 'logsQuery'>,
  query: FollowQuery,
  ports: PollPorts,
): Promise<Table> {
  const { clock, report } = ports;
  const component = query.component ?? (await getComponentId(gateways.arm));
  const ask = (kql: string, time?: TimeWish, explainEmpty = false) =>
    runQuery(gateways, { kql, time, component, now: clock.now(), explainEmpty });

  const arrivals = await query.arrivals();
  const startedAt = clock.now();
  const arrived = await askArrived(arrivals, ask, query.pollLimit);
  const firstKql = query.kql(query.time, 'first');
  const first = await ask(firstKql, query.sendTimespan ? query.time : undefined, true);
  const { columns } = first.table;
  assertKnowable(columns, arrivals, arrived.missing);
  if (arrived.missing !== undefined) {
    const late = durationText(WRITTEN_OVERLAP_MS);
    report.note(`Rows that arrive more than ${late} late are not shown: ${arrived.missing}.`);
  }
  const timeOf = timeIn(columns);

  const say = eachOnce(report);

  async function* rows(): AsyncGenerator<Row> {
    const known = createKnownRows(columns);
    const answer = await readPages(async () => first);
    const shown = answer.rows;
    say(answer, firstKql);
    known.take(arrived.rows, clock.now().getTime());
    known.take(shown, clock.now().getTime());
    yield* inOrder(shown);
    const floor = oldestAskedFor(shown);
    let lookedAt = startedAt;
    let hasFailed = false;
    for (;;) {
      if (!(await waitForNextPoll(ports))) return;
      const now = clock.now();
      const poll = nextPoll(now.getTime() - lookedAt.getTime(), floor);
      try {
        const came = await readPages(
          (before) => ask(before ? poll.older(before) : poll.kql, poll.time),
          query.pollLimit,
        );
        say(came, poll.kql);
        if (hasFailed) report.note('The query can be asked again.');
        hasFailed = false;
        lookedAt = now;
        known.forgetBefore(now.getTime() - poll.againMs);
        const fresh = known.take(came.rows, clock.now().getTime());
        yield* inOrder(poll.isAskedFor ? fresh.filter(poll.isAskedFor) : fresh);
      } catch (error) {
        if (!(error instanceof CliError && ['service', 'timeout'].includes(error.kind)))
          throw error;
        if (!hasFailed) report.warn(`${error.message} Trying again.`);
        hasFailed = true;
      }
    }
  }

  function nextPoll(sinceMs: number, floor: bigint): Poll {
    if ('within' in arrivals && arrived.missing === undefined) {
      const ms = sinceMs + STORED_OVERLAP_MS;
      return {
        kql: arrivals.within(ms),
        older: (before) => arrivals.within(ms, before),
        againMs: comesAgainMs(ms),
      };
    }
    const againMs = sinceMs + WRITTEN_OVERLAP_MS;
    const time = { from: new Date(clock.now().getTime() - againMs), to: null };
    return {
      kql: query.kql(time, 'later'),
      older: (before) => query.kql({ ...time, to: before }, 'later'),
      ...(query.sendTimespan && { time }),
      againMs,
      isAskedFor: (row) => timeOf(row) > floor,
    };
  }

  /** Older rows than these were not asked for, so a poll by their own time must not bring them. */
  function oldestAskedFor(shown: readonly Row[]): bigint {
    const isCutOff = query.firstLimit !== undefined && shown.length >= query.firstLimit;
    const [oldest] = inOrder(shown);
    return isCutOff && oldest ? timeOf(oldest) : dateToTicks(startOf(query.time, startedAt));
  }

  function inOrder(some: readonly Row[]): readonly Row[] {
    return some.toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : Number(timeOf(a) > timeOf(b))));
  }

  return { columns, rows: rows() };
}

/** Says what answers lack, but not again what the one before lacked too: they overlap. */
function eachOnce(report: Report) {
  let said = { cut: false, cutTexts: false, results: false, cutOff: false };
  return ({ ending, isCutOff }: Pages, kql: string): void => {
    const { cut, cutTexts, furtherResults, rowCount } = ending;
    const news = {
      ...ending,
      cut: said.cut ? null : cut,
      cutTexts: said.cutTexts ? 0 : cutTexts,
      furtherResults: said.results ? 0 : furtherResults,
    };
    reportEnding(news, { kql, allowPartial: true, report });
    if (isCutOff && !said.cutOff) {
      report.warn(
        `More than ${rowCount} rows came in the last minutes: the oldest of them may be missing.`,
      );
    }
    // Texts stay cut in rows that come again and go; a lack that ended may begin anew.
    said = {
      cut: cut !== null,
      cutTexts: said.cutTexts || cutTexts > 0,
      results: said.results || furtherResults > 0,
      cutOff: isCutOff,
    };
  };
}

/** What has arrived by now. KQL that is refused is asked again as it was written, and then shows what is wrong. */
async function askArrived(
  arrivals: Arrivals,
  ask: (kql: string) => Promise<RunningQuery>,
  limit: number | undefined,
): Promise<{ readonly rows: readonly Row[]; readonly missing?: string }> {
  if ('missing' in arrivals) return { rows: [], missing: arrivals.missing };
  try {
    return await readPages((before) => ask(arrivals.within(STORED_OVERLAP_MS, before)), limit);
  } catch (error) {
    if (!(error instanceof CliError && ['usage', 'unsupported'].includes(error.kind))) throw error;
    return { rows: [], missing: 'ingestion_time() is not known there' };
  }
}

/** @throws {CliError} `usage` if a row that comes again would look like another one */
function assertKnowable(columns: readonly Column[], arrivals: Arrivals, missing?: string): void {
  const has = (name: string) => columns.some((column) => column.name === name);
  const isVolatile = 'isVolatile' in arrivals && arrivals.isVolatile;
  const isKnowable =
    missing === undefined ? has('itemId') || !isVolatile : has('itemId') && has('timestamp');
  if (isKnowable) return;
  const why = missing ?? 'its rows change with the clock or by chance';
  throw new CliError('usage', '--follow needs the columns timestamp and itemId in the result.', {
    hint: `Keep both in the KQL. Rows of one table could do without them, but ${why}.`,
  });
}

function startOf(time: TimeWish | undefined, now: Date): Date {
  if (time === undefined) return new Date(0);
  return 'sinceMs' in time ? new Date(now.getTime() - time.sinceMs) : time.from;
}
