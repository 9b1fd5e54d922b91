import { beforeAll, expect, test } from 'vitest';
import { type Served, serve } from './served.js';

let served: Served;
beforeAll(async () => {
  served = await serve();
});

const getJson = async (path: string) => JSON.parse(await (await served.send('GET', path)).text());

test('a workspace leads to its component, its storage and its blob container', async () => {
  const { properties } = await getJson(`${served.workspaceId}?api-version=2024-10-01`);
  const component = await getJson(`${properties.applicationInsights}?api-version=2020-02-02`);
  expect(component.properties).toMatchObject({
    AppId: expect.any(String),
    WorkspaceResourceId: expect.any(String),
    IngestionMode: 'LogAnalytics',
  });
  const storage = await getJson(`${properties.storageAccount}?api-version=2023-01-01`);
  expect(storage.properties.primaryEndpoints.blob).toBe('https://localhost/blob/sampleml0storage/');
  const path = `${served.workspaceId}/datastores/workspaceblobstore?api-version=2024-10-01`;
  expect((await getJson(path)).properties).toMatchObject({
    accountName: 'sampleml0storage',
    containerName: `azureml-blobstore-${properties.workspaceId}`,
  });
});

test('the Azure CLI finds subscriptions, groups, providers and resources', async () => {
  const { subscriptionId, tenantId } = served.cloud.connection;
  const subscriptions = await getJson('/subscriptions?api-version=2019-11-01');
  expect(subscriptions.value).toMatchObject([{ subscriptionId, tenantId, state: 'Enabled' }]);
  const groups = await getJson(
    `/subscriptions/${subscriptionId}/resourceGroups?api-version=2021-04-01`,
  );
  expect(groups.value).toMatchObject([{ name: 'monitoring-samples' }]);
  const filter = encodeURIComponent(
    "resourceType eq 'Microsoft.MachineLearningServices/workspaces'",
  );
  const path = `/subscriptions/${subscriptionId}/resources?api-version=2021-04-01&$filter=${filter}`;
  expect((await getJson(path)).value).toMatchObject([{ name: 'Sample-ML' }]);
});

test('every answer of ARM has an id of its own', async () => {
  const idOf = async () =>
    (await served.send('GET', `${served.workspaceId}?api-version=2024-10-01`)).headers.get(
      'x-ms-request-id',
    );
  const [first, second] = [await idOf(), await idOf()];
  expect(first).toMatch(/^[0-9a-f-]{36}$/);
  expect(second).not.toBe(first);
});

test('an api-version has to be given, and to be one', async () => {
  const code = async (query: string) => (await getJson(`${served.workspaceId}${query}`)).error.code;
  expect(await code('')).toBe('MissingApiVersionParameter');
  expect(await code('?api-version=latest')).toBe('InvalidApiVersionParameter');
});

test('a workspace can lose its component; what is sent to nobody is lost', async () => {
  const path = `${served.componentId}?api-version=2020-02-02`;
  expect((await served.send('DELETE', path)).status).toBe(200);
  expect((await getJson(path)).error.code).toBe('ResourceNotFound');
  expect((await served.score('fraud', 'blue', '{"data":[[12,70,2,41]]}')).status).toBe(200);
  const workspace = `${served.workspaceId}?api-version=2024-10-01`;
  await served.send('PATCH', workspace, '{"properties":{"applicationInsights":null}}');
  expect((await getJson(workspace)).properties.applicationInsights).toBeNull();
});

test('what the cloud does not have is said, with the method and the path', async () => {
  const nothing = await served.send('GET', '/nothing/here');
  expect([nothing.status, await nothing.text()]).toEqual([
    404,
    expect.stringContaining('GET /nothing/here'),
  ]);
  const method = await served.send('DELETE', `${served.workspaceId}?api-version=2024-10-01`);
  expect(method.status).toBe(405);
});

test('switches are not for pages of a browser', async () => {
  const response = await served.cloud.handle(
    new Request('https://localhost/local/behaviour', { method: 'PATCH', body: '{"pageSize":1}' }),
  );
  expect(response.status).toBe(415);
});
