import { appendFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openDatasets } from '../../../src/lib/datasets/open-datasets.js';
import type { Files } from '../../../src/lib/host.js';
import { lockDataFolder } from '../../../src/lib/use-cases/data/data-folder.js';
import { type Came, fetchCollected } from '../../../src/lib/use-cases/data/fetch-collected.js';
import { localDataOf } from '../../../src/lib/use-cases/data/local-data.js';
import { mergeTables } from '../../../src/lib/use-cases/data/merge-tables.js';
import { type ChangingBlobs, changingBlobs } from '../../support/changing-blobs.js';
import { fakeClock, realFiles, temporaryFolder } from '../../support/host.js';

const LINES = 'modelDataCollector/fraud/blue/model_inputs/2026/11/22/08/host.jsonl';
const datasets = openDatasets();
afterAll(() => datasets.close());

/** A download with its tables, by a process whose files are these. */
async function merge(
  folder: string,
  blobs: ChangingBlobs,
  files: Files = realFiles,
  whileMerging = async () => {},
) {
  const notes: string[] = [];
  const { signal } = new AbortController();
  const report = { note: (text: string) => notes.push(text), warn() {} };
  const owner = { workspace: '/subscriptions/s/workspaces/w', service: 'fraud' };
  const { tables } = await fetchCollected(
    blobs.listed(),
    { folder, owner, parallel: 4 },
    {
      blobs,
      getDatastore: async () => ({ accountName: 'store', containerName: 'data' }),
      files,
      clock: fakeClock(),
      signal,
      progress: { onListed() {}, onAllListed() {}, onDone() {}, onBytes() {} },
      merge: async (came: Came) => {
        await whileMerging();
        const ports = { datasets, files, signal, report, step() {} };
        return mergeTables(localDataOf(came), 'csv', came.folder, ports);
      },
    },
  );
  return { files: tables.map(({ file }) => file), taken: notes.filter((n) => n.includes('taken')) };
}

const row = (amount: number) => `${JSON.stringify({ data: [{ amount }] })}\n`;
const rowsIn = async (folder: string) =>
  (await readFile(join(folder, 'tables/model_inputs.csv'), 'utf8')).trim().split('\n').length - 1;

async function mergedFolder() {
  const folder = await temporaryFolder();
  const blobs = changingBlobs();
  blobs.put(LINES, row(1) + row(2), 'append');
  await merge(folder, blobs);
  return { folder, blobs };
}

test('tables of a folder whose manifest has none are those of an earlier version, and are replaced', async () => {
  const { folder, blobs } = await mergedFolder();
  const path = join(folder, '.aml-monitor-data', 'manifest.jsonl');
  const lines = (await readFile(path, 'utf8')).split('\n');
  const earlier = lines.filter((line) => !line.includes('"kind":"table"'));
  await writeFile(path, earlier.join('\n').replace(/,"knowsTables":true/, ''));

  blobs.append(LINES, row(3));
  const again = await merge(folder, blobs);
  expect(again).toEqual({ files: ['tables/model_inputs.csv'], taken: [] });
  expect(await rowsIn(folder)).toBe(3);

  await appendFile(join(folder, 'tables/model_inputs.csv'), 'mine\n');
  expect((await merge(folder, blobs)).taken).toHaveLength(1);
});

test.each(['before', 'after'])(
  'killed %s a table has its name, the next merge replaces it',
  async (when) => {
    const { folder, blobs } = await mergedFolder();
    let isDead = false;
    const alive = async <T>(work: () => Promise<T>) => {
      if (isDead) throw new Error('Killed.');
      return work();
    };
    const dying: Files = {
      ...realFiles,
      append: (...args) => alive(() => realFiles.append(...args)),
      rename: (from, to) =>
        alive(async () => {
          const isTable = basename(to) === 'model_inputs.csv';
          if (!isTable || when === 'after') await realFiles.rename(from, to);
          isDead = isTable;
          if (isDead) throw new Error('Killed.');
        }),
    };
    blobs.append(LINES, row(3));
    await expect(merge(folder, blobs, dying)).rejects.toThrow('Killed.');
    await rm(join(folder, '.aml-monitor-data', 'lock'), { force: true });
    expect(await rowsIn(folder)).toBe(when === 'after' ? 3 : 2);

    blobs.append(LINES, row(4));
    const again = await merge(folder, blobs);
    expect(again).toEqual({ files: ['tables/model_inputs.csv'], taken: [] });
    expect(await rowsIn(folder)).toBe(4);
    expect(await readdir(join(folder, 'tables'))).toEqual(['model_inputs.csv']);
    expect(await readdir(join(folder, '.aml-monitor-data', 'parts'))).toEqual([]);
  },
);

test('nobody else writes to a folder between its files and their tables', async () => {
  const { folder, blobs } = await mergedFolder();
  const other = () => lockDataFolder(folder, realFiles);
  await merge(folder, blobs, realFiles, async () => {
    await expect(other()).rejects.toThrow('Another download is writing');
  });
  await (await other())();
});
