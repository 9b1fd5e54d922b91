import type { CollectedFile } from '../../model/collected-file.js';

/** What a blob was at one time. */
export type BlobState = Pick<CollectedFile, 'etag' | 'sizeBytes' | 'created'>;

/** A blob as it is to be fetched. */
export interface WantedBlob {
  /** What it was when it was listed; undefined if nobody looked. */
  readonly state: BlobState | undefined;
  readonly isAppend: boolean;
}

export function isSame(have: BlobState, now: BlobState): boolean {
  return have.etag === now.etag && have.sizeBytes === now.sizeBytes;
}

/** False: another blob has its name now. Where the time of creation is not known it may be so all the same. */
export function isOneBlob(
  { created: then }: Pick<BlobState, 'created'>,
  { created: now }: Pick<BlobState, 'created'>,
): boolean {
  return then === null || now === null || then.getTime() === now.getTime();
}

/** Whether what is here may be the beginning of what is there now. */
export function canGrow(have: BlobState, { isAppend, state }: WantedBlob): boolean {
  return (
    isAppend &&
    have.sizeBytes > 0 &&
    state !== undefined &&
    state.sizeBytes >= have.sizeBytes &&
    isOneBlob(have, state)
  );
}
