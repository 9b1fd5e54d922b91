import { BlobServiceClient } from '@azure/storage-blob';
import { beforeAll, expect, test } from 'vitest';
import { type Served, serve } from './served.js';

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
