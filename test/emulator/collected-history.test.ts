import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { beforeAll, expect, test } from 'vitest';
import { openLocalCloud } from '../../src/lib/emulator/emulator.js';
import type { LocalCloud } from '../../src/lib/emulator/local-cloud.js';
import { fakeClock, temporaryFolder } from '../support/host.js';
import { type Served, serve, tokenFor } from './served.js';

let served: Served;
let service: BlobServiceClient;
beforeAll(async () => {
  served = await serve();
  await served.setBehaviour({ tokenSeconds: 86_400 });
  const url = `${served.origin}/blob/sampleml0storage`;
  service = new BlobServiceClient(url, served.credential, served.storageOptions);
});

async function sizesIn(container: string, prefix: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  const list = service.getContainerClient(container).listBlobsFlat({ prefix });
  for await (const { name, properties } of list) sizes.set(name, properties.contentLength ?? 0);
  return sizes;
}

const BLOBSTORE = 'azureml-blobstore-0c9d2b7e-61f4-4a3d-8b58-e2f7c1a9d406';
const hoursOf = (deployment: string) =>
  sizesIn(BLOBSTORE, `modelDataCollector/fraud/${deployment}/model_inputs/`);

test('the services of the sample that collect have done so for two days', async () => {
  const hours = await hoursOf('blue');
  expect(hours.size).toBe(48);
  const days = new Set([...hours.keys()].map((name) => name.split('/').slice(4, 7).join('-')));
  expect([...days]).toEqual(['2026-11-20', '2026-11-21', '2026-11-22']);
  expect((await hoursOf('green')).size).toBe(0);
  expect((await sizesIn('modeldata', '')).size).toBe(6);
});

test('what is collected goes on, and each request is there once', async () => {
  const before = await hoursOf('blue');
  served.advance(3_600_000);
  const after = await hoursOf('blue');
  expect(after.size).toBe(49);
  expect([...before].filter(([name, size]) => after.get(name) !== size).length).toBeLessThan(2);
  const name = [...after.keys()][5] ?? '';
  const content = await service
    .getContainerClient(BLOBSTORE)
    .getBlobClient(name)
    .downloadToBuffer();
  const lines = content.toString().trimEnd().split('\n');
  const ids = lines.map((line): string => JSON.parse(line).correlationid);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThan(20);
});

test('a change of what is collected leaves what was', async () => {
  const id = `${served.workspaceId}/onlineEndpoints/fraud/deployments/blue?api-version=2024-10-01`;
  served.advance(3_600_000);
  const deployment = JSON.parse(await (await served.send('GET', id)).text());
  delete deployment.properties.dataCollector;
  expect((await served.send('PUT', id, JSON.stringify(deployment))).ok).toBe(true);
  served.advance(3_600_000);
  expect((await hoursOf('blue')).size).toBe(50);
});

const clock = fakeClock();
const openAgain = (folder: string) =>
  openLocalCloud({ folder, now: clock.now, openEngine: () => Promise.reject(new Error('none')) });

async function askForBlobs(cloud: LocalCloud): Promise<number> {
  const token = await tokenFor(cloud, 'https://storage.azure.com/.default');
  const headers = { authorization: `Bearer ${token}`, 'x-ms-version': '2024-11-04' };
  const url = `${cloud.connection.origin}/blob/sampleml0storage?comp=list`;
  return (await cloud.handle(new Request(url, { headers }))).status;
}

/** The sizes of all files that blobs are in. */
async function sizesBelow(folder: string): Promise<Map<string, number>> {
  const root = join(folder, 'blobs');
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  const files = found.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const sizes = files.map(
    async (path): Promise<[string, number]> => [path.slice(root.length), (await stat(path)).size],
  );
  return new Map((await Promise.all(sizes)).sort());
}

async function changeState(folder: string, change: (state: Record<string, unknown>) => void) {
  const path = join(folder, 'cloud.json');
  const state = JSON.parse(await readFile(path, 'utf8'));
  change(state);
  await writeFile(path, JSON.stringify(state));
}

test('a refused request leaves the past unwritten', async () => {
  const folder = await temporaryFolder();
  const cloud = await openAgain(folder);
  const before = await sizesBelow(folder);
  const url = `${cloud.connection.origin}/blob/sampleml0storage?comp=list`;
  expect((await cloud.handle(new Request(url))).ok).toBe(false);
  expect(await sizesBelow(folder)).toEqual(before);
});

test('whoever asks while the past is being written waits until all of it is there', async () => {
  const folder = await temporaryFolder();
  const clouds = [await openAgain(folder), await openAgain(folder)];
  const seen = clouds.map(async (cloud) => {
    expect(await askForBlobs(cloud)).toBe(200);
    return sizesBelow(folder);
  });
  const [one, other] = await Promise.all(seen);
  expect(one?.size).toBeGreaterThan(100);
  expect(other).toEqual(one);
});

test('what a killed process has left of the past is completed, each request once', async () => {
  const folder = await temporaryFolder();
  const cloud = await openAgain(folder);
  const mark = JSON.parse(await readFile(join(folder, 'cloud.json'), 'utf8')).collectedUntil;
  expect(await askForBlobs(cloud)).toBe(200);
  const whole = await sizesBelow(folder);
  // As if it had died half-way: some files are written, some are not, and the mark is where it was.
  const [gone = '', ...kept] = [...whole.keys()].filter((name) => name.includes('model_inputs'));
  await rm(join(folder, 'blobs', gone));
  await truncate(join(folder, 'blobs', kept[0] ?? ''), 0);
  await changeState(folder, (state) => Object.assign(state, { collectedUntil: mark }));
  expect(await askForBlobs(await openAgain(folder))).toBe(200);
  const again = await sizesBelow(folder);
  expect([...again.keys()]).toEqual([...whole.keys()]);
  const cut = new Set([gone, kept[0]]);
  const differing = [...whole].filter(([name, size]) => again.get(name) !== size);
  expect(differing.filter(([name]) => !cut.has(name))).toEqual([]);
  for (const name of cut) expect(again.get(name ?? '')).toBeGreaterThan(1000);
});

test('a folder from before there was such a past gets it', async () => {
  const folder = await temporaryFolder();
  await openAgain(folder);
  await changeState(folder, (state) => delete state.collectedUntil);
  const before = await sizesBelow(folder);
  expect(await askForBlobs(await openAgain(folder))).toBe(200);
  expect(bytes(await sizesBelow(folder))).toBeGreaterThan(5 * bytes(before));
});

const bytes = (sizes: ReadonlyMap<string, number>) => [...sizes.values()].reduce((a, b) => a + b);
