import { expect, test } from 'vitest';
import { CliError } from '../../../src/lib/errors.js';
import { countRows } from '../../../src/lib/use-cases/data/count-rows.js';
import { summarizeCollected } from '../../../src/lib/use-cases/data/summarize-collected.js';
import { type AskedRead, type ChangingBlobs, changingBlobs } from '../../support/changing-blobs.js';

const AT = 'modelDataCollector/fraud/blue/model_inputs/2026/11/22/08';
const LINE = '{"data":[{"a":1},{"a":2}]}\n';

/** Of blobs that change between the list and the reading of them. */
async function summary(change: (read: AskedRead, blobs: ChangingBlobs) => void, countsRows = true) {
  const blobs: ChangingBlobs = changingBlobs((read) => change(read, blobs));
  for (const name of ['one', 'two', 'three']) blobs.put(`${AT}/${name}.jsonl`, LINE);
  return summarizeCollected(
    { blobs },
    { files: blobs.listed() },
    { by: undefined, countsRows },
    { signal: new AbortController().signal, onProgress() {} },
  );
}

test('a blob that was replaced since it was listed counts with the rows that it has now', async () => {
  const { lines, uncounted } = await summary(({ name }, blobs) => {
    if (name.endsWith('two.jsonl')) blobs.put(name, LINE.repeat(3));
  });
  expect(lines).toMatchObject([{ files: 3, rows: 10 }]);
  expect(uncounted).toEqual([]);
});

test.each([
  ['--rows', true],
  ['few files', false],
])(
  '%s: a blob that is gone or archived by then is left out, and said; the others count',
  async (_, countsRows) => {
    const { lines, uncounted, rowsAreCounted } = await summary(({ name }, blobs) => {
      if (name.endsWith('two.jsonl')) blobs.remove(name);
      if (name.endsWith('three.jsonl')) {
        throw new CliError('service', 'It is archived.', { status: 409, code: 'BlobArchived' });
      }
    }, countsRows);
    expect(lines).toMatchObject([{ files: 3, rows: 2 }]);
    expect(rowsAreCounted).toBe(true);
    expect(uncounted.map(({ kind }) => kind).sort()).toEqual(['not-found', 'service']);
  },
);

test('what nobody asked to count is not counted where the service is ill, and no file is blamed', async () => {
  const { lines, uncounted, rowsAreCounted } = await summary(({ name }, blobs) => {
    if (name.endsWith('one.jsonl')) blobs.remove(name);
    if (name.endsWith('three.jsonl')) throw new CliError('service', 'Busy.', { status: 503 });
  }, false);
  expect(lines).toMatchObject([{ files: 3, rows: null }]);
  expect({ uncounted, rowsAreCounted }).toEqual({ uncounted: [], rowsAreCounted: false });
});

test.each([
  new CliError('auth', 'You may not read it.', { status: 403 }),
  new CliError('service', 'The server is busy.', { status: 503 }),
])('what is not of one blob ends the count: $message', async (error) => {
  const run = summary(() => {
    throw error;
  });
  await expect(run).rejects.toBe(error);
});

test('a line of many pieces is put together once', async () => {
  const rows = 200_000;
  const line = Buffer.from(`{"data":[${'{"a":"ä"},'.repeat(rows - 1)}{}]}\n{"data":[1]}`);
  async function* pieces() {
    for (let at = 0; at < line.length; at += 101) yield line.subarray(at, at + 101);
  }
  const start = performance.now();
  expect(await countRows('v2', pieces())).toEqual({ rows: rows + 1, malformed: 0, referring: 0 });
  expect(performance.now() - start).toBeLessThan(2000);
});
