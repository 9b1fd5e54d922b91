import { expect, test } from 'vitest';
import type { ChangeOptions } from '../../src/lib/azure/gateways.js';
import { createMmsGateway } from '../../src/lib/azure/mms.js';
import { createAzureHttp } from '../../src/lib/azure/wire/http.js';
import type { Target } from '../../src/lib/model/target.js';
import { type Exchange, recorded, recordedHttp } from '../support/recorded-http.js';
import { target } from '../support/targets.js';
import { MMS } from './addresses.js';
import { collectItems } from './collect-items.js';

async function open(exchanges: readonly Exchange[]) {
  const wire = await recordedHttp(exchanges);
  const client = wire.transport.client({ accepts: wire.cloud.accepts.modelManagement });
  const { clock, signal, credential, cloud } = wire;
  const http = createAzureHttp({ client, clock, signal, credential, scope: cloud.armScope });
  return { ...wire, v1: createMmsGateway({ http, workspaceUrl: async () => MMS, clock, signal }) };
}

const aks = target({
  api: 'v1',
  service: 'churn',
  part: null,
  computeType: 'AKS',
  state: 'Healthy',
  replicas: 2,
});
const notes: string[] = [];
const choice: ChangeOptions = { wait: true, dryRun: false, onNote: (note) => notes.push(note) };
const get = `GET ${MMS}/services/churn?expand=true`;
const patch = `PATCH ${MMS}/services/churn`;
const insightsOn = '[{"op":"replace","path":"/appInsightsEnabled","value":true}]';
const operation = `GET ${MMS}/operations/0b8f0d7e-1111-4a55-9c1c-2f6a3a1f0e11`;

test('lists every page: AKS, a failed ACI service, each version of an AKSENDPOINT', async () => {
  const { v1, left } = await open([
    {
      request: `GET ${MMS}/services?expand=true`,
      answer: recorded('mms-v1.0-services-first-page'),
    },
    {
      request: `GET ${MMS}/services?expand=true&%24skipToken=canary-skip`,
      answer: recorded('mms-v1.0-services-last-page'),
    },
  ]);
  const targets = await collectItems(v1.findTargets());
  expect(targets).toMatchObject([
    {
      service: 'churn',
      part: null,
      computeType: 'AKS',
      insights: false,
      replicas: 2,
      dataPaths: ['/modeldata/00000000-0000-0000-0000-0000000000a1/rg-ml/ws-ml/churn/ridge.pkl/2/'],
    },
    {
      service: 'probe',
      computeType: 'ACI',
      state: 'Failed',
      replicas: null,
      failure: { code: 'AciDeploymentFailed' },
    },
    { service: 'split', part: 'a', insights: true, collection: true },
    { service: 'split', part: 'b/1', insights: true, collection: false },
  ]);
  expect(JSON.stringify(targets)).not.toContain('canary');
  expect(left()).toBe(0);
});

test('a next page on another host sees no token, one that comes again ends the list', async () => {
  const first = `${MMS}/services?expand=true`;
  const page = (nextLink: string) => ({
    request: `GET ${first}`,
    answer: { status: 200, body: { value: [], nextLink } },
  });
  const away = await open([page('https://azureml.net.evil.example/services')]);
  await expect(collectItems(away.v1.findTargets())).rejects.toMatchObject({
    facts: { code: 'ForeignHost' },
  });
  const round = await open([page(first)]);
  await expect(collectItems(round.v1.findTargets())).rejects.toThrow('does not end');
});

test('a service that does not exist has no targets', async () => {
  const { v1 } = await open([{ request: get, answer: recorded('mms-v1.0-service-not-found') }]);
  expect(await collectItems(v1.findTargets('churn'))).toEqual([]);
});

test('what is already so is not written', async () => {
  const { v1 } = await open([
    { request: get, answer: recorded('mms-v1.0-service-aks-insights-on') },
  ]);
  const change = await v1.setInsights(aks, true, choice);
  expect(change).toEqual({ changed: false, applied: true, requests: [], before: null });
});

