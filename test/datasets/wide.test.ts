import { afterAll, expect, test } from 'vitest';
import { openDatasets } from '../../src/lib/datasets/open-datasets.js';
import { cellsOf, filesOf, rejectedOf, rowsOf, shapeOf } from './opened.js';

/** Less than DuckDB takes to write that many columns at once. */
const datasets = openDatasets({ maxMemoryBytes: 250_000_000 });
afterAll(() => datasets.close());

const WIDTH = 1000;
const columns = Array.from({ length: WIDTH }, (_, at) => at);
const rowOf = (row: number) =>
  columns.map((at) => [row * at, `n${(row + at) % 7}`, row % 2 === 0, row / 4][at % 4]);
const csvOf = (rows: readonly (readonly unknown[])[]) =>
  rows.map((row) => `${row.join(',')}\n`).join('');
const rows = Array.from({ length: 40 }, (_, row) => rowOf(row));
const names = columns.map((at) => `c${at}`);

test('a CSV of a thousand columns has all of its rows, headings repeated or not', async () => {
  const files = await filesOf({
    'a.csv': csvOf([names, ...rows.slice(0, 20), names, ...rows.slice(20)]),
    'b.csv': csvOf([names, ['short'], ...rows]),
  });
  const dataset = await datasets.open({ format: 'csv', files });

  expect(dataset.counts).toEqual({ rows: 80, rejected: 1, unresolved: 0 });
  expect(shapeOf(dataset).slice(996)).toEqual([
    'c996: long',
    'c997: string',
    'c998: bool',
    'c999: real',
  ]);
  const bigints = [...rows, ...rows].map((row) =>
    row.map((value, at) => (at % 4 === 0 ? BigInt(Number(value)) : value)),
  );
  expect(await rowsOf(dataset)).toEqual(bigints);
  expect(await rejectedOf(dataset)).toEqual([
    [2n, 'it has fewer values than the first line', 'short'],
  ]);
}, 30_000);

test.each(['jsonl', 'v2'] as const)(
  '%s: rows of a thousand members have all of them',
  async (format) => {
    const members = rows.map((row) =>
      Object.fromEntries(row.map((value, at) => [`c${at}`, value])),
    );
    const timeOf = (at: number) => `2026-11-20T08:00:${String((at * 7) % 40).padStart(2, '0')}Z`;
    const lines = members.map((row, at) =>
      format === 'v2'
        ? { type: 'azureml.inference.model_inputs', time: timeOf(at), data: [row] }
        : { mdc_time: timeOf(at), ...row },
    );
    const files = await filesOf({
      'a.jsonl': ['no JSON', ...lines.map((line) => JSON.stringify(line)), ''].join('\n'),
    });
    const dataset = await datasets.open({ format, files });

    expect(dataset.counts).toEqual({ rows: 40, rejected: 1, unresolved: 0 });
    const typed = rows.map((row) =>
      row.map((value, at) => (at % 4 === 0 ? BigInt(Number(value)) : value)),
    );
    expect((await cellsOf(dataset, names)).map((row) => Object.values(row))).toEqual(typed);
    const [figures] = await datasets.describe(dataset, { columns: ['c996'] });
    expect(figures).toMatchObject({ min: 0, max: 39 * 996 });
  },
  60_000,
);

test('figures and drift of wide rows are those of the rows in their time', async () => {
  const marks = ['$aml_dc_correlation_id', '$aml_dc_scoring_timestamp'];
  const timed = rows.map((row, at) => [
    ...row,
    `id${at}`,
    `2026-11-${at < 30 ? 20 : 21}T08:00:00Z`,
  ]);
  const files = await filesOf({ 'a.csv': csvOf([[...names, ...marks], ...timed]) });
  const all = await datasets.open({ format: 'v1', files });
  const span = { from: new Date('2026-11-21T00:00:00Z'), to: null };
  const dataset = await datasets.within(all, span);
  const wanted = { columns: ['c0', 'c4', 'c999'] };

  expect(await datasets.describe(dataset, wanted)).toMatchObject([
    { column: 'c0', rows: 10 },
    { column: 'c4', min: 120, max: 156 },
    { column: 'c999', min: 7.5, max: 9.75 },
  ]);
  const compared = await datasets.compare({ baseline: all, target: dataset }, wanted);
  expect(compared.map(({ feature, target }) => [feature, target.rows])).toEqual([
    ['c0', 10],
    ['c4', 10],
    ['c999', 10],
  ]);
}, 30_000);

test('what does not fit into memory is said of the file that was named', async () => {
  const small = openDatasets({ maxMemoryBytes: 20_000_000 });
  const files = await filesOf({ 'a.csv': csvOf([names, ...rows]) });
  await expect(small.open({ format: 'csv', files })).rejects.toMatchObject({
    kind: 'service',
    message: `Reading "${files[0]}" takes more memory than it may use.`,
    facts: { hint: expect.stringContaining('fewer columns') },
  });
  await small.close();
});

test('bytes that are no UTF-8 in a wide file are an error, for its columns would not stay beside each other', async () => {
  const text = Buffer.from(csvOf([names, ...rows]).replace('n1', 'n\u00e9'), 'latin1');
  const files = await filesOf({ 'a.csv': text });
  await expect(datasets.open({ format: 'csv', files })).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringContaining(`"${files[0]}" is not all UTF-8`),
  });
});
