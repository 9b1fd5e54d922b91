import {
  AccountSASPermissions,
  AccountSASResourceTypes,
  AccountSASServices,
  AnonymousCredential,
  BlobSASPermissions,
  type BlobSASSignatureValues,
  BlobServiceClient,
  ContainerClient,
  ContainerSASPermissions,
  generateAccountSASQueryParameters,
  generateBlobSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import fc from 'fast-check';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { actionOf } from '../../src/lib/emulator/sign-in/allowed-actions.js';
import { clientsClock } from '../support/host.js';
import { type Served, serve, tokenFor } from './served.js';

const ACCOUNT = 'sampleml0storage';
const NAME = 'Ä & b/ü+1%.csv';

let served: Served;
let url: string;
let key: StorageSharedKeyCredential;
beforeAll(async () => {
  served = await serve('empty', clientsClock());
  url = `${served.origin}/blob/${ACCOUNT}`;
  const service = new BlobServiceClient(url, served.credential, served.storageOptions);
  const blob = service.getContainerClient('modeldata').getAppendBlobClient(NAME);
  await blob.create();
  await blob.appendBlock('one,two', 7);
});

beforeEach(async () => {
  await served.setBehaviour({ deniedActions: [] });
  await patchAccount({ allowSharedKeyAccess: true, networkAcls: { defaultAction: 'Allow' } });
  key = new StorageSharedKeyCredential(ACCOUNT, (await keys())[0] ?? '');
});

async function patchAccount(properties: object): Promise<void> {
  const response = await served.send(
    'PATCH',
    `${served.storageId}?api-version=2023-01-01`,
    JSON.stringify({ properties }),
  );
  expect(response.status).toBe(200);
}

async function keys(version = '2023-01-01'): Promise<readonly string[]> {
  const path = `${served.storageId}/listKeys?api-version=${version}`;
  const answer: { keys: { value: string }[] } = JSON.parse(
    await (await served.send('POST', path)).text(),
  );
  return answer.keys.map(({ value }) => value);
}

function withKey(credential = key): BlobServiceClient {
  return new BlobServiceClient(url, credential, served.storageOptions);
}

function withQuery(query: string): ContainerClient {
  const address = `${url}/modeldata?${query}`;
  return new ContainerClient(address, new AnonymousCredential(), served.storageOptions);
}

async function namesOf(container: ContainerClient): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of container.listBlobsFlat({ prefix: 'Ä & ' })) names.push(name);
  return names;
}

const read = async (container: ContainerClient) =>
  (await container.getBlobClient(NAME).downloadToBuffer()).toString();

const inAnHour = () => new Date(served.now().getTime() + 3_600_000);

function containerSas(permissions: string, more: Partial<BlobSASSignatureValues> = {}): string {
  return generateBlobSASQueryParameters(
    {
      containerName: 'modeldata',
      permissions: ContainerSASPermissions.parse(permissions),
      expiresOn: inAnHour(),
      ...more,
    },
    key,
  ).toString();
}

function accountSas(permissions: string, types: string, services = 'b'): string {
  return generateAccountSASQueryParameters(
    {
      permissions: AccountSASPermissions.parse(permissions),
      resourceTypes: AccountSASResourceTypes.parse(types).toString(),
      services: AccountSASServices.parse(services).toString(),
      expiresOn: inAnHour(),
    },
    key,
  ).toString();
}

test('either key of the account lists, reads and writes', async () => {
  const [first, second] = await keys('2019-06-01');
  expect([first, second].map((one) => Buffer.from(one ?? '', 'base64').length)).toEqual([64, 64]);
  for (const one of [first, second]) {
    const service = withKey(new StorageSharedKeyCredential(ACCOUNT, one ?? ''));
    const container = service.getContainerClient('modeldata');
    expect(await namesOf(container)).toEqual([NAME]);
    expect(await read(container)).toBe('one,two');
    expect(await container.getProperties()).toMatchObject({ etag: expect.any(String) });
  }
});

test('metadata is signed whatever its names and blanks are', async () => {
  const name = fc
    .array(fc.constantFrom(...'-_.09abyz~'), { minLength: 1, maxLength: 5 })
    .map((characters) => characters.join(''));
  const value = fc.constantFrom('one', 'one two', 'one  two', 'one\ttwo');
  const blob = withKey().getContainerClient('modeldata').getAppendBlobClient('signed');
  await blob.create({ metadata: { a_b: '1', ab: '2', a0: '3', abc: '4', 'a-b': '5' } });
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, value, { maxKeys: 6 }), async (metadata) => {
      await blob.create({ metadata });
    }),
    { numRuns: 50 },
  );
  await blob.delete();
});

