import { expect, test } from 'vitest';
import { createArmGateway } from '../../src/lib/azure/arm.js';
import { createMlClient } from '../../src/lib/azure/ml-client.js';
import { type Exchange, recorded, recordedHttp } from '../support/recorded-http.js';
import { ARM, COMPONENT_ID, VERSION, WORKSPACE, WORKSPACE_ID } from './addresses.js';

async function open(exchanges: readonly Exchange[]) {
  const { http, cloud, credential, transport } = await recordedHttp(exchanges);
  const client = transport.client({ accepts: cloud.accepts.arm });
  const apiVersion = '2024-10-01';
  const ml = createMlClient({ cloud, workspace: WORKSPACE, apiVersion, credential, client });
  return createArmGateway({ http, ml: () => ml, cloud, workspace: () => WORKSPACE, apiVersion });
}

const request = `GET ${ARM}?${VERSION}`;

test('the workspace is asked for once', async () => {
  const arm = await open([{ request, answer: recorded('arm-2024-10-01-workspace') }]);
  const workspace = await arm.getWorkspace();
  expect(workspace).toEqual({
    resourceId: WORKSPACE_ID,
    name: 'ws-ml',
    location: 'eastus',
    tenantId: '00000000-0000-0000-0000-0000000000b1',
    discoveryUrl: 'https://eastus.api.azureml.ms/discovery',
    componentId: COMPONENT_ID,
    storageAccountId: expect.stringMatching(/wsmlstore$/),
    systemDatastoresAuthMode: 'identity',
  });
  expect(await arm.getWorkspace()).toBe(workspace);
});

test('a workspace that does not exist is named', async () => {
  const answer = recorded('arm-2024-10-01-workspace-not-found');
  await expect((await open([{ request, answer }])).getWorkspace()).rejects.toMatchObject({
    kind: 'not-found',
    message: 'There is no workspace "ws-ml" in "rg-ml".',
  });
});

test('a sign-in for another tenant is told the tenant of the subscription', async () => {
  const answer = recorded('arm-wrong-tenant');
  await expect((await open([{ request, answer }])).getWorkspace()).rejects.toMatchObject({
    kind: 'auth',
    message: 'The sign-in is for another tenant than the subscription.',
    facts: {
      code: 'InvalidAuthenticationTokenTenant',
      hint: expect.stringContaining('--tenant 00000000-0000-0000-0000-0000000000b1'),
    },
  });
});

test('a component is there, or gone, or not to be seen', async () => {
  const component = `GET https://management.azure.com${COMPONENT_ID}?api-version=2020-02-02`;
  for (const [status, exists] of [
    [200, true],
    [404, false],
    [403, false],
  ] as const) {
    const arm = await open([{ request: component, answer: { status, body: {} } }]);
    expect(await arm.componentExists(COMPONENT_ID)).toBe(exists);
  }
});

test('a datastore gives its account and container', async () => {
  const arm = await open([
    {
      request: `GET ${ARM}/datastores/workspaceblobstore?${VERSION}`,
      answer: recorded('arm-2024-10-01-datastore'),
    },
  ]);
  expect(await arm.getDatastore('workspaceblobstore')).toEqual({
    accountName: 'wsmlstore',
    containerName: 'azureml-blobstore-00000000-0000-0000-0000-0000000000c1',
  });
});
