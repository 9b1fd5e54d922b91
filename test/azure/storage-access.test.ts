import {
  AccountSASPermissions,
  AccountSASResourceTypes,
  AccountSASServices,
  generateAccountSASQueryParameters,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { expect, test } from 'vitest';
import { STORAGE_ACCOUNT } from '../../src/lib/emulator/seed/workspace.js';
import { tokenFor } from '../emulator/served.js';
import { clientsClock } from '../support/host.js';
import { localCloud, type TestCloud } from '../support/local-cloud.js';
import { type RunOptions, runCli } from '../support/run-cli.js';

/** Lists the collected data of a service of the local cloud by whichever way is open. */
async function list(cloud: TestCloud, args: readonly string[] = [], env: RunOptions['env'] = {}) {
  const argv = ['data', 'list', 'fraud/blue', '--verbose', '--debug', ...args];
  return runCli(argv, { cloud, env });
}

const READ = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read';
const KEYS = 'Microsoft.Storage/storageAccounts/listKeys/action';

async function arm(cloud: TestCloud, method: string, path: string, body?: object) {
  const opened = await cloud.open();
  const { origin, subscriptionId, resourceGroup } = opened.connection;
  const id = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/${path}`;
  const token = await tokenFor(opened, `${origin}/.default`);
  const request = new Request(`${origin}${id}?api-version=2023-05-01`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const response = await opened.handle(request);
  expect(response.status).toBe(200);
  return JSON.parse(await response.text());
}

const ACCOUNT = `Microsoft.Storage/storageAccounts/${STORAGE_ACCOUNT}`;
const WORKSPACE = 'Microsoft.MachineLearningServices/workspaces/Sample-ML';
const allowKeys = (cloud: TestCloud) =>
  arm(cloud, 'PATCH', ACCOUNT, { properties: { allowSharedKeyAccess: true } });
const keyOf = async (cloud: TestCloud): Promise<string> =>
  (await arm(cloud, 'POST', `${ACCOUNT}/listKeys`)).keys[0].value;
const asksForKeys = ({ requests }: TestCloud) => requests.some((one) => one.endsWith('/listKeys'));

test('the sign-in opens it; no key is asked for', async () => {
  const cloud = localCloud();
  expect(await list(cloud)).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('request'),
  });
  expect(asksForKeys(cloud)).toBe(false);
});

test('without the role the key of the account opens it, and is in no output', async () => {
  const cloud = localCloud({ clock: clientsClock() });
  await allowKeys(cloud);
  await cloud.setBehaviour({ deniedActions: [READ] });
  const run = await list(cloud);
  expect(run).toMatchObject({ status: 0, stdout: expect.stringContaining('request') });
  expect(run.stderr).toContain('may not read the blobs');
  expect(run.stderr).not.toContain(await keyOf(cloud));
});

test('a workspace that enters its storage by key is followed; what fails there goes by sign-in', async () => {
  const cloud = localCloud();
  await arm(cloud, 'PATCH', WORKSPACE, { properties: { systemDatastoresAuthMode: 'accesskey' } });
  await allowKeys(cloud);
  expect(await list(cloud)).toMatchObject({ status: 0 });
  expect(asksForKeys(cloud)).toBe(true);
  await cloud.setBehaviour({ deniedActions: [KEYS] });
  expect(await list(cloud)).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('request'),
  });
});

test('keys that a lock keeps from being listed are asked of the datastore', async () => {
  const cloud = localCloud({ clock: clientsClock() });
  await allowKeys(cloud);
  const key = await keyOf(cloud);
  await cloud.setBehaviour({ deniedActions: [READ] });
  const error = { code: 'ScopeLocked', message: 'The scope is locked.' };
  cloud.inject(({ url }) => {
    if (url.includes('/listKeys')) return Response.json({ error }, { status: 409 });
    const isDatastore = url.includes('/datastores/workspaceblobstore/listSecrets');
    return isDatastore ? Response.json({ secretsType: 'AccountKey', key }) : undefined;
  });
  expect(await list(cloud)).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('request'),
  });
});

test('where no way is open the role is named, and what else was tried', async () => {
  const cloud = localCloud();
  await cloud.setBehaviour({ deniedActions: [READ] });
  const run = await list(cloud, ['-o', 'json']);
  expect(run).toMatchObject({ status: 4, stdout: '' });
  const { error } = JSON.parse(run.stderr.split('\n').find((line) => line.startsWith('{')) ?? '');
  expect(error).toMatchObject({
    message: `The sign-in may not read the blobs of the storage account "${STORAGE_ACCOUNT}".`,
    code: 'AuthorizationPermissionMismatch',
    hint: expect.stringContaining('Storage Blob Data Reader'),
    details: [{ message: `The storage account "${STORAGE_ACCOUNT}" takes no account keys.` }],
  });
});

test('--auth-mode tries one way alone', async () => {
  const cloud = localCloud({ clock: clientsClock() });
  await allowKeys(cloud);
  expect(await list(cloud, ['--auth-mode', 'key'])).toMatchObject({ status: 0 });
  expect(asksForKeys(cloud)).toBe(true);
  const other = localCloud();
  await allowKeys(other);
  await other.setBehaviour({ deniedActions: [READ] });
  expect(await list(other, ['--auth-mode', 'login'])).toMatchObject({ status: 4 });
  expect(asksForKeys(other)).toBe(false);
});

test.each([[], ['--sas-token', 'sig=canary']])(
  'an account that says it is elsewhere gets no token and no SAS (%s)',
  async (...args) => {
    const cloud = localCloud();
    const hosts: string[] = [];
    const elsewhere = {
      properties: { primaryEndpoints: { blob: 'https://storage.evil.example/' } },
    };
    cloud.inject(({ url, method }) => {
      hosts.push(new URL(url).hostname);
      const isAccount = new URL(url).pathname.endsWith(`/${STORAGE_ACCOUNT}`);
      return isAccount && method === 'GET' ? Response.json(elsewhere) : undefined;
    });
    const run = await list(cloud, args);
    expect(run).toMatchObject({ status: 5, stdout: '' });
    expect(run.stderr).toContain('The request to storage.evil.example was not sent');
    expect(hosts).not.toContain('storage.evil.example');
  },
);

test('a network that is closed is told from a want of rights', async () => {
  const cloud = localCloud();
  await arm(cloud, 'PATCH', ACCOUNT, { properties: { networkAcls: { defaultAction: 'Deny' } } });
  const run = await list(cloud);
  expect(run.status).toBe(4);
  expect(run.stderr).toContain(
    `The storage account "${STORAGE_ACCOUNT}" does not answer this machine.`,
  );
  expect(run.stderr).toMatch(/firewall or private endpoint/);
});

test('a key or a SAS that is given opens it, and is in no output', async () => {
  const cloud = localCloud({ clock: clientsClock() });
  await allowKeys(cloud);
  const key = await keyOf(cloud);
  await cloud.setBehaviour({ deniedActions: [READ, KEYS] });
  const sas = generateAccountSASQueryParameters(
    {
      permissions: AccountSASPermissions.parse('rl'),
      resourceTypes: AccountSASResourceTypes.parse('co').toString(),
      services: AccountSASServices.parse('b').toString(),
      expiresOn: new Date(cloud.clock.now().getTime() + 3_600_000),
    },
    new StorageSharedKeyCredential(STORAGE_ACCOUNT, key),
  ).toString();
  const connection = `DefaultEndpointsProtocol=https;AccountName=${STORAGE_ACCOUNT};AccountKey=${key};BlobEndpoint=https://localhost/blob/${STORAGE_ACCOUNT}`;
  for (const run of [
    await list(cloud, ['--account-key', key]),
    await list(cloud, ['--sas-token', `?${sas}`]),
    await list(cloud, ['--connection-string', connection]),
    await list(cloud, [], { AZURE_STORAGE_KEY: key }),
    await list(cloud, [], { AZURE_STORAGE_SAS_TOKEN: sas, AZURE_STORAGE_ACCOUNT: STORAGE_ACCOUNT }),
    await list(cloud, [], { AZURE_STORAGE_CONNECTION_STRING: connection }),
  ]) {
    expect(run).toMatchObject({ status: 0, stdout: expect.stringContaining('request') });
    expect(run.stderr).not.toContain(key);
    expect(run.stderr).not.toContain(new URLSearchParams(sas).get('sig'));
    expect(run.stderr).not.toContain(encodeURIComponent(new URLSearchParams(sas).get('sig') ?? ''));
  }
});