test('a key that was made anew opens, its predecessor does not', async () => {
  const path = `${served.storageId}/regenerateKey?api-version=2023-01-01`;
  const [old, other] = await keys();
  expect((await served.send('POST', path, '{"keyName":"key1"}')).status).toBe(200);
  const [fresh, same] = await keys();
  expect([fresh === old, same === other]).toEqual([false, true]);
  await expect(namesOf(withKey().getContainerClient('modeldata'))).rejects.toMatchObject({
    statusCode: 403,
    code: 'AuthenticationFailed',
  });
  key = new StorageSharedKeyCredential(ACCOUNT, fresh ?? '');
  expect(await namesOf(withKey().getContainerClient('modeldata'))).toEqual([NAME]);
});

test('an account that takes no keys refuses keys and what they have signed', async () => {
  await patchAccount({ allowSharedKeyAccess: false });
  const refusal = { statusCode: 403, code: 'KeyBasedAuthenticationNotPermitted' };
  await expect(namesOf(withKey().getContainerClient('modeldata'))).rejects.toMatchObject(refusal);
  await expect(namesOf(withQuery(containerSas('rl')))).rejects.toMatchObject(refusal);
});

test('a signature of a container opens it as far as its permissions go', async () => {
  expect(await namesOf(withQuery(containerSas('rl')))).toEqual([NAME]);
  expect(await read(withQuery(containerSas('rl')))).toBe('one,two');
  const readOnly = withQuery(containerSas('r'));
  const refusal = { statusCode: 403, code: 'AuthorizationPermissionMismatch' };
  await expect(namesOf(readOnly)).rejects.toMatchObject(refusal);
  await expect(readOnly.getAppendBlobClient('new').create()).rejects.toMatchObject(refusal);
  await expect(withQuery(containerSas('l')).getBlobClient(NAME).download()).rejects.toMatchObject(
    refusal,
  );
});

test('what the local cloud does not have is named without the signature that asks for it', async () => {
  const container = withQuery(containerSas('cw'));
  const id = Buffer.from('1').toString('base64');
  const error: unknown = await container
    .getBlockBlobClient('staged')
    .stageBlock(id, 'one', 3)
    .catch((reason) => reason);
  expect(error).toMatchObject({ statusCode: 501, code: 'NotImplemented' });
  expect(String(error)).toContain('no PUT comp=block of blobs');
  expect(String(error)).not.toContain('sig=');
});

test('a signature of one blob opens no other', async () => {
  const query = generateBlobSASQueryParameters(
    {
      containerName: 'modeldata',
      blobName: NAME,
      permissions: BlobSASPermissions.parse('r'),
      expiresOn: inAnHour(),
    },
    key,
  ).toString();
  expect(await read(withQuery(query))).toBe('one,two');
  await expect(withQuery(query).getBlobClient('other').download()).rejects.toMatchObject({
    statusCode: 403,
    code: 'AuthenticationFailed',
  });
});

test('a signature of the account is held to its services and resource types', async () => {
  expect(await read(withQuery(accountSas('rl', 'sco')))).toBe('one,two');
  expect(await namesOf(withQuery(accountSas('rl', 'sco')))).toEqual([NAME]);
  await expect(namesOf(withQuery(accountSas('rl', 'o')))).rejects.toMatchObject({
    code: 'AuthorizationResourceTypeMismatch',
  });
  await expect(namesOf(withQuery(accountSas('rl', 'co', 'q')))).rejects.toMatchObject({
    code: 'AuthorizationServiceMismatch',
  });
  await expect(namesOf(withQuery(accountSas('r', 'co')))).rejects.toMatchObject({
    code: 'AuthorizationPermissionMismatch',
  });
});

test('a signature counts neither before its start, nor after its expiry, nor changed', async () => {
  const refusal = { statusCode: 403, code: 'AuthenticationFailed' };
  const later = containerSas('rl', { startsOn: new Date(served.now().getTime() + 60_000) });
  await expect(namesOf(withQuery(later))).rejects.toMatchObject(refusal);
  const query = containerSas('r');
  await expect(namesOf(withQuery(query.replace('sp=r', 'sp=rl')))).rejects.toMatchObject(refusal);
  served.advance(3_600_001);
  await expect(withQuery(query).getBlobClient(NAME).download()).rejects.toMatchObject(refusal);
});

