import { describe, expect, test } from 'vitest';
import {
  createStorageAccess,
  type StorageAccess,
  type StorageWay,
} from '../../src/lib/azure/blobs/access.js';
import { publicCloud } from '../../src/lib/azure/cloud.js';
import { CliError } from '../../src/lib/errors.js';
import type { StorageSettings } from '../../src/lib/settings/storage-settings.js';
import { fakeReport } from '../support/fake-report.js';

/** Into accounts whose keys may not be told; that of the workspace is `store`. */
function accessWithoutKey(
  given: Partial<StorageSettings> = {},
  { report } = fakeReport(),
): StorageAccess {
  return createStorageAccess({
    cloud: publicCloud('AzureCloud'),
    credential: { getToken: unused, kind: () => 'none', forget: () => {} },
    transport: { client: () => ({ sendRequest: unused }) },
    settings: {
      connectionString: undefined,
      accountKey: undefined,
      sasToken: undefined,
      accountName: undefined,
      authMode: undefined,
      ...given,
    },
    accounts: {
      isOwn: async (accountName) => accountName === 'store',
      endpoint: async (accountName) => `https://${accountName}.blob.core.windows.net`,
      prefersKey: async () => false,
      secret: async () => {
        throw new CliError('auth', 'You may not list the keys.');
      },
    },
    report,
  });
}

async function unused(): Promise<never> {
  throw new Error('not asked for');
}

test('a container that is closed closes no other, and says the same each time', async () => {
  const access = accessWithoutKey();
  const ask = (containerName: string) =>
    access.enter({ accountName: 'store', containerName }, async ({ secret }: StorageWay) => {
      if (containerName === 'closed') throw new CliError('auth', `No blobs by ${secret.kind}.`);
      return secret.kind;
    });
  expect(await ask('open')).toBe('token');
  for (let times = 0; times < 3; times++) {
    await expect(ask('closed')).rejects.toMatchObject({
      message: 'No blobs by token.',
      facts: { details: [{ message: 'You may not list the keys.' }] },
    });
  }
  expect(await ask('open')).toBe('token');
});

test('a blob that is closed closes no other of its container', async () => {
  const access = accessWithoutKey();
  const ask = (name: string) =>
    access.enter({ accountName: 'store', containerName: 'data' }, async ({ secret }) => {
      if (name === 'closed') throw new CliError('auth', `No blob by ${secret.kind}.`);
      return secret.kind;
    });
  const asked = await Promise.allSettled([ask('closed'), ask('closed'), ask('open')]);
  expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  expect(await ask('open')).toBe('token');
});

describe('a secret is for one account', () => {
  const SAS = 'sv=1&sig=canary';
  const secretFor = async (accountName: string, given: Partial<StorageSettings>) => {
    const said = fakeReport();
    const access = accessWithoutKey(given, said);
    const way = await access.enter({ accountName, containerName: 'data' }, async (found) => found);
    return { kind: way.secret.kind, endpoint: way.endpoint, said: said.said };
  };

  test.each([
    ['--sas-token', { sasToken: { value: SAS, source: '--sas-token' } }, 'sas'],
    ['AZURE_STORAGE_KEY', { accountKey: { value: 'k', source: 'AZURE_STORAGE_KEY' } }, 'key'],
    [
      '--connection-string',
      {
        connectionString: {
          value: `BlobEndpoint=https://data.contoso.com;SharedAccessSignature=${SAS}`,
          source: '--connection-string',
        },
      },
      'sas',
    ],
  ])('%s without a name: for that of the workspace', async (source, given, kind) => {
    expect(await secretFor('store', given)).toMatchObject({ kind, said: [] });
    expect(await secretFor('lake', given)).toEqual({
      kind: 'token',
      endpoint: 'https://lake.blob.core.windows.net',
      said: [
        `note: ${source} is for the storage account of the workspace, the data is in "lake": it is not used there.`,
      ],
    });
  });

  test('with a name: for that', async () => {
    const accountName = { value: 'lake', source: 'AZURE_STORAGE_ACCOUNT' };
    const given = { sasToken: { value: SAS, source: 'AZURE_STORAGE_SAS_TOKEN' }, accountName };
    expect(await secretFor('lake', given)).toMatchObject({ kind: 'sas' });
    expect(await secretFor('store', given)).toMatchObject({ kind: 'token' });
    const typed = (name: string) => ({
      connectionString: {
        value: `AccountName=${name};SharedAccessSignature=${SAS}`,
        source: '--connection-string',
      },
    });
    expect(await secretFor('store', typed('store'))).toMatchObject({ kind: 'sas', said: [] });
    expect(await secretFor('lake', typed('store'))).toMatchObject({ kind: 'token' });
  });

  test.each([
    [
      '--connection-string',
      {
        connectionString: {
          value: `AccountName=lake;SharedAccessSignature=${SAS}`,
          source: '--connection-string',
        },
      },
    ],
    [
      '--sas-token',
      {
        sasToken: { value: SAS, source: '--sas-token' },
        accountName: { value: 'lake', source: '--account-name' },
      },
    ],
  ])('%s that is typed opens another account than that of the workspace', async (source, given) => {
    expect(await secretFor('store', given)).toMatchObject({
      kind: 'token',
      said: [
        `note: ${source} is for the storage account "lake", the data is in "store": it is not used there.`,
      ],
    });
    expect(await secretFor('lake', given)).toEqual({
      kind: 'sas',
      endpoint: 'https://lake.blob.core.windows.net',
      said: [],
    });
  });
});
