import { escapeXml, storageFault } from '../answers.js';
import { type Call, type Route, route } from '../router.js';
import type { BlobAddress, BlobFacts } from '../state/blob-files.js';
import { authorizeStorage, type StorageNeed } from '../storage/storage-access.js';

type Path = Readonly<Record<string, string>>;

const VERBS: Readonly<Record<string, StorageNeed['verb']>> = { PUT: 'create', DELETE: 'delete' };

const API_VERSION = '2024-11-04';

/**
 * Blob Storage, as far as append blobs need it: containers, lists, reads, appends. Accounts are found by path,
 * `/blob/{account}/…`, or by host, `{account}.blob.localhost`.
 *
 * Contract: Azure Storage Blob REST API, 2024-11-04.
 * Known from: documented (Blob service REST API), SDK source (@azure/storage-blob 12.32).
 */
export const blobRoutes: readonly Route[] = [
  route('GET HEAD PUT DELETE', '/blob/{account}', (call, path) => account(call, path)),
  route('GET HEAD PUT DELETE', '/blob/{account}/{container}', container),
  route('GET HEAD PUT DELETE', '/blob/{account}/{container}/{name*}', blob),
];

/** The path-style address of a host-style one, undefined for any other host. */
export function pathOfHost(url: URL): string | undefined {
  const name = /^([a-z0-9]+)\.blob\./.exec(url.hostname)?.[1];
  return name === undefined ? undefined : `/blob/${name}${url.pathname}`;
}

async function account(call: Call, { account = '' }: Path): Promise<Response> {
  await authorizeStorage(call, { account, verb: 'list' });
  if (call.url.searchParams.get('comp') !== 'list') throw unsupported(call);
  const names = await call.cloud.blobs.listContainers(account);
  const prefix = call.url.searchParams.get('prefix') ?? '';
  const containers = names
    .filter((name) => name.startsWith(prefix))
    .map(
      (name) =>
        `<Container><Name>${escapeXml(name)}</Name><Properties><Last-Modified>${call.now.toUTCString()}</Last-Modified><Etag>"0x1"</Etag></Properties></Container>`,
    );
  return xml(
    `<EnumerationResults ServiceEndpoint="${call.origin}/blob/${account}/"><Containers>${containers.join('')}</Containers><NextMarker /></EnumerationResults>`,
  );
}

async function container(call: Call, { account = '', container = '' }: Path): Promise<Response> {
  const isList = call.url.searchParams.get('comp') === 'list';
  const verb = isList ? 'list' : VERBS[call.request.method];
  await authorizeStorage(call, { account, container, verb: verb ?? 'read' });
  const { blobs } = call.cloud;
  if (call.request.method === 'PUT') {
    if (await blobs.createContainer(account, container)) return empty(201, call.now);
    throw storageFault({
      status: 409,
      code: 'ContainerAlreadyExists',
      message: 'The specified container already exists.',
    });
  }
  if (!(await blobs.containerExists(account, container))) {
    throw storageFault({
      status: 404,
      code: 'ContainerNotFound',
      message: 'The specified container does not exist.',
    });
  }
  if (isList) return list(call, account, container);
  if (call.request.method === 'DELETE') throw unsupported(call);
  return empty(200, call.now);
}

async function list(call: Call, account: string, container: string): Promise<Response> {
  const asked = call.url.searchParams;
  const prefix = asked.get('prefix') ?? '';
  const delimiter = asked.get('delimiter') ?? '';
  const count = Math.min(Number(asked.get('maxresults') ?? 5000) || 5000, 5000);
  const marker = Buffer.from(asked.get('marker') ?? '', 'base64url').toString();
  const all = await call.cloud.blobs.list(account, container, prefix);
  // A common prefix takes the place of all names that begin with it.
  const entries = new Map<string, BlobFacts | null>();
  for (const facts of all) {
    const end = delimiter === '' ? -1 : facts.name.indexOf(delimiter, prefix.length);
    if (end < 0) entries.set(facts.name, facts);
    else entries.set(facts.name.slice(0, end + delimiter.length), null);
  }
  const rest = [...entries].filter(([name]) => name > marker);
  const page = rest.slice(0, count);
  const next = rest.length > count ? Buffer.from(page.at(-1)?.[0] ?? '').toString('base64url') : '';
  const items = page.map(([name, facts]) =>
    facts === null
      ? `<BlobPrefix><Name>${escapeXml(name)}</Name></BlobPrefix>`
      : `<Blob><Name>${escapeXml(name)}</Name><Properties>${properties(facts)}</Properties></Blob>`,
  );
  return xml(
    `<EnumerationResults ServiceEndpoint="${call.origin}/blob/${account}/" ContainerName="${escapeXml(container)}"><Prefix>${escapeXml(prefix)}</Prefix><MaxResults>${count}</MaxResults>${delimiter && `<Delimiter>${escapeXml(delimiter)}</Delimiter>`}<Blobs>${items.join('')}</Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`,
  );
}

function properties({ modified, etag, sizeBytes }: BlobFacts): string {
  const time = modified.toUTCString();
  return `<Creation-Time>${time}</Creation-Time><Last-Modified>${time}</Last-Modified><Etag>${escapeXml(etag)}</Etag><Content-Length>${sizeBytes}</Content-Length><Content-Type>application/octet-stream</Content-Type><BlobType>AppendBlob</BlobType><LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState>`;
}

