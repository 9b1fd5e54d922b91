import { beforeEach, expect, test } from 'vitest';
import { type Served, serve } from './served.js';

const VERSION = '?api-version=2022-10-01';

interface Table {
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

let served: Served;
let workspaceId: string;
beforeEach(async () => {
  served = await serve('empty');
  workspaceId = served.componentId.replace(
    'microsoft.insights/components/sample-ml-insights',
    'Microsoft.OperationalInsights/workspaces/sample-ml-logs',
  );
});

async function table(name: string): Promise<Table> {
  const response = await served.send('GET', `${workspaceId}/tables/${name}${VERSION}`);
  expect(response.status).toBe(200);
  return JSON.parse(await response.text());
}

const change = (method: string, name: string, properties: object) =>
  served.send(method, `${workspaceId}/tables/${name}${VERSION}`, JSON.stringify({ properties }));

test('a table is kept as long as its default says until somebody sets it', async () => {
  expect(await table('apptraces')).toMatchObject({
    id: `${workspaceId}/tables/AppTraces`,
    name: 'AppTraces',
    properties: {
      retentionInDays: 90,
      totalRetentionInDays: 90,
      archiveRetentionInDays: 0,
      retentionInDaysAsDefault: true,
      totalRetentionInDaysAsDefault: true,
      plan: 'Analytics',
      provisioningState: 'Succeeded',
    },
  });
  const list = await served.send('GET', `${workspaceId}/tables${VERSION}`);
  const { value }: { value: Table[] } = JSON.parse(await list.text());
  expect(value.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['AmlOnlineEndpointConsoleLog', 'AppRequests', 'AppTraces']),
  );
});

test('a change is accepted, and followed until it is done', async () => {
  const response = await change('PATCH', 'AppTraces', { totalRetentionInDays: 1095 });
  expect([response.status, JSON.parse(await response.text())]).toMatchObject([
    202,
    { properties: { provisioningState: 'Updating' } },
  ]);
  const status = new URL(response.headers.get('azure-asyncoperation') ?? '');
  const ask = async () =>
    JSON.parse(await (await served.send('GET', status.pathname + status.search)).text());
  expect(await ask()).toMatchObject({ status: 'InProgress' });
  expect((await change('PATCH', 'AppTraces', { retentionInDays: 30 })).status).toBe(409);
  served.advance(2000);
  expect(await ask()).toMatchObject({ status: 'Succeeded' });
  expect((await table('AppTraces')).properties).toMatchObject({
    retentionInDays: 90,
    totalRetentionInDays: 1095,
    archiveRetentionInDays: 1005,
    totalRetentionInDaysAsDefault: false,
    provisioningState: 'Succeeded',
  });
});

test('a PATCH leaves what it does not name, null gives the default back, a PUT resets', async () => {
  await served.setBehaviour({ operationSeconds: 0 });
  expect((await change('PATCH', 'AppTraces', { retentionInDays: 30 })).status).toBe(200);
  await change('PATCH', 'AppTraces', { totalRetentionInDays: 365 });
  expect((await table('AppTraces')).properties).toMatchObject({
    retentionInDays: 30,
    totalRetentionInDays: 365,
    retentionInDaysAsDefault: false,
  });
  await change('PATCH', 'AppTraces', { retentionInDays: null });
  expect((await table('AppTraces')).properties).toMatchObject({
    retentionInDays: 90,
    totalRetentionInDays: 365,
    retentionInDaysAsDefault: true,
  });
  await change('PUT', 'AppTraces', {});
  expect((await table('AppTraces')).properties).toMatchObject({
    totalRetentionInDays: 90,
    totalRetentionInDaysAsDefault: true,
  });
});

test('a change to what holds already is done at once', async () => {
  expect((await change('PATCH', 'AppTraces', { retentionInDays: null })).status).toBe(200);
});

test.each([
  [{ retentionInDays: 3 }, '[4-730]'],
  [{ retentionInDays: 731 }, '[4-730]'],
  [{ retentionInDays: '30' }, '[4-730]'],
  [{ totalRetentionInDays: 1000 }, '1095, 1460'],
  [{ totalRetentionInDays: 60 }, 'less than the retention (90 days)'],
  [{ plan: 'Gold' }, 'Analytics, Basic'],
])('%j is refused with its limits', async (properties, words) => {
  const response = await change('PATCH', 'AppTraces', properties);
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(words)]);
});

test('a table on the Basic plan has a fixed retention', async () => {
  await served.setBehaviour({ operationSeconds: 0 });
  await change('PATCH', 'AppTraces', { plan: 'Basic' });
  expect((await table('AppTraces')).properties).toMatchObject({
    plan: 'Basic',
    retentionInDays: 30,
  });
  expect((await change('PATCH', 'AppTraces', { retentionInDays: 60 })).status).toBe(400);
  await change('PATCH', 'AppTraces', { plan: 'Analytics' });
  expect((await table('AppTraces')).properties).toMatchObject({ plan: 'Analytics' });
});

test('a change that fails leaves the old setting', async () => {
  const error = { code: 'InternalServerError', message: 'Something went wrong.' };
  await served.setBehaviour({ failNext: { AppTraces: error } });
  await change('PATCH', 'AppTraces', { retentionInDays: 30 });
  served.advance(2000);
  expect((await table('AppTraces')).properties).toMatchObject({ retentionInDays: 90 });
});

test('a table that nobody has is not found, and there are no export rules', async () => {
  expect((await change('PATCH', 'Nothing', { retentionInDays: 30 })).status).toBe(404);
  const rules = await served.send('GET', `${workspaceId}/dataExports${VERSION}`);
  expect(JSON.parse(await rules.text())).toEqual({ value: [] });
});
