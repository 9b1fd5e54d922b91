import type { BlobContent, BlobGateway, BlobRange } from '../../azure/gateways.js';
import { CliError } from '../../errors.js';
import type { Files, OpenFile } from '../../host.js';
import { mapConcurrently } from '../map-concurrently.js';
import { type ByteRange, missingRanges } from './byte-ranges.js';
import type { BlobState, Manifest, Placed } from './manifest.js';
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

/** A blob as it is to be fetched. */
export interface WantedBlob {
  /** What it was when it was listed; undefined if nobody looked. */
  readonly state: BlobState | undefined;
  readonly isAppend: boolean;
}

/** What a part file holds in the end. */
export interface FetchedPart extends BlobState {
  /** What was there before is still the beginning of it. */
  readonly isGrown: boolean;
}

/** Larger blobs come in ranges of this size, each its own request. */
export const RANGE_BYTES = 8_000_000;
/** So many of the last bytes that are here are asked for again before more is put behind them. */
const OVERLAP_BYTES = 1024;
/** A blob that changes oftener while it is fetched is given up. */
const MOST_CHANGES = 5;
/** Of the errors of a blob that has another ETag, or fewer bytes, than before. */
export const CHANGED_CODES: readonly string[] = ['ConditionNotMet', 'InvalidRange'];

/**
 * Brings a blob into its part file. What is there of an earlier run is gone on with; of an append blob only what came
 * since then is asked for. A blob that changes meanwhile is fetched in its new state.
 *
 * @param have the file that holds an earlier state of it, undefined if there is none
 * @throws {CliError} as `BlobGateway.read` does; `service` if it changes again and again
 */
export async function fetchIntoPart(
  placed: Placed,
  wanted: WantedBlob,
  paths: { readonly part: string; readonly have: string | undefined },
  work: BlobWork,
): Promise<FetchedPart> {
  const { files } = work;
  if (
    paths.have !== undefined &&
    placed.whole &&
    placed.partial === null &&
    canGrow(placed.whole, wanted)
  ) {
    await files.remove(paths.part);
    await files.copy(paths.have, paths.part);
    const file = await files.openAnywhere(paths.part);
    try {
      await file.sync();
      work.manifest.beginPart(placed.blob, placed.whole, [[0, placed.whole.sizeBytes]]);
      await work.manifest.commit();
    } finally {
      await file.close();
    }
  }
  const file = await files.openAnywhere(paths.part);
  try {
    for (let changes = 0; changes < MOST_CHANGES; changes++) {
      const done = await attempt(placed, wanted, file, work);
      if (!done) continue;
      const mayBeLonger = changes > 0 || work.manifest.find(placed.blob)?.partial;
      if (mayBeLonger) await file.cutTo(done.sizeBytes);
      return done;
    }
  } finally {
    await file.close();
  }
  const message = `"${placed.blob.name}" changes faster than it can be fetched.`;
  throw new CliError('service', message, {
    code: 'ConditionNotMet',
    hint: 'Try again when less is written to it.',
  });
}

/** @returns undefined if the blob became another on the way */
async function attempt(
  { blob }: Placed,
  wanted: WantedBlob,
  file: OpenFile,
  work: BlobWork,
): Promise<FetchedPart | undefined> {
  const partial = work.manifest.find(blob)?.partial;
  const resumed = partial && (await resume(blob, partial, wanted, file, work));
  const state = resumed ?? (await fetchBeginning(blob, wanted, file, work).catch(unlessChanged));
  if (state === undefined) return undefined;
  const ranges = work.manifest.find(blob)?.partial?.ranges;
  if (ranges) {
    const failure = await fetchRanges(
      blob,
      missingRanges(ranges, state.sizeBytes, RANGE_BYTES),
      { ...state, isAppend: wanted.isAppend },
      file,
      work,
    );
    if (failure instanceof OtherBlob || hasChanged(failure)) {
      work.manifest.beginPart(blob, state, []);
      return undefined;
    }
    if (failure !== undefined) throw failure;
  }
  return state;
}

/** Thrown where the rest of a blob would not fit what is there of it. */
class OtherBlob extends Error {}

export function isSame(have: BlobState, now: BlobState): boolean {
  return have.etag === now.etag && have.sizeBytes === now.sizeBytes;
}

/** Whether what is here may be the beginning of what is there now. */
export function canGrow(have: BlobState, { isAppend, state }: WantedBlob): boolean {
  return isAppend && have.sizeBytes > 0 && state !== undefined && state.sizeBytes >= have.sizeBytes;
}