test('a SAS that is over is said, without another way being tried', async () => {
  const cloud = localCloud({ clock: clientsClock() });
  await allowKeys(cloud);
  const run = await list(cloud, [
    '--sas-token',
    'sv=2024-11-04&ss=b&srt=co&sp=rl&se=2020-01-01&sig=abc',
  ]);
  expect(run.status).toBe(4);
  expect(run.stderr).toContain('does not accept the SAS');
  expect(asksForKeys(cloud)).toBe(false);
});

test.each([
  ['AZURE_STORAGE_CONNECTION_STRING', true],
  ['--connection-string', false],
])('what %s has for another account is not used, and said', async (source, isOfEnvironment) => {
  const other = 'DefaultEndpointsProtocol=https;AccountName=other;AccountKey=c2VjcmV0';
  const run = await list(
    localCloud(),
    isOfEnvironment ? [] : [source, other],
    isOfEnvironment ? { [source]: other } : {},
  );
  expect(run).toMatchObject({ status: 0, stdout: expect.stringContaining('request') });
  expect(run.stderr).toContain(`${source} is for the storage account "other"`);
});

test.each([
  [['--account-key', 'a', '--sas-token', 'b'], 'two ways in'],
  [['--account-key', 'a', '--auth-mode', 'key'], 'leave out --auth-mode'],
  [['--account-name', 'lake'], '--account-name says what a key or a SAS is for'],
  [['--connection-string', 'secret'], 'has neither AccountKey nor SharedAccessSignature'],
  [['--connection-string', 'AccountKey=secret'], 'has no AccountName'],
  [
    [
      '--connection-string',
      `BlobEndpoint=http://localhost/${STORAGE_ACCOUNT};SharedAccessSignature=secret`,
    ],
    'would send its SAS over plain http',
  ],
])('%j is refused before anything is sent to the storage', async (args, message) => {
  const cloud = localCloud();
  const run = await list(cloud, args);
  expect(run).toMatchObject({ status: 2, stdout: '' });
  expect(run.stderr).toContain(message);
  expect(run.stderr).not.toContain('secret');
  expect(cloud.requests.filter((one) => one.includes('/blob/'))).toEqual([]);
});
