import {
  AppendBlobClient,
  BlobClient,
  BlobServiceClient,
  BlockBlobClient,
  type ContainerClient,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { beforeAll, expect, test } from 'vitest';
import { startAzurite } from '../support/azurite.js';
import { clientsClock } from '../support/host.js';
import { serve } from './served.js';

/** One of the two servers, with what a call needs. */
interface Place {
  readonly container: ContainerClient;
  readonly credential: StorageSharedKeyCredential;
  readonly options: object;
}

const BLOBS = {
  'append.csv': ['one,', 'two'],
  'block.txt': 'abcdefghij',
  'empty.jsonl': '',
  'a/1': '1',
  'a/2': '2',
  'a/b/3': '3',
  'a!/4': '4',
  a0: '5',
  'A/upper': '6',
  'Ä & <b> "q" +%/x y.csv': '7',
  'rows.tmp': '8',
} as const;

let places: readonly Place[];

beforeAll(async () => {
  const azurite = await startAzurite('sampleml0storage');
  const served = await serve('empty', clientsClock());
  const version = '?api-version=2023-01-01';
  await served.send(
    'PATCH',
    `${served.storageId}${version}`,
    JSON.stringify({ properties: { allowSharedKeyAccess: true } }),
  );
  const answer = await served.send('POST', `${served.storageId}/listKeys${version}`);
  const { keys }: { keys: { value: string }[] } = JSON.parse(await answer.text());
  const place = async (url: string, key: string, options: object): Promise<Place> => {
    const credential = new StorageSharedKeyCredential('sampleml0storage', key);
    const service = new BlobServiceClient(url, credential, options);
    const container = service.getContainerClient('same');
    await container.create();
    return { container, credential, options };
  };
  places = await Promise.all([
    place(azurite.endpoint, azurite.accountKey, { retryOptions: { maxTries: 1 } }),
    place(`${served.origin}/blob/sampleml0storage`, keys[0]?.value ?? '', served.storageOptions),
  ]);
  for (const at of places) {
    for (const [name, content] of Object.entries(BLOBS)) await fill(at, name, content);
  }
});

const urlOf = ({ container }: Place, name: string) =>
  `${container.url}/${encodeURIComponent(name)}`;

const blobAt = (place: Place, name: string) =>
  new BlobClient(urlOf(place, name), place.credential, place.options);

const appendAt = (place: Place, name: string) =>
  new AppendBlobClient(urlOf(place, name), place.credential, place.options);

async function fill(place: Place, name: string, content: string | readonly string[]) {
  const { credential, options } = place;
  if (typeof content === 'string') {
    const blob = new BlockBlobClient(urlOf(place, name), credential, options);
    await blob.upload(content, Buffer.byteLength(content), {
      metadata: { team: 'samples' },
      blobHTTPHeaders: { blobContentType: 'text/plain' },
    });
  } else {
    const blob = appendAt(place, name);
    await blob.create();
    for (const text of content) await blob.appendBlock(text, text.length);
  }
}

/** What a call answers, or the refusal in Azure's terms. */
async function outcome(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    const { statusCode, code } = Object(error);
    return { statusCode, code };
  }
}

async function onBoth(call: (place: Place) => Promise<unknown>): Promise<readonly unknown[]> {
  return Promise.all(places.map((place) => outcome(() => call(place))));
}

async function expectSame(call: (place: Place) => Promise<unknown>): Promise<unknown> {
  const [azurite, local] = await onBoth(call);
  expect(local).toEqual(azurite);
  return local;
}

async function text(place: Place, name: string, offset?: number, count?: number) {
  const answer = await blobAt(place, name).download(offset, count);
  const chunks: Buffer[] = [];
  for await (const chunk of answer.readableStreamBody ?? []) chunks.push(Buffer.from(chunk));
  const { contentLength, contentRange, blobType, metadata } = answer;
  return {
    text: Buffer.concat(chunks).toString(),
    contentLength,
    contentRange,
    blobType,
    metadata,
  };
}

test.each([
  ['append.csv', undefined, undefined],
  ['append.csv', 2, 3],
  ['append.csv', 6, 100],
  ['append.csv', 100, undefined],
  ['block.txt', 0, 10],
  ['block.txt', 9, undefined],
  ['empty.jsonl', undefined, undefined],
  ['missing', undefined, undefined],
  ['Ä & <b> "q" +%/x y.csv', undefined, undefined],
])('%s is read from %s on as Azurite reads it', async (name, offset, count) => {
  await expectSame((place) => text(place, name, offset, count));
});

// Azurite answers no bytes where a range begins at the very end; Azure's documentation has 416.
test.each([
  ['append.csv', 7],
  ['empty.jsonl', 0],
])('%s has nothing from its end on', async (name, offset) => {
  const [, local] = await onBoth((place) => text(place, name, offset, 1));
  expect(local).toMatchObject({ statusCode: 416, code: 'InvalidRange' });
});

interface Item {
  readonly name: string;
  readonly metadata?: object;
  readonly properties: { readonly contentLength?: number; readonly blobType?: string };
}

