import type { BlobContent } from '../../azure/gateways.js';
import { CliError } from '../../errors.js';
import type { OpenFile } from '../../host.js';
import { hasChanged } from './blob-failures.js';
import { type BlobState, canGrow, isOneBlob, type WantedBlob } from './blob-state.js';
import { type ByteRange, missingRanges } from './byte-ranges.js';
import { type BlobWork, fetchRanges, OtherBlob, read, store } from './fetch-ranges.js';
import type { BlobAddress, Placed } from './manifest.js';

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
  let isOfNoUse = false;
  try {
    for (let changes = 0; changes < MOST_CHANGES; changes++) {
      const done = await attempt(placed.blob, wanted, file, work);
      if (!done) continue;
      const mayBeLonger = changes > 0 || work.manifest.find(placed.blob)?.partial;
      if (mayBeLonger) await file.cutTo(done.sizeBytes);
      return done;
    }
  } catch (error) {
    isOfNoUse = !work.manifest.find(placed.blob)?.partial?.ranges.length;
    throw error;
  } finally {
    await file.close();
    if (isOfNoUse) await files.remove(paths.part);
  }
  const message = `"${placed.blob.name}" changes faster than it can be fetched.`;
  throw new CliError('service', message, {
    code: 'ConditionNotMet',
    hint: 'Try again when less is written to it.',
  });
}

/** @returns undefined if the blob became another on the way */
async function attempt(
  blob: BlobAddress,
  wanted: WantedBlob,
  file: OpenFile,
  work: BlobWork,
): Promise<FetchedPart | undefined> {
  const partial = work.manifest.find(blob)?.partial;
  const resumed = partial && (await resume(blob, partial, wanted, file, work));
  const state = resumed ?? (await fetchBeginning(blob, wanted, file, work).catch(unlessChanged));
  if (state === undefined) return undefined;
  const [first, ...others] = work.manifest.find(blob)?.partial?.ranges ?? [];
  if (first === undefined) return state;
  const failure = await fetchRanges(
    missingRanges([first, ...others], state.sizeBytes, RANGE_BYTES),
    {
      blob,
      state,
      isAppend: wanted.isAppend,
      stillBegins: async () => (await findBeginning(blob, first, file, work)) !== undefined,
    },
    file,
    work,
  );
  if (failure instanceof OtherBlob || hasChanged(failure)) {
    work.manifest.beginPart(blob, state, []);
    return undefined;
  }
  if (failure !== undefined) throw failure;
  return state;
}

function unlessChanged(error: unknown): undefined {
  if (!hasChanged(error)) throw error;
}

/** The state to go on with behind what the part file holds; undefined: it is of no use. */
async function resume(
  blob: BlobAddress,
  partial: NonNullable<Placed['partial']>,
  { state, isAppend }: WantedBlob,
  file: OpenFile,
  work: BlobWork,
): Promise<FetchedPart | undefined> {
  const [first] = partial.ranges;
  const end = partial.ranges.at(-1)?.[1] ?? 0;
  if (first === undefined || (await file.readAt(end - 1, 1)).length === 0) return undefined;
  // Where nobody looked, the next range tells whether it is another by now.
  const known = state ?? partial;
  if (known.etag === partial.etag) {
    const { etag, sizeBytes, created } = known;
    return { etag, sizeBytes, created, isGrown: false };
  }
  if (!isAppend || first[0] !== 0 || known.sizeBytes < first[1] || !isOneBlob(partial, known)) {
    return undefined;
  }
  const now = await findBeginning(blob, first, file, work);
  if (!now || now.sizeBytes < known.sizeBytes || !isOneBlob(partial, now)) return undefined;
  const { etag, sizeBytes, created } = now;
  return { etag, sizeBytes, created, isGrown: true };
}

/** The state in which a blob still begins with these bytes of the file, by the last of them; undefined: it does not. */
async function findBeginning(
  blob: BlobAddress,
  [, to]: ByteRange,
  file: OpenFile,
  work: BlobWork,
): Promise<BlobContent | undefined> {
  const from = Math.max(0, to - OVERLAP_BYTES);
  const expected = await file.readAt(from, to - from);
  return work.slots(async () => {
    const content = await read(blob, { from, length: expected.length }, work).catch(unlessChanged);
    const bytes = content && (await all(content, work));
    return bytes && Buffer.compare(bytes, expected) === 0 ? content : undefined;
  });
}

/** All of a small blob, the first range of a large one: whatever its state is by now. */
async function fetchBeginning(
  blob: BlobAddress,
  { state }: WantedBlob,
  file: OpenFile,
  work: BlobWork,
): Promise<FetchedPart> {
  const isSmall = state !== undefined && state.sizeBytes <= RANGE_BYTES;
  return work.slots(async () => {
    const content = await read(blob, isSmall ? {} : { from: 0, length: RANGE_BYTES }, work);
    const { etag, sizeBytes, created } = content;
    const end = isSmall ? sizeBytes : Math.min(sizeBytes, RANGE_BYTES);
    await store(content, [0, end], blob, file, work);
    if (end < sizeBytes || work.manifest.find(blob)?.partial) {
      await file.sync();
      work.manifest.beginPart(blob, { etag, sizeBytes, created }, [[0, end]]);
      await work.manifest.commit();
    }
    return { etag, sizeBytes, created, isGrown: false };
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
