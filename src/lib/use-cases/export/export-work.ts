import { join } from 'node:path';
import type { Clock, Files, Report } from '../../host.js';
import type { ExportIdentity, Journal, Run, Slice } from './journal.js';
import { type Split, splitKey } from './pieces.js';
import type { Asked, Source } from './source.js';
import type { TableFiles } from './table-files.js';

export interface ExportRequest {
  readonly sources: readonly Source[];
  /** Where the files go. */
  readonly folder: string;
  /** As it was typed; what it means is worked out by the first run. */
  readonly time: ExportIdentity['time'];
  /** Ticks, from the service's clock. */
  readonly toRange: (now: bigint) => { readonly from: bigint | null; readonly to: bigint | null };
  readonly format: string;
  readonly split: Split;
  readonly isIncremental: boolean;
  readonly parallel: number;
}

export interface ExportPorts {
  readonly asked: Asked;
  readonly clock: Clock;
  readonly files: Files;
  readonly tableFiles: TableFiles;
  readonly progress: ExportProgress;
  readonly report: Pick<Report, 'note' | 'verbose'>;
}

export interface ExportProgress {
  readonly start: (
    source: string,
    amount: { readonly rows: number; readonly done: number },
  ) => void;
  readonly onRows: (rows: number) => void;
  readonly onBytes: (bytes: number) => void;
  readonly step: (message: string) => void;
}

/** What every step of an export works with. */
export interface Work {
  readonly request: ExportRequest;
  readonly ports: ExportPorts;
  readonly journal: Journal;
}

/** Beside the files, hidden from whoever reads the folder. */
const OWN_FOLDER = '.aml-monitor-export';

/** A place in the folder that is the export's own; `slices` is where pieces wait. */
export function ownPath(
  { folder }: ExportRequest,
  name: 'journal.jsonl' | 'lock' | 'slices',
): string {
  return join(folder, OWN_FOLDER, name);
}

export function runOf(journal: Journal): Run {
  const run = journal.run();
  if (run) return run;
  throw new Error('There is no run.');
}

/** The file of the export that a slice goes into. */
export function fileOf(
  { source, from }: Pick<Slice, 'source' | 'from'>,
  { request, ports, journal }: Work,
): string {
  const key = splitKey(from, request.split);
  const { number } = runOf(journal);
  const suffix = `${key && `-${key}`}${number > 1 ? `_${number}` : ''}`;
  return `${source}${suffix}.${ports.tableFiles.extension}`;
}

/** The slices of a source that are in no file yet. */
export function waitingSlices(source: string, work: Work): readonly Slice[] {
  const { slices, files } = runOf(work.journal);
  const written = new Set(files.map(({ name }) => name));
  return slices.filter((slice) => slice.source === source && !written.has(fileOf(slice, work)));
}
