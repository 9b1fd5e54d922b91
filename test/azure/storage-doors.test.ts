import { expect, test } from 'vitest';
import {
  createStorageAccess,
  type StorageAccess,
  type StorageWay,
} from '../../src/lib/azure/blobs/access.js';
import { publicCloud } from '../../src/lib/azure/cloud.js';
import { CliError } from '../../src/lib/errors.js';
import { fakeReport } from '../support/fake-report.js';

/** Into an account whose key may not be told. */
function accessWithoutKey(): StorageAccess {
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
    },
    accounts: {
      endpoint: async () => 'https://store.blob.core.windows.net',
      prefersKey: async () => false,
      secret: async () => {
        throw new CliError('auth', 'You may not list the keys.');
      },
    },
    report: fakeReport().report,
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