async function pagesOf({ container }: Place, prefix: string, delimiter: string, size: number) {
  const pages: string[][] = [];
  const settings = { maxPageSize: size };
  const options = { prefix, includeMetadata: true };
  const lines = (items: readonly Item[]) =>
    items.map(({ name, metadata, properties: { contentLength, blobType } }) =>
      JSON.stringify([name, metadata || null, contentLength, blobType]),
    );
  if (delimiter === '') {
    for await (const { segment } of container.listBlobsFlat(options).byPage(settings)) {
      pages.push(lines(segment.blobItems));
    }
    return pages;
  }
  const list = container.listBlobsByHierarchy(delimiter, options);
  for await (const { segment } of list.byPage(settings)) {
    const prefixes = segment.blobPrefixes ?? [];
    pages.push([...lines(segment.blobItems), ...prefixes.map(({ name }) => `${name} …`)]);
  }
  return pages;
}

test.each([
  ['', '', 100],
  ['', '', 2],
  ['a', '', 3],
  ['a/', '', 1],
  ['a/', '/', 100],
  ['', '/', 100],
  ['Ä & ', '', 100],
  ['nothing', '', 100],
])(
  'blobs below "%s" with delimiter "%s" are listed as by Azurite',
  async (prefix, delimiter, size) => {
    const [azurite, local] = await onBoth((place) => pagesOf(place, prefix, delimiter, size));
    // Azurite's database sorts names without regard to case.
    const sorted = (pages: unknown) => [pages].flat(3).map(String).sort();
    expect(sorted(local)).toEqual(sorted(azurite));
    expect([local].flat(1).every((page) => [page].flat().length <= size)).toBe(true);
  },
);

const EARLIER = new Date('2020-01-01T00:00:00Z');
const LATER = new Date('2090-01-01T00:00:00Z');

test.each([
  ['ifMatch: its own', async (etag: string) => ({ ifMatch: etag })],
  ['ifMatch: any', async () => ({ ifMatch: '*' })],
  ['ifMatch: another', async () => ({ ifMatch: '"0x8D0000000000000"' })],
  ['ifNoneMatch: its own', async (etag: string) => ({ ifNoneMatch: etag })],
  ['ifNoneMatch: another', async () => ({ ifNoneMatch: '"0x8D0000000000000"' })],
  ['ifModifiedSince: earlier', async () => ({ ifModifiedSince: EARLIER })],
  ['ifModifiedSince: later', async () => ({ ifModifiedSince: LATER })],
  ['ifUnmodifiedSince: earlier', async () => ({ ifUnmodifiedSince: EARLIER })],
  ['ifUnmodifiedSince: later', async () => ({ ifUnmodifiedSince: LATER })],
])('a read with %s is answered as by Azurite', async (_, conditions) => {
  await expectSame(async (place) => {
    const blob = blobAt(place, 'append.csv');
    const { etag = '' } = await blob.getProperties();
    const { contentLength } = await blob.download(0, 3, { conditions: await conditions(etag) });
    return contentLength;
  });
});

test('appending has the same conditions and refusals', async () => {
  const append = (name: string, conditions: object) => async (place: Place) => {
    const answer = await appendAt(place, name).appendBlock('x', 1, { conditions });
    return answer.blobAppendOffset;
  };
  for (const call of [
    append('append.csv', { appendPosition: 7 }),
    append('append.csv', { appendPosition: 7 }),
    append('append.csv', { maxSize: 8 }),
    append('append.csv', { ifMatch: '"0x8D0000000000000"' }),
    append('missing', {}),
  ]) {
    await expectSame(call);
  }
});

test('creating and deleting have the same refusals', async () => {
  const isNew = { conditions: { ifNoneMatch: '*' } };
  const calls: ((place: Place) => Promise<unknown>)[] = [
    async (place) => void (await appendAt(place, 'block.txt').create(isNew)),
    async (place) => void (await appendAt(place, 'fresh').create(isNew)),
    async (place) => void (await blobAt(place, 'missing').delete()),
    async (place) => void (await blobAt(place, 'a0').delete()),
    async (place) => void (await blobAt(place, 'a0').delete()),
    async ({ container }) => void (await container.create()),
  ];
  for (const call of calls) await expectSame(call);
});

test('of many who create a blob that must be new, or append where it ends, one succeeds', async () => {
  const isNew = { conditions: { ifNoneMatch: '*' } };
  const atStart = { conditions: { appendPosition: 0 } };
  for (const place of places) {
    const many = async (call: () => Promise<unknown>) => {
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => outcome(call)));
      return outcomes.filter((one) => !Object.hasOwn(Object(one), 'statusCode')).length;
    };
    const blob = appendAt(place, 'contested');
    expect(await many(async () => String((await blob.create(isNew)).etag))).toBe(1);
    expect(await many(async () => (await blob.appendBlock('x', 1, atStart)).etag)).toBe(1);
  }
});

test('a blob that is replaced has another ETag', async () => {
  for (const place of places) {
    const blob = appendAt(place, 'again');
    const [first, second] = [await blob.create(), await blob.create()];
    expect(first.etag).not.toBe(second.etag);
  }
});
