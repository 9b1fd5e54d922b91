import { dirname, join } from 'node:path';
import { CliError } from '../../errors.js';
import type { Files } from '../../host.js';
import type { BlobAddress, CollectedFacts, DataOwner, Manifest, Placed } from './manifest.js';
import { keyOf, openManifest } from './manifest.js';
import { createSafePaths, type SafePath } from './safe-paths.js';

/** A folder with what a service collected. */
export interface DataFolder {
  /** Absolute. */
  readonly root: string;
  readonly manifest: Manifest;
  /** Where a blob is, or will be: asked again, in the same place. The manifest knows it from then on. */
  readonly place: (
    blob: BlobAddress,
    facts: CollectedFacts | null,
    segments: readonly string[],
  ) => Promise<Placed>;
  /** A path for a table: in place of what a merge left there, beside what it did not. */
  readonly placeTable: (segments: readonly string[]) => Promise<SafePath>;
  readonly pathOf: (placed: Pick<Placed, 'path'>) => string;
  /** Where bytes wait until they are all there. */
  readonly partOf: (placed: Placed) => string;
  /** Whether its file is there, with as many bytes as the manifest says. */
  readonly has: (placed: Placed) => Promise<boolean>;
  /** Makes a folder below this one, given as an absolute path, and those between. @throws {CliError} `unsupported` if a link is in the way */
  readonly makeFolders: (path: string) => Promise<void>;
  /** Nothing is missing in the part file: also after a kill it will get to its place. */
  readonly seal: (placed: Placed) => Promise<void>;
  /** A sealed file gets its name, in place of what a download put there before. */
  readonly put: (placed: Placed) => Promise<void>;
}

/** Beside the data, hidden from whoever reads the folder. No blob gets a name that begins with a dot. */
const OWN_FOLDER = '.aml-monitor-data';
/** Beside the data, written anew each time in place of what the time before left there. */
export const TABLES = 'tables';

export function ownPath(folder: string, name: 'manifest.jsonl' | 'lock' | 'parts'): string {
  return join(folder, OWN_FOLDER, name);
}

/** Where a file of a folder waits for its name once nothing is missing in it. */
export function sealedPath(folder: string, { id }: Pick<Placed, 'id'>): string {
  return join(ownPath(folder, 'parts'), `${id}${SEALED}`);
}

/**
 * Opens a folder to read what it holds; writes nothing.
 *
 * @throws {CliError} `usage` if it holds the data of another service
 */
export async function openDataFolder(
  folder: string,
  owner: DataOwner,
  files: Files,
): Promise<DataFolder> {
  const manifest = await openManifest(ownPath(folder, 'manifest.jsonl'), files);
  const known = manifest.owner();
  if (known && (known.workspace !== owner.workspace || known.service !== owner.service)) {
    const other = known.service === owner.service ? 'in another workspace' : '';
    const message = `The folder "${folder}" holds the data of "${known.service}"${other && ` ${other}`}.`;
    throw new CliError('usage', message, { hint: 'Give another folder.' });
  }
  const paths = createSafePaths();
  for (const { path } of manifest.placed()) paths.take(path);
  const folders = new Map<string, Promise<void>>();
  const pathOf = ({ path }: Pick<Placed, 'path'>) => join(folder, path);

  const partOf = ({ id }: Placed) => join(ownPath(folder, 'parts'), `${id}.part`);

  async function place(
    blob: BlobAddress,
    facts: CollectedFacts | null,
    segments: readonly string[],
  ): Promise<Placed> {
    const placed = manifest.find(blob);
    if (placed && facts !== null) manifest.setFacts(blob, facts);
    if (placed) return manifest.find(blob) ?? placed;
    let given = paths.place(segments, keyOf(blob));
    // What no download put there stays.
    while (await files.look(pathOf(given))) {
      given = { ...paths.place(segments, keyOf(blob)), change: 'told-apart' };
    }
    return manifest.place({ blob, facts, ...given });
  }

  async function placeTable(segments: readonly string[]): Promise<SafePath> {
    const identity = segments.join('/');
    let given = paths.place(segments, identity);
    while (!(await isFree(given.path))) {
      given = { ...paths.place(segments, identity), change: 'told-apart' };
    }
    return given;
  }

  /** Nothing is there, or the table that a merge wrote, as it wrote it. */
  async function isFree(path: string): Promise<boolean> {
    const found = await files.look(pathOf({ path }));
    if (found === undefined) return true;
    return found.kind === 'file' && manifest.tableSizes(path).includes(found.sizeBytes);
  }

  /** A link in the way could lead out of the folder: nothing is written through it. */
  async function makeFolder(path: string): Promise<void> {
    await files.makeFolder(path);
    if ((await files.look(path))?.kind === 'folder') return;
    throw new CliError('unsupported', `"${path}" is no folder, and links are not followed.`, {
      hint: 'Remove it, or give another folder.',
    });
  }

  async function makeFolders(path: string): Promise<void> {
    if (path === folder) return;
    let made = folders.get(path);
    if (!made) {
      made = makeFolders(dirname(path)).then(() => makeFolder(path));
      folders.set(path, made);
    }
    await made;
  }

  return {
    root: folder,
    manifest,
    place,
    placeTable,
    pathOf,
    partOf,
    async has({ path, whole }) {
      if (whole === null) return false;
      const found = await files.look(join(folder, path));
      return found?.kind === 'file' && found.sizeBytes === whole.sizeBytes;
    },
    makeFolders,
    seal: (placed) => files.rename(partOf(placed), sealedPath(folder, placed)),
    async put(placed) {
      await makeFolders(dirname(pathOf(placed)));
      await files.rename(sealedPath(folder, placed), pathOf(placed));
    },
  };
}

