import {
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
} from '@azure/core-rest-pipeline';
import type {
  BlobClient,
  ContainerClient,
  HttpHeaders,
  HttpOperationResponse,
  PipelineOptions,
  StoragePipelineOptions,
  WebResource,
} from '@azure/storage-blob';
import { CliError } from '../../errors.js';
import type { StorageWay } from './access.js';

/** The SDK's clients for one way into a storage account. */
export interface StorageClient {
  readonly container: (name: string) => ContainerClient;
  /** @throws {CliError} `unsupported` for a name that no URL can have */
  readonly blob: (container: string, name: string) => BlobClient;
}

/** Loads the SDK. Its retries are off: the transport's are enough, and know the program's clock. */
export async function openStorageClient(way: StorageWay): Promise<StorageClient> {
  const sdk = await import('@azure/storage-blob');
  const options = {
    httpClient: asOlderClient(way.client),
    retryOptions: { maxTries: 1 },
  } satisfies StoragePipelineOptions;
  const { secret } = way;
  const credential =
    secret.kind === 'token'
      ? secret.credential
      : secret.kind === 'key'
        ? new sdk.StorageSharedKeyCredential(secret.accountName, secret.accountKey)
        : new sdk.AnonymousCredential();
  const pipeline = sdk.newPipeline(credential, options);
  const query = secret.kind === 'sas' ? `?${secret.signature}` : '';
  return {
    container: (name) =>
      new sdk.ContainerClient(`${way.endpoint}/${encodeURIComponent(name)}${query}`, pipeline),
    blob: (container, name) =>
      new sdk.BlobClient(
        `${way.endpoint}/${encodeURIComponent(container)}/${blobPath(name)}${query}`,
        pipeline,
      ),
  };
}

/**
 * The name of a blob as the end of a URL. The SDK's own way to it leaves `..` as it is, and the URL of a blob that is
 * called `../other/blob` is then that of another container's.
 */
export function blobPath(name: string): string {
  const parts = name.split('/');
  if (!parts.some((part) => part === '.' || part === '..')) {
    return parts.map(encodeURIComponent).join('/');
  }
  if (parts.length > 1) return encodeURIComponent(name);
  throw new CliError('unsupported', `A blob that is called "${name}" cannot be asked for.`);
}

/** The SDK hands its requests to a client of its own as an older version had them, and wants the answers so. */
function asOlderClient(client: HttpClient): NonNullable<PipelineOptions['httpClient']> {
  return {
    async sendRequest(request: WebResource): Promise<HttpOperationResponse> {
      const { url, method, body, abortSignal, streamResponseStatusCodes } = request;
      const asked = createPipelineRequest({
        url,
        method,
        headers: createHttpHeaders(request.headers.rawHeaders()),
        body,
        // A connection string may name a server of this machine.
        allowInsecureConnection: true,
        ...(abortSignal && { abortSignal }),
        ...(streamResponseStatusCodes && { streamResponseStatusCodes }),
      });
      const { headers, ...answer } = await client.sendRequest(asked);
      return { ...answer, request, headers: olderHeaders(request.headers, headers) };
    },
  };
}

function olderHeaders(
  kind: HttpHeaders,
  headers: Iterable<readonly [string, string]>,
): HttpHeaders {
  const older = kind.clone();
  for (const name of older.headerNames()) older.remove(name);
  for (const [name, value] of headers) older.set(name, value);
  return older;
}
