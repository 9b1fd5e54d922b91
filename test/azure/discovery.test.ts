import { expect, test } from 'vitest';
import { createDiscovery } from '../../src/lib/azure/discovery.js';
import { createAzureHttp } from '../../src/lib/azure/wire/http.js';
import { type RecordedAnswer, recorded, recordedHttp } from '../support/recorded-http.js';
import { MMS, WORKSPACE, WORKSPACE_ID } from './addresses.js';

const DISCOVERY = 'https://eastus.api.azureml.ms/discovery';

async function discover(answer: RecordedAnswer, discoveryUrl: string | null = DISCOVERY) {
  const wire = await recordedHttp([{ request: `GET ${discoveryUrl}`, answer }]);
  const accepts = wire.cloud.accepts.modelManagement;
  const { clock, signal, transport } = wire;
  const base = {
    resourceId: WORKSPACE_ID,
    name: 'ws-ml',
    location: 'eastus',
    tenantId: null,
    componentId: null,
    storageAccountId: null,
    systemDatastoresAuthMode: null,
  };
  const workspaceUrl = createDiscovery({
    arm: { getWorkspace: async () => ({ ...base, discoveryUrl }) },
    http: createAzureHttp({ client: transport.client({ accepts }), clock, signal }),
    accepts,
    workspace: () => WORKSPACE,
  });
  const urls = await Promise.all([workspaceUrl(), workspaceUrl()]);
  expect(urls[0]).toBe(urls[1]);
  expect(wire.sentHeaders.map((headers) => headers.get('authorization'))).toEqual([null]);
  return urls[0];
}

test('the host of model management is asked for once, without a token', async () => {
  expect(await discover(recorded('discovery'))).toBe(MMS);
});

test('where it is not named, the host of all services has it', async () => {
  const all = `https://eastus.api.azureml.ms/modelmanagement/v1.0${WORKSPACE_ID}`;
  const api = { api: 'https://eastus.api.azureml.ms/' };
  for (const body of [api, { ...api, modelmanagement: null }, {}, 'not JSON', '']) {
    expect(await discover({ status: 200, body })).toBe(all);
  }
  expect(await discover({ status: 404, body: { error: { code: 'NotFound' } } })).toBe(all);
});

test('an answer that points elsewhere is refused', async () => {
  for (const modelmanagement of [
    'https://azureml.ms.evil.example',
    'http://eastus.modelmanagement.azureml.net',
    '//evil.example',
    'ftp://x',
  ]) {
    await expect(
      discover({ status: 200, body: { modelmanagement } }),
      modelmanagement,
    ).rejects.toMatchObject({ kind: 'service', facts: { code: 'ForeignHost' } });
  }
  const away = { status: 307, headers: { location: 'https://eastus.api.azureml.ms/other' } };
  await expect(discover(away)).rejects.toMatchObject({ kind: 'service' });
});

test('a workspace that names no discovery says so', async () => {
  await expect(discover({ status: 200 }, null)).rejects.toThrow('does not say where its v1');
});