/** The state to go on with behind what the part file holds; undefined: it is of no use. */
async function resume(
  blob: Placed['blob'],
  partial: NonNullable<Placed['partial']>,
  wanted: WantedBlob,
  file: OpenFile,
  work: BlobWork,
): Promise<FetchedPart | undefined> {
  const { state, isAppend } = wanted;
  const [first] = partial.ranges;
  const end = partial.ranges.at(-1)?.[1] ?? 0;
  if (first === undefined || (await file.readAt(end - 1, 1)).length === 0) return undefined;
  if (state?.etag === partial.etag) return { ...state, isGrown: false };
  if (!isAppend || state === undefined || first[0] !== 0 || state.sizeBytes < first[1]) {
    return undefined;
  }
  // An append blob that was deleted and begun again would have other bytes there.
  const from = Math.max(0, first[1] - OVERLAP_BYTES);
  const expected = await file.readAt(from, first[1] - from);
  const now = await work.slots(async () => {
    const content = await read(blob, { from, length: expected.length }, work);
    const bytes = await all(content, work);
    const isSame = Buffer.compare(bytes, expected) === 0;
    return isSame && content.sizeBytes >= state.sizeBytes ? content : undefined;
  });
  return now && { etag: now.etag, sizeBytes: now.sizeBytes, isGrown: true };
}

/** All of a small blob, the first range of a large one: whatever its state is by now. */
async function fetchBeginning(
  blob: Placed['blob'],
  { state }: WantedBlob,
  file: OpenFile,
  work: BlobWork,
): Promise<FetchedPart> {
  const isSmall = state !== undefined && state.sizeBytes <= RANGE_BYTES;
  return work.slots(async () => {
    const content = await read(blob, isSmall ? {} : { from: 0, length: RANGE_BYTES }, work);
    const { etag, sizeBytes } = content;
    const end = isSmall ? sizeBytes : Math.min(sizeBytes, RANGE_BYTES);
    await store(content, [0, end], blob, file, work);
    if (end < sizeBytes || work.manifest.find(blob)?.partial) {
      await file.sync();
      work.manifest.beginPart(blob, { etag, sizeBytes }, [[0, end]]);
      await work.manifest.commit();
    }
    return { etag, sizeBytes, isGrown: false };
  });
}

/** Nobody writes to the file any more when this is over. Answers the first failure, after which no more are begun. */
async function fetchRanges(
  blob: Placed['blob'],
  ranges: readonly ByteRange[],
  state: BlobState & Pick<WantedBlob, 'isAppend'>,
  file: OpenFile,
  work: BlobWork,
): Promise<unknown> {
  let failure: unknown;
  await mapConcurrently(ranges, work.parallel, async (range) => {
    if (failure !== undefined) return;
    try {
      await fetchRange(blob, range, state, file, work);
    } catch (error) {
      failure ??= error;
    }
  });
  return failure;
}

async function fetchRange(
  blob: Placed['blob'],
  range: ByteRange,
  { etag, sizeBytes, isAppend }: BlobState & Pick<WantedBlob, 'isAppend'>,
  file: OpenFile,
  work: BlobWork,
): Promise<void> {
  const [from, to] = range;
  await work.slots(async () => {
    const content = await readSame(blob, { from, length: to - from }, etag, isAppend, work);
    if (content.sizeBytes < sizeBytes) throw new OtherBlob();
    await store(content, range, blob, file, work);
  });
  await file.sync();
  work.manifest.addRange(blob, range);
  await work.manifest.commit();
}

/** More behind its end is no other state of an append blob; nobody could fetch one that is written to all the time. */
async function readSame(
  blob: Placed['blob'],
  range: BlobRange,
  etag: string,
  isAppend: boolean,
  work: BlobWork,
): Promise<BlobContent> {
  try {
    return await read(blob, { ...range, etag }, work);
  } catch (error) {
    if (!isAppend || !hasChanged(error)) throw error;
    return read(blob, range, work);
  }
}

function unlessChanged(error: unknown): undefined {
  if (!hasChanged(error)) throw error;
}

function hasChanged(error: unknown): boolean {
  return error instanceof CliError && CHANGED_CODES.includes(error.facts.code ?? '');
}

function read(
  blob: Placed['blob'],
  range: BlobRange,
  { blobs, signal }: BlobWork,
): Promise<BlobContent> {
  return blobs.read(blob, blob.name, { ...range, signal });
}

/** @throws {CliError} `service` if other bytes came than were asked for */
async function store(
  content: BlobContent,
  [from, to]: ByteRange,
  { name }: Placed['blob'],
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

async function all({ bytes }: BlobContent, { onBytes }: BlobWork): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) {
    pieces.push(piece);
    onBytes(piece.length);
  }
  return Buffer.concat(pieces);
}
