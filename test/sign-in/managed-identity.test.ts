import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BuiltCli, openBuiltCli } from '../support/built-cli.js';
import { TENANT, tokenFor } from './entra.js';

let cli: BuiltCli;
const requests: string[] = [];
const server = createServer((request, response) => {
  requests.push(`${request.method} ${request.url} ${request.headers['x-identity-header']}`);
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({
      access_token: tokenFor({ tid: TENANT, appid: 'an-identity' }),
      expires_on: `${Math.floor(Date.now() / 1000) + 3600}`,
      resource: 'https://management.azure.com',
      token_type: 'Bearer',
    }),
  );
});

beforeEach(async () => {
  cli = openBuiltCli();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => {
  server.close();
  cli.remove();
});

test('a managed identity is asked at the endpoint that the machine names, past any proxy', async () => {
  const { port } = server.address() as AddressInfo;
  const env = {
    IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/msi/token`,
    IDENTITY_HEADER: 'canary-header',
    HTTPS_PROXY: 'http://127.0.0.1:9',
  };
  const run = await cli.run(['whoami', '-o', 'json', '--debug'], { env });
  expect(run).toMatchObject({ status: 0 });
  expect(run.stderr).not.toContain('canary');
  expect(JSON.parse(run.stdout)).toMatchObject({
    account: 'an-identity',
    auth: 'managed-identity',
  });
  expect(requests).toEqual([
    expect.stringMatching(
      /^GET \/msi\/token\?.*resource=https.*management\.azure\.com.* canary-header$/,
    ),
  ]);
});

test('the local cloud knows the machine by its header, and no other', async () => {
  const local = await cli.serve();
  const { AZURE_CLIENT_SECRET: secret = '', ARM_CLOUD_METADATA_URL: url = '', ...env } = local.env;
  const machine = {
    ...env,
    ARM_CLOUD_METADATA_URL: url,
    IDENTITY_ENDPOINT: `${new URL(url).origin}/msi/token`,
    IDENTITY_HEADER: secret,
  };
  const run = await cli.run(['list', '--query', '[0].service', '-o', 'tsv'], { env: machine });
  const wrong = await cli.run(['whoami', '--auth', 'managed-identity'], {
    env: { ...machine, IDENTITY_HEADER: 'canary-header' },
  });
  await local.stop();
  expect(run).toMatchObject({ status: 0, stderr: '', stdout: 'churn\n' });
  expect(wrong).toMatchObject({ status: 4, stdout: '' });
  expect(wrong.stderr).not.toMatch(/canary|^\s+at /m);
});
