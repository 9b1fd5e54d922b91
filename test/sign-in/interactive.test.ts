import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canOpenBrowser } from '../../src/lib/azure/sign-in/browser.js';
import { OTHER_TENANT_ID } from '../../src/lib/emulator/connection.js';
import { BIN, type BuiltCli, type Env, openBuiltCli } from '../support/built-cli.js';
import { temporaryFolder } from '../support/host.js';

let cli: BuiltCli;
let local: Awaited<ReturnType<BuiltCli['serve']>>;
/** Of a person at a screen: no service principal, and a browser that goes where it is sent. */
let person: Env;

beforeAll(async () => {
  cli = openBuiltCli();
  local = await cli.serve();
  const { AZURE_CLIENT_ID: _, AZURE_CLIENT_SECRET: __, ...env } = local.env;
  const bin = join(cli.folder, 'bin');
  mkdirSync(bin);
  const browser = join(bin, 'xdg-open');
  const visit = `fetch(process.argv[2]).then(async (page) => require('fs').writeFileSync(${JSON.stringify(join(cli.folder, 'page'))}, await page.text()));`;
  writeFileSync(browser, `#!${process.execPath}\n${visit}\n`);
  chmodSync(browser, 0o755);
  person = { ...env, PATH: `${bin}:/usr/bin:/bin`, DISPLAY: ':0' };
});

afterAll(async () => {
  await local.stop();
  cli.remove();
});

test.skipIf(process.platform !== 'linux')(
  'login opens the browser, and the next processes are signed in without it',
  async () => {
    const login = await cli.run(['login', '--debug', '-o', 'json'], { env: person });
    expect(login).toMatchObject({ status: 0 });
    expect(login.stderr).toContain('Sign in in the browser that opens.');
    expect(login.stderr).not.toMatch(/[?&]code=[^…]/);
    expect(JSON.parse(login.stdout)).toMatchObject({ account: 'user@sample.example' });
    expect(readFileSync(join(cli.folder, 'page'), 'utf8')).toContain('You can close this window');

    const env = { ...person, PATH: '/nowhere' };
    const next = await cli.run(['whoami', '-o', 'json'], { env });
    expect(next).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(next.stdout)).toMatchObject({ auth: 'interactive' });
    const other = await cli.run(['whoami', '--tenant', OTHER_TENANT_ID], { env });
    expect(other).toMatchObject({ status: 4, stdout: '' });

    const folder = join(cli.folder, 'config', 'sign-in');
    for (const file of readdirSync(folder)) writeFileSync(join(folder, file), '{"records":[{}]');
    const broken = await cli.run(['whoami'], { env });
    expect(broken).toMatchObject({ status: 4, stdout: '' });
    expect(broken.stderr).toContain('There is no sign-in');
    expect(await cli.run(['logout'], { env })).toMatchObject({ status: 0 });
    expect(readdirSync(join(cli.folder, 'config'))).toEqual([]);
  },
);

test.skipIf(process.platform !== 'linux')(
  'Ctrl-C ends the wait for a browser that never comes back',
  async () => {
    const bin = join(cli.folder, 'idle');
    mkdirSync(bin);
    writeFileSync(join(bin, 'xdg-open'), '#!/bin/sh\nexit 3\n');
    chmodSync(join(bin, 'xdg-open'), 0o755);
    const env = { ...person, HOME: cli.folder, AML_MONITOR_CONFIG_DIR: join(cli.folder, 'idle') };
    const child = spawn(process.execPath, [BIN, 'login'], {
      env: { ...env, PATH: `${bin}:/usr/bin:/bin` },
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      if (!stderr.includes('browser')) setTimeout(() => child.kill('SIGINT'), 300);
      stderr += text;
    });
    const status = await new Promise((resolve) => child.once('close', resolve));
    expect({ status, stderr }).toEqual({
      status: 130,
      stderr: expect.stringMatching(/Interrupted/),
    });
  },
);

test('without a browser on this machine, login asks for a code on another', async () => {
  const login = await cli.run(['login'], { env: { ...person, PATH: '/nowhere' } });
  expect(login).toMatchObject({ status: 0 });
  expect(login.stderr).toMatch(/open https:\/\/localhost:\d+\/devicelogin .* code \w+\./);
});

test('a browser needs something that opens it and, but for macOS and Windows, a screen', async () => {
  const bin = await temporaryFolder();
  const kind = async (path: string) => (path === `${bin}/xdg-open` ? 'file' : undefined);
  const can = (platform: string, env: Env) => canOpenBrowser({ platform, env, files: { kind } });
  expect(await can('darwin', {})).toBe(true);
  expect(await can('linux', { PATH: `/x:${bin}`, WAYLAND_DISPLAY: 'w' })).toBe(true);
  expect(await can('linux', { WSL_DISTRO_NAME: 'Debian' })).toBe(true);
  expect(await can('linux', { PATH: bin })).toBe(false);
  expect(await can('linux', { PATH: '/x', DISPLAY: ':0' })).toBe(false);
});
