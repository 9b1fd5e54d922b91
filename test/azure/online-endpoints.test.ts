import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChangeOptions } from '../../src/lib/azure/gateways.js';
import { armRequestKind, createMlClient } from '../../src/lib/azure/ml-client.js';
import { createOnlineEndpointsGateway } from '../../src/lib/azure/online-endpoints.js';
import { type Exchange, recorded, recordedHttp } from '../support/recorded-http.js';
import { target } from '../support/targets.js';
import { ARM, VERSION, WORKSPACE, WORKSPACE_ID } from './addresses.js';
import { collectItems } from './collect-items.js';
import { object, unknown } from './odd-json.js';

async function open(exchanges: readonly Exchange[]) {
  const wire = await recordedHttp(exchanges);
  const { http, cloud, clock, signal, credential, transport } = wire;
  const client = transport.client({ accepts: cloud.accepts.arm, kindOf: armRequestKind });
  const shared = { cloud, apiVersion: '2024-10-01' };
  const ml = createMlClient({ ...shared, workspace: WORKSPACE, credential, client });
  const v2 = createOnlineEndpointsGateway({
    ...shared,
    http,
    ml: () => ml,
    assertWorkspace: async () => {},
    workspace: () => WORKSPACE,
    clock,
    signal,
  });
  return { ...wire, v2 };
}

const blue = target({ replicas: 3 });
const notes: string[] = [];
const choice: ChangeOptions = { wait: true, dryRun: false, onNote: (note) => notes.push(note) };

const endpoint = `${ARM}/onlineEndpoints/fraud?${VERSION}`;
const deployment = `${ARM}/onlineEndpoints/fraud/deployments/blue?${VERSION}`;
const operation =
  'https://management.azure.com/subscriptions/00000000-0000-0000-0000-0000000000a1/providers/Microsoft.MachineLearningServices/locations/eastus/mfeOperationsStatus/odidp:c1:2?api-version=2024-10-01&t=638762508804408731&c=canary-c&s=canary-s&h=canary-h';
const deploymentIs = (situation: string): Exchange => ({
  request: `GET ${deployment}`,
  answer: recorded(`arm-2024-10-01-${situation}`),
});
const endpointIs = (situation: string): Exchange => ({
  request: `GET ${endpoint}`,
  answer: recorded(`arm-2024-10-01-${situation}`),
});
const putIs = (situation: string): Exchange => ({
  request: `PUT ${deployment}`,
  answer: recorded(`arm-2024-10-01-${situation}`),
});
const operationIs = (situation: string): Exchange => ({
  request: `GET ${operation}`,
  answer: recorded(`arm-2024-10-01-operation-${situation}`),
});

test('reads an endpoint with its deployments and what they collect', async () => {
  const { v2 } = await open([
    endpointIs('endpoint'),
    {
      request: `GET ${ARM}/onlineEndpoints/fraud/deployments?${VERSION}`,
      answer: recorded('arm-2024-10-01-deployments'),
    },
  ]);
  expect(await collectItems(v2.findTargets('fraud'))).toMatchObject([
    {
      service: 'fraud',
      part: 'blue',
      computeType: 'Managed',
      state: 'Succeeded',
      insights: false,
      collection: false,
      scoringUri: 'https://fraud.eastus.inference.ml.azure.com/score',
      replicas: 3,
    },
    {
      part: 'green',
      collection: true,
      collections: [
        { name: 'request', enabled: true, samplingRate: 0.5 },
        { name: 'model_inputs', enabled: false, samplingRate: 1 },
      ],
    },
  ]);
});

test('an endpoint that does not exist has no targets', async () => {
  const { v2 } = await open([endpointIs('endpoint-not-found')]);
  expect(await collectItems(v2.findTargets('fraud'))).toEqual([]);
});

test('what is already so is not written', async () => {
  const { v2, left } = await open([deploymentIs('deployment-insights-on')]);
  expect(await v2.setInsights(blue, true, choice)).toMatchObject({ changed: false, requests: [] });
  expect(left()).toBe(0);
});

