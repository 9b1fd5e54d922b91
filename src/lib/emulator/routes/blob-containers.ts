import { escapeXml } from '../answers.js';
import { type Call, type Route, route } from '../router.js';
import type { BlobFacts } from '../state/blob-files.js';
import type { ListPlace } from '../state/blob-list.js';
import {
  blobFault,
  emptyAnswer,
  nameXml,
  notImplemented,
  xmlAnswer,
} from '../storage/blob-answers.js';
import { authorizeStorage } from '../storage/storage-access.js';

type Path = Readonly<Record<string, string>>;

const PAGE = 5000;
const MAX_NAME = 63;

/**
 * Blob Storage: an account's containers, a container and the blobs in it. Accounts are found by path,
 * `/blob/{account}/…`, or by host, `{account}.blob.localhost`.
 *
 * Contract: Azure Storage Blob REST API, 2024-11-04.
 * Known from: documented (Blob service REST API), SDK source (@azure/storage-blob 12.32).
 */
export const blobContainerRoutes: readonly Route[] = [
  route('GET', '/blob/{account}', listContainers),
  route('GET HEAD PUT DELETE', '/blob/{account}/{container}', container),
];

/** The path-style address of a host-style one, undefined for any other host. */
export function pathOfHost(url: URL): string | undefined {
  const name = /^([a-z0-9]+)\.blob\./.exec(url.hostname)?.[1];
  return name === undefined ? undefined : `/blob/${name}${url.pathname}`;
}

async function listContainers(call: Call, { account = '' }: Path): Promise<Response> {
  await authorizeStorage(call, { account, verb: 'list' });
  if (call.url.searchParams.get('comp') !== 'list') throw notImplemented(call);
  const names = await call.cloud.blobs.listContainers(account);
  const prefix = call.url.searchParams.get('prefix') ?? '';
  const containers = names
    .filter((name) => name.startsWith(prefix))
    .map(
      (name) =>
        `<Container><Name>${escapeXml(name)}</Name><Properties>${containerXml(call)}</Properties></Container>`,
    );
  return xmlAnswer(
    call,
    `<EnumerationResults ServiceEndpoint="${call.origin}/blob/${account}/"><Containers>${containers.join('')}</Containers><NextMarker /></EnumerationResults>`,
  );
}

/** Of a container only its name is kept. */
function containerXml({ now }: Call): string {
  return `<Last-Modified>${now.toUTCString()}</Last-Modified><Etag>"0x1"</Etag>`;
}

async function container(call: Call, { account = '', container = '' }: Path): Promise<Response> {
  const { method } = call.request;
  const isList = method === 'GET' && call.url.searchParams.get('comp') === 'list';
  const isOther = !isList && call.url.searchParams.has('comp');
  const verb = { PUT: 'create', DELETE: 'delete' } as const;
  const asked = isList ? 'list' : method === 'PUT' || method === 'DELETE' ? verb[method] : 'read';
  await authorizeStorage(call, { account, container, verb: asked });
  if (isOther) throw notImplemented(call);
  const { blobs } = call.cloud;
  const facts = { etag: '"0x1"', 'last-modified': call.now.toUTCString() };
  if (method === 'PUT') {
    if (container.length > MAX_NAME) throw blobFault('OutOfRangeInput');
    const isNew = await blobs.createContainer(account, container);
    if (!isNew) throw blobFault('ContainerAlreadyExists');
    return emptyAnswer(call, 201, facts);
  }
  if (!(await blobs.containerExists(account, container))) throw blobFault('ContainerNotFound');
  if (isList) return list(call, account, container);
  if (method === 'DELETE') {
    await blobs.removeContainer(account, container);
    return emptyAnswer(call, 202);
  }
  return emptyAnswer(call, 200, facts);
}

async function list(call: Call, account: string, container: string): Promise<Response> {
  const asked = call.url.searchParams;
  const prefix = asked.get('prefix') ?? '';
  const delimiter = asked.get('delimiter') ?? '';
  const count = Math.min(Number(asked.get('maxresults')) || PAGE, PAGE);
  const withMetadata = asked.get('include')?.split(',').includes('metadata') ?? false;
  const found = await call.cloud.blobs.list(account, container, {
    ...{ prefix, delimiter },
    limit: count + 1,
    after: readMarker(asked.get('marker') ?? ''),
  });
  const page = found.slice(0, count);
  const last = page.at(-1);
  const next = found.length > count && last ? marker(last) : '';
  const items = page.map((one) =>
    'isPrefix' in one
      ? `<BlobPrefix>${nameXml(one.name)}</BlobPrefix>`
      : `<Blob>${nameXml(one.name)}<Properties>${properties(one)}</Properties>${withMetadata ? metadataXml(one) : ''}</Blob>`,
  );
  return xmlAnswer(
    call,
    `<EnumerationResults ServiceEndpoint="${call.origin}/blob/${account}/" ContainerName="${escapeXml(container)}"><Prefix>${escapeXml(prefix)}</Prefix><MaxResults>${count}</MaxResults>${delimiter && `<Delimiter>${escapeXml(delimiter)}</Delimiter>`}<Blobs>${items.join('')}</Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`,
  );
}

/** Where a page ends, opaque to whoever asks for the next. */
function marker(last: { readonly name: string; readonly isPrefix?: boolean }): string {
  const place: ListPlace = { name: last.name, isPrefix: last.isPrefix ?? false };
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function readMarker(text: string): ListPlace {
  if (text === '') return { name: '', isPrefix: false };
  try {
    const { name, isPrefix } = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (typeof name === 'string' && typeof isPrefix === 'boolean') return { name, isPrefix };
  } catch {
    // As below.
  }
  throw blobFault('InvalidQueryParameterValue');
}

function properties({ created, modified, etag, sizeBytes, type, contentType }: BlobFacts): string {
  return `<Creation-Time>${created.toUTCString()}</Creation-Time><Last-Modified>${modified.toUTCString()}</Last-Modified><Etag>${escapeXml(etag.replaceAll('"', ''))}</Etag><Content-Length>${sizeBytes}</Content-Length><Content-Type>${escapeXml(contentType)}</Content-Type><BlobType>${type}</BlobType><LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState><ServerEncrypted>true</ServerEncrypted>`;
}

function metadataXml({ metadata }: BlobFacts): string {
  const entries = Object.entries(metadata).map(
    ([name, value]) => `<${name}>${escapeXml(value)}</${name}>`,
  );
  return `<Metadata>${entries.join('')}</Metadata>`;
}
