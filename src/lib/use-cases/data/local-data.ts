import { join, resolve } from 'node:path';
import { CliError } from '../../errors.js';
import type { Files } from '../../host.js';
import type { CollectedFile } from '../../model/collected-file.js';
import { ownPath, sealedPath } from './data-folder.js';
import type { Came } from './fetch-collected.js';
import { type DataOwner, type Manifest, openManifest, type Placed } from './manifest.js';

/** Collected data on this machine. */
export interface LocalData {
  readonly owner: DataOwner;
  /** In the order of their time. */
  readonly files: readonly LocalFile[];
  /** Where the payloads are that lines name instead of holding them, by the reference without what is behind a `?`. */
  readonly references: ReadonlyMap<string, string>;
}

export interface LocalFile extends CollectedFile {
  /** Absolute. */
  readonly path: string;
}

/** What `fetchCollected` was to bring, and has. */
export function localDataOf({ files, folder }: Came): LocalData {
  const { manifest, pathOf } = folder;
  return localData(
    manifest,
    files.here.map((id) => manifest.get(id)),
    pathOf,
  );
}

/**
 * What an earlier download has brought into a folder, as it was then.
 *
 * @throws {CliError} `not-found` if there was none
 */
export async function readLocalData(folder: string, files: Files): Promise<LocalData> {
  const manifest = await openManifest(ownPath(folder, 'manifest.jsonl'), files);
  if (manifest.owner() === undefined) {
    throw new CliError('not-found', `"${folder}" holds no data that was downloaded.`, {
      hint: 'Download first: aml-monitor data download SERVICE DIR.',
    });
  }
  return localData(manifest, manifest.placed(), await placesIn(folder, files));
}

/** Where the files of a folder are. After a kill, some that are whole may wait for their name. */
async function placesIn(folder: string, files: Files): Promise<PathOf> {
  const parts = ownPath(folder, 'parts');
  const sizes = new Map<string, number | undefined>();
  for (const name of await files.list(parts)) {
    const path = join(parts, name);
    sizes.set(path, (await files.look(path))?.sizeBytes);
  }
  return (placed) => {
    const sealed = sealedPath(folder, placed);
    const isSealed = placed.whole !== null && sizes.get(sealed) === placed.whole.sizeBytes;
    return isSealed ? sealed : join(folder, placed.path);
  };
}

function localData(manifest: Manifest, placed: Iterable<Placed>, pathOf: PathOf): LocalData {
  const here: LocalFile[] = [];
  for (const one of placed) {
    const { facts, whole, blob } = one;
    if (facts === null || whole === null) continue;
    here.push({ ...blob, ...facts, ...whole, path: pathOf(one) });
  }
  return {
    owner: ownerOf(manifest),
    files: here.sort(byTime),
    references: referencesIn(manifest, pathOf),
  };
}

/** What an earlier download has brought into the folder that is named, alone; undefined for anything else. */
export async function findLocalData(
  [name, ...others]: readonly string[],
  { cwd, files }: { readonly cwd: string; readonly files: Files },
): Promise<LocalData | undefined> {
  if (name === undefined || others.length > 0) return undefined;
  const folder = resolve(cwd, name);
  if ((await files.kind(folder)) !== 'folder') return undefined;
  return readLocalData(folder, files).catch((error: unknown) => {
    if (error instanceof CliError && error.kind === 'not-found') return undefined;
    throw error;
  });
}

type PathOf = (placed: Placed) => string;

function ownerOf(manifest: Manifest): DataOwner {
  const owner = manifest.owner();
  if (owner) return owner;
  throw new Error('The data are nobody’s.');
}

function byTime(a: LocalFile, b: LocalFile): number {
  return a.from.getTime() - b.from.getTime() || (a.path < b.path ? -1 : 1);
}

function referencesIn(manifest: Manifest, pathOf: PathOf): ReadonlyMap<string, string> {
  const references = new Map<string, string>();
  for (const { text, to } of manifest.references()) {
    const now = to && manifest.find(to.blob);
    if (now?.whole) references.set(text, pathOf(now));
  }
  return references;
}
