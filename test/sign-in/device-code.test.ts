import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSignIn } from '../../src/lib/azure/connect.js';
import { OTHER_TENANT_ID } from '../../src/lib/emulator/connection.js';
import type { LocalCloud } from '../../src/lib/emulator/local-cloud.js';
import { temporaryFolder } from '../support/host.js';
import { localCloud, type TestCloud } from '../support/local-cloud.js';
import { connect, settingsFor, surroundingsFor } from './entra.js';

/** Signs in by device code at the local cloud, typing the code that is said on the way. */
async function login(cloud: TestCloud, configDir: string, tenantId: string): Promise<string[]> {
  const said: string[] = [];
  const type = async (line: string) => {
    said.push(line);
    const code = /enter the code (\w+)/.exec(line)?.[1];
    if (code) await approve(cloud, code);
  };
  const signIn = await openSignIn(
    settingsFor({ configDir, tenantId, cloud: cloud.connection.origin }),
    surroundingsFor({ clock: cloud.clock, fetch: cloud.handle, say: (line) => void type(line) }),
  );
  expect(await signIn.login('device-code')).toMatchObject({ tenantId });
  return said;
}

function approve(cloud: Pick<LocalCloud, 'handle'>, code: string): Promise<Response> {
  const body = new URLSearchParams({ user_code: code });
  return cloud.handle(new Request('https://localhost/devicelogin', { method: 'POST', body }));
}

test('a sign-in by device code is remembered by the next process, for its tenant alone', async () => {
  const cloud = localCloud();
  const configDir = await temporaryFolder();
  const { origin, tenantId } = cloud.connection;
  const said = await login(cloud, configDir, tenantId);
  expect(said).toContainEqual(
    expect.stringMatching(
      /^To sign in, open https:\/\/localhost\/devicelogin in a browser and enter the code \w+\.$/,
    ),
  );

  const { fetch, settings } = { fetch: cloud.handle, settings: { configDir, cloud: origin } };
  const next = await connect({ fetch, settings: { ...settings, tenantId } });
  expect(await next.gateways.signIn.whoAmI()).toMatchObject({ tenantId, auth: 'device-code' });
  expect(next.said.join('\n')).not.toContain('enter the code');
  const anyTenant = await connect({ fetch, settings: { ...settings, tenantId: undefined } });
  expect(await anyTenant.gateways.signIn.whoAmI()).toMatchObject({ tenantId });

  const other = await connect({ fetch, settings: { ...settings, tenantId: OTHER_TENANT_ID } });
  await expect(other.gateways.signIn.whoAmI()).rejects.toMatchObject({
    kind: 'auth',
    message: `There is no sign-in to tenant ${OTHER_TENANT_ID}.`,
    facts: { hint: expect.stringContaining('aml-monitor login') },
  });
});

test('what is remembered can be read by its owner alone; signing out leaves nothing', async () => {
  const cloud = localCloud();
  const configDir = await temporaryFolder();
  const { origin, tenantId } = cloud.connection;
  await login(cloud, configDir, tenantId);
  const folder = join(configDir, 'sign-in');
  const files = await readdir(folder);
  expect(files.sort()).toEqual([expect.stringMatching(/^cache/), 'records.json']);
  for (const file of files) expect((await stat(join(folder, file))).mode & 0o077).toBe(0);

  const options = { settings: { configDir, tenantId, cloud: origin }, fetch: cloud.handle };
  const signIn = await openSignIn(
    settingsFor(options.settings),
    surroundingsFor({ clock: cloud.clock, fetch: cloud.handle }),
  );
  expect(await signIn.logout()).toBe(true);
  expect(await signIn.logout()).toBe(false);
  expect(await readdir(configDir)).toEqual([]);
  const { gateways } = await connect(options);
  await expect(gateways.signIn.whoAmI()).rejects.toMatchObject({ kind: 'auth' });
});
