import type { Engine } from '../engine/engine.js';
import type { Admission } from './query/admission.js';
import type { Weather } from './query/weather.js';
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
  /** Which queries this process runs, and what weather they meet. */
  readonly admission: Admission;
  readonly weather: Weather;
}
