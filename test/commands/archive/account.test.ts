import { expect, test } from 'vitest';
import { LOCAL_CONNECTION } from '../../../src/lib/emulator/connection.js';
import { ACCOUNT, COMPONENT, LOG_WORKSPACE } from '../../support/diagnostic-settings.js';
import { localCloud } from '../../support/local-cloud.js';
import { runCli } from '../../support/run-cli.js';

const { subscriptionId, resourceGroup } = LOCAL_CONNECTION;

test.each([
  ['a premium account', { sku: { name: 'Premium_LRS' } }, 'it is a premium account'],
  ['one of another region', { location: 'West Europe' }, 'it is in West Europe'],
  ['one in a DNS zone', { properties: { dnsEndpointType: 'AzureDnsZone' } }, 'in a DNS zone'],
])('%s is exit status 7 before any write', async (_, facts, message) => {
  const cloud = localCloud();
  const account = { id: ACCOUNT, name: 'sampleml0storage', location: 'local', ...facts };
  cloud.inject((request) => (request.url.includes(ACCOUNT) ? Response.json(account) : undefined));
  const run = await runCli(['archive', 'on'], { cloud });
  expect(run).toMatchObject({ status: 7, stdout: '' });
  expect(run.stderr).toContain(message);
  expect(cloud.writes).toEqual([]);
});

test('an account behind a firewall is used with a warning, one that may not be seen with a note', async () => {
  const cloud = localCloud();
  const properties = { networkAcls: { defaultAction: 'Deny', bypass: 'Logging, Metrics' } };
  const account = { id: ACCOUNT, name: 'sampleml0storage', location: 'local', properties };
  cloud.inject((request) => (request.url.includes(ACCOUNT) ? Response.json(account) : undefined));
  const walled = await runCli(['archive', 'on'], { cloud });
  expect(walled.status).toBe(0);
  expect(walled.stderr).toContain('keeps Azure Monitor out');

  cloud.inject((request) =>
    request.url.includes(ACCOUNT)
      ? Response.json({ error: { code: 'AuthorizationFailed', message: 'No.' } }, { status: 403 })
      : undefined,
  );
  await runCli(['archive', 'off'], { cloud });
  const hidden = await runCli(['archive', 'on'], { cloud });
  expect(hidden.status).toBe(0);
  expect(hidden.stderr).toContain('can take an archive is not known');
});

test('a storage account is named by its name or its id', async () => {
  const cloud = localCloud();
  const id =
    '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/elsewhere';
  cloud.inject(({ url }) => {
    if (
      new URL(url).pathname ===
      `/subscriptions/${subscriptionId}/providers/Microsoft.Storage/storageAccounts`
    ) {
      return Response.json({ value: [{ id, name: 'elsewhere' }] });
    }
    return url.includes(id)
      ? Response.json({ id, name: 'elsewhere', location: 'local' })
      : undefined;
  });
  const byName = ['archive', 'on', '--storage-account', 'Elsewhere', '-o', 'json'];
  const run = await runCli(byName, { cloud });
  expect(JSON.parse(run.stdout)).toMatchObject({ storageAccountId: id, changed: true });
  const byId = await runCli(['archive', 'on', '--storage-account', id, '-o', 'json'], { cloud });
  expect(JSON.parse(byId.stdout)).toMatchObject({ changed: false });
  // Without a name, the setting's own account is meant.
  const own = await runCli(['archive', 'on', '-o', 'json'], { cloud });
  expect(JSON.parse(own.stdout)).toMatchObject({ storageAccountId: id, changed: false });

  const none = await runCli(['archive', 'on', '--storage-account', 'nowhere'], { cloud });
  expect(none).toMatchObject({ status: 3, stdout: '' });
  expect(none.stderr).toContain('no storage account "nowhere"');
});

test('a component that does not exist is exit status 3, another one needs an account', async () => {
  const cloud = localCloud();
  const missing = COMPONENT.replace('sample-ml-insights', 'nowhere');
  const run = await runCli(['archive', 'status', '--component', missing], { cloud });
  expect(run).toMatchObject({ status: 3, stdout: '' });
  const unnamed = await runCli(['archive', 'on', '--component', COMPONENT], { cloud });
  expect(unnamed).toMatchObject({ status: 2, stdout: '' });
  expect(unnamed.stderr).toContain('--storage-account NAME');
});

test.each([
  [['--name', '..'], 'no point or space at its end'],
  [['--name', '.'], 'no point or space at its end'],
  [['--name', 'mine '], 'no point or space at its end'],
  [['--storage-account', '/subscriptions/s/storageAccounts/x'], 'A resource id is /subscriptions/'],
  [['--storage-account', ACCOUNT.replace(resourceGroup, '..')], 'A resource id is /subscriptions/'],
  [['--storage-account', `${ACCOUNT}/../x`], 'A resource id is /subscriptions/'],
  [['--storage-account', LOG_WORKSPACE], 'A resource id is /subscriptions/'],
])('%j is exit status 2 before anything is asked', async (flags, message) => {
  const cloud = localCloud();
  const run = await runCli(['archive', 'on', ...flags], { cloud });
  expect(run).toMatchObject({ status: 2, stdout: '' });
  expect(run.stderr.replaceAll(/\s+/g, ' ')).toContain(message);
  expect(cloud.requests).toEqual([]);
});
