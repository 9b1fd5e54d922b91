import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Dataset } from '../../src/lib/datasets/datasets.js';
import { cellsOf, datasets, opened } from './opened.js';

const timed = (rows: readonly (readonly [string, unknown])[]) =>
  `mdc_time,place,x\n${rows.map(([time, x]) => `${time},p,${x}\n`).join('')}`;
const second = (at: number) => new Date(Date.UTC(2026, 2, 1) + at * 1000).toISOString();
const seconds = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => [second(from + at), from + at] as const);
const newestOf = async (dataset: Dataset, count: number) =>
  (await cellsOf(await datasets.newest(dataset, count), ['x'])).map(({ x }) => Number(x));

test('a row that does not tell its time is older than those that do, whichever file they are in', async () => {
  const dataset = await opened('csv', {
    'a.csv': timed(seconds(10, 20)),
    'b.csv': timed([...seconds(0, 9), ['garbage', 99]]),
  });

  expect(await newestOf(dataset, 3)).toEqual([17, 18, 19]);
  expect(await newestOf(dataset, 30)).toEqual([
    99,
    ...Array.from({ length: 20 }, (_, at) => at).filter((at) => at !== 9),
  ]);
  expect((await datasets.newest(dataset, 3)).timeless).toBe(1);
  const range = { from: new Date(second(5)), to: null };
  const within = await datasets.within(dataset, range);
  expect(await newestOf(within, 2)).toEqual([18, 19]);
  expect((await datasets.newest(within, 2)).timeless).toBe(0);
});

test('rows of one time, and without any, are in the order of their files', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('', 'soon', second(1), second(2), second(3)), { minLength: 1 }),
      fc.integer({ min: 0, max: 12 }),
      async (times, count) => {
        const dataset = await opened('csv', {
          'a.csv': timed(times.map((time, at) => [time, at])),
        });
        const rank = (at: number) => Date.parse(times[at] ?? '') || 0;
        const ordered = [...times.keys()].toSorted((a, b) => rank(a) - rank(b));
        expect(await newestOf(dataset, count)).toEqual(count === 0 ? [] : ordered.slice(-count));
      },
    ),
    { numRuns: 20 },
  );
});

test.each(['csv', 'jsonl', 'v2'] as const)(
  '%s: of rows with hundreds of columns, all are of the newest',
  async (format) => {
    const names = Array.from({ length: 450 }, (_, at) => `x${at}`);
    const rows = Array.from({ length: 60 }, (_, row) => [
      ...names.map(() => (row * 7) % 60),
      second((row * 7) % 60),
    ]);
    const lines = {
      csv: [[...names, 'mdc_time'], ...rows].map((row) => row.join(',')),
      jsonl: rows.map((row) =>
        JSON.stringify(Object.fromEntries(row.map((x, at) => [names[at] ?? 'mdc_time', x]))),
      ),
      v2: rows.map((row) => {
        const data = [Object.fromEntries(names.map((name, at) => [name, row[at]]))];
        return JSON.stringify({ time: row.at(-1), data });
      }),
    };
    const dataset = await opened(format, { 'a.txt': lines[format].join('\n') });

    const wanted = ['x0', 'x250', 'x449'];
    expect(await cellsOf(await datasets.newest(dataset, 2), wanted)).toEqual([
      { x0: 58n, x250: 58n, x449: 58n },
      { x0: 59n, x250: 59n, x449: 59n },
    ]);
  },
);

test('of files that tell no time the last rows are the newest', async () => {
  const dataset = await opened('csv', { 'a.csv': 'x\n3\n2\n', 'b.csv': 'x\n1\n' });

  expect(await newestOf(dataset, 2)).toEqual([2, 1]);
  expect(await newestOf(dataset, 5)).toEqual([3, 2, 1]);
});
