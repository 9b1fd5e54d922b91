import { expect, test } from 'vitest';
import { CliError } from '../../src/lib/errors.js';
import type { Column, Row } from '../../src/lib/model/table.js';
import { dateToTicks } from '../../src/lib/model/ticks.js';
import type { TimeWish } from '../../src/lib/model/time-range.js';
import { type FollowQuery, followQuery } from '../../src/lib/use-cases/follow-query.js';
import { fakeAnswer, fakeGateways } from '../support/fake-gateways.js';
import { fakeReport } from '../support/fake-report.js';
import { fakeClock } from '../support/host.js';

const COLUMNS: readonly Column[] = [
  { name: 'timestamp', type: 'datetime' },
  { name: 'itemId', type: 'string' },
];
/** A row so many seconds after the clock's start, 2026-11-22T10:00:00Z. */
const row = (second: number, id: string): Row => [
  dateToTicks(new Date(Date.parse('2026-11-22T10:00:00Z') + second * 1000)),
  id,
];

/** Follows a query whose answers are given poll by poll; ends after the last. */
async function follow(
  answers: readonly (readonly Row[] | Error)[],
  query: Partial<FollowQuery> = {},
  columns = COLUMNS,
) {
  const clock = fakeClock();
  const closed = new AbortController();
  const { report, said } = fakeReport();
  const queue = [...answers];
  const times: (TimeWish | undefined)[] = [];
  const timespans: (string | undefined)[] = [];
  const gateways = fakeGateways({
    logsQuery: {
      query: async (_, __, options) => {
        timespans.push(options?.timespan);
        const answer = queue.shift() ?? [];
        if (answer instanceof Error) throw answer;
        return fakeAnswer(columns, answer);
      },
    },
  });
  const table = await followQuery(
    gateways,
    {
      kql: (time) => {
        times.push(time);
        return 'traces';
      },
      arrivals: async () => ({ missing: 'nobody knows' }),
      sendTimespan: false,
      time: { sinceMs: 86_400_000 },
      ...query,
    },
    {
      clock: {
        ...clock,
        sleep: async (ms, signal) => {
          if (queue.length === 0) closed.abort();
          await clock.sleep(ms, signal);
        },
      },
      report,
      signal: new AbortController().signal,
      closed: closed.signal,
    },
  );
  const ids: unknown[] = [];
  for await (const [, id] of table.rows) ids.push(id);
  return { ids, said, times, timespans };
}

test('by their own time each row is shown once, oldest first, also those that are some minutes late', async () => {
  const { ids, times } = await follow([
    [row(-5, 'b'), row(-9, 'a')],
    [row(1, 'd'), row(-5, 'b'), row(-7, 'late'), row(-9, 'a')],
    [row(3, 'e'), row(1, 'd'), row(-5, 'b'), row(-7, 'late')],
  ]);
  expect(ids).toEqual(['a', 'b', 'late', 'd', 'e']);
  expect(times.slice(1)).toEqual([
    { from: new Date('2026-11-22T09:45:00Z'), to: null },
    { from: new Date('2026-11-22T09:45:05Z'), to: null },
  ]);
});

test('rows older than those of a full first answer were not asked for', async () => {
  const { ids } = await follow(
    [
      [row(-1, 'c'), row(-2, 'b')],
      [row(2, 'd'), row(-1, 'c'), row(-2, 'b'), row(-60, 'a')],
    ],
    { firstLimit: 2 },
  );
  expect(ids).toEqual(['b', 'c', 'd']);
});

test('rows before the time that was asked for stay out, though the overlap reads them', async () => {
  const rows = [row(2, 'c'), row(-5, 'b'), row(-120, 'a')];
  expect((await follow([[row(-5, 'b')], rows], { time: { sinceMs: 60_000 } })).ids).toEqual([
    'b',
    'c',
  ]);
});

test('KQL of the user is narrowed by the time range of the call alone', async () => {
  const { timespans } = await follow([[], [], []], { sendTimespan: true, time: undefined });
  expect(timespans).toEqual([
    undefined,
    undefined, // Who may read what, as the answer was empty.
    '2026-11-22T09:45:00.000Z/2026-11-22T10:00:05.000Z',
  ]);
});

test('a call that fails is said once and tried again', async () => {
  const busy = new CliError('service', 'Log Analytics refuses more queries for now.');
  const { ids, said } = await follow([[row(-5, 'a')], busy, busy, [row(-5, 'a'), row(4, 'b')]]);
  expect(ids).toEqual(['a', 'b']);
  expect(said).toEqual([
    'note: Rows that arrive more than 15 min late are not shown: nobody knows.',
    `WARNING: ${busy.message} Trying again.`,
    'note: The query can be asked again.',
  ]);
});

test('a result without itemId cannot be followed', async () => {
  await expect(follow([[]], {}, COLUMNS.slice(0, 1))).rejects.toMatchObject({ kind: 'usage' });
});