test('a signature that may create does not overwrite; one that may write does', async () => {
  const create = withQuery(containerSas('c')).getBlockBlobClient('created');
  await create.upload('one', 3);
  await expect(create.upload('two', 3)).rejects.toMatchObject({
    statusCode: 403,
    code: 'UnauthorizedBlobOverwrite',
  });
  const account = withQuery(accountSas('ac', 'co')).getAppendBlobClient('created');
  await expect(account.create()).rejects.toMatchObject({ code: 'UnauthorizedBlobOverwrite' });
  await withQuery(containerSas('w')).getBlockBlobClient('created').upload('two', 3);
  const read = await withQuery(containerSas('r')).getBlobClient('created').downloadToBuffer();
  expect(read.toString()).toBe('two');
});

test.each([
  ['127.0.0.1', undefined],
  ['126.255.255.255-127.0.0.2', undefined],
  ['168.1.5.60', '168.1.5.70'],
])('a signature for callers from %s to %s opens nothing to others', async (start, end) => {
  const ipRange = { start, ...(end && { end }) };
  const names = namesOf(withQuery(containerSas('l', { ipRange })));
  if (start.startsWith('168')) {
    await expect(names).rejects.toMatchObject({
      statusCode: 403,
      code: 'AuthorizationSourceIPMismatch',
    });
  } else expect(await names).toEqual([NAME]);
});

test('a signature for HTTPS alone opens nothing without it', async () => {
  const query = containerSas('l', { protocol: SASProtocol.Https });
  expect(await namesOf(withQuery(query))).toEqual([NAME]);
  const path = `localhost/blob/${ACCOUNT}/modeldata?restype=container&comp=list&${query}`;
  const plain = await served.cloud.handle(new Request(`http://${path}`));
  expect(plain.headers.get('x-ms-error-code')).toBe('AuthorizationProtocolMismatch');
});

test.each([
  ['sp', '', 'sp is mandatory'],
  ['se', '', 'se is mandatory'],
  ['sr', '', 'sr is mandatory'],
  ['sv', '', 'sv is mandatory'],
  ['sv', '2014-02-14', 'not supported'],
  ['se', 'tomorrow', 'not well formed'],
  ['st', '2026-11-22T10:00', 'not well formed'],
  ['sip', '127.0.0', 'not well formed'],
  ['spr', 'http', 'not well formed'],
  ['si', 'policy', 'Access policy not found'],
])('a signature with %s=%s is told what is wrong', async (field, value, detail) => {
  const query = new URLSearchParams(containerSas('rl'));
  query.set(field, value);
  const path = `${ACCOUNT}/modeldata?restype=container&comp=list&${query}`;
  const answer = await served.cloud.handle(new Request(`https://localhost/blob/${path}`));
  expect([answer.status, answer.headers.get('x-ms-error-code')]).toEqual([
    403,
    'AuthenticationFailed',
  ]);
  expect(await answer.text()).toContain(detail);
});

/** Lists with a signature of the account's key, made here. */
async function listSigned(date: Readonly<Record<string, string>>): Promise<string> {
  const address = `https://localhost/blob/${ACCOUNT}/modeldata?comp=list&restype=container`;
  const own = Object.entries(date).filter(([name]) => name.startsWith('x-ms-'));
  const signed = [
    ...['GET', '', '', '', '', '', own.length > 0 ? '' : (date.date ?? ''), '', '', '', '', ''],
    ...own.map(([name, value]) => `${name}:${value}`),
    `/${ACCOUNT}/blob/${ACCOUNT}/modeldata\ncomp:list\nrestype:container`,
  ].join('\n');
  const authorization = `SharedKey ${ACCOUNT}:${key.computeHMACSHA256(signed)}`;
  const headers = { ...date, authorization };
  const answer = await served.cloud.handle(new Request(address, { headers }));
  const [, detail = ''] = /Detail>([^<]*)</.exec(await answer.text()) ?? [];
  return `${answer.status} ${detail}`.trim();
}

test('what a key has signed says when, and counts for fifteen minutes', async () => {
  const ago = (minutes: number) =>
    new Date(served.now().getTime() - minutes * 60_000).toUTCString();
  expect(await listSigned({})).toBe('403 Request date header not specified');
  expect(await listSigned({ 'x-ms-date': 'noon' })).toMatch(/^403 The Date header/);
  expect(await listSigned({ 'x-ms-date': ago(16) })).toMatch(/^403 Request date header too old/);
  expect(await listSigned({ date: ago(16) })).toMatch(/^403 Request date header too old/);
  expect(await listSigned({ 'x-ms-date': ago(14) })).toBe('200');
  expect(await listSigned({ date: ago(14) })).toBe('200');
  expect(await listSigned({ date: ago(16), 'x-ms-date': ago(1) })).toBe('200');
});

