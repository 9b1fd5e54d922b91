import type { ContainerClient, BlobItem as SdkItem } from '@azure/storage-blob';
import type { Clock } from '../host.js';
import type { StorageAccess, StorageWay } from './blobs/access.js';
import { blobError } from './blobs/blob-error.js';
import { readBlob } from './blobs/read-blob.js';
import { openStorageClient, type StorageClient } from './blobs/storage-client.js';
import type { BlobContainer, BlobGateway, BlobItem } from './gateways.js';

export interface BlobGatewayOptions {
  readonly access: StorageAccess;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Blobs of a list that are asked for at once. Default: as many as the service gives. */
  readonly pageSize?: number;
}

const MOST_LISTED = 5000;

/**
 * Gateway to Blob Storage. The SDK signs, sends and reads lists; what it does about broken connections is left to the
 * transport, and for bytes to `readBlob`.
 *
 * Contract: Blob service REST API, as `@azure/storage-blob` 12.32 speaks it.
 * Known from: documented; SDK source; run against Azurite 3.35.
 */
export function createBlobGateway(options: BlobGatewayOptions): BlobGateway {
  const { access, clock, signal, pageSize = MOST_LISTED } = options;
  const clients = new Map<StorageWay, Promise<StorageClient>>();

  function clientOf(way: StorageWay): Promise<StorageClient> {
    const client = clients.get(way) ?? openStorageClient(way);
    clients.set(way, client);
    return client;
  }

  /** One page after another, each by the way that is open then. */
  async function* pages<T extends { readonly continuationToken?: string }>(
    { accountName, containerName }: BlobContainer,
    getPage: (client: ContainerClient, token: string | undefined) => AsyncIterableIterator<T>,
  ): AsyncGenerator<T> {
    for (let token: string | undefined; token !== ''; ) {
      const page: T | undefined = await access.enter(
        { accountName, containerName },
        async (way) => {
          const client = (await clientOf(way)).container(containerName);
          try {
            const { value, done } = await getPage(client, token).next();
            return done ? undefined : value;
          } catch (error) {
            throw blobError(error, { accountName, containerName }, way);
          }
        },
      );
      if (page === undefined) return;
      yield page;
      token = page.continuationToken ?? '';
    }
  }

  const until = (own: AbortSignal | undefined) => (own ? AbortSignal.any([own, signal]) : signal);

  return {
    async *list(container, prefix, own) {
      const abortSignal = until(own);
      const found = pages(container, (client, continuationToken) =>
        client
          .listBlobsFlat({ prefix, abortSignal })
          .byPage({ maxPageSize: pageSize, ...(continuationToken && { continuationToken }) }),
      );
      for await (const { segment } of found) yield* segment.blobItems.map(toItem);
    },
    async *listLevel(container, prefix, own) {
      const abortSignal = until(own);
      const found = pages(container, (client, continuationToken) =>
        client
          .listBlobsByHierarchy('/', { prefix, abortSignal })
          .byPage({ maxPageSize: pageSize, ...(continuationToken && { continuationToken }) }),
      );
      for await (const { segment } of found) {
        yield* (segment.blobPrefixes ?? []).map(({ name }) => ({ folder: name }));
        yield* segment.blobItems.map(toItem);
      }
    },
    read(container, name, range = {}) {
      const { accountName, containerName } = container;
      const ask = <T>(run: (client: StorageClient) => Promise<T>) =>
        access.enter({ accountName, containerName }, async (way) => {
          try {
            return await run(await clientOf(way));
          } catch (error) {
            throw blobError(error, { accountName, containerName, name }, way);
          }
        });
      return readBlob({
        ask: (run) => ask((client) => run(client.blob(containerName, name))),
        range,
        clock,
        signal: until(range.signal),
      });
    },
  };
}

function toItem({ name, properties }: SdkItem): BlobItem {
  return {
    name,
    sizeBytes: properties.contentLength ?? 0,
    etag: quoted(properties.etag),
    created: properties.createdOn ?? null,
    modified: properties.lastModified,
    isAppend: properties.blobType === 'AppendBlob',
  };
}

/** A list tells it without the quotes that it has everywhere else. */
function quoted(etag: string): string {
  return etag.startsWith('"') || etag.startsWith('W/') ? etag : `"${etag}"`;
}
