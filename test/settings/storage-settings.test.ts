import { expect, test } from 'vitest';
import { storageSettings } from '../../src/lib/settings/storage-settings.js';

const ENV = {
  AZURE_STORAGE_CONNECTION_STRING: 'of the environment',
  AZURE_STORAGE_KEY: 'key',
  AZURE_STORAGE_SAS_TOKEN: 'sas',
  AZURE_STORAGE_ACCOUNT: 'one',
};

test('of what the environment has, the first alone counts; a flag puts it all aside', () => {
  expect(storageSettings({}, ENV, false)).toMatchObject({
    connectionString: { value: 'of the environment' },
    accountKey: undefined,
    sasToken: undefined,
  });
  const { AZURE_STORAGE_CONNECTION_STRING: _, ...rest } = ENV;
  expect(storageSettings({}, rest, false)).toMatchObject({
    accountKey: { value: 'key', source: 'AZURE_STORAGE_KEY' },
    sasToken: undefined,
    accountName: { value: 'one' },
  });
  expect(storageSettings({ sasToken: 'typed' }, ENV, false)).toEqual({
    connectionString: undefined,
    accountKey: undefined,
    sasToken: { value: 'typed', source: '--sas-token' },
    accountName: undefined,
    authMode: undefined,
  });
  expect(storageSettings({ authMode: 'login' }, ENV, false)).toMatchObject({
    connectionString: undefined,
    authMode: 'login',
  });
});

test('a key or a SAS is for the account that is typed, wherever it is from', () => {
  const of = (options: object, env = {}) =>
    storageSettings({ ...options, accountName: 'lake' }, env, false);
  const typed = { accountName: { value: 'lake', source: '--account-name' } };
  expect(of({ sasToken: 'typed' }, ENV)).toMatchObject(typed);
  expect(of({}, { AZURE_STORAGE_KEY: 'key', AZURE_STORAGE_ACCOUNT: 'one' })).toMatchObject(typed);
  expect(() => of({ connectionString: 'typed' })).toThrow('none is given');
});

test('the local cloud is entered without what the environment has', () => {
  expect(storageSettings({}, ENV, true)).toMatchObject({ connectionString: undefined });
});

test('AZURE_STORAGE_AUTH_MODE counts as far as it is about these ways', () => {
  const mode = (value: string) =>
    storageSettings({}, { AZURE_STORAGE_AUTH_MODE: value }, false).authMode;
  expect([mode('Login'), mode('key'), mode('anonymous')]).toEqual(['login', 'key', undefined]);
});
