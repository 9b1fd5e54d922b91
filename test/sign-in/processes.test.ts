import { readdirSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OTHER_TENANT_ID } from '../../src/lib/emulator/connection.js';
import { type BuiltCli, type Env, openBuiltCli } from '../support/built-cli.js';

let cli: BuiltCli;
let local: Awaited<ReturnType<BuiltCli['serve']>>;
/** Of a person: the cloud and the workspace, no service principal. */
let person: Env;

beforeAll(async () => {
  cli = openBuiltCli();
  local = await cli.serve();
  const { AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, ...env } = local.env;
  expect([AZURE_CLIENT_ID, AZURE_CLIENT_SECRET]).not.toContain(undefined);
  person = env;
});

afterAll(async () => {
  await local.stop();
  cli.remove();
});

test('a device code signs in the next processes too, until logout leaves nothing', async () => {
  const login = await cli.run(['login', '--device-code'], { env: person });
  expect(login).toMatchObject({ status: 0 });
  expect(login.stderr).toMatch(/open https:\/\/localhost:\d+\/devicelogin .* code \w+\./);

  const list = await cli.run(['list', '-o', 'json'], { env: person });
  expect(list).toMatchObject({ status: 0, stderr: '' });
  expect(JSON.parse(list.stdout)).toContainEqual(
    expect.objectContaining({ service: 'my-service' }),
  );
  const query = await cli.run(['query', 'print 1', '-o', 'json'], { env: person });
  expect(query).toMatchObject({ status: 0 });

  const other = await cli.run(['whoami', '--tenant', OTHER_TENANT_ID], { env: person });
  expect(other).toMatchObject({ status: 4, stdout: '' });
  expect(other.stderr).toContain(`There is no sign-in to tenant ${OTHER_TENANT_ID}.`);

  expect(await cli.run(['logout'], { env: person })).toMatchObject({ status: 0 });
  expect(readdirSync(join(cli.folder, 'config'))).toEqual([]);
  expect(await cli.run(['whoami'], { env: person })).toMatchObject({ status: 4 });
});

test('a wrong secret is one sentence, without a stack', async () => {
  const env = { ...local.env, AZURE_CLIENT_SECRET: 'canary-wrong-secret' };
  const run = await cli.run(['list', '--debug'], { env });
  expect(run).toMatchObject({ status: 4, stdout: '' });
  expect(run.stderr).toContain('The client secret of the service principal is wrong.');
  expect(run.stderr).not.toMatch(/canary|^\s+at /m);
});

test("a tenant other than the workspace's says so", async () => {
  const run = await cli.run(['list', '--tenant', OTHER_TENANT_ID], { env: local.env });
  expect(run).toMatchObject({ status: 4, stdout: '' });
  expect(run.stderr).toContain('tenant');
});

test('everything goes through the proxy, metadata and sign-in included', async () => {
  const seen: string[] = [];
  const proxy = createHttpServer();
  proxy.on('connect', (request: IncomingMessage, client: Socket) => {
    seen.push(`${request.url}`);
    const upstream = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  const { NODE_EXTRA_CA_CERTS: root = '', ...env } = local.env;
  const run = await cli.run(['list', '--ca-file', root, '-o', 'json'], {
    env: { ...env, HTTPS_PROXY: `http://localhost:${port}` },
  });
  proxy.close();
  expect(run).toMatchObject({ status: 0, stderr: '' });
  const target = new URL(env.ARM_CLOUD_METADATA_URL ?? '').host;
  expect(new Set(seen)).toEqual(new Set([target]));
});
