import type { BlobContent, BlobGateway, BlobRange } from '../../azure/gateways.js';
import { CliError } from '../../errors.js';
import type { Files, OpenFile } from '../../host.js';
import { mapConcurrently } from '../map-concurrently.js';
import { hasChanged } from './blob-failures.js';
import { type BlobState, isOneBlob } from './blob-state.js';
import type { ByteRange } from './byte-ranges.js';
import type { BlobAddress, Manifest } from './manifest.js';
import type { Slots } from './slots.js';

/** What fetching works with. */
export interface BlobWork {
  readonly blobs: BlobGateway;
  readonly files: Files;
  readonly manifest: Manifest;
  /** Requests at a time, of all blobs together. */
  readonly slots: Slots;
  readonly parallel: number;
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
}

/** What ranges are of. */
export interface RangeSource {
  readonly blob: BlobAddress;
  readonly state: BlobState;
  readonly isAppend: boolean;
  /** Asks whether what is here of the state is still the beginning of the blob. */
  readonly stillBegins: () => Promise<boolean>;
}

/** Thrown where the rest of a blob would not fit what is there of it. */
export class OtherBlob extends Error {}

/** Nobody writes to the file any more when this is over. Answers the first failure, after which no more are begun. */
export async function fetchRanges(
  ranges: readonly ByteRange[],
  source: RangeSource,
  file: OpenFile,
  work: BlobWork,
): Promise<unknown> {
  let failure: unknown;
  await mapConcurrently(ranges, work.parallel, async (range) => {
    if (failure !== undefined) return;
    try {
      await fetchRange(range, source, file, work);
    } catch (error) {
      failure ??= error;
    }
  });
  return failure;
}

async function fetchRange(
  range: ByteRange,
  source: RangeSource,
  file: OpenFile,
  work: BlobWork,
): Promise<void> {
  const { blob, state } = source;
  const etag = await work.slots(async () => {
    const content = await readSame(range, source, work);
    if (content.sizeBytes < state.sizeBytes || !isOneBlob(state, content)) throw new OtherBlob();
    await store(content, range, blob, file, work);
    return content.etag;
  });
  // What is the beginning now was it when the range was read.
  if (etag !== state.etag && !(await source.stillBegins())) throw new OtherBlob();
  await file.sync();
  work.manifest.addRange(blob, range);
  await work.manifest.commit();
}

/** More behind its end is no other state of an append blob; nobody could fetch one that is written to all the time. */
async function readSame(
  [from, to]: ByteRange,
  { blob, state, isAppend }: RangeSource,
  work: BlobWork,
): Promise<BlobContent> {
  const range = { from, length: to - from };
  try {
    return await read(blob, { ...range, etag: state.etag }, work);
  } catch (error) {
    if (!isAppend || !hasChanged(error)) throw error;
    return read(blob, range, work);
  }
}

export function read(
  blob: BlobAddress,
  range: BlobRange,
  { blobs, signal }: BlobWork,
): Promise<BlobContent> {
  return blobs.read(blob, blob.name, { ...range, signal });
}

/** @throws {CliError} `service` if other bytes came than were asked for */
export async function store(
  content: BlobContent,
  [from, to]: ByteRange,
  { name }: BlobAddress,
  file: OpenFile,
  { onBytes, signal }: BlobWork,
): Promise<void> {
  let at = from;
  for await (const bytes of content.bytes) {
    signal.throwIfAborted();
    if (at + bytes.length > to) break;
    await file.writeAt(at, bytes);
    at += bytes.length;
    onBytes(bytes.length);
  }
  if (at === to) return;
  throw new CliError('service', `Azure did not send the bytes of "${name}" that were asked for.`, {
    hint: 'Try again.',
  });
}
