import { BlobServiceClient } from '@azure/storage-blob';
import { beforeAll, expect, test } from 'vitest';
import { type Served, serve } from './served.js';

let served: Served;
let service: BlobServiceClient;
beforeAll(async () => {
  served = await serve();
  const url = `${served.origin}/blob/sampleml0storage`;
  service = new BlobServiceClient(url, served.credential, served.storageOptions);
});

async function turnOn(...categories: readonly string[]): Promise<void> {
  const properties = {
    storageAccountId: served.storageId,
    logs: categories.map((category) => ({ category, enabled: true })),
  };
  const response = await served.send(
    'PUT',
    `${served.componentId}/providers/microsoft.insights/diagnosticSettings/archive?api-version=2021-05-01-preview`,
    JSON.stringify({ properties }),
  );
  expect(response.status).toBe(200);
}

async function records(category: string): Promise<readonly Record<string, unknown>[]> {
  const container = service.getContainerClient(`insights-logs-${category}`);
  if (!(await container.exists())) return [];
  const found: Record<string, unknown>[] = [];
  for await (const { name } of container.listBlobsFlat()) {
    const resource = served.componentId.toUpperCase();
    expect(name).toBe(`resourceId=${resource}/y=2026/m=11/d=22/h=10/m=00/PT1H.json`);
    const text = (await container.getBlobClient(name).downloadToBuffer()).toString();
    found.push(
      ...text
        .trimEnd()
        .split('\n')
        .map((line): Record<string, unknown> => JSON.parse(line)),
    );
  }
  return found;
}

test('new telemetry goes where a diagnostic setting sends it, category by category', async () => {
  await served.score('fraud', 'green', '{"data":[[24,59.9,1,38]]}');
  expect(await records('apptraces')).toEqual([]);
  await turnOn('AppRequests', 'AppTraces');
  await served.score('fraud', 'blue', '{"data":[[24,59.9,1,38]]}');
  await served.score('fraud', 'blue', '{"data":[[12,70,2,41]]}');
  const traces = await records('apptraces');
  expect(traces).toHaveLength(2);
  expect(traces[0]).toMatchObject({
    time: expect.stringMatching(/^2026-11-22T10:00:00\.\d{7}Z$/),
    resourceId: served.componentId.toUpperCase(),
    Type: 'AppTraces',
    AppRoleName: 'fraud',
    Properties: { 'Service Name': 'fraud' },
    Message: expect.stringContaining('59.9'),
    SeverityLevel: 1,
    ItemCount: 1,
    _BilledSize: expect.any(Number),
  });
  const [request] = await records('apprequests');
  expect(request).toMatchObject({
    Success: true,
    Url: expect.any(String),
    DurationMs: expect.any(Number),
  });
  expect(Object.keys(request ?? {})).not.toContain('timestamp');
  expect(await records('appdependencies')).toEqual([]);
});
