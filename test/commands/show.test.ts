import { expect, test } from 'vitest';
import { answerTo, json } from '../support/faults.js';
import { localCloud } from '../support/local-cloud.js';
import { runCli } from '../support/run-cli.js';

test('show tells switches, component, collected-data prefixes and links of a v2 endpoint', async () => {
  const run = await runCli(['show', 'fraud', '-o', 'json'], { cloud: localCloud() });

  expect(run).toMatchObject({ status: 0, stderr: '' });
  expect(JSON.parse(run.stdout)).toMatchObject({
    service: 'fraud',
    api: 'v2',
    workspace: { name: 'Sample-ML' },
    component: { exists: true, resourceId: expect.stringMatching(/components/i) },
    dataStore: { accountName: expect.any(String), containerName: expect.any(String) },
    sources: { workspaceName: 'AZUREML_ARM_WORKSPACE_NAME', tenantId: 'AZURE_TENANT_ID' },
    targets: [
      {
        part: 'blue',
        insights: true,
        dataPrefixes: expect.arrayContaining(['modelDataCollector/fraud/blue/request/']),
        studio: expect.stringContaining('/endpoints/realtime/fraud/detail?'),
      },
      { part: 'green', insights: false, dataPrefixes: [] },
    ],
  });
});

test('show follows a data asset of the user to where it points, and does without one it may not see', async () => {
  const cloud = localCloud();
  const assets = {
    own: 'datastores/workspaceblobstore/paths/mine/in',
    far: 'datastores/lake/paths/x',
  };
  cloud.inject((request) => {
    const name = /\/data\/([^/]+)\/versions\/7$/.exec(new URL(request.url).pathname)?.[1];
    if (name === 'hidden') return json({ error: { code: 'AuthorizationFailed' } }, 403);
    const path = Object.entries(assets).find(([asset]) => asset === name)?.[1];
    return path
      ? json({ properties: { dataUri: `azureml://subscriptions/s/${path}` } })
      : undefined;
  });
  cloud.inject(
    answerTo('GET', /\/deployments\/blue$/, async (request) => {
      let text = await (await (await cloud.open()).handle(request)).text();
      for (const [from, to] of [
        ['request', 'own'],
        ['response', 'far'],
        ['model_inputs', 'hidden'],
      ]) {
        text = text.replace(`fraud-blue-${from}/versions/1`, `${to}/versions/7`);
      }
      return new Response(text, { headers: { 'content-type': 'application/json' } });
    }),
  );
  const run = await runCli(['show', 'fraud/blue', '-o', 'json'], { cloud });
  expect(run).toMatchObject({ status: 0, stderr: '' });
  expect(JSON.parse(run.stdout).targets[0].dataPrefixes).toEqual([
    'mine/in/',
    'azureml://subscriptions/s/datastores/lake/paths/x',
    'modelDataCollector/fraud/blue/model_inputs/',
    'modelDataCollector/fraud/blue/model_outputs/',
  ]);
  const text = await runCli(['show', 'fraud/blue'], { cloud });
  expect(text.stdout).toMatch(/^ +azureml:/m);
});

test('show tells the prefix that Azure gives for a v1 service, below its container', async () => {
  const run = await runCli(['show', 'my-service', '-o', 'json'], { cloud: localCloud() });
  const state = JSON.parse(run.stdout);
  expect(state.dataStore.containerName).toBe('modeldata');
  expect(state.targets[0].dataPrefixes[0]).toMatch(/^[\da-f-]{36}\/.*\/my-service\//);
});

test('show says in text which settings led to the workspace', async () => {
  const { connection } = localCloud();
  const { subscriptionId, resourceGroup, workspaceName } = connection;
  const config = {
    subscription_id: subscriptionId,
    resource_group: resourceGroup,
    workspace_name: workspaceName,
  };
  const run = await runCli(['show', 'fraud/blue'], {
    cloud: localCloud(),
    env: { AZUREML_ARM_WORKSPACE_NAME: undefined },
    files: { 'work/config.json': JSON.stringify(config) },
  });
  expect(run.status).toBe(0);
  expect(run.stdout).toContain(`Sample-ML (from ${run.home}/work/config.json)`);
  expect(run.stdout).toContain('fraud/blue  v2 Managed deployment, Succeeded\n');
  expect(run.stdout).not.toContain('fraud/green');
});

test('show tells why a service did not start, on as many lines as Azure does', async () => {
  const run = await runCli(['show', 'returns'], { cloud: localCloud() });
  expect(run.stdout).toMatch(/Failure +AciDeploymentFailed: .*\n {20,}1\. Please check the logs/);
});

test('show of a datastore that may not be seen notes it and shows the rest', async () => {
  const cloud = localCloud();
  const forbidden = () => json({ error: { code: 'AuthorizationFailed', message: 'No.' } }, 403);
  cloud.inject(answerTo('GET', /\/datastores\//, forbidden));
  const run = await runCli(['show', 'fraud/blue', '-o', 'json'], { cloud });
  expect(run.status).toBe(0);
  expect(JSON.parse(run.stdout)).toMatchObject({ dataStore: null, service: 'fraud' });
  expect(run.stderr).toContain('note: ');
});

test('show of an unknown service is exit status 3, as in az', async () => {
  const run = await runCli(['show', 'fruad'], { cloud: localCloud() });
  expect(run).toMatchObject({ status: 3, stdout: '' });
  expect(run.stderr).toContain('Did you mean fraud?');
});