async function blob(
  call: Call,
  { account = '', container = '', name = '' }: Path,
): Promise<Response> {
  const isAppend = call.url.searchParams.get('comp') === 'appendblock';
  const verb = isAppend ? 'append' : VERBS[call.request.method];
  await authorizeStorage(call, { account, container, name, verb: verb ?? 'read' });
  const { request, cloud } = call;
  const address: BlobAddress = { account, container, name };
  if (!(await cloud.blobs.containerExists(account, container))) {
    throw storageFault({
      status: 404,
      code: 'ContainerNotFound',
      message: 'The specified container does not exist.',
    });
  }
  if (request.method === 'PUT') return write(call, address);
  const facts = await cloud.blobs.find(address);
  if (!facts) {
    throw storageFault({
      status: 404,
      code: 'BlobNotFound',
      message: 'The specified blob does not exist.',
    });
  }
  assertConditions(call, facts);
  if (request.method === 'DELETE') {
    await cloud.blobs.remove(address);
    return empty(202, call.now);
  }
  return read(call, address, facts);
}

async function write(call: Call, address: BlobAddress): Promise<Response> {
  const { request, cloud, now } = call;
  if (call.url.searchParams.get('comp') === 'appendblock') {
    const known = await cloud.blobs.find(address);
    if (!known) {
      throw storageFault({
        status: 404,
        code: 'BlobNotFound',
        message: 'The specified blob does not exist.',
      });
    }
    assertConditions(call, known);
    const position = request.headers.get('x-ms-blob-condition-appendpos');
    const block = new Uint8Array(await request.arrayBuffer());
    const expected = position === null ? undefined : Number(position);
    const facts = await cloud.blobs.append(address, block, now, expected);
    if (!facts) {
      const message = 'The append position condition specified was not met.';
      throw storageFault({ status: 412, code: 'AppendPositionConditionNotMet', message });
    }
    const offset = String(facts.sizeBytes - block.length);
    return empty(201, now, {
      ...blobHeaders(facts),
      'x-ms-blob-append-offset': offset,
      'x-ms-blob-committed-block-count': '1',
    });
  }
  if (request.headers.get('x-ms-blob-type')?.toLowerCase() !== 'appendblob')
    throw unsupported(call);
  const known = await cloud.blobs.find(address);
  if (known && request.headers.get('if-none-match') === '*') {
    throw storageFault({
      status: 409,
      code: 'BlobAlreadyExists',
      message: 'The specified blob already exists.',
    });
  }
  return empty(201, now, blobHeaders(await cloud.blobs.create(address, now)));
}

async function read(call: Call, address: BlobAddress, facts: BlobFacts): Promise<Response> {
  const { request, cloud } = call;
  const range = request.headers.get('x-ms-range') ?? request.headers.get('range');
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  const start = Number(first ?? 0);
  const end = last ? Math.min(Number(last), facts.sizeBytes - 1) : facts.sizeBytes - 1;
  if (first !== undefined && start >= facts.sizeBytes) {
    const message = 'The range specified is invalid for the current size of the resource.';
    throw storageFault({ status: 416, code: 'InvalidRange', message });
  }
  const headers: Record<string, string> = {
    ...common(call.now),
    ...blobHeaders(facts),
    'content-type': 'application/octet-stream',
    'content-length': String(end - start + 1),
    'accept-ranges': 'bytes',
    'x-ms-blob-type': 'AppendBlob',
    'x-ms-lease-state': 'available',
    'x-ms-lease-status': 'unlocked',
  };
  if (request.method === 'HEAD') return new Response(null, { status: 200, headers });
  // The blob may have grown since: what is sent is what the headers promise.
  const bytes = (await cloud.blobs.read(address)).subarray(start, end + 1);
  if (first === undefined) return new Response(bytes, { status: 200, headers });
  headers['content-range'] = `bytes ${start}-${end}/${facts.sizeBytes}`;
  return new Response(bytes, { status: 206, headers });
}

function assertConditions({ request }: Call, facts: BlobFacts): void {
  const [match, noneMatch] = [
    request.headers.get('if-match'),
    request.headers.get('if-none-match'),
  ];
  const modified = match !== null && match !== '*' && match !== facts.etag;
  if (modified) {
    const message = 'The condition specified using HTTP conditional header(s) is not met.';
    throw storageFault({ status: 412, code: 'ConditionNotMet', message });
  }
  if (noneMatch === facts.etag && request.method !== 'PUT') {
    throw storageFault({ status: 304, code: 'ConditionNotMet', message: '' });
  }
}

function blobHeaders({ etag, modified }: BlobFacts) {
  return { etag, 'last-modified': modified.toUTCString() };
}

function common(now: Date) {
  return { 'x-ms-version': API_VERSION, date: now.toUTCString() };
}

function empty(
  status: number,
  now: Date,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const facts = { etag: '"0x1"', 'last-modified': now.toUTCString() };
  return new Response(null, { status, headers: { ...common(now), ...facts, ...headers } });
}

function xml(body: string): Response {
  return new Response(`<?xml version="1.0" encoding="utf-8"?>${body}`, {
    headers: { 'content-type': 'application/xml', 'x-ms-version': API_VERSION },
  });
}

function unsupported({ request, url }: Call) {
  const message = `The local cloud stores append blobs only; it has no ${request.method} ${url.search || 'of this blob type'}.`;
  return storageFault({ status: 501, code: 'NotImplemented', message });
}
