import type { BlobContent, BlobGateway, BlobRange } from '../../azure/gateways.js';
import { CliError } from '../../errors.js';
import type { Files, OpenFile } from '../../host.js';
import { mapConcurrently } from '../map-concurrently.js';
import { hasChanged } from './blob-failures.js';
import { type BlobState, isOneBlob, type WantedBlob } from './blob-state.js';
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

/** What became of ranges that were to come. */
export interface FetchedRanges {
  /** The first failure. */
  readonly failure: unknown;
  /** Some came of a later state of the blob. */
  readonly hasGrown: boolean;
}

/** Thrown where the rest of a blob would not fit what is there of it. */
export class OtherBlob extends Error {}

/** Nobody writes to the file any more when this is over; after a failure no more ranges are begun. */
export async function fetchRanges(
  blob: BlobAddress,
  ranges: readonly ByteRange[],
  state: BlobState & Pick<WantedBlob, 'isAppend'>,
  file: OpenFile,
  work: BlobWork,
): Promise<FetchedRanges> {
  let failure: unknown;
  let hasGrown = false;
  await mapConcurrently(ranges, work.parallel, async (range) => {
    if (failure !== undefined) return;
    try {
      const etag = await fetchRange(blob, range, state, file, work);
      hasGrown ||= etag !== state.etag;
    } catch (error) {
      failure ??= error;
    }
  });
  return { failure, hasGrown };
}

/** @returns the ETag of the state that it came of */
async function fetchRange(
  blob: BlobAddress,
  range: ByteRange,
  state: BlobState & Pick<WantedBlob, 'isAppend'>,
  file: OpenFile,
  work: BlobWork,
): Promise<string> {
  const [from, to] = range;
  const etag = await work.slots(async () => {
    const content = await readSame(blob, { from, length: to - from }, state, work);
    if (content.sizeBytes < state.sizeBytes || !isOneBlob(state, content)) throw new OtherBlob();
    await store(content, range, blob, file, work);
    return content.etag;
  });
  await file.sync();
  work.manifest.addRange(blob, range);
  await work.manifest.commit();
  return etag;
}

/** More behind its end is no other state of an append blob; nobody could fetch one that is written to all the time. */
async function readSame(
  blob: BlobAddress,
  range: BlobRange,
  { etag, isAppend }: BlobState & Pick<WantedBlob, 'isAppend'>,
  work: BlobWork,
): Promise<BlobContent> {
  try {
    return await read(blob, { ...range, etag }, work);
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