test('a change is read again, put whole and followed to its end', async () => {
  notes.length = 0;
  const { v2, left, clock, debugLines } = await open([
    deploymentIs('deployment'),
    endpointIs('endpoint'),
    deploymentIs('deployment'),
    putIs('put-accepted'),
    operationIs('updating'),
    operationIs('succeeded'),
    deploymentIs('deployment-insights-on'),
  ]);
  const start = clock.now().getTime();
  const change = await v2.setInsights({ ...blue, replicas: 2 }, true, choice);
  expect(change).toMatchObject({ changed: true, applied: true });
  const [put] = change.requests;
  const sent = JSON.parse(put?.body ?? '');
  expect(sent.properties).toMatchObject({
    appInsightsEnabled: true,
    dataCollector: null,
    startupProbe: null,
  });
  expect(sent).not.toHaveProperty('id');
  expect(sent.properties).not.toHaveProperty('provisioningState');
  expect(notes).toEqual(['"fraud/blue" was scaled from 2 to 3 meanwhile; it stays at 3.']);
  expect(clock.now().getTime() - start).toBe(10_000);
  expect(left()).toBe(0);
  expect(debugLines.join('\n')).not.toContain('canary');
});

test('an update that succeeded has, even where the deployment cannot be read right after', async () => {
  const { v2 } = await open([
    deploymentIs('deployment'),
    endpointIs('endpoint'),
    deploymentIs('deployment'),
    putIs('put-accepted'),
    operationIs('succeeded'),
    { request: `GET ${deployment}`, answer: recorded('arm-2024-10-01-endpoint-not-found') },
  ]);
  expect(await v2.setInsights(blue, true, choice)).toMatchObject({ changed: true, applied: true });
});

test('--dry-run gives exactly the bytes that would be sent', async () => {
  const dry = await open([deploymentIs('deployment')]);
  const planned = await dry.v2.setInsights(blue, true, { ...choice, dryRun: true });
  const [body] = planned.requests.map((request) => request.body);
  const real = await open([
    deploymentIs('deployment'),
    endpointIs('endpoint'),
    deploymentIs('deployment'),
    { ...putIs('put-accepted'), body: body ?? '' },
  ]);
  const done = await real.v2.setInsights(blue, true, { ...choice, wait: false });
  expect(done).toMatchObject({ changed: true, applied: false, requests: planned.requests });
});

test('so it does whatever the deployment holds', async () => {
  const collectors = [
    'null',
    '{}',
    '{"collections":{"request":{"dataCollectionMode":"Disabled"}}}',
  ];
  await fc.assert(
    fc.asyncProperty(
      unknown(['properties', 'identity']),
      unknown(['appInsightsEnabled', 'dataCollector', 'provisioningState']),
      fc.constantFrom(...collectors, undefined),
      fc.boolean(),
      async (top, inner, collector, isInsights) => {
        const own = collector === undefined ? [] : [['dataCollector', collector, ''] as const];
        const text = object([...top, ['properties', object([...inner, ...own]), '']]);
        const read = { request: `GET ${deployment}`, answer: { status: 200, body: text } };
        const run = async (wire: Awaited<ReturnType<typeof open>>, dryRun: boolean) =>
          isInsights
            ? wire.v2.setInsights(blue, true, { ...choice, wait: false, dryRun })
            : wire.v2.setCollection(blue, { to: 'on' }, { ...choice, wait: false, dryRun });
        const { requests } = await run(await open([read]), true);
        const puts = requests.map(({ url, body }) => ({ request: `PUT ${url}`, body }));
        const made = { status: 201, body: { name: '1' } };
        const last = puts.length - 1;
        const real = await open([
          read,
          endpointIs('endpoint'),
          ...puts.slice(0, last).map((put) => ({ ...put, answer: made })),
          read,
          ...puts.slice(last).map((put) => ({ ...put, answer: putIs('put-accepted').answer })),
        ]);
        expect((await run(real, false)).requests).toEqual(requests);
        expect(real.left()).toBe(0);
      },
    ),
    { numRuns: 60 },
  );
});

