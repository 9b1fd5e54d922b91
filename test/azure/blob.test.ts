import { connect, createServer, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { createBlobGateway } from '../../src/lib/azure/blob.js';
import type { StorageAccess } from '../../src/lib/azure/blobs/access.js';
import { connectGateways } from '../../src/lib/azure/connect.js';
import type { BlobGateway } from '../../src/lib/azure/gateways.js';
import { createTransport } from '../../src/lib/azure/wire/transport.js';
import { type StorageOptions, storageSettings } from '../../src/lib/settings/storage-settings.js';
import { settingsFor } from '../sign-in/entra.js';
import { type Azurite, startAzurite } from '../support/azurite.js';
import { fakeClock, realFiles } from '../support/host.js';
import { collectItems } from './collect-items.js';

let azurite: Azurite;
const container = (containerName: string) => ({ accountName: 'samplestore', containerName });

beforeAll(async () => {
  azurite = await startAzurite();
});

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function openBlobs(
  options: StorageOptions = azurite,
  fetch?: (request: Request) => Promise<Response>,
): Promise<BlobGateway> {
  const { connectionString, accountKey, sasToken } = options;
  const typed = connectionString ? { connectionString } : { accountKey, sasToken };
  const storage = storageSettings(typed, {}, false);
  const quiet = () => {};
  const progress = () => ({ update: quiet, done: quiet });
  const report = { note: quiet, warn: quiet, instruct: quiet, verbose: quiet, debug: quiet };
  const { blobs } = await connectGateways(settingsFor({ storage }), {
    clock: fakeClock(),
    signal: new AbortController().signal,
    report: { ...report, progress },
    files: realFiles,
    env: {},
    ...(fetch && { fetch }),
  });
  return blobs;
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await collectItems(bytes)).toString();
}

test('blobs are listed with size, ETag and time; append blobs are told apart', async () => {
  await azurite.fill('lists', { 'a/1.csv': 'one', 'a/2.csv': 'three', 'a/3.jsonl': [], b: '' });
  const blobs = await openBlobs();
  const found = await collectItems(blobs.list(container('lists'), 'a/'));
  expect(found).toMatchObject([
    { name: 'a/1.csv', sizeBytes: 3, isAppend: false },
    { name: 'a/2.csv', sizeBytes: 5, isAppend: false },
    { name: 'a/3.jsonl', sizeBytes: 0, isAppend: true },
  ]);
  const blob = azurite.client.getContainerClient('lists').getBlobClient('a/1.csv');
  const { etag, lastModified, createdOn } = await blob.getProperties();
  expect(found[0]).toMatchObject({ etag, created: createdOn, modified: lastModified });
  expect(await blobs.read(container('lists'), 'a/1.csv')).toMatchObject({ created: createdOn });
});

test('a level has blobs and the folders that have more below them', async () => {
  await azurite.fill('folders', { 'x/1': '', 'x/y/2': '', 'x/y/3': '', 'x/z/4': '', 'x2/5': '' });
  const blobs = await openBlobs();
  const found = async (prefix: string) => {
    const level = await collectItems(blobs.listLevel(container('folders'), prefix));
    return level.map((one) => ('folder' in one ? one.folder : one.name)).sort();
  };
  expect(await found('')).toEqual(['x/', 'x2/']);
  expect(await found('x/')).toEqual(['x/1', 'x/y/', 'x/z/']);
  expect(await found('nothing/')).toEqual([]);
});

test('Azurite gives a list page by page, each blob once', async () => {
  const names = Array.from({ length: 25 }, (_, at) => `p/${at % 5}/${at}.csv`);
  await azurite.fill('pages', Object.fromEntries(names.map((name) => [name, name])));
  const lines: string[] = [];
  const clock = fakeClock();
  const { signal } = new AbortController();
  const report = { debug: (line: string) => lines.push(line) };
  const setting = { clock, signal, report, files: realFiles, env: {}, caFile: undefined };
  const client = (await createTransport(setting)).client({ accepts: () => true });
  const { endpoint, accountName, accountKey } = azurite;
  const way = { endpoint, client, secret: { kind: 'key', accountName, accountKey } } as const;
  const access: StorageAccess = { enter: (_, run) => run(way) };
  const blobs = createBlobGateway({ access, clock, signal, pageSize: 4 });
  const found = await collectItems(blobs.list(container('pages'), 'p/'));
  expect(found.map(({ name }) => name)).toEqual([...names].sort());
  expect(lines).toHaveLength(7);
  const level = await collectItems(blobs.listLevel(container('pages'), 'p/'));
  expect(level).toEqual(['0', '1', '2', '3', '4'].map((name) => ({ folder: `p/${name}/` })));
});