const SEALED = '.whole';

/**
 * Makes a folder ready to be written to: its own part in it, and in that nothing that a killed process left unfinished
 * but what can be gone on with.
 */
export async function prepareFolder(
  dataFolder: DataFolder,
  owner: DataOwner,
  files: Files,
): Promise<void> {
  const { root, manifest, put, makeFolders } = dataFolder;
  await manifest.tidy();
  if (!manifest.knowsTables()) {
    if (manifest.owner() !== undefined) await adoptTables(TABLES, dataFolder, files);
    manifest.begin(owner);
  }
  await manifest.commit();
  const parts = ownPath(root, 'parts');
  await makeFolders(parts);
  const left = new Set(await files.list(parts));
  if (left.size === 0) return;
  for (const placed of manifest.placed()) {
    if (left.has(`${placed.id}${SEALED}`) && (await isPut(placed, put))) {
      left.delete(`${placed.id}${SEALED}`);
    }
    if (placed.partial) left.delete(`${placed.id}.part`);
  }
  for (const name of left) await files.remove(join(parts, name));
}

/** What an earlier version of the tool merged is for the next merge to replace, as it was then. */
async function adoptTables(path: string, folder: DataFolder, files: Files): Promise<void> {
  const place = folder.pathOf({ path });
  const found = await files.look(place);
  if (found?.kind === 'file') folder.manifest.setTable(path, found.sizeBytes);
  if (found?.kind !== 'folder') return;
  for (const name of await files.list(place)) await adoptTables(`${path}/${name}`, folder, files);
}

/** False: something is in the way. It is fetched again, and the failure told then. */
async function isPut(placed: Placed, put: DataFolder['put']): Promise<boolean> {
  try {
    await put(placed);
    return true;
  } catch (error) {
    if (error instanceof CliError) return false;
    throw error;
  }
}

/**
 * Has a folder for this process alone until the answer is called.
 *
 * @throws {CliError} `usage` if another process writes to it
 */
export async function lockDataFolder(folder: string, files: Files): Promise<() => Promise<void>> {
  const own = join(folder, OWN_FOLDER);
  const found = await files.look(own);
  if (found && found.kind !== 'folder') {
    throw new CliError('usage', `"${own}" is no folder, and links are not followed.`);
  }
  const release = await files.lock(ownPath(folder, 'lock'));
  if (release) return release;
  throw new CliError('usage', `Another download is writing to "${folder}".`, {
    hint: `Wait for it, or give another folder. If there is none, remove ${ownPath(folder, 'lock')}.`,
  });
}