test('a change that is accepted is followed by the last segment of its operation', async () => {
  const { v1, clock, left } = await open([
    { request: get, answer: recorded('mms-v1.0-service-aks') },
    { request: patch, body: insightsOn, answer: recorded('mms-v1.0-patch-accepted') },
    { request: operation, answer: recorded('mms-v1.0-operation-running') },
    { request: operation, answer: recorded('mms-v1.0-operation-succeeded') },
  ]);
  const start = clock.now().getTime();
  const change = await v1.setInsights(aks, true, choice);
  expect(change).toMatchObject({ changed: true, applied: true });
  expect(clock.now().getTime() - start).toBe(5000);
  expect(left()).toBe(0);
});

test('an operation may also be named in the body of 200; without --wait it is not followed', async () => {
  const { v1 } = await open([
    { request: get, answer: recorded('mms-v1.0-service-aks') },
    { request: patch, answer: recorded('mms-v1.0-service-aks-updating') },
  ]);
  const change = await v1.setInsights(aks, true, { ...choice, wait: false });
  expect(change).toMatchObject({ changed: true, applied: false });
});

test('a failed operation tells code, message and details', async () => {
  const { v1 } = await open([
    { request: get, answer: recorded('mms-v1.0-service-aks') },
    { request: patch, answer: recorded('mms-v1.0-patch-accepted') },
    { request: operation, answer: recorded('mms-v1.0-operation-failed') },
  ]);
  await expect(v1.setInsights(aks, true, choice)).rejects.toMatchObject({
    kind: 'service',
    message: 'The change of "churn" ended as failed: Kubernetes Deployment failed.',
    facts: {
      code: 'KubernetesDeploymentFailed',
      details: [{ code: 'CrashLoopBackOff', message: expect.stringContaining('liveness probe') }],
    },
  });
});

test('a message of many lines is a sentence, and whole for scripts', async () => {
  const error = { code: 'AciDeploymentFailed', message: 'It crashed.\\r\\nMake sure it starts.' };
  const { v1 } = await open([
    { request: get, answer: recorded('mms-v1.0-service-aks') },
    { request: patch, answer: recorded('mms-v1.0-patch-accepted') },
    { request: operation, answer: { status: 200, body: { state: 'TimedOut', error } } },
  ]);
  await expect(v1.setInsights(aks, true, choice)).rejects.toMatchObject({
    kind: 'service',
    message: 'The change of "churn" ended as timedout: It crashed.',
    facts: { code: 'AciDeploymentFailed', original: expect.stringMatching(/^It.*\n+Make sure/s) },
  });
});

test('a refusal that only repeats its code is told by its first detail', async () => {
  const details = [{ code: 'ServiceExists', message: 'There is one already.' }];
  const body = { code: 'BadRequest', statusCode: 400, message: 'Bad Request', details };
  const { v1 } = await open([
    { request: get, answer: recorded('mms-v1.0-service-aks') },
    { request: patch, answer: { status: 400, body } },
  ]);
  await expect(v1.setInsights(aks, true, choice)).rejects.toMatchObject({
    message: 'There is one already.',
    facts: { code: 'BadRequest', details },
  });
});

test('an operation that never ends is given up after 10 minutes', async () => {
  const running = { request: operation, answer: recorded('mms-v1.0-operation-running') };
  const { v1 } = await open([
    { request: get, answer: recorded('mms-v1.0-service-aks') },
    { request: patch, answer: recorded('mms-v1.0-patch-accepted') },
    ...Array.from({ length: 121 }, () => running),
  ]);
  await expect(v1.setInsights(aks, true, choice)).rejects.toMatchObject({ kind: 'timeout' });
});

