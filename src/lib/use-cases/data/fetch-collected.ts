import type { BlobGateway } from '../../azure/gateways.js';
import { CliError, Interrupted } from '../../errors.js';
import type { Clock, Files } from '../../host.js';
import type { CollectedFile } from '../../model/collected-file.js';
import { forEachConcurrently } from '../for-each-concurrently.js';
import { type DataFolder, lockDataFolder, openDataFolder, prepareFolder } from './data-folder.js';
import type { FindDatastore } from './datastores.js';
import { FILES_A_REQUEST, fetchPlaced, type PlacedWork } from './fetch-placed.js';
import { askingOnce, fetchPayloads, noteReferences, searchAgain } from './fetch-references.js';
import { localPlace } from './local-place.js';
import type { DataOwner } from './manifest.js';
import type { MergedTable } from './merge-tables.js';
import { countOf, createOutcomeTally, type OutcomeTally } from './outcome-tally.js';
import { readAhead } from './read-ahead.js';
import { createSlots } from './slots.js';

export interface FetchRequest {
  /** Where the files go: absolute. It is made if need be. */
  readonly folder: string;
  readonly owner: DataOwner;
  /** Requests at a time. */
  readonly parallel: number;
}

export interface FetchPorts {
  readonly blobs: BlobGateway;
  /** For references into datastores. */
  readonly getDatastore: FindDatastore;
  readonly files: Files;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly progress: FetchProgress;
  /** Writes tables of what came, if there are to be any, before anybody else may write to the folder. */
  readonly merge?: ((fetched: Came) => Promise<readonly MergedTable[]>) | undefined;
}

export interface FetchProgress {
  /** One more file that is wanted. */
  readonly onListed: (file: { readonly sizeBytes: number }) => void;
  readonly onAllListed: () => void;
  /** A file is here now, or will not be. */
  readonly onDone: (file: { readonly sizeBytes: number }) => void;
  readonly onBytes: (bytes: number) => void;
}

export interface Fetched extends Came {
  readonly tables: readonly MergedTable[];
}

/** What came, or was here already. */
export interface Came {
  readonly files: OutcomeTally;
  /** What the folder's data refer to. */
  readonly payloads: OutcomeTally;
  /** Bytes that came. */
  readonly bytes: number;
  readonly folder: DataFolder;
}

/** That many files are known before they are fetched, at most. */
const LIST_AHEAD = 10_000;

/**
 * Brings collected files into a folder, with what they refer to, and leaves alone what is there already. What an
 * interrupted run has brought stays. A file that fails does not stop the others. Where there is nothing, no folder is made,
 * and no table.
 *
 * @throws {CliError} `usage` if the folder is in use, holds other data, or cannot be written to; `auth`; what listing
 * throws; the failure that every file has; what merging throws
 */
export async function fetchCollected(
  collected: AsyncIterable<CollectedFile>,
  request: FetchRequest,
  ports: FetchPorts,
): Promise<Fetched> {
  const listed = collected[Symbol.asyncIterator]();
  try {
    const first = await listed.next();
    if (first.done) {
      const folder = await openDataFolder(request.folder, request.owner, ports.files);
      if (folder.manifest.owner() === undefined) return nothingFetched(folder);
    }
    return await fetchListed(from(first, listed), request, ports);
  } finally {
    await listed.return?.();
  }
}

async function fetchListed(
  listed: AsyncIterable<CollectedFile>,
  request: FetchRequest,
  ports: FetchPorts,
): Promise<Fetched> {
  const { files } = ports;
  const release = await lockDataFolder(request.folder, files);
  try {
    const folder = await openDataFolder(request.folder, request.owner, files);
    await prepareFolder(folder, request.owner, files);
    const came = await fetchAll(listed, folder, request, ports);
    const tables = countOf(came.files) > 0 ? await ports.merge?.(came) : undefined;
    return { ...came, tables: tables ?? [] };
  } catch (error) {
    throw withWhatIsKept(error, request.folder, ports.signal);
  } finally {
    await release();
  }
}

function nothingFetched(folder: DataFolder): Fetched {
  const none = createOutcomeTally().total();
  return { files: none, payloads: none, bytes: 0, folder, tables: [] };
}

/** What is left of something that was begun to be read. */
async function* from<T>(first: IteratorResult<T>, rest: AsyncIterator<T>): AsyncGenerator<T> {
  for (let next = first; !next.done; next = await rest.next()) yield next.value;
}

async function fetchAll(
  collected: AsyncIterable<CollectedFile>,
  folder: DataFolder,
  { parallel }: FetchRequest,
  ports: FetchPorts,
): Promise<Came> {
  const { progress, signal } = ports;
  const getDatastore = askingOnce(ports.getDatastore);
  const { manifest } = folder;
  let bytes = 0;
  const onBytes = (count: number) => {
    bytes += count;
    progress.onBytes(count);
  };
  const slots = createSlots(parallel);
  const failures = { inTurn: 0 };
  const work: PlacedWork = { ...ports, folder, manifest, slots, parallel, failures, onBytes };
  const done = createOutcomeTally();
  searchAgain(manifest);
  try {
    const queue = readAhead(counted(collected, progress), LIST_AHEAD);
    await forEachConcurrently(
      queue,
      { limit: FILES_A_REQUEST * parallel, signal },
      async (file, either) => {
        const own = { ...work, signal: either };
        const placed = await folder.place(...localPlace(file));
        const wanted = { state: file, isAppend: file.isAppend, modified: file.modified };
        let outcome = await fetchPlaced(placed, wanted, own);
        const error = outcome.error ?? (await noteReferences(file, own, getDatastore));
        if (error) outcome = { outcome: 'failed', error };
        done.add(placed, outcome);
        progress.onDone(file);
      },
    );
    const payloads = await fetchPayloads(work);
    return { files: done.total(), payloads, bytes, folder };
  } finally {
    await manifest.commit();
  }
}

async function* counted(
  collected: AsyncIterable<CollectedFile>,
  { onListed, onAllListed }: FetchProgress,
): AsyncGenerator<CollectedFile> {
  for await (const file of collected) {
    onListed(file);
    yield file;
  }
  onAllListed();
}

function withWhatIsKept(error: unknown, folder: string, { reason }: AbortSignal): unknown {
  if (reason instanceof Interrupted) {
    const message = `Interrupted. What came is kept in "${folder}": the same command goes on from there.`;
    return new Interrupted(reason.status, message);
  }
  if (!(error instanceof CliError) || !['ENOSPC', 'EDQUOT'].includes(error.facts.code ?? '')) {
    return error;
  }
  const hint = 'What came is kept: make room, and the same command goes on from there.';
  return new CliError(error.kind, error.message, { ...error.facts, hint }, error);
}
