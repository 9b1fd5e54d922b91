import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CliError } from '../../src/lib/errors.js';
import type { Column, Row } from '../../src/lib/model/table.js';
import { dateToTicks } from '../../src/lib/model/ticks.js';
import type { Arrivals } from '../../src/lib/use-cases/arrivals.js';
import { followQuery } from '../../src/lib/use-cases/follow-query.js';
import { fakeAnswer, fakeGateways } from '../support/fake-gateways.js';
import { fakeReport } from '../support/fake-report.js';
import { fakeClock } from '../support/host.js';

const START = Date.parse('2026-11-22T10:00:00Z');

/** A row of the store; all in seconds from the start. */
interface Stored {
  readonly id: string;
  /** The time that it carries. */
  readonly written: number;
  /** When it was stored, as `ingestion_time()` says. */
  readonly stored: number;
  /** When queries see it; undefined: at once. */
  readonly seen?: number;
}

interface World {
  readonly rows: readonly Stored[];
  readonly polls: number;
  /** How many rows the first answer has at most, the newest. */
  readonly firstLimit?: number;
  /** How many rows the others have at most, the newest. */
  readonly pollLimit?: number;
  /** Polls, from 1, that fail. */
  readonly failing?: readonly number[];
  readonly columns?: readonly Column[];
  readonly arrivals?: Arrivals;
  /** What the service says against asking for arrivals. */
  readonly refusal?: CliError;
}

const WITH_ID: readonly Column[] = [
  { name: 'timestamp', type: 'datetime' },
  { name: 'itemId', type: 'string' },
];
const WITHOUT_ID: readonly Column[] = [
  { name: 'timestamp', type: 'datetime' },
  { name: 'message', type: 'string' },
];

const toRow = ({ id, written }: Stored): Row => [dateToTicks(new Date(START + written * 1000)), id];

/** Follows a store in which time passes with the polls. */
async function follow(world: World) {
  const { rows, polls, firstLimit = rows.length, failing = [], columns = WITH_ID } = world;
  const pollLimit = world.pollLimit ?? Number.POSITIVE_INFINITY;
  const clock = fakeClock();
  const closed = new AbortController();
  const { report, said } = fakeReport();
  const windows: number[] = [];
  let poll = 0;
  const visible = () => {
    const now = (clock.now().getTime() - START) / 1000;
    return rows.filter(({ stored, seen = stored }) => seen <= now);
  };
  function answer(kql: string): readonly Row[] {
    if (kql === 'first') {
      const newestFirst = visible().toSorted((a, b) => b.written - a.written);
      return newestFirst.slice(0, firstLimit).map(toRow);
    }
    if (world.refusal) throw world.refusal;
    if (failing.includes(poll)) throw new CliError('service', 'Busy.');
    const [ms = 0, before = Number.POSITIVE_INFINITY] = kql.split(' ').map(Number);
    windows.push(ms);
    const since = clock.now().getTime() - START - ms;
    return visible()
      .filter(({ stored, written }) => stored * 1000 > since && START + written * 1000 < before)
      .toSorted((a, b) => b.written - a.written)
      .slice(0, pollLimit)
      .map(toRow);
  }
  let open = 0;
  const gateways = fakeGateways({
    logsQuery: {
      query: async (_, kql) => {
        const made = fakeAnswer(columns, answer(kql));
        open += 1;
        return { ...made, tables: closing(made.tables, () => (open -= 1)) };
      },
    },
  });
  const query = {
    kql: () => 'first',
    arrivals: async () => world.arrivals ?? { within, isVolatile: false },
    sendTimespan: false,
    time: undefined,
    firstLimit,
    pollLimit,
  };
  const ports = {
    clock: {
      ...clock,
      sleep: async (ms: number, signal?: AbortSignal) => {
        poll += 1;
        if (poll > polls) closed.abort();
        await clock.sleep(ms, signal);
      },
    },
    report,
    signal: new AbortController().signal,
    closed: closed.signal,
  };
  const table = await followQuery(gateways, query, ports);
  const ids: unknown[] = [];
  for await (const [, id] of table.rows) ids.push(id);
  return { ids, said, windows, open };
}

const within = (ms: number, before?: Date): string =>
  before === undefined ? `${ms}` : `${ms} ${before.getTime()}`;

/** An answer is over when all of its tables were asked for. */
async function* closing<T>(tables: AsyncIterable<T>, close: () => void): AsyncGenerator<T> {
  yield* tables;
  close();
}

test('a row that is two days old when it arrives is shown once, when it arrives', async () => {
  const { ids, said } = await follow({
    rows: [
      { id: 'there', written: -60, stored: -50 },
      { id: 'old', written: -2 * 86_400, stored: 7 },
      { id: 'new', written: 6, stored: 7 },
      { id: 'next', written: 11, stored: 12 },
    ],
    polls: 4,
  });
  expect(ids).toEqual(['there', 'old', 'new', 'next']);
  expect(said).toEqual([]);
});