test('hostile names are listed as they are, and read as what they are', async () => {
  const names = [
    '../lists/a/1.csv',
    '/etc/passwd',
    '../../x',
    'C:/x',
    ' padded ',
    'two\nlines\tand\u0085more',

    'a/./b',
    'CaSe',
    'case',
    'a%2Fb?c#d&e+f',
    '007',
    '<&>"\'',
    'ünï/日本\u202e',
  ];
  await azurite.fill('hostile', Object.fromEntries(names.map((name) => [name, `in ${name}`])));
  const blobs = await openBlobs();
  const listed = await collectItems(blobs.list(container('hostile'), ''));
  expect(listed.map(({ name }) => name).sort()).toEqual([...names].sort());
  for (const name of names) {
    const { bytes } = await blobs.read(container('hostile'), name);
    expect(await textOf(bytes)).toBe(`in ${name}`);
  }
});

function page(blobs: string, next: string): Response {
  const body = `<?xml version="1.0"?><EnumerationResults ServiceEndpoint="https://samplestore.blob.core.windows.net/" ContainerName="c"><Blobs>${blobs}</Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`;
  return new Response(body, { headers: { 'content-type': 'application/xml' } });
}

function listed(name: string): string {
  return `<Blob>${name}<Properties><Last-Modified>Fri, 20 Nov 2026 08:00:00 GMT</Last-Modified><Etag>0x8D1</Etag><Content-Length>7</Content-Length><BlobType>AppendBlob</BlobType></Properties></Blob>`;
}

test('a list is asked for page by page; names that XML cannot have, and pages that fail once, come through', async () => {
  const asked: string[] = [];
  const answers = [
    () => page(listed('<Name>a.csv</Name>'), 'second'),
    () => new Response('', { status: 503 }),
    () => page(listed('<Name Encoded="true">b%1B%5B31m%01.csv</Name>'), ''),
  ];
  const connectionString = 'AccountName=samplestore;SharedAccessSignature=sv=1&sig=canary';
  const blobs = await openBlobs({ connectionString }, async ({ url }) => {
    asked.push(url);
    return answers.shift()?.() ?? new Response('', { status: 500 });
  });
  const found = await collectItems(blobs.list(container('c'), 'x/'));
  expect(found).toEqual([
    {
      name: 'a.csv',
      sizeBytes: 7,
      etag: '"0x8D1"',
      created: null,
      modified: new Date('2026-11-20T08:00:00Z'),
      isAppend: true,
    },
    expect.objectContaining({ name: 'b\u001b[31m\u0001.csv' }),
  ]);
  const queries = asked.map((url) => new URL(url).searchParams);
  expect(queries.map((query) => query.get('marker'))).toEqual([null, 'second', 'second']);
  expect(queries[0]?.get('maxresults')).toBe('5000');
});

test.each(['<html>sign in to the network</html>', 'nonsense', ''])(
  "an answer that is not the storage's is told: %j",
  async (body) => {
    const connectionString = 'AccountName=samplestore;SharedAccessSignature=sv=1&sig=canary';
    const blobs = await openBlobs({ connectionString }, async () => new Response(body));
    const unreadable = {
      kind: 'service',
      message: 'The answer of the storage account "samplestore" cannot be read.',
    };
    await expect(collectItems(blobs.list(container('c'), ''))).rejects.toMatchObject(unreadable);
    await expect(blobs.read(container('c'), 'x.csv')).rejects.toMatchObject(unreadable);
  },
);

test('a range is read of one state of the blob; there is nothing at its end', async () => {
  await azurite.fill('ranges', { 'ten.csv': '0123456789', 'grows.jsonl': ['one\n'], empty: '' });
  const blobs = await openBlobs();
  const whole = await blobs.read(container('ranges'), 'ten.csv');
  expect(whole.sizeBytes).toBe(10);
  expect(await textOf(whole.bytes)).toBe('0123456789');
  const read = async (name: string, range: Parameters<BlobGateway['read']>[2]) => {
    const { sizeBytes, bytes } = await blobs.read(container('ranges'), name, range);
    return [sizeBytes, await textOf(bytes)];
  };
  expect(await read('ten.csv', { from: 3, length: 4, etag: whole.etag })).toEqual([10, '3456']);
  expect(await read('ten.csv', { from: 8, length: 100 })).toEqual([10, '89']);
  expect(await read('ten.csv', { from: 10, etag: whole.etag })).toEqual([10, '']);
  expect(await read('ten.csv', { length: 0 })).toEqual([10, '']);
  expect(await read('empty', { length: 5 })).toEqual([0, '']);
  await expect(read('ten.csv', { from: 11 })).rejects.toMatchObject({
    kind: 'service',
    facts: { code: 'InvalidRange' },
  });

  const before = await blobs.read(container('ranges'), 'grows.jsonl');
  const grows = azurite.client.getContainerClient('ranges').getAppendBlobClient('grows.jsonl');
  await grows.appendBlock('two\n', 4);
  await expect(read('grows.jsonl', { from: 4, etag: before.etag })).rejects.toMatchObject({
    message: 'The blob "grows.jsonl" has changed.',
    facts: { code: 'ConditionNotMet' },
  });
  expect(await read('grows.jsonl', { from: 4 })).toEqual([8, 'two\n']);
});

