import { type Call, type Route, route } from '../router.js';
import { type BlobAddress, type BlobFacts, type BlobHeaders, PLAIN } from '../state/blob-files.js';
import { blobSegments } from '../state/blob-names.js';
import {
  blobFault,
  blobHeaders,
  commonHeaders,
  emptyAnswer,
  notImplemented,
} from '../storage/blob-answers.js';
import { assertAppends, assertConditions } from '../storage/conditions.js';
import {
  authorizeStorage,
  type StorageAccess,
  type StorageNeed,
} from '../storage/storage-access.js';

/** What systems take as a whole path, with room for the folder that all of it is in. */
const MAX_PATH = 3500;

type Path = Readonly<Record<string, string>>;

/**
 * Blob Storage: blobs are read, appended to, replaced and deleted. Append blobs grow; block blobs are put whole.
 *
 * Contract: Azure Storage Blob REST API, 2024-11-04.
 * Known from: documented (Blob service REST API), SDK source (@azure/storage-blob 12.32).
 */
export const blobRoutes: readonly Route[] = [
  route('GET HEAD PUT DELETE', '/blob/{account}/{container}/{name*}', blob),
];

async function blob(
  call: Call,
  { account = '', container = '', name = '' }: Path,
): Promise<Response> {
  const address: BlobAddress = { account, container, name };
  const comp = call.url.searchParams.get('comp');
  const access = await authorizeStorage(call, { ...address, verb: verbOf(call, comp) });
  const { request, cloud } = call;
  const isAppend = request.method === 'PUT' && comp === 'appendblock';
  if (comp !== null && !isAppend) throw notImplemented(call);
  if (!(await cloud.blobs.containerExists(account, container)))
    throw blobFault('ContainerNotFound');
  if (isAppend) return append(call, address);
  const isTooLong = blobSegments(name).join('/').length > MAX_PATH;
  if (request.method === 'PUT' && isTooLong) throw blobFault('OutOfRangeInput');
  if (request.method === 'PUT') return put(call, address, access);
  if (request.method === 'DELETE') {
    await cloud.blobs.remove(address, (facts) => assertMeets(call, facts));
    return emptyAnswer(call, 202);
  }
  return read(call, address, assertMeets(call, await cloud.blobs.find(address)));
}

function assertMeets(call: Call, facts: BlobFacts | undefined): BlobFacts {
  if (!facts) throw blobFault('BlobNotFound');
  assertConditions(call, facts);
  return facts;
}

function verbOf({ request }: Call, comp: string | null): StorageNeed['verb'] {
  if (request.method === 'PUT') return comp === 'appendblock' ? 'append' : 'create';
  return request.method === 'DELETE' ? 'delete' : 'read';
}

async function append(call: Call, address: BlobAddress): Promise<Response> {
  const { request, cloud, now } = call;
  const block = new Uint8Array(await request.arrayBuffer());
  const facts = await cloud.blobs.append(address, block, now, (known) =>
    assertAppends(call, known, block.length),
  );
  const offset = String(facts.sizeBytes - block.length);
  return emptyAnswer(call, 201, { ...blobHeaders(facts), 'x-ms-blob-append-offset': offset });
}

async function put(
  call: Call,
  address: BlobAddress,
  { mayOverwrite }: StorageAccess,
): Promise<Response> {
  const { request, cloud, now } = call;
  const types = { appendblob: 'AppendBlob', blockblob: 'BlockBlob' } as const;
  const asked = request.headers.get('x-ms-blob-type')?.toLowerCase();
  if (asked !== 'appendblob' && asked !== 'blockblob') throw notImplemented(call);
  const headers: BlobHeaders = {
    type: types[asked],
    contentType:
      request.headers.get('x-ms-blob-content-type') ??
      request.headers.get('content-type') ??
      PLAIN.contentType,
    metadata: metadataOf(request.headers),
  };
  const content = new Uint8Array(asked === 'blockblob' ? await request.arrayBuffer() : []);
  const facts = await cloud.blobs.create(address, content, headers, now, (known) => {
    if (known && !mayOverwrite) throw blobFault('UnauthorizedBlobOverwrite');
    assertConditions(call, known);
  });
  return emptyAnswer(call, 201, { ...blobHeaders(facts), 'x-ms-request-server-encrypted': 'true' });
}

const METADATA = 'x-ms-meta-';

function metadataOf(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    [...headers]
      .filter(([name]) => name.startsWith(METADATA))
      .map(([name, value]) => [name.slice(METADATA.length), value]),
  );
}

function read(call: Call, address: BlobAddress, facts: BlobFacts): Response {
  const { request, cloud } = call;
  const { sizeBytes, metadata } = facts;
  const range = rangeOf(request.headers, sizeBytes);
  const { start, end } = range ?? { start: 0, end: sizeBytes };
  const headers: Record<string, string> = {
    ...commonHeaders(call),
    ...blobHeaders(facts),
    'content-type': facts.contentType,
    'content-length': String(end - start),
    'accept-ranges': 'bytes',
    'x-ms-blob-type': facts.type,
    'x-ms-creation-time': facts.created.toUTCString(),
    'x-ms-lease-state': 'available',
    'x-ms-lease-status': 'unlocked',
    'x-ms-server-encrypted': 'true',
    ...(range && { 'content-range': `bytes ${start}-${end - 1}/${sizeBytes}` }),
  };
  for (const [name, value] of Object.entries(metadata)) headers[METADATA + name] = value;
  const status = range ? 206 : 200;
  if (request.method === 'HEAD') return new Response(null, { status, headers });
  // The blob may grow meanwhile: what is sent is what the headers promise.
  const body = end > start ? cloud.blobs.read(address, start, end) : null;
  return new Response(body, { status, headers });
}

/**
 * The bytes that a request wants, `end` excluded; undefined: all. A form that the service does not know counts for
 * nothing.
 */
function rangeOf(headers: Headers, sizeBytes: number) {
  const text = headers.get('x-ms-range') ?? headers.get('range') ?? '';
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(text.trim()) ?? [];
  if (first === undefined) return undefined;
  const start = Number(first);
  const end = last ? Math.min(Number(last) + 1, sizeBytes) : sizeBytes;
  if (start >= sizeBytes || (last && Number(last) < start)) {
    throw blobFault('InvalidRange', { 'content-range': `bytes */${sizeBytes}` });
  }
  return { start, end };
}
