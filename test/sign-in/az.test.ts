import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BuiltCli, openBuiltCli } from '../support/built-cli.js';
import { OTHER_TENANT, TENANT, tokenFor } from './entra.js';

let cli: BuiltCli;
let env: Record<string, string>;
const calls = () => readFileSync(join(cli.folder, 'calls'), 'utf8').trim().split('\n');

/** An `az` in front of the PATH that writes down how it was called, and does what the script says. */
function installAz(script: string): void {
  const bin = join(cli.folder, 'bin');
  const calls = join(cli.folder, 'calls');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'az'), `#!/bin/sh\necho "$@" >> '${calls}'\n${script}\n`);
  chmodSync(join(bin, 'az'), 0o755);
  env.PATH = `${bin}:/usr/bin:/bin`;
}

const answer = (token: string) =>
  `echo '${JSON.stringify({ accessToken: token, expires_on: Math.floor(Date.now() / 1000) + 3600 })}'`;

beforeEach(() => {
  cli = openBuiltCli();
  env = {};
  const profile = {
    subscriptions: [
      { id: 's', isDefault: true, tenantId: TENANT, user: { name: 'me@example.com' } },
    ],
  };
  mkdirSync(join(cli.folder, '.azure'));
  writeFileSync(
    join(cli.folder, '.azure', 'azureProfile.json'),
    `\uFEFF${JSON.stringify(profile)}`,
  );
});

afterEach(() => cli.remove());

test("az's token serves, and is kept for the next process", async () => {
  installAz(answer(tokenFor({ tid: TENANT, upn: 'me@example.com' })));
  for (const _ of [1, 2]) {
    const run = await cli.run(['whoami', '-o', 'json'], { env });
    expect(JSON.parse(run.stdout)).toMatchObject({ account: 'me@example.com', auth: 'az' });
  }
  expect(calls()).toEqual([expect.stringContaining(`--tenant ${TENANT}`)]);
});

test('a token of another tenant than --tenant is refused', async () => {
  installAz(answer(tokenFor({ tid: TENANT })));
  const run = await cli.run(['whoami', '--tenant', OTHER_TENANT], { env });
  expect(run).toMatchObject({ status: 4, stdout: '' });
  expect(run.stderr).toContain(`is for tenant ${TENANT}, not ${OTHER_TENANT}`);
});

test('an az that is not signed in leads to the ways to sign in, without a stack', async () => {
  installAz('echo "ERROR: Please run \'az login\' to setup account." >&2; exit 1');
  const run = await cli.run(['whoami'], { env });
  expect(run).toMatchObject({ status: 4, stdout: '' });
  expect(run.stderr).toContain('Ways to sign in: aml-monitor login');
  expect(run.stderr).not.toMatch(/^\s+at /m);
});

test('what az says of the tenant is passed on by --auth az', async () => {
  installAz(
    'echo "AADSTS50076: Due to a configuration change you must use multi-factor." >&2; exit 1',
  );
  const run = await cli.run(['whoami', '--auth', 'az'], { env });
  expect(run.status).toBe(4);
  expect(run.stderr).toContain('The tenant asks for a second factor.');
});

const hasAz = spawnSync('sh', ['-c', 'command -v az']).status === 0;

test.skipIf(!hasAz)(
  'the Azure CLI itself, signed in to the local cloud, gives tokens for it',
  async () => {
    const local = await cli.serve();
    const { ARM_CLOUD_METADATA_URL = '', NODE_EXTRA_CA_CERTS: root = '', ...env } = local.env;
    const { origin } = new URL(ARM_CLOUD_METADATA_URL);
    const own = {
      PATH: process.env.PATH ?? '',
      AZURE_CONFIG_DIR: join(cli.folder, 'own-az'),
      REQUESTS_CA_BUNDLE: root,
      AZURE_CORE_COLLECT_TELEMETRY: 'no',
      AZURE_CORE_ONLY_SHOW_ERRORS: 'yes',
      HOME: cli.folder,
    };
    const az = (...args: string[]) => {
      const { status, stderr } = spawnSync('az', args, { env: own, encoding: 'utf8' });
      expect({ args, status, stderr: status === 0 ? '' : stderr }).toMatchObject({ status: 0 });
    };
    const principal = ['-u', env.AZURE_CLIENT_ID ?? '', '-p', env.AZURE_CLIENT_SECRET ?? ''];
    az('cloud', 'register', '-n', 'Local', '--endpoint-resource-manager', origin);
    az('cloud', 'set', '-n', 'Local');
    az('login', '--service-principal', ...principal, '--tenant', env.AZURE_TENANT_ID ?? '');
    const { AZURE_CLIENT_ID: _, AZURE_CLIENT_SECRET: __, ...workspace } = env;
    const flags = ['--cloud', origin, '--ca-file', root, '-o', 'json'];
    const run = await cli.run(['query', 'print x = 1', '--auth', 'az', ...flags], {
      env: { ...workspace, ...own },
    });
    await local.stop();
    expect(run).toMatchObject({ status: 0, stdout: expect.stringMatching(/"x":\s*1/) });
  },
  60_000,
);