test('a token is held to the roles of its caller', async () => {
  const service = new BlobServiceClient(url, served.credential, served.storageOptions);
  const container = service.getContainerClient('modeldata');
  const blobs = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';
  await served.setBehaviour({ deniedActions: [`${blobs}/write`] });
  expect(await read(container)).toBe('one,two');
  await expect(container.getAppendBlobClient('new').create()).rejects.toMatchObject({
    statusCode: 403,
    code: 'AuthorizationPermissionMismatch',
  });
  await served.setBehaviour({
    deniedActions: ['microsoft.storage/storageaccounts/blobServices/*'],
  });
  await expect(namesOf(container)).rejects.toMatchObject({
    code: 'AuthorizationPermissionMismatch',
  });
});

test('ARM refuses what a role does not allow', async () => {
  await served.setBehaviour({
    deniedActions: ['Microsoft.Storage/storageAccounts/listKeys/action'],
  });
  const response = await served.send('POST', `${served.storageId}/listKeys?api-version=2023-01-01`);
  expect([response.status, await response.text()]).toEqual([
    403,
    expect.stringContaining('AuthorizationFailed'),
  ]);
  const account = await served.send('GET', `${served.storageId}?api-version=2023-01-01`);
  expect(account.status).toBe(200);
});

test.each([
  [
    'GET',
    '/subscriptions/s/resourceGroups/g',
    'Microsoft.Resources/subscriptions/resourceGroups/read',
  ],
  [
    'PUT',
    '/subscriptions/s/resourceGroups/g/providers/microsoft.insights/components/c/providers/microsoft.insights/diagnosticSettings/d',
    'microsoft.insights/diagnosticSettings/write',
  ],
  [
    'PATCH',
    '/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/w/tables/AppTraces',
    'Microsoft.OperationalInsights/workspaces/tables/write',
  ],
])('%s %s is an action that roles name', (method, path, action) => {
  expect(actionOf(method, path)).toBe(action);
});

test('an account behind a firewall refuses everybody outside', async () => {
  await patchAccount({ networkAcls: { defaultAction: 'Deny' } });
  await expect(namesOf(withKey().getContainerClient('modeldata'))).rejects.toMatchObject({
    statusCode: 403,
    code: 'AuthorizationFailure',
  });
});

test('without a credential nothing is public, and an unknown account is not there', async () => {
  const send = (path: string, headers: Record<string, string> = {}) =>
    served.cloud.handle(new Request(`https://localhost/blob/${path}`, { headers }));
  const list = 'modeldata?restype=container&comp=list';
  const old = await send(`${ACCOUNT}/${list}`);
  const recent = await send(`${ACCOUNT}/${list}`, { 'x-ms-version': '2024-11-04' });
  const none = await send(`nobody/${list}`);
  expect(
    [old, recent, none].map((one) => [one.status, one.headers.get('x-ms-error-code')]),
  ).toEqual([
    [409, 'PublicAccessNotPermitted'],
    [401, 'NoAuthenticationInformation'],
    [404, 'ResourceNotFound'],
  ]);
  expect(recent.headers.get('www-authenticate')).toContain('Bearer authorization_uri=');
});

test('a token of another directory is no token for this account', async () => {
  const tenant = '9c2b7e54-1d3f-4a6b-8e07-52f1a3c4d9e8';
  const token = await tokenFor(served.cloud, 'https://storage.azure.com/.default', tenant);
  const response = await served.cloud.handle(
    new Request(`https://localhost/blob/${ACCOUNT}/modeldata?restype=container&comp=list`, {
      headers: { authorization: `Bearer ${token}`, 'x-ms-version': '2024-11-04' },
    }),
  );
  expect([response.status, response.headers.get('x-ms-error-code')]).toEqual([
    401,
    'InvalidAuthenticationInfo',
  ]);
});

test('a workspace says whether its own datastores are read by key', async () => {
  const path = `${served.workspaceId}?api-version=2024-10-01`;
  const body = JSON.stringify({ properties: { systemDatastoresAuthMode: 'accesskey' } });
  expect((await served.send('PATCH', path, body)).status).toBe(200);
  const store = await served.send(
    'GET',
    `${served.workspaceId}/datastores/workspaceblobstore?api-version=2024-10-01`,
  );
  expect(JSON.parse(await store.text())).toMatchObject({
    properties: { credentials: { credentialsType: 'AccountKey' } },
  });
});
