import type { CliError, ErrorKind } from '../../errors.js';
import type { Placed } from './manifest.js';
import type { NameChange } from './safe-paths.js';

/** What became of a blob. */
export interface Outcome {
  /** `grown`: only what came behind its end was fetched. */
  readonly outcome: 'fetched' | 'grown' | 'kept' | 'failed';
  /** Why it failed. */
  readonly error: CliError | null;
}

/** What became of many blobs. Of each it keeps next to nothing: the manifest has the rest. */
export interface OutcomeTally {
  readonly counts: { readonly [Kind in Outcome['outcome']]: number };
  /** Ids of all that did not fail. */
  readonly here: readonly number[];
  /** Those whose file is not called what their blob is called. */
  readonly renamed: ReadonlyMap<NameChange, Renamed>;
  readonly failures: readonly Failure[];
}

export interface Renamed {
  readonly count: number;
  readonly example: Pick<Placed, 'blob' | 'path'>;
}

export interface Failure {
  /** Of the blob: untrusted text. */
  readonly name: string;
  readonly kind: ErrorKind;
  readonly message: string;
}

export function createOutcomeTally() {
  const counts = { fetched: 0, grown: 0, kept: 0, failed: 0 };
  const here: number[] = [];
  const renamed = new Map<NameChange, Renamed>();
  const failures: Failure[] = [];
  return {
    add({ id, blob, path, change }: Placed, { outcome, error }: Outcome): void {
      counts[outcome] += 1;
      if (error) failures.push({ name: blob.name, kind: error.kind, message: error.message });
      else here.push(id);
      if (change === null) return;
      const { count, example } = renamed.get(change) ?? { count: 0, example: { blob, path } };
      renamed.set(change, { count: count + 1, example });
    },
    total: (): OutcomeTally => ({ counts, here, renamed, failures }),
  };
}

/** How many they are, whatever became of them. */
export function countOf({ here, failures }: OutcomeTally): number {
  return here.length + failures.length;
}
