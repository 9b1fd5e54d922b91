import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { CliError } from '../../../src/lib/errors.js';
import type { CollectedFile } from '../../../src/lib/model/collected-file.js';
import type { Fetched } from '../../../src/lib/use-cases/data/fetch-collected.js';
import { localDataOf } from '../../../src/lib/use-cases/data/local-data.js';
import { type ChangingBlobs, changingBlobs } from '../../support/changing-blobs.js';
import { temporaryFolder } from '../../support/host.js';

import { AT, bigContent, fetchTo, HERE, names, outcomes, text } from './fetching.js';

test('files come by deployment, collection and time; a second run asks for none again', async () => {
  const folder = await temporaryFolder();
  const blobs = changingBlobs();
  blobs.put(`${AT}/one.jsonl`, 'first\n');
  blobs.put(`${AT}/two.jsonl`, 'second\n');
  blobs.put(`${AT}/empty.jsonl`, '');

  const first = await fetchTo(folder, blobs);
  expect(outcomes(first)).toEqual(['fetched', 'fetched', 'fetched']);
  expect(first.bytes).toBe(13);
  expect(await text(folder, HERE, 'one.jsonl')).toBe('first\n');
  expect(await names(join(folder, HERE))).toEqual(['empty.jsonl', 'one.jsonl', 'two.jsonl']);
  expect(await names(join(folder, '.aml-monitor-data', 'parts'))).toEqual([]);

  const second = await fetchTo(folder, blobs);
  expect(outcomes(second)).toEqual(['kept', 'kept', 'kept']);
  expect(blobs.reads).toHaveLength(3);
});

test('of files that have come nothing is kept but what the manifest has', async () => {
  const folder = await temporaryFolder();
  const blobs = changingBlobs();
  for (let index = 0; index < 300; index++) blobs.put(`${AT}/${index}.jsonl`, '{}\n');
  const seen: WeakRef<CollectedFile>[] = [];
  async function* listed() {
    for await (const file of blobs.listed()) {
      seen.push(new WeakRef(file));
      yield file;
    }
  }
  const fetched = await fetchTo(folder, blobs, { listed: listed() });
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  await new Promise((resolve) => setImmediate(resolve));
  runInNewContext('gc')();
  expect(seen.filter((each) => each.deref() !== undefined).length).toBeLessThan(10);
  expect(localDataOf(fetched).files).toHaveLength(300);
});

test('v1 files come by model and version', async () => {
  const folder = await temporaryFolder();
  const blobs = changingBlobs();
  const name = '/s/g/w/churn/trees/default/inputs/2026/11/22/inputs.csv';
  blobs.put(name, 'a,b\n');
  async function* listed() {
    const v1 = { api: 'v1', part: null, model: 'trees', modelVersion: 'default' } as const;
    for await (const file of blobs.listed()) yield { ...file, ...v1, collection: 'inputs' };
  }
  await fetchTo(folder, blobs, { listed: listed() });
  expect(await text(folder, 'trees/default/inputs/2026/11/22/inputs.csv')).toBe('a,b\n');
});

test('so many requests at a time, and fetching begins before all is listed', async () => {
  const folder = await temporaryFolder();
  let isListed = false;
  let earlyReads = 0;
  const blobs = changingBlobs(() => {
    if (!isListed) earlyReads += 1;
  });
  for (let index = 0; index < 50; index++) blobs.put(`${AT}/${index}.jsonl`, 'x');
  async function* slowly() {
    for await (const file of blobs.listed()) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      yield file;
    }
    isListed = true;
  }
  await fetchTo(folder, blobs, { listed: slowly(), parallel: 4 });
  expect(blobs.mostAtOnce()).toBeLessThanOrEqual(4);
  expect(earlyReads).toBeGreaterThan(10);

  const big = changingBlobs(() => new Promise((resolve) => setTimeout(resolve, 5)));
  for (let index = 0; index < 3; index++) big.put(`${AT}/big-${index}.jsonl`, bigContent());
  await fetchTo(folder, big, { parallel: 3 });
  expect(big.mostAtOnce()).toBe(3);
});

