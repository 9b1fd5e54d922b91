import type { Gateways } from '../../azure/gateways.js';
import { CliError } from '../../errors.js';
import type { CollectedFile } from '../../model/collected-file.js';
import { forEachConcurrently } from '../for-each-concurrently.js';
import { hasChanged, isItsOwn } from './blob-failures.js';
import { countRows, type RowCount } from './count-rows.js';
import type { Collected } from './list-collected.js';

/** What there is of one collection, in whole or of a day or an hour. The members are what `-o json` prints. */
export interface DataSummary {
  readonly api: CollectedFile['api'];
  readonly service: string;
  readonly part: string | null;
  readonly model: string | null;
  readonly modelVersion: string | null;
  readonly collection: string;
  readonly files: number;
  readonly bytes: number;
  /** Null: not counted. */
  readonly rows: number | null;
  /** The span of time, UTC, that the folders name: its first instant and the one behind its last. */
  readonly from: string;
  readonly to: string;
  /** When the newest file changed last. */
  readonly modified: string;
}

export interface SummaryWish {
  /** A line for each day or hour, too; a file that spans more is in the line of its first. */
  readonly by: 'day' | 'hour' | undefined;
  /** Read every file to count its rows; else only where that is little. */
  readonly countsRows: boolean;
}

export interface SummaryPorts {
  readonly signal: AbortSignal;
  /** Told for every file that was listed or counted. */
  readonly onProgress: (listed: number, counted: number) => void;
}

export interface Summary {
  readonly lines: readonly DataSummary[];
  readonly rowsAreCounted: boolean;
  /** Of all files that were counted. */
  readonly malformed: number;
  readonly referring: number;
  /** Of files whose rows could not be counted, why. */
  readonly uncounted: readonly CliError[];
}

/** What is read without being asked for. */
const FEW_FILES = 200;
const FEW_BYTES = 8_000_000;
/** As many files at a time. */
const MOST_READS = 16;
/** A file that is replaced oftener while it is read is left out. */
const MOST_TRIES = 3;

/** Sums up collected files, in order of part, model, collection and time. */
export async function summarizeCollected(
  { blobs }: Pick<Gateways, 'blobs'>,
  { files }: Pick<Collected, 'files'>,
  { by, countsRows }: SummaryWish,
  { signal, onProgress }: SummaryPorts,
): Promise<Summary> {
  const groups = new Map<string, Group>();
  const counted = { files: 0, malformed: 0, referring: 0 };
  const uncounted: CliError[] = [];
  /** Those that may yet be counted; undefined once they are too many. */
  let few: CollectedFile[] | undefined = [];
  let seen = 0;
  let bytes = 0;

  /** The rows of a file as it is by now, which may be another than was listed. */
  async function countNow(file: CollectedFile, own: AbortSignal): Promise<RowCount> {
    for (let tries = 1; ; tries++) {
      try {
        const { bytes } = await blobs.read(file, file.name, { signal: own });
        return await countRows(file.api, bytes);
      } catch (error) {
        if (!hasChanged(error) || tries === MOST_TRIES) throw error;
      }
    }
  }

  async function count(file: CollectedFile, own: AbortSignal): Promise<void> {
    const found = await countNow(file, own);
    const group = groupOf(groups, file, by);
    group.rows += found.rows;
    counted.files += 1;
    counted.malformed += found.malformed;
    counted.referring += found.referring;
    onProgress(seen, counted.files);
  }

  async function countIfItCan(file: CollectedFile, own: AbortSignal): Promise<void> {
    try {
      await count(file, own);
    } catch (error) {
      if (!isItsOwn(error)) throw error;
      uncounted.push(error);
    }
  }

  async function add(file: CollectedFile, own: AbortSignal): Promise<void> {
    addTo(groupOf(groups, file, by), file);
    seen += 1;
    bytes += file.sizeBytes;
    onProgress(seen, counted.files);
    few = few && few.length < FEW_FILES && bytes <= FEW_BYTES ? [...few, file] : undefined;
    if (countsRows) await countIfItCan(file, own);
  }

  const limit = countsRows ? MOST_READS : 1;
  await forEachConcurrently(files, { limit, signal }, add);
  const rowsAreCounted = countsRows || (few !== undefined && (await countAll(few)));
  const lines = [...groups.values()].sort(inOrder).map((group) => toLine(group, rowsAreCounted));
  if (!rowsAreCounted) return { lines, rowsAreCounted, malformed: 0, referring: 0, uncounted: [] };
  const { malformed, referring } = counted;
  return { lines, rowsAreCounted, malformed, referring, uncounted };

  /** Nobody asked for it: a service that is ill or closed is no reason to stop. */
  async function countAll(some: readonly CollectedFile[]): Promise<boolean> {
    try {
      const each = (async function* () {
        yield* some;
      })();
      await forEachConcurrently(each, { limit: MOST_READS, signal }, countIfItCan);
      return true;
    } catch (error) {
      if (error instanceof CliError) return false;
      throw error;
    }
  }
}

interface Group {
  readonly first: CollectedFile;
  files: number;
  bytes: number;
  rows: number;
  from: Date;
  to: Date;
  modified: Date;
}

function groupOf(groups: Map<string, Group>, file: CollectedFile, by: SummaryWish['by']): Group {
  const { part, model, modelVersion, collection, from, to, modified } = file;
  const time = by === undefined ? '' : from.toISOString().slice(0, by === 'day' ? 10 : 13);
  const key = JSON.stringify([part, model, modelVersion, collection, time]);
  const known = groups.get(key);
  if (known) return known;
  const group = { first: file, files: 0, bytes: 0, rows: 0, from, to, modified };
  groups.set(key, group);
  return group;
}

function addTo(group: Group, { sizeBytes, from, to, modified }: CollectedFile): void {
  group.files += 1;
  group.bytes += sizeBytes;
  if (from < group.from) group.from = from;
  if (to > group.to) group.to = to;
  if (modified > group.modified) group.modified = modified;
}

function toLine(group: Group, rowsAreCounted: boolean): DataSummary {
  const { api, service, part, model, modelVersion, collection } = group.first;
  return {
    api,
    service,
    part,
    model,
    modelVersion,
    collection,
    files: group.files,
    bytes: group.bytes,
    rows: rowsAreCounted ? group.rows : null,
    from: group.from.toISOString(),
    to: group.to.toISOString(),
    modified: group.modified.toISOString(),
  };
}

function inOrder({ first: a, from }: Group, { first: b, from: other }: Group): number {
  const keys = (file: CollectedFile) => [file.part, file.model, file.modelVersion, file.collection];
  const [mine, its] = [keys(a), keys(b)];
  for (const [at, key] of mine.entries()) {
    const order = (key ?? '').localeCompare(its[at] ?? '', 'en', { numeric: true });
    if (order !== 0) return order;
  }
  return from.getTime() - other.getTime();
}
