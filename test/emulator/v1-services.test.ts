import { beforeAll, expect, test } from 'vitest';
import { type Served, serve } from './served.js';

let served: Served;
let base: string;
beforeAll(async () => {
  served = await serve();
  base = `/modelmanagement/v1.0${served.workspaceId}`;
});

const JSON_PATCH = 'application/json-patch+json';

async function get(path: string) {
  const response = await served.send('GET', `${base}${path}`);
  return { status: response.status, body: JSON.parse(await response.text()) };
}

function patch(service: string, path: string, value: unknown, op = 'replace') {
  const body = JSON.stringify([{ op, path, value }]);
  return served.send('PATCH', `${base}/services/${service}`, body, JSON_PATCH);
}

test('discovery answers without a token where everything is', async () => {
  const response = await served.cloud.handle(new Request(`${served.origin}/discovery`));
  expect(JSON.parse(await response.text())).toMatchObject({
    modelmanagement: served.origin,
    api: served.origin,
  });
});

test('services are flat, in pages with an absolute link, and filtered', async () => {
  await served.setBehaviour({ pageSize: 3 });
  const first = await get('/services');
  expect(first.body.value.map(({ name }: { name: string }) => name)).toEqual([
    'my-service',
    'pricing',
    'returns',
  ]);
  const next = new URL(first.body.nextLink);
  const second = await served.send('GET', next.pathname + next.search);
  const last = JSON.parse(await second.text());
  expect(last.value.map(({ name }: { name: string }) => name)).toEqual(['segments']);
  expect(last).not.toHaveProperty('nextLink');
  await served.setBehaviour({ pageSize: 50 });

  const named = async (filter: string) =>
    (await get(`/services?${filter}`)).body.value.map(({ name }: { name: string }) => name);
  expect(await named('computeType=ACI')).toEqual(['pricing', 'returns']);
  expect(await named('modelName=ridge&computeType=AKSENDPOINT')).toEqual(['segments']);
  expect(await named('tags=team=samples,nothing')).toEqual([]);
});

test('one of each compute type has the members that azureml-core asks for', async () => {
  const service = async (name: string) => (await get(`/services/${name}?expand=true`)).body;
  expect(await service('my-service')).toMatchObject({
    computeType: 'AKS',
    appInsightsEnabled: false,
    dataCollection: { eventHubEnabled: false, storageEnabled: false },
    modelConfigMap: {
      modelsInfo: {
        ridge: {
          3: {
            dataCollectorStoragePath: expect.stringMatching(
              /^\/modeldata\/.*\/my-service\/ridge\/3\/$/,
            ),
          },
        },
      },
    },
  });
  const aci = await service('pricing');
  expect(aci).toMatchObject({ computeType: 'ACI', sslKey: expect.stringContaining('PRIVATE KEY') });
  expect(aci).not.toHaveProperty('dataCollection');
  expect(await service('segments')).toMatchObject({
    computeType: 'AKSENDPOINT',
    versions: {
      champion: { dataCollection: { storageEnabled: true }, isDefault: true },
      challenger: { dataCollection: { storageEnabled: false } },
    },
  });
  expect(await service('returns')).toMatchObject({
    state: 'Failed',
    error: { code: 'AciDeploymentFailed' },
  });
});

test('errors are flat', async () => {
  expect(await get('/services/nothing')).toMatchObject({
    status: 404,
    body: { code: 'NotFound', statusCode: 404, details: [{ code: 'ServiceNotFound' }] },
  });
  const denied = await served.cloud.handle(new Request(`https://localhost${base}/services`));
  expect([denied.status, JSON.parse(await denied.text())]).toMatchObject([
    401,
    { statusCode: 401 },
  ]);
});

test('AKS answers a patch with 202 and an operation to follow', async () => {
  const accepted = await patch('my-service', '/appInsightsEnabled', true);
  expect(accepted.status).toBe(202);
  const id = accepted.headers.get('operation-location')?.split('/').at(-1);
  expect((await get(`/operations/${id}`)).body).toMatchObject({
    state: 'Running',
    endTime: null,
    error: null,
    resourceLocation: expect.stringMatching(/\/services\/my-service$/),
  });
  expect((await get('/services/my-service')).body).toMatchObject({
    state: 'Transitioning',
    appInsightsEnabled: true,
  });

  const second = await patch('my-service', '/dataCollection/storageEnabled', true);
  expect([second.status, JSON.parse(await second.text())]).toMatchObject([
    409,
    {
      code: 'Conflict',
      message: 'Conflict',
      details: [
        { message: expect.stringContaining('another operation on same entity is already running') },
      ],
    },
  ]);

  served.advance(3000);
  expect((await get(`/operations/${id}`)).body).toMatchObject({ state: 'Succeeded' });
  expect((await get('/services/my-service')).body).toMatchObject({ state: 'Healthy' });
});