test('what had arrived and was not among the newest rows is not shown later', async () => {
  const { ids } = await follow({
    rows: [
      { id: 'a', written: -30, stored: -20 },
      { id: 'b', written: -20, stored: -10 },
      { id: 'c', written: 2, stored: 4 },
    ],
    firstLimit: 1,
    polls: 3,
  });
  expect(ids).toEqual(['b', 'c']);
});

test('after a pause it goes on where it was', async () => {
  const rows = [1, 6, 11, 16, 21].map((second) => ({
    id: `${second}`,
    written: second,
    stored: second,
  }));
  const { ids, windows, said } = await follow({ rows, polls: 5, failing: [2, 3, 4] });
  expect(ids).toEqual(['1', '6', '11', '16', '21']);
  expect(windows).toEqual([300_000, 305_000, 320_000]);
  expect(said).toEqual(['WARNING: Busy. Trying again.', 'note: The query can be asked again.']);
});

test('more rows than an answer may have are asked for in several', async () => {
  const rows = Array.from({ length: 40 }, (_, index) => ({
    id: `${index}`,
    written: index / 20,
    stored: index < 30 ? 3 : 13,
  }));
  const { ids, said } = await follow({ rows, polls: 4, pollLimit: 4 });
  expect(ids).toEqual(rows.map(({ id }) => id));
  expect(said).toEqual([]);
});

test('what had arrived before is known, however much it was', async () => {
  const rows = Array.from({ length: 20 }, (_, index) => ({
    id: `${index}`,
    written: -30 + index,
    stored: -5,
  }));
  const { ids } = await follow({ rows, polls: 3, firstLimit: 2, pollLimit: 4 });
  expect(ids).toEqual(['18', '19']);
});

test('what may be missing is said each time that it begins', async () => {
  const burst = (stored: number) =>
    Array.from({ length: 8 }, (_, index) => ({ id: `${stored} ${index}`, written: 1, stored }));
  const { said } = await follow({ rows: [...burst(3), ...burst(1003)], polls: 250, pollLimit: 4 });
  const warning =
    'WARNING: More than 4 rows came in the last minutes: the oldest of them may be missing.';
  expect(said).toEqual([warning, warning]);
});

test('every answer is read to its end', async () => {
  const rows = [{ id: 'a', written: -2, stored: -1 }];
  expect((await follow({ rows, polls: 3 })).open).toBe(0);
});

test('rows without an id are known by all that they hold, as often as they come', async () => {
  const rows = [
    { id: 'same', written: 1, stored: 2 },
    { id: 'same', written: 1, stored: 7 },
    { id: 'other', written: 1, stored: 7 },
  ];
  const { ids } = await follow({ rows, polls: 4, columns: WITHOUT_ID });
  expect(ids).toEqual(['same', 'same', 'other']);
});

test('rows of one id that come together are shown together', async () => {
  const rows = [
    { id: 'a', written: 1, stored: 2 },
    { id: 'a', written: 1, stored: 2 },
  ];
  expect((await follow({ rows, polls: 3 })).ids).toEqual(['a', 'a']);
});

test('where nobody knows ingestion_time(), rows are asked for by their own time, which is said once', async () => {
  const unknown = new CliError('unsupported', 'not supported locally: ingestion_time()');
  const { ids, said } = await follow({
    rows: [{ id: 'a', written: -60, stored: -50 }],
    polls: 3,
    refusal: unknown,
  });
  expect(ids).toEqual(['a']);
  expect(said).toEqual([
    'note: Rows that arrive more than 15 min late are not shown: ingestion_time() is not known there.',
  ]);
});

test('rows that cannot be known again are refused', async () => {
  const rows = [{ id: 'a', written: 1, stored: 2 }];
  const arrivals = { within, isVolatile: true };
  const changing = follow({ rows, polls: 1, columns: WITHOUT_ID, arrivals });
  await expect(changing).rejects.toMatchObject({ kind: 'usage' });
  expect((await follow({ rows, polls: 2, arrivals })).ids).toEqual(['a']);
});

test('whatever arrives, and whenever it is seen, is shown exactly once', async () => {
  const second = (min: number, max: number) => fc.integer({ min, max });
  const stored = fc.record({
    written: second(-172_800, 60),
    stored: second(-400, 100),
    hiddenFor: second(0, 290),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(stored, { maxLength: 40 }),
      fc.uniqueArray(second(1, 60), { maxLength: 30 }),
      second(0, 40),
      second(12, 60),
      async (facts, failing, firstLimit, pollLimit) => {
        const rows = facts.map(({ hiddenFor, ...each }, index) => ({
          ...each,
          id: `${index}`,
          seen: each.stored + hiddenFor,
        }));
        const { ids } = await follow({ rows, polls: 90, failing, firstLimit, pollLimit });
        const there = rows
          .filter(({ seen }) => seen <= 0)
          .toSorted((a, b) => b.written - a.written)
          .slice(0, firstLimit);
        const asked = [...there, ...rows.filter(({ seen }) => seen > 0)];
        expect(ids.toSorted()).toEqual(asked.map(({ id }) => id).toSorted());
      },
    ),
    { numRuns: 60 },
  );
});
