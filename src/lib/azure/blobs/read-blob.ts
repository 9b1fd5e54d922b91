import type { BlobClient, BlobDownloadResponseParsed } from '@azure/storage-blob';
import { CliError } from '../../errors.js';
import type { Clock } from '../../host.js';
import type { BlobContent, BlobRange } from '../gateways.js';
import { backoff, RETRIES } from '../wire/retry.js';

export interface ReadBlobOptions {
  /** Asks the blob something; what the SDK throws becomes a `CliError`. */
  readonly ask: <T>(run: (blob: BlobClient) => Promise<T>) => Promise<T>;
  readonly range: BlobRange;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * The bytes of a range. Where the connection breaks the rest is asked for, of the same state of the blob; the SDK would
 * do so too, but takes a connection that was reset for a request that was given up.
 *
 * Contract: Get Blob with `x-ms-range` and `If-Match`; 416 for a range that begins at the end or behind it.
 * Known from: documented; SDK source, `RetriableReadableStream`.
 */
export async function readBlob(options: ReadBlobOptions): Promise<BlobContent> {
  const { ask, range, clock, signal } = options;
  const { from = 0, length } = range;
  const conditions = range.etag === undefined ? {} : { ifMatch: range.etag };
  const first = length === 0 ? undefined : await download(from, length, range.etag);
  if (first === undefined) {
    const {
      etag = '',
      contentLength = 0,
      createdOn: created = null,
    } = await ask((blob) => blob.getProperties({ abortSignal: signal, conditions }));
    if (from <= contentLength) return { etag, created, sizeBytes: contentLength, bytes: nothing() };
    throw new CliError('service', `The blob has ${contentLength} bytes, fewer than before.`, {
      code: 'InvalidRange',
    });
  }
  const { etag = '', contentLength = 0, contentRange, createdOn: created = null } = first;
  const sizeBytes = Number(/\/(\d+)$/.exec(contentRange ?? '')?.[1] ?? contentLength);
  return { etag, created, sizeBytes, bytes: bytesOf(first, from, from + contentLength) };

  /** Undefined: the range begins at the end of the blob, or behind it. */
  async function download(at: number, count: number | undefined, ifMatch: string | undefined) {
    try {
      const answer = await ask((blob) =>
        blob.download(at, count, {
          abortSignal: signal,
          maxRetryRequests: 0,
          ...(ifMatch !== undefined && { conditions: { ifMatch } }),
        }),
      );
      // It may break before anybody reads it; whoever reads it then is told.
      answer.readableStreamBody?.on('error', () => {});
      return answer;
    } catch (error) {
      if (error instanceof CliError && error.facts.status === 416) return undefined;
      throw error;
    }
  }

  async function* bytesOf(opened: BlobDownloadResponseParsed, start: number, end: number) {
    let at = start;
    let failures = 0;
    for (let answer = opened; ; ) {
      let cause: unknown;
      try {
        for await (const chunk of answer.readableStreamBody ?? []) {
          const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
          at += bytes.length;
          failures = 0;
          yield bytes;
        }
      } catch (error) {
        signal.throwIfAborted();
        cause = error;
      }
      if (at >= end) return;
      if (failures === RETRIES) throw broken(cause);
      await clock.sleep(backoff(failures), signal);
      failures += 1;
      answer = await resume(opened, at, end - at);
    }
  }

  /** An append blob may have grown since; what is there stays, unless another took its place. */
  async function resume(opened: BlobDownloadResponseParsed, at: number, count: number) {
    try {
      const rest = await download(at, count, opened.etag);
      if (rest) return rest;
    } catch (error) {
      const hasChanged = error instanceof CliError && error.facts.code === 'ConditionNotMet';
      if (!hasChanged || opened.blobType !== 'AppendBlob') throw error;
      const rest = await download(at, count, undefined);
      const [then, now] = [opened.createdOn, rest?.createdOn];
      const isSame = then !== undefined && then.getTime() === now?.getTime();
      if (rest && isSame && rest.contentLength === count) return rest;
      throw error;
    }
    throw broken(undefined);
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function broken(cause: unknown): CliError {
  const message = 'The connection to the storage broke before the blob was complete.';
  return new CliError('service', message, { code: 'ECONNRESET' }, cause);
}