test('a failed operation tells code, message and details', async () => {
  const { v2 } = await open([
    deploymentIs('deployment'),
    endpointIs('endpoint'),
    deploymentIs('deployment'),
    putIs('put-accepted'),
    operationIs('failed'),
  ]);
  await expect(v2.setInsights(blue, true, choice)).rejects.toMatchObject({
    kind: 'service',
    message:
      'The update of "fraud/blue" ended as failed: Not enough quota available for Standard_F4s_v2 in eastus.',
    facts: { code: 'OutOfQuota', details: [{ code: 'QuotaExceeded' }] },
  });
});

test('a message of many lines is a sentence, and whole for scripts', async () => {
  const error = {
    code: 'ResourceNotReady',
    message: 'User container has crashed.\nPlease see troubleshooting guide:\nhttps://example',
  };
  const { v2 } = await open([
    deploymentIs('deployment'),
    endpointIs('endpoint'),
    deploymentIs('deployment'),
    putIs('put-accepted'),
    { request: `GET ${operation}`, answer: { status: 200, body: { status: 'Failed', error } } },
  ]);
  await expect(v2.setInsights(blue, true, choice)).rejects.toMatchObject({
    message: 'The update of "fraud/blue" ended as failed: User container has crashed.',
    facts: { code: 'ResourceNotReady', original: error.message },
  });
});

test('a busy endpoint, a busy deployment and a conflict are waited for, and said once', async () => {
  notes.length = 0;
  const { v2, left } = await open([
    deploymentIs('deployment'),
    endpointIs('endpoint-updating'),
    deploymentIs('deployment-updating'),
    deploymentIs('deployment'),
    endpointIs('endpoint'),
    deploymentIs('deployment'),
    putIs('put-conflict'),
    deploymentIs('deployment'),
    endpointIs('endpoint'),
    deploymentIs('deployment'),
    endpointIs('endpoint'),
    deploymentIs('deployment'),
    putIs('put-accepted'),
    operationIs('succeeded'),
    deploymentIs('deployment-insights-on'),
  ]);
  expect(await v2.setInsights(blue, true, choice)).toMatchObject({ changed: true });
  expect(notes).toEqual(['"fraud/blue" is busy, the endpoint is Updating; waiting for it.']);
  expect(left()).toBe(0);
});

test('a lock on the deployment is told at once, and not waited for', async () => {
  const locked = { error: { code: 'ScopeLocked', message: 'The scope is locked.' } };
  const { v2 } = await open([
    deploymentIs('deployment'),
    endpointIs('endpoint'),
    deploymentIs('deployment'),
    { ...putIs('put-conflict'), answer: { status: 409, body: locked } },
    deploymentIs('deployment'),
    endpointIs('endpoint'),
  ]);
  await expect(v2.setInsights(blue, true, choice)).rejects.toMatchObject({
    kind: 'service',
    facts: { code: 'ScopeLocked' },
  });
});

test('without waiting, busy is an error at once', async () => {
  const { v2 } = await open([deploymentIs('deployment-updating')]);
  await expect(v2.setInsights(blue, true, { ...choice, wait: false })).rejects.toMatchObject({
    kind: 'service',
    message: '"fraud/blue" is busy: the deployment is Updating.',
  });
});

test('busy for more than 30 minutes is a timeout', async () => {
  const busy = deploymentIs('deployment-updating');
  const { v2 } = await open(Array.from({ length: 361 }, () => busy));
  await expect(v2.setInsights(blue, true, choice)).rejects.toMatchObject({ kind: 'timeout' });
});

