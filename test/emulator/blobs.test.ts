import { AppendBlobClient, BlobServiceClient } from '@azure/storage-blob';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { blobSegments } from '../../src/lib/emulator/state/blob-names.js';
import { type Served, serve, tokenFor } from './served.js';

let served: Served;
let service: BlobServiceClient;
beforeAll(async () => {
  served = await serve('empty');
  const url = `${served.origin}/blob/sampleml0storage`;
  service = new BlobServiceClient(url, served.credential, served.storageOptions);
});

async function namesBelow(prefix: string, pageSize = 2): Promise<string[]> {
  const names: string[] = [];
  const list = service.getContainerClient('modeldata').listBlobsFlat({ prefix });
  for await (const page of list.byPage({ maxPageSize: pageSize })) {
    names.push(...page.segment.blobItems.map(({ name }) => name));
  }
  return names;
}

test('the SDK creates, appends, reads, lists and deletes append blobs', async () => {
  const container = service.getContainerClient('modeldata');
  expect(await container.exists()).toBe(true);
  const names = ['a/inputs.csv', 'a/b/inputs.csv', 'a', 'Ä & <b>/x.csv', 'z'];
  for (const name of names) {
    const blob = container.getAppendBlobClient(name);
    await blob.create();
    await blob.appendBlock('one,', 4);
    await blob.appendBlock('two', 3);
  }
  expect(await namesBelow('')).toEqual([...names].sort());
  expect(await namesBelow('a/')).toEqual(['a/b/inputs.csv', 'a/inputs.csv']);

  const blob = container.getBlobClient('Ä & <b>/x.csv');
  expect((await blob.downloadToBuffer()).toString()).toBe('one,two');
  expect((await blob.downloadToBuffer(2, 3)).toString()).toBe('e,t');
  expect(await blob.getProperties()).toMatchObject({ blobType: 'AppendBlob', contentLength: 7 });
  await blob.delete();
  expect(await blob.exists()).toBe(false);
});

test('an append leaves the time of creation as it was', async () => {
  const blob = service.getContainerClient('modeldata').getAppendBlobClient('created/inputs.csv');
  await blob.create();
  const { createdOn } = await blob.getProperties();
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await blob.appendBlock('one', 3);
  const { createdOn: then, lastModified } = await blob.getProperties();
  expect(then).toEqual(createdOn);
  expect(lastModified).not.toEqual(createdOn);
  await blob.delete();
});

test('folders are listed by their common prefix', async () => {
  const found: string[] = [];
  for await (const item of service.getContainerClient('modeldata').listBlobsByHierarchy('/')) {
    found.push(`${item.kind} ${item.name}`);
  }
  expect(found.sort()).toEqual(['blob a', 'blob z', 'prefix a/']);
});

test('appending at a place that has passed is refused', async () => {
  const blob = service.getContainerClient('modeldata').getAppendBlobClient('z');
  await expect(
    blob.appendBlock('x', 1, { conditions: { appendPosition: 3 } }),
  ).rejects.toMatchObject({ statusCode: 412, code: 'AppendPositionConditionNotMet' });
});

test('what is not there has its own code', async () => {
  const none = service.getContainerClient('nothing');
  await expect(none.getProperties()).rejects.toMatchObject({ statusCode: 404 });
  await expect(none.getBlobClient('x').download()).rejects.toMatchObject({
    code: 'ContainerNotFound',
  });
  const missing = service.getContainerClient('modeldata').getBlobClient('x');
  await expect(missing.download()).rejects.toMatchObject({ code: 'BlobNotFound' });
});

test('a token for management is not one for storage', async () => {
  const response = await served.cloud.handle(
    new Request('https://localhost/blob/sampleml0storage/modeldata?restype=container&comp=list', {
      headers: {
        authorization: `Bearer ${await tokenFor(served.cloud, 'https://localhost/.default')}`,
      },
    }),
  );
  expect([response.status, response.headers.get('x-ms-error-code')]).toEqual([
    401,
    'InvalidAuthenticationInfo',
  ]);
});

test('an account has a host of its own, too', async () => {
  const response = await served.cloud.handle(
    new Request('https://sampleml0storage.blob.localhost/modeldata/z', {
      headers: {
        authorization: `Bearer ${await tokenFor(served.cloud, 'https://storage.azure.com/.default')}`,
      },
    }),
  );
  expect([response.status, await response.text()]).toEqual([200, 'one,two']);
});

