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
