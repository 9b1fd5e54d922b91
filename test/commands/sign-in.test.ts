import { expect, test } from 'vitest';
import { localCloud, type TestCloud } from '../support/local-cloud.js';
import { runCli } from '../support/run-cli.js';

const PRINCIPAL = ['AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET'];
const withoutPrincipal = Object.fromEntries(PRINCIPAL.map((name) => [name, undefined]));

test('whoami says who is signed in and where each setting is from', async () => {
  const cloud = localCloud();
  const json = await runCli(['whoami', '-o', 'json'], { cloud });
  expect(JSON.parse(json.stdout)).toMatchObject({
    account: cloud.connection.clientId,
    tenantId: cloud.connection.tenantId,
    auth: 'service-principal',
    workspaceName: 'Sample-ML',
    service: 'my-service',
    sources: { workspaceName: 'AZUREML_ARM_WORKSPACE_NAME' },
  });
  const text = await runCli(['whoami'], { cloud });
  expect(text.stdout).toContain('workspace       Sample-ML  from AZUREML_ARM_WORKSPACE_NAME');
});

test('nobody signed in is exit status 4, with the ways to sign in', async () => {
  const run = await runCli(['whoami'], { cloud: localCloud(), env: withoutPrincipal });
  expect(run).toMatchObject({ status: 4, stdout: '' });
  expect(run.stderr).toContain('aml-monitor login');
});

/** The user who enters each code as soon as it is shown. */
function enterCodes(cloud: TestCloud): void {
  cloud.inject(async (request) => {
    if (!new URL(request.url).pathname.endsWith('/devicecode')) return undefined;
    const { handle } = await cloud.open();
    const answer = await (await handle(request)).text();
    const body = new URLSearchParams({ user_code: JSON.parse(answer).user_code });
    await handle(new Request('https://localhost/devicelogin', { method: 'POST', body }));
    return new Response(answer, { headers: { 'content-type': 'application/json' } });
  });
}

test('login --device-code is remembered by the next process until logout', async () => {
  const cloud = localCloud();
  const env = withoutPrincipal;
  enterCodes(cloud);
  const login = await runCli(['login', '--device-code'], { cloud, env });
  expect(login.stderr).toMatch(/enter the code \S+/);
  expect(login).toMatchObject({ status: 0 });
  expect(login.stdout).toMatch(/^Signed in as \S+ in tenant \S+\.\n$/);

  const { home } = login;
  expect(await runCli(['list'], { cloud, env, home })).toMatchObject({ status: 0, stderr: '' });
  const logout = await runCli(['logout'], { cloud, env, home });
  expect(logout.stdout).toBe('Signed out: nothing of the sign-in is left here.\n');
  expect((await runCli(['list'], { cloud, env, home })).status).toBe(4);
  const again = await runCli(['logout', '-o', 'json'], { cloud, env, home });
  expect(JSON.parse(again.stdout)).toEqual({ removed: false });
});