test('a refusal in the bare shape is an error with its details', async () => {
  const { v2 } = await open([
    deploymentIs('deployment'),
    endpointIs('endpoint'),
    deploymentIs('deployment'),
    putIs('put-bad-request'),
    deploymentIs('deployment'),
    endpointIs('endpoint'),
  ]);
  await expect(v2.setInsights(blue, true, choice)).rejects.toMatchObject({
    kind: 'service',
    facts: { code: 'BadRequest', status: 400, details: [{ code: 'KubernetesUnaccessible' }] },
  });
});

test('a poll URL on another host sees no token', async () => {
  const accepted = recorded('arm-2024-10-01-put-accepted');
  const { v2 } = await open([
    deploymentIs('deployment'),
    endpointIs('endpoint'),
    deploymentIs('deployment'),
    {
      ...putIs('put-accepted'),
      answer: {
        ...accepted,
        headers: { 'azure-asyncoperation': 'https://management.azure.com.evil.example/poll' },
      },
    },
  ]);
  await expect(v2.setInsights(blue, true, choice)).rejects.toMatchObject({
    facts: { code: 'ForeignHost' },
  });
});

test('a next page or a redirect on another host sees no token', async () => {
  const elsewhere = 'https://management.azure.com.evil.example/next';
  const list = `GET ${ARM}/onlineEndpoints?${VERSION}`;
  for (const answer of [
    { status: 200, body: { value: [], nextLink: elsewhere } },
    { status: 302, headers: { location: elsewhere } },
    { status: 307, headers: { location: elsewhere } },
  ]) {
    const { v2, left } = await open([{ request: list, answer }]);
    await expect(collectItems(v2.findTargets())).rejects.toMatchObject({
      kind: 'service',
      facts: { code: 'ForeignHost' },
    });
    expect(left()).toBe(0);
  }
});

test('collecting registers a data asset first; one that exists is fine', async () => {
  const asset = `${ARM}/data/fraud-blue-request/versions/1?${VERSION}`;
  const other = `${ARM}/data/fraud-blue-response/versions/1?${VERSION}`;
  const { v2, left } = await open([
    deploymentIs('deployment'),
    endpointIs('endpoint'),
    {
      request: `PUT ${asset}`,
      body: `{"properties":{"dataType":"uri_folder","dataUri":"azureml://subscriptions/${WORKSPACE.subscriptionId}/resourcegroups/rg-ml/workspaces/ws-ml/datastores/workspaceblobstore/paths/modelDataCollector/fraud/blue/request"}}`,
      answer: { status: 409, body: { error: { code: 'UserError', message: 'It exists.' } } },
    },
    { request: `GET ${asset}`, answer: { status: 200, body: { name: '1' } } },
    { request: `PUT ${other}`, answer: { status: 201, body: { name: '1' } } },
    deploymentIs('deployment'),
    putIs('put-accepted'),
  ]);
  const change = await v2.setCollection(blue, { to: 'on' }, { ...choice, wait: false });
  expect(left()).toBe(0);
  expect(change.requests.map(({ url }) => url)).toEqual([asset, other, deployment]);
  expect(JSON.parse(change.requests[2]?.body ?? '').properties.dataCollector).toEqual({
    collections: {
      request: {
        dataCollectionMode: 'Enabled',
        dataId: `${WORKSPACE_ID}/data/fraud-blue-request/versions/1`,
      },
      response: {
        dataCollectionMode: 'Enabled',
        dataId: `${WORKSPACE_ID}/data/fraud-blue-response/versions/1`,
      },
    },
  });
});

test('logs come from the container that is asked for', async () => {
  const { v2 } = await open([
    {
      request: `POST ${ARM}/onlineEndpoints/fraud/deployments/blue/getLogs?${VERSION}`,
      body: '{"containerType":"InferenceServer","tail":100}',
      answer: recorded('arm-2024-10-01-getLogs'),
    },
  ]);
  const logs = await v2.readLogs(blue, { tail: 100, container: 'server' });
  expect(logs).toMatch(/^Instance status:\nSystemSetup/);
});
