import { expect, test } from 'vitest';
import { parseConnectionString } from '../../src/lib/azure/blobs/connection-string.js';

const parse = (value: string) =>
  parseConnectionString({ value, source: '--connection-string' }, 'core.windows.net');

test('an account key goes to the host of the account, or the one that is named', () => {
  const key = 'c2VjcmV0==';
  expect(
    parse(
      `DefaultEndpointsProtocol=https;AccountName=one;AccountKey=${key};EndpointSuffix=core.chinacloudapi.cn`,
    ),
  ).toEqual({
    accountName: 'one',
    endpoint: 'https://one.blob.core.chinacloudapi.cn',
    accountKey: key,
    sasToken: undefined,
  });
  expect(parse(`accountname=one;accountkey=${key}`).endpoint).toBe(
    'https://one.blob.core.windows.net',
  );
  expect(
    parse(`AccountName=one;AccountKey=${key};BlobEndpoint=http://127.0.0.1:10000/one/`).endpoint,
  ).toBe('http://127.0.0.1:10000/one');
  expect(parse('UseDevelopmentStorage=true')).toMatchObject({
    accountName: 'devstoreaccount1',
    endpoint: 'http://127.0.0.1:10000/devstoreaccount1',
  });
});

test('a SAS goes over https alone, to the account that the endpoint names', () => {
  const sas = 'sv=2024-11-04&sig=a%2Bb%3D';
  expect(
    parse(`BlobEndpoint=https://one.blob.core.windows.net/;SharedAccessSignature=?${sas}`),
  ).toEqual({
    accountName: 'one',
    endpoint: 'https://one.blob.core.windows.net',
    accountKey: undefined,
    sasToken: sas,
  });
  expect(() => parse(`BlobEndpoint=http://127.0.0.1/one;SharedAccessSignature=${sas}`)).toThrow(
    /plain http/,
  );
});

test.each([
  ['https://one-secondary.blob.core.windows.net', 'one'],
  ['https://one.z12.blob.storage.azure.net', 'one'],
  ['https://one.privatelink.blob.core.windows.net', 'one'],
  ['https://localhost/one', 'one'],
  ['https://data.contoso.com', undefined],
  ['https://blob.contoso.com/', undefined],
])('the endpoint %s is of the account %s', (endpoint, accountName) => {
  const { origin } = new URL(endpoint);
  const parsed = parse(`BlobEndpoint=${endpoint};SharedAccessSignature=sig=1`);
  expect(parsed).toMatchObject({ accountName, endpoint: expect.stringContaining(origin) });
});

test.each([
  '',
  'nonsense',
  'AccountName=one',
  'AccountKey=k',
  'BlobEndpoint=ftp://x;AccountName=one;AccountKey=k',
])('"%s" is refused without being repeated', (text) => {
  expect(() => parse(text)).toThrow(/^The connection string from --connection-string /);
  if (text !== '') expect(() => parse(text)).not.toThrow(text);
});
