import { AzureMachineLearningWorkspaces } from '@azure/arm-machinelearning';
import fc from 'fast-check';
import { applyEdits, modify } from 'jsonc-parser';
import { beforeAll, expect, test } from 'vitest';
import { type Served, serve } from './served.js';

let served: Served;
beforeAll(async () => {
  served = await serve();
});

const VERSION = '2024-10-01';
const deploymentPath = (name: string, version = VERSION) =>
  `${served.workspaceId}/onlineEndpoints/fraud/deployments/${name}?api-version=${version}`;
const getText = async (path: string) => (await served.send('GET', path)).text();
const getJson = async (path: string) => JSON.parse(await getText(path));

/** The text of a GET as a client sends it back: without what only the service may say. */
function forPut(text: string): string {
  const readOnly = [
    ['id'],
    ['name'],
    ['type'],
    ['systemData'],
    ['properties', 'provisioningState'],
  ];
  return readOnly.reduce((at, path) => applyEdits(at, modify(at, path, undefined, {})), text);
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function settle(): Promise<void> {
  served.advance(60_000);
}

function createClient(): AzureMachineLearningWorkspaces {
  const { origin, credential, cloud, clientOptions } = served;
  return new AzureMachineLearningWorkspaces(credential, cloud.connection.subscriptionId, {
    endpoint: origin,
    ...clientOptions,
  });
}

test('the SDK reads the workspace, its endpoints and their deployments', async () => {
  const client = createClient();
  const { resourceGroup, workspaceName } = served.cloud.connection;
  const workspace = await client.workspaces.get(resourceGroup, workspaceName);
  expect(workspace).toMatchObject({
    name: workspaceName,
    discoveryUrl: `${served.origin}/discovery`,
  });
  const endpoints = await all(client.onlineEndpoints.list(resourceGroup, workspaceName));
  expect(endpoints.map(({ name, kind }) => [name, kind])).toEqual([
    ['fraud', 'Managed'],
    ['churn', 'Kubernetes'],
  ]);
  const deployments = await all(
    client.onlineDeployments.list(resourceGroup, workspaceName, 'fraud'),
  );
  expect(deployments.map(({ name }) => name)).toEqual(['blue', 'green']);
});

test('lists come in pages of the size that the state says', async () => {
  await served.setBehaviour({ pageSize: 1 });
  const client = createClient();
  const { resourceGroup, workspaceName } = served.cloud.connection;
  const names = await all(client.onlineEndpoints.list(resourceGroup, workspaceName));
  expect(names.map(({ name }) => name)).toEqual(['fraud', 'churn']);
  await served.setBehaviour({ pageSize: 50 });
});

test('the SDK follows a PUT until it is done', async () => {
  await served.setBehaviour({ operationSeconds: 0 });
  const client = createClient();
  const { resourceGroup, workspaceName } = served.cloud.connection;
  const current = await client.onlineDeployments.get(resourceGroup, workspaceName, 'churn', 'main');
  current.properties.appInsightsEnabled = false;
  const done = await client.onlineDeployments.beginCreateOrUpdateAndWait(
    resourceGroup,
    workspaceName,
    'churn',
    'main',
    current,
    { updateIntervalInMs: 1 },
  );
  expect(done.properties).toMatchObject({
    appInsightsEnabled: false,
    provisioningState: 'Succeeded',
  });
  await served.setBehaviour({ operationSeconds: 2 });
});

test('a PUT that changes one value changes that value in the text and nothing else', async () => {
  const before = await getText(deploymentPath('green'));
  expect(before).toContain(
    '"futureSettings":{"weight":1.0,"ticket":12345678901234567890,"nothing":null',
  );
  const edited = (text: string) =>
    applyEdits(text, modify(text, ['properties', 'appInsightsEnabled'], true, {}));
  const put = await served.send('PUT', deploymentPath('green'), edited(forPut(before)));
  expect(put.status).toBe(201);
  await settle();
  expect(await getText(deploymentPath('green'))).toBe(edited(before));
});

test('whatever JSON a deployment carries comes back as it was sent', async () => {
  const lexeme = fc.oneof(
    fc.constantFrom(
      '1.0',
      '12345678901234567890',
      '-0',
      '1E400',
      '0.10',
      'null',
      'true',
      '[ ]',
      '{ }',
    ),
    fc.json(),
  );
  const members = fc.dictionary(
    fc.string({ minLength: 1 }).map((name) => `x-${name}`),
    lexeme,
    { maxKeys: 5 },
  );
  await served.setBehaviour({ operationSeconds: 0 });
  const base = forPut(await getText(deploymentPath('green')));
  const ready = applyEdits(base, modify(base, ['properties', 'futureSettings'], undefined, {}));
  await fc.assert(
    fc.asyncProperty(members, members, async (top, inner) => {
      const print = (all: Record<string, string>) =>
        Object.entries(all).map(([name, text]) => `${JSON.stringify(name)} : ${text}`);
      const sent = ready
        .replace(
          /^\{/,
          () =>
            `{${print(top)
              .map((one) => `${one},\n`)
              .join('')}`,
        )
        .replace(
          '"properties":{',
          () =>
            `"properties":{${print(inner)
              .map((one) => `${one}, `)
              .join('')}`,
        );
      const put = await served.send('PUT', deploymentPath('green'), sent);
      expect(put.status).toBe(201);
      expect(forPut(await getText(deploymentPath('green')))).toBe(sent);
    }),
    { numRuns: 40 },
  );
  const restored = await served.send('PUT', deploymentPath('green'), base);
  expect(restored.status).toBe(201);
  await served.setBehaviour({ operationSeconds: 2 });
});

test('a PUT replaces the whole: what it leaves out is gone, or the default of the service', async () => {
  const before = await getText(deploymentPath('blue'));
  const without = applyEdits(
    forPut(before),
    modify(forPut(before), ['properties', 'dataCollector'], undefined, {}),
  );
  await served.send('PUT', deploymentPath('blue'), without);
  await settle();
  expect((await getJson(deploymentPath('blue'))).properties.dataCollector).toBeNull();
  await served.send('PUT', deploymentPath('blue'), forPut(before));
  await settle();
  expect((await getJson(deploymentPath('blue'))).properties.dataCollector).not.toBeNull();
});

test('an older api-version neither shows nor keeps what it does not know', async () => {
  const before = await getText(deploymentPath('green'));
  const { properties } = await getJson(deploymentPath('green', '2023-10-01'));
  expect(properties).not.toHaveProperty('dataCollector');
  expect(properties).not.toHaveProperty('startupProbe');
  expect((await getJson(deploymentPath('green', '2024-04-01'))).properties).toHaveProperty(
    'dataCollector',
  );
  expect((await getJson(deploymentPath('green', '2023-04-01-preview'))).properties).toHaveProperty(
    'dataCollector',
  );

  await served.send('PUT', deploymentPath('green', '2022-10-01'), forPut(before));
  await settle();
  expect((await getJson(deploymentPath('green'))).properties).not.toHaveProperty('startupProbe');
  await served.send('PUT', deploymentPath('green'), forPut(before));
  await settle();
});

test('PATCH takes tags and sku, and refuses settings', async () => {
  const refused = await served.send(
    'PATCH',
    deploymentPath('green'),
    '{"properties":{"appInsightsEnabled":true}}',
  );
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain("Could not find member 'properties'");

  const tagged = await served.send('PATCH', deploymentPath('green'), '{"tags":{"a":"b"}}');
  expect(tagged.status).toBe(200);
  expect(JSON.parse(await tagged.text()).tags).toEqual({ a: 'b' });

  const scaled = await served.send('PATCH', deploymentPath('green'), '{"sku":{"capacity":3}}');
  expect(scaled.status).toBe(202);
  expect(scaled.headers.get('retry-after')).toBe('10');
  const location = new URL(scaled.headers.get('location') ?? '');
  expect((await served.send('GET', location.pathname + location.search)).status).toBe(202);
  await settle();
  const result = await served.send('GET', location.pathname + location.search);
  expect(JSON.parse(await result.text()).sku).toEqual({
    name: 'Default',
    tier: 'Standard',
    capacity: 3,
  });
});

test('while a deployment changes its endpoint is busy, and says so', async () => {
  const body = forPut(await getText(deploymentPath('green')));
  const put = await served.send('PUT', deploymentPath('green'), body);
  expect(JSON.parse(await put.text()).properties.provisioningState).toBe('Updating');
  const endpoint = `${served.workspaceId}/onlineEndpoints/fraud?api-version=${VERSION}`;
  expect((await getJson(endpoint)).properties.provisioningState).toBe('Updating');

  const second = await served.send('PUT', deploymentPath('blue'), body);
  expect(second.status).toBe(409);
  expect(JSON.parse(await second.text()).error).toMatchObject({
    code: 'Conflict',
    message: expect.stringContaining('fraud because it is in Updating provisioning state'),
    additionalInfo: expect.arrayContaining([
      { type: 'ComponentName', info: { value: 'managementfrontend' } },
    ]),
  });
  await settle();
  expect((await getJson(endpoint)).properties.provisioningState).toBe('Succeeded');
});

test('an operation is followed at a signed address that must not be edited', async () => {
  const put = await served.send(
    'PUT',
    deploymentPath('green'),
    forPut(await getText(deploymentPath('green'))),
  );
  const address = new URL(put.headers.get('azure-asyncoperation') ?? '');
  expect([...address.searchParams.keys()]).toEqual(['api-version', 't', 'c', 's', 'h']);
  const path = address.pathname + address.search;
  const status = await getText(path);
  expect(JSON.parse(status)).toMatchObject({
    status: 'Updating',
    endTime: '0001-01-01T00:00:00+00:00',
  });
  expect(status).toContain('"percentComplete":0.0');
  const edited = await served.send('GET', path.replace(VERSION, '2024-04-01'));
  expect(edited.status).toBe(403);
  await settle();
  expect(await getJson(path)).toMatchObject({ status: 'Succeeded' });
  expect(put.headers.get('retry-after')).toBeNull();
});

test('a change that fails says why, and the container from before goes on', async () => {
  await served.setBehaviour({
    failNext: {
      'fraud/green': {
        code: 'OutOfQuota',
        message: 'Not enough quota available for Standard_F4s_v2.',
        details: [{ code: 'QuotaExceeded', message: '8 cores are missing.' }],
      },
    },
  });
  const body = forPut(await getText(deploymentPath('green')));
  const put = await served.send('PUT', deploymentPath('green'), body);
  const address = new URL(put.headers.get('azure-asyncoperation') ?? '');
  await settle();
  expect(await getJson(address.pathname + address.search)).toMatchObject({
    status: 'Failed',
    error: { code: 'OutOfQuota', details: [{ code: 'QuotaExceeded' }] },
  });
  expect((await getJson(deploymentPath('green'))).properties.provisioningState).toBe('Failed');
  const score = await served.score('fraud', 'green', '{"data":[[12,70,2,41]]}');
  expect(score.status).toBe(200);

  await served.send('PUT', deploymentPath('green'), body);
  await settle();
  expect((await getJson(deploymentPath('green'))).properties.provisioningState).toBe('Succeeded');
});

test('a collection may only name a data asset that is registered; one is registered once', async () => {
  const body = forPut(await getText(deploymentPath('green')));
  const dataId = `${served.workspaceId}/data/fraud-green-request/versions/1`;
  const collector = { collections: { request: { dataCollectionMode: 'enabled', dataId } } };
  const collecting = applyEdits(body, modify(body, ['properties', 'dataCollector'], collector, {}));
  const missing = await served.send('PUT', deploymentPath('green'), collecting);
  expect(missing.status).toBe(400);

  const asset = `${dataId}?api-version=${VERSION}`;
  const register = (path: string) =>
    served.send(
      'PUT',
      asset,
      JSON.stringify({
        properties: {
          dataType: 'uri_folder',
          dataUri: `azureml://datastores/workspaceblobstore/paths/${path}`,
        },
      }),
    );
  expect((await register('modelDataCollector/fraud/green/request')).status).toBe(201);
  expect((await register('modelDataCollector/fraud/green/request')).status).toBe(200);
  const other = await register('elsewhere');
  expect(other.status).toBe(409);
  expect(await other.text()).toContain('already exists');

  expect((await served.send('PUT', deploymentPath('green'), collecting)).status).toBe(201);
  await settle();
  const { dataCollector } = (await getJson(deploymentPath('green'))).properties;
  expect(dataCollector.collections.request.dataCollectionMode).toBe('Enabled');
});

test('getLogs answers the three sections of a managed deployment, of Kubernetes the log alone', async () => {
  const logs = async (path: string, body: object) => {
    const answer = await served.send(
      'POST',
      `${path}/getLogs?api-version=${VERSION}`,
      JSON.stringify(body),
    );
    const content: string = JSON.parse(await answer.text()).content;
    return content;
  };
  const endpoints = `${served.workspaceId}/onlineEndpoints`;
  const managed = await logs(`${endpoints}/fraud/deployments/blue`, {});
  expect(managed).toMatch(
    /^Instance status:\n[\s\S]*\n\nContainer events:\n[\s\S]*\n\nContainer logs:\n/,
  );
  expect(managed).toContain('Application Insights Enabled: true');
  const kubernetes = await logs(`${endpoints}/churn/deployments/main`, { tail: 3 });
  expect(kubernetes.trimEnd().split('\n')).toHaveLength(3);
  expect(kubernetes).toContain('kube-probe');
  const init = await logs(`${endpoints}/churn/deployments/main`, {
    containerType: 'StorageInitializer',
  });
  expect(init).toContain('Storage initialization finished.');
});

test('endpoints and deployments can be created and deleted', async () => {
  const endpoint = `${served.workspaceId}/onlineEndpoints/fresh?api-version=${VERSION}`;
  const created = await served.send(
    'PUT',
    endpoint,
    '{"location":"local","properties":{"authMode":"Key"}}',
  );
  expect(created.status).toBe(201);
  await settle();
  const deployment = `${served.workspaceId}/onlineEndpoints/fresh/deployments/one?api-version=${VERSION}`;
  const body = '{"location":"local","properties":{"endpointComputeType":"Managed"}}';
  const put = await served.send('PUT', deployment, body);
  expect(JSON.parse(await put.text()).properties.provisioningState).toBe('Creating');
  await settle();
  expect((await served.score('fresh', 'one', '{"data":[[12,70,2,41]]}')).status).toBe(200);

  const deleted = await served.send('DELETE', deployment);
  expect([deleted.status, await deleted.text()]).toEqual([202, 'null']);
  await settle();
  const gone = await served.send('GET', deployment);
  expect(JSON.parse(await gone.text()).error.code).toBe('ResourceNotFound');
  expect((await served.send('DELETE', deployment)).status).toBe(204);
});

test('names have no case', async () => {
  const shouted = `${served.workspaceId}/onlineEndpoints/fraud`.toUpperCase();
  expect((await getJson(`${shouted}?api-version=${VERSION}`)).name).toBe('fraud');
  expect((await getJson(`${served.componentId}?api-version=2020-02-02`)).name).toBe(
    'sample-ml-insights',
  );
});

test('what is not there is said in the order in which ARM looks', async () => {
  const code = async (path: string) =>
    JSON.parse(await getText(`${path}?api-version=${VERSION}`)).error.code;
  const { subscriptionId } = served.cloud.connection;
  const missing = served.workspaceId.replace(
    subscriptionId,
    '00000000-0000-4000-8000-000000000000',
  );
  expect(await code(missing)).toBe('SubscriptionNotFound');
  expect(await code(served.workspaceId.replace('monitoring-samples', 'nowhere'))).toBe(
    'ResourceGroupNotFound',
  );
  expect(await code(`${served.workspaceId}x`)).toBe('ResourceNotFound');
  expect(await code(`${served.workspaceId}/onlineEndpoints/none`)).toBe('ResourceNotFound');
});