test('ACI answers 200 with the id of an operation, and cannot collect', async () => {
  const response = await patch('pricing', '/appInsightsEnabled', false);
  const { operationId, name } = JSON.parse(await response.text());
  expect([response.status, name]).toEqual([200, 'pricing']);
  expect((await get(`/operations/${operationId}`)).body.state).toBe('Running');
  served.advance(3000);
  expect((await get(`/operations/${operationId}`)).body.state).toBe('Succeeded');
  expect((await get('/services/pricing')).body).not.toHaveProperty('operationId');

  const refused = await patch('pricing', '/dataCollection/storageEnabled', true);
  expect([refused.status, JSON.parse(await refused.text())]).toMatchObject([
    400,
    { code: 'BadRequest', details: [{ message: expect.stringContaining('storageEnabled') }] },
  ]);
});

test('AKSENDPOINT answers 200 and is done; collection is set by version', async () => {
  const response = await patch(
    'segments',
    '/versions/challenger/dataCollection/storageEnabled',
    true,
  );
  expect(JSON.parse(await response.text())).toMatchObject({
    versions: { challenger: { dataCollection: { storageEnabled: true } } },
    state: 'Healthy',
  });
});

test('a change that fails leaves the service as it was, with the error', async () => {
  await served.setBehaviour({
    failNext: {
      'my-service': { code: 'DeploymentTimedOut', message: 'The deployment timed out.' },
    },
  });
  const accepted = await patch('my-service', '/appInsightsEnabled', false);
  const id = accepted.headers.get('operation-location')?.split('/').at(-1);
  served.advance(3000);
  expect((await get(`/operations/${id}`)).body).toMatchObject({
    state: 'Failed',
    error: { code: 'DeploymentTimedOut' },
  });
  expect((await get('/services/my-service')).body).toMatchObject({
    state: 'Failed',
    appInsightsEnabled: true,
    error: { code: 'DeploymentTimedOut' },
  });
  await patch('my-service', '/appInsightsEnabled', false);
  served.advance(3000);
  expect((await get('/services/my-service')).body).toMatchObject({
    state: 'Healthy',
    appInsightsEnabled: false,
    error: null,
  });
});

test('a patch is refused whole, and has to be one', async () => {
  const before = (await get('/services/my-service')).body;
  const body = JSON.stringify([
    { op: 'replace', path: '/appInsightsEnabled', value: true },
    { op: 'replace', path: '/nothing', value: 1 },
  ]);
  const refused = await served.send('PATCH', `${base}/services/my-service`, body, JSON_PATCH);
  expect(refused.status).toBe(400);
  expect((await get('/services/my-service')).body).toEqual(before);
  const empty = await served.send('PATCH', `${base}/services/my-service`, '[]', JSON_PATCH);
  expect(empty.status).toBe(400);
});

test('validation answers 200, with the error in the body', async () => {
  const validate = async (path: string) => {
    const body = {
      type: 'Update',
      serviceName: 'pricing',
      createRequest: null,
      updateRequest: [{ op: 'replace', path, value: true }],
    };
    const response = await served.send('POST', `${base}/services/validate`, JSON.stringify(body));
    expect(response.status).toBe(200);
    return JSON.parse(await response.text());
  };
  expect(await validate('/appInsightsEnabled')).toEqual({});
  expect(await validate('/nothing')).toMatchObject({ error: { code: 'BadRequest' } });
});

test('logs are the last lines of the container; empty for one that never started', async () => {
  const content = async (query: string, service = 'my-service') =>
    (await get(`/services/${service}/logs?${query}`)).body.content;
  const whole = await content('tail=5000&init=False');
  expect(whole).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d,\d{9}\+00:00 - gunicorn\/run \n/);
  expect((await content('tail=3&init=False')).trimEnd().split('\n')).toHaveLength(3);
  expect(await content('tail=10&init=True')).toContain('Downloading models');
  expect(await content('tail=10', 'returns')).toBe('');
  expect(await content('tail=5', 'segments')).toContain('| root | INFO |');
});

test('a container that was replaced has taken its lines with it', async () => {
  await served.score('my-service', null, '{"data":[[12,70,2,41]]}');
  const logs = async () => (await get('/services/my-service/logs?tail=5000')).body.content;
  expect(await logs()).toContain('"POST /score HTTP/1.0" 200');
  await patch('my-service', '/appInsightsEnabled', true);
  expect(await logs()).toContain('"POST /score HTTP/1.0" 200');
  served.advance(3000);
  expect(await logs()).not.toContain('POST /score');
});

test('keys are there to be listed', async () => {
  const response = await served.send('POST', `${base}/services/my-service/listkeys`);
  expect(JSON.parse(await response.text())).toEqual({
    primaryKey: expect.any(String),
    secondaryKey: expect.any(String),
  });
});