test('a busy service is waited for, and said once', async () => {
  notes.length = 0;
  const words = { code: 'BadRequest', message: 'Another operation on same entity is running.' };
  const { v1, left } = await open([
    { request: get, answer: recorded('mms-v1.0-service-aks-transitioning') },
    { request: patch, answer: recorded('mms-v1.0-conflict') },
    { request: get, answer: recorded('mms-v1.0-service-aks') },
    { request: patch, answer: { status: 400, body: { ...words, statusCode: 400 } } },
    { request: get, answer: recorded('mms-v1.0-service-aks') },
    { request: patch, answer: recorded('mms-v1.0-service-aks') },
  ]);
  await v1.setInsights(aks, true, choice);
  expect(notes).toEqual(['"churn" is busy with another change; waiting for it.']);
  expect(left()).toBe(0);
});

test('what is refused for another reason is not tried again', async () => {
  const { v1 } = await open([
    { request: get, answer: recorded('mms-v1.0-service-aks') },
    { request: patch, answer: { status: 400, body: { code: 'BadRequest', message: 'No.' } } },
  ]);
  await expect(v1.setInsights(aks, true, choice)).rejects.toMatchObject({
    kind: 'service',
    message: 'No.',
    facts: { code: 'BadRequest', status: 400 },
  });
});

test('busy for more than 30 minutes is a timeout, with what Azure said last', async () => {
  const turn = [
    { request: get, answer: recorded('mms-v1.0-service-aks') },
    { request: patch, answer: recorded('mms-v1.0-conflict') },
  ];
  const { v1 } = await open(Array.from({ length: 361 }, () => turn).flat());
  await expect(v1.setInsights(aks, true, choice)).rejects.toMatchObject({
    kind: 'timeout',
    facts: { code: 'Conflict', status: 409 },
  });
});

test('without waiting, a busy service is refused with what Azure says', async () => {
  const { v1 } = await open([
    { request: get, answer: recorded('mms-v1.0-service-aks') },
    { request: patch, answer: recorded('mms-v1.0-conflict') },
  ]);
  await expect(v1.setInsights(aks, true, { ...choice, wait: false })).rejects.toMatchObject({
    kind: 'service',
    facts: { code: 'Conflict', status: 409 },
    message: expect.stringContaining('another operation on same entity'),
  });
});

test('collection has a path for each compute type, ACI none', async () => {
  const bodyOf = async (target: Target, fixture: string) => {
    const { v1 } = await open([
      {
        request: `GET ${MMS}/services/${target.service}?expand=true`,
        answer: recorded(fixture),
      },
    ]);
    const { requests } = await v1.setCollection(target, { to: 'on' }, { ...choice, dryRun: true });
    return requests[0]?.body;
  };
  expect(await bodyOf(aks, 'mms-v1.0-service-aks')).toContain('"/dataCollection/storageEnabled"');
  const version: Target = { ...aks, service: 'split', part: 'b/1', computeType: 'AKSENDPOINT' };
  expect(await bodyOf(version, 'mms-v1.0-service-aksendpoint')).toContain(
    '"/versions/b~11/dataCollection/storageEnabled"',
  );
  const { v1 } = await open([]);
  const aci: Target = { ...aks, computeType: 'ACI' };
  await expect(v1.setCollection(aci, { to: 'on' }, choice)).rejects.toMatchObject({
    kind: 'unsupported',
    message: '"churn" runs on ACI, where model data cannot be collected.',
  });
});

test('logs are the content as it was sent', async () => {
  const { v1 } = await open([
    {
      request: `GET ${MMS}/services/churn/logs?tail=100&init=True`,
      answer: recorded('mms-v1.0-logs'),
    },
  ]);
  const logs = await v1.readLogs(aks, { tail: 100, container: 'init' });
  expect(logs).toContain('gunicorn/run \nStarting');

  const empty = `GET ${MMS}/services/churn/logs?tail=5&init=False`;
  const never = await open([{ request: empty, answer: { status: 200, body: { content: null } } }]);
  expect(await never.v1.readLogs(aks, { tail: 5, container: 'server' })).toBe('');
});