test('a blob that changes all the time, and one that is gone, fail alone', async () => {
  const folder = await temporaryFolder();
  const blobs: ChangingBlobs = changingBlobs(({ name }) => {
    if (name.endsWith('big.csv')) blobs.put(name, bigContent());
    if (name.endsWith('gone.csv')) blobs.remove(name);
  });
  blobs.put(`${AT}/big.csv`, bigContent());
  blobs.put(`${AT}/gone.csv`, 'x');
  blobs.put(`${AT}/there.csv`, 'x');
  const { files } = await fetchTo(folder, blobs);
  const failures = files.failures.map(({ name, kind }) => [name, kind]);
  expect(failures.sort()).toEqual([
    [`${AT}/big.csv`, 'service'],
    [`${AT}/gone.csv`, 'not-found'],
  ]);
  expect(await names(join(folder, HERE))).toEqual(['there.csv']);
});

test('what no file is spared ends all', async () => {
  const folder = await temporaryFolder();
  const refuse = (error: CliError) => changingBlobs(() => Promise.reject(error));
  const forbidden = refuse(new CliError('auth', 'You may not read the blobs.'));
  const unreachable = refuse(new CliError('service', 'The account does not answer.'));
  for (let index = 0; index < 500; index++) {
    forbidden.put(`${AT}/${index}.csv`, 'x');
    unreachable.put(`${AT}/${index}.csv`, 'x');
  }
  await expect(fetchTo(folder, forbidden)).rejects.toMatchObject({ kind: 'auth' });
  expect(forbidden.reads.length).toBeLessThanOrEqual(32);
  await expect(fetchTo(folder, unreachable)).rejects.toMatchObject({ kind: 'service' });
  expect(unreachable.reads.length).toBeLessThan(70);
});

test('what the service says against single blobs stops nobody else, however many they are', async () => {
  const folder = await temporaryFolder();
  const blobs = changingBlobs(({ name }) => {
    if (!name.includes('archived')) return;
    throw new CliError('service', 'It is archived.', { status: 409, code: 'BlobArchived' });
  });
  for (let index = 0; index < 25; index++) {
    blobs.put(`${AT}/${index}.csv`, 'x');
    blobs.put(`${AT}/${index}-archived.csv`, 'x');
  }
  for (let index = 25; index < 50; index++) blobs.put(`${AT}/${index}-archived.csv`, 'x');
  const count = (fetched: Fetched, kind: string) =>
    outcomes(fetched).filter((outcome) => outcome === kind).length;
  const first = await fetchTo(folder, blobs);
  expect([count(first, 'fetched'), count(first, 'failed')]).toEqual([25, 50]);
  blobs.put(`${AT}/later.csv`, 'x');
  const second = await fetchTo(folder, blobs);
  expect([count(second, 'fetched'), count(second, 'kept')]).toEqual([1, 25]);
});

test('files that are here tell single failures from those of all', async () => {
  const folder = await temporaryFolder();
  let isIll = false;
  const blobs = changingBlobs(() => {
    if (isIll) throw new CliError('service', 'The server is busy.', { status: 503 });
  });
  for (let index = 0; index < 100; index++) {
    blobs.put(`${AT}/${String(index).padStart(3, '0')}.csv`, 'x');
  }
  await fetchTo(folder, blobs);
  for (let index = 0; index < 100; index += 4) {
    blobs.put(`${AT}/${String(index).padStart(3, '0')}.csv`, 'changed');
  }
  isIll = true;
  const { files } = await fetchTo(folder, blobs, { parallel: 1 });
  expect(files.counts).toEqual({ fetched: 0, grown: 0, kept: 75, failed: 25 });
});
