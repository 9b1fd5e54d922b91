import type { Gateways } from '../azure/gateways.js';
import { CliError } from '../errors.js';
import type { Row, Table } from '../model/table.js';
import { dateToTicks } from '../model/ticks.js';
import type { TimeWish } from '../model/time-range.js';
import { type PollPorts, waitForNextPoll } from './poll.js';
import { getComponentId, type QueryRequest, reportEnding, runQuery } from './run-query.js';

/** Rows arrive minutes after they were written, not in order: that much is read again at each poll. */
const OVERLAP_MS = 15 * 60_000;
export interface FollowQuery {
  /** The KQL of the first poll, with the time that was asked for, and of those behind it. */
  readonly kql: (time: TimeWish | undefined, poll: 'first' | 'later') => string;
  /** Azure Monitor's own time range carries the time, for KQL that does not. */
  readonly sendTimespan: boolean;
  readonly time: TimeWish | undefined;
  readonly component?: string | undefined;
  /** The first answer holds at most so many rows, the newest; undefined: all. */
  readonly firstLimit?: number | undefined;
}

/**
 * The rows of a query and then, every five seconds, those that came since, oldest first, each `itemId` once.
 * The table does not end by itself: see `followLogs`.
 *
 * @throws {CliError} `usage` if the result has no `timestamp` or `itemId`
 */
export async function followQuery(
  gateways: Pick<Gateways, 'arm' | 'logsQuery'>,
  query: FollowQuery,
  ports: PollPorts,
): Promise<Table> {
  const { clock } = ports;
  const component = query.component ?? (await getComponentId(gateways.arm));
  const request = (poll: 'first' | 'later', time: TimeWish | undefined): QueryRequest => ({
    kql: query.kql(time, poll),
    time: query.sendTimespan ? time : undefined,
    component,
    now: clock.now(),
    explainEmpty: poll === 'first',
  });
  const asked = request('first', query.time);
  const startedAt = clock.now();
  const first = await runQuery(gateways, asked);
  const { columns } = first.table;
  const time = columns.findIndex(({ name, type }) => name === 'timestamp' && type === 'datetime');
  const id = columns.findIndex(({ name }) => name === 'itemId');
  if (time < 0 || id < 0) {
    throw new CliError('usage', '--follow needs the columns timestamp and itemId in the result.', {
      hint: 'Keep both in the KQL; workspace tables such as AppTraces have no itemId.',
    });
  }
  const timeOf = (row: Row) => (typeof row[time] === 'bigint' ? row[time] : 0n);
  const inOrder = (rows: readonly Row[]) =>
    rows.toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : Number(timeOf(a) > timeOf(b))));

  async function* rows(): AsyncGenerator<Row> {
    const seen = new Map<unknown, bigint>();
    const known = await collect(first.table.rows);
    reportEnding(await first.ending(), {
      kql: asked.kql,
      allowPartial: true,
      report: ports.report,
    });
    const isCutOff = query.firstLimit !== undefined && known.length >= query.firstLimit;
    // Older rows than these were not asked for, so a later poll must not bring them.
    const [oldest] = inOrder(known);
    const floor = isCutOff && oldest ? timeOf(oldest) : dateToTicks(startOf(query.time, startedAt));
    yield* unseen(known);
    let lookedAt = startedAt;
    let hasFailed = false;
    for (;;) {
      if (!(await waitForNextPoll(ports))) return;
      const from = new Date(lookedAt.getTime() - OVERLAP_MS);
      forgetBefore(from);
      const now = clock.now();
      try {
        const asked = request('later', { from, to: null });
        const { table, ending } = await runQuery(gateways, asked);
        const came = await collect(table.rows);
        reportEnding(await ending(), { kql: asked.kql, allowPartial: true, report: ports.report });
        if (hasFailed) ports.report.note('The query can be asked again.');
        hasFailed = false;
        lookedAt = now;
        yield* unseen(came.filter((row) => timeOf(row) > floor));
      } catch (error) {
        if (!(error instanceof CliError && ['service', 'timeout'].includes(error.kind)))
          throw error;
        if (!hasFailed) ports.report.warn(`${error.message} Trying again.`);
        hasFailed = true;
      }
    }

    function unseen(candidates: readonly Row[]): readonly Row[] {
      return inOrder(candidates).filter((row) => {
        if (seen.has(row[id])) return false;
        seen.set(row[id], timeOf(row));
        return true;
      });
    }

    function forgetBefore(from: Date): void {
      for (const [itemId, at] of seen) if (at < dateToTicks(from)) seen.delete(itemId);
    }
  }

  return { columns, rows: rows() };
}

function startOf(time: TimeWish | undefined, now: Date): Date {
  if (time === undefined) return new Date(0);
  return 'sinceMs' in time ? new Date(now.getTime() - time.sinceMs) : time.from;
}

async function collect(rows: AsyncIterable<Row>): Promise<readonly Row[]> {
  const all: Row[] = [];
  for await (const row of rows) all.push(row);
  return all;
}
