import type { Engine } from '../engine/engine.js';
import type { BlobFiles } from './state/blob-files.js';
import type { Segments } from './state/segments.js';
import type { Store } from './state/store.js';

/** The parts that every route works with. */
export interface Cloud {
  readonly folder: string;
  readonly now: () => Date;
  readonly openEngine: () => Promise<Engine>;
  readonly store: Store;
  /** Telemetry rows and container log lines. */
  readonly segments: Segments;
  readonly blobs: BlobFiles;
}