test('a blob that is stored zipped is handed over as it is', async () => {
  await azurite.fill('zipped', {});
  const bytes = gzipSync('a,b\n1,2\n');
  const blob = azurite.client.getContainerClient('zipped').getBlockBlobClient('x.csv.gz');
  await blob.upload(bytes, bytes.length, { blobHTTPHeaders: { blobContentEncoding: 'gzip' } });
  const read = await (await openBlobs()).read(container('zipped'), 'x.csv.gz', { from: 2 });
  expect(read.sizeBytes).toBe(bytes.length);
  expect(Buffer.concat(await collectItems(read.bytes)).equals(bytes.subarray(2))).toBe(true);
});

test('what is not there, and a key that is not the one, is said', async () => {
  await azurite.fill('there', {});
  const blobs = await openBlobs();
  await expect(collectItems(blobs.list(container('nowhere'), ''))).rejects.toMatchObject({
    kind: 'not-found',
    message: 'There is no container "nowhere" in the storage account "samplestore".',
  });
  await expect(blobs.read(container('there'), 'x.csv')).rejects.toMatchObject({
    kind: 'not-found',
    message: 'There is no blob "x.csv" in "there".',
  });
  const connectionString = azurite.connectionString.replace(/AccountKey=..../, 'AccountKey=AAAA');
  const strangers = await openBlobs({ connectionString });
  await expect(collectItems(strangers.list(container('there'), ''))).rejects.toMatchObject({
    kind: 'auth',
    message: 'The storage account "samplestore" does not accept the account key.',
  });
});

/** Passes bytes on to Azurite; each answer that is longer breaks after so many of its bytes, the first times. */
async function breakingProxy(bytes: number, times: number) {
  let left = times;
  const sockets = new Set<Socket>();
  const server = createServer((inside) => {
    const { hostname, port } = new URL(azurite.endpoint);
    const outside = connect(Number(port), hostname);
    let passed = 0;
    sockets.add(inside);
    inside.on('close', () => sockets.delete(inside)).on('error', () => outside.destroy());
    outside.on('error', () => inside.destroy()).on('end', () => inside.end());
    inside.on('data', (chunk) => {
      passed = 0;
      outside.write(chunk);
    });
    outside.on('data', (chunk) => {
      passed += chunk.length;
      if (left === 0 || passed < bytes) {
        inside.write(chunk);
        return;
      }
      left -= 1;
      inside.write(chunk.subarray(0, 100), () => inside.resetAndDestroy());
      outside.destroy();
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address !== 'string' ? address.port : 0;
  const { port: azuritePort } = new URL(azurite.endpoint);
  return azurite.connectionString.replace(`:${azuritePort}/`, `:${port}/`);
}

const LINES = Array.from({ length: 40 }, (_, at) => `${`line ${at} `.padEnd(50_000, '.')}\n`);

test('bytes that stop coming are taken up where the connection broke', async () => {
  await azurite.fill('breaks', { 'block.csv': LINES.join(''), 'append.jsonl': LINES });
  const blobs = await openBlobs({ connectionString: await breakingProxy(300_000, 5) });
  for (const name of ['block.csv', 'append.jsonl']) {
    const { bytes } = await blobs.read(container('breaks'), name);
    expect((await textOf(bytes)) === LINES.join('')).toBe(true);
  }
});

test('an append blob that grew meanwhile is taken up; a blob that was replaced is not', async () => {
  await azurite.fill('changes', { 'append.jsonl': LINES, 'block.csv': LINES.join('') });
  const files = azurite.client.getContainerClient('changes');
  const readWhile = async (name: string, change: () => Promise<unknown>) => {
    const blobs = await openBlobs({ connectionString: await breakingProxy(300_000, 1) });
    const { bytes } = await blobs.read(container('changes'), name);
    await change();
    return textOf(bytes);
  };
  const grown = await readWhile('append.jsonl', () =>
    files.getAppendBlobClient('append.jsonl').appendBlock('more\n', 5),
  );
  expect(grown === LINES.join('')).toBe(true);
  const other = 'other'.repeat(500_000);
  await expect(
    readWhile('block.csv', () => files.getBlockBlobClient('block.csv').upload(other, other.length)),
  ).rejects.toMatchObject({ facts: { code: 'ConditionNotMet' } });
});

test('a connection that never gets further is given up, and said', async () => {
  await azurite.fill('dead', { 'block.csv': LINES.join('') });
  const blobs = await openBlobs({ connectionString: await breakingProxy(1, 1000) });
  await expect(
    blobs.read(container('dead'), 'block.csv').then(({ bytes }) => textOf(bytes)),
  ).rejects.toMatchObject({ kind: 'service', facts: { code: 'ECONNRESET' } });
});