test('two blob names never share a file, on any file system', () => {
  const name = fc.array(fc.constantFrom('a', 'A', '.', '/', '+', '%', 'é', ' ', '\\', ':'), {
    minLength: 1,
  });
  fc.assert(
    fc.property(name, name, (one, other) => {
      const [a, b] = [one.join(''), other.join('')];
      const [pathA, pathB] = [a, b].map((text) => blobSegments(text).join('|').toLowerCase());
      expect(pathA === pathB).toBe(a === b);
      for (const segment of blobSegments(a))
        expect(segment).toMatch(/^[a-z0-9%.~_-]+\+?$|^%[0-9A-F]{2}|[A-F]/);
    }),
  );
});

test('a name that XML cannot hold arrives whole', async () => {
  const container = service.getContainerClient('modeldata');
  const names = [
    'hostile/\u0001bell\u0007.csv',
    'hostile/../../x',
    'hostile/<&">',
    'hostile/x.tmp',
  ];
  for (const name of names) {
    // The clients that a container gives take `..` in a name for a way to another container.
    const url = `${container.url}/${encodeURIComponent(name)}`;
    await new AppendBlobClient(url, served.credential, served.storageOptions).create();
  }
  expect((await namesBelow('hostile/')).sort()).toEqual([...names].sort());
});

test('blobs are on their pages once each, in order, whatever the folders and the prefix', async () => {
  const container = service.getContainerClient('paged');
  await container.create();
  const names = [1, 2, 3].flatMap((day) =>
    ['a', 'a/b', 'a/b!', 'a-', 'b/c/d'].map((name) => `2026/0${day}/${name}`),
  );
  for (const name of names) await container.getAppendBlobClient(name).create();
  for (const size of [1, 2, 3, 7]) {
    const flat: string[] = [];
    for await (const page of container.listBlobsFlat().byPage({ maxPageSize: size })) {
      flat.push(...page.segment.blobItems.map(({ name }) => name));
    }
    expect(flat).toEqual([...names].sort());
    const folders: string[] = [];
    const list = container.listBlobsByHierarchy('/', { prefix: '2026/0' });
    for await (const page of list.byPage({ maxPageSize: size })) {
      folders.push(...(page.segment.blobPrefixes ?? []).map(({ name }) => name));
    }
    expect(folders).toEqual(['2026/01/', '2026/02/', '2026/03/']);
  }
});

test('a form of range that Blob Storage does not know counts for nothing', async () => {
  const token = await tokenFor(served.cloud, 'https://storage.azure.com/.default');
  const read = (range: string) =>
    served.cloud.handle(
      new Request('https://localhost/blob/sampleml0storage/modeldata/z', {
        headers: { authorization: `Bearer ${token}`, range },
      }),
    );
  for (const range of ['bytes=-3', 'bytes=0-1,3-4', 'lines=1-2']) {
    expect([(await read(range)).status, await (await read(range)).text()]).toEqual([
      200,
      'one,two',
    ]);
  }
  expect((await read('bytes=3-2')).status).toBe(416);
});

test('names longer than a file may have are listed, read and deleted as others are', async () => {
  const container = service.getContainerClient('long');
  await container.create();
  const [long, dots] = ['A'.repeat(120), `x${'.'.repeat(260)}csv`];
  const names = [long, `${long}/${long}b/c`, `${long}b`, `${long}/a`, dots, 'É'.repeat(300), 'Z'];
  for (const name of names) await container.getAppendBlobClient(name).create();
  const listed: string[] = [];
  for await (const page of container.listBlobsFlat().byPage({ maxPageSize: 2 })) {
    listed.push(...page.segment.blobItems.map(({ name }) => name));
  }
  expect(listed).toEqual([...names].sort());
  for (const name of names) await container.getBlobClient(name).delete();
  const tooLong = container.getAppendBlobClient('É'.repeat(1024));
  expect(await tooLong.exists()).toBe(false);
  await expect(tooLong.create()).rejects.toMatchObject({ code: 'OutOfRangeInput' });
});

test('a marker that no page ended with is refused in the words of Blob Storage', async () => {
  const token = await tokenFor(served.cloud, 'https://storage.azure.com/.default');
  for (const marker of ['nonsense', 'bnVsbA', 'e30']) {
    const url = `https://localhost/blob/sampleml0storage/modeldata?restype=container&comp=list&marker=${marker}`;
    const headers = { authorization: `Bearer ${token}` };
    const response = await served.cloud.handle(new Request(url, { headers }));
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('<Code>InvalidQueryParameterValue</Code>');
  }
});
