import { constants, promises, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CliError } from './errors.js';
import { systemError, told } from './file-errors.js';
import type { NewFile } from './host.js';
import { isLeftLock, lockFile, type Processes } from './lock-file.js';
import { makeFolders } from './make-folders.js';
import { syncFolder } from './sync-folder.js';

export interface NewFiles {
  /** A file that is there whole or not at all; makes the folders it needs. What is no regular file, such as a pipe, is written to as it is. */
  readonly create: (path: string) => Promise<NewFile>;
  /** Removes what was neither kept nor discarded: the process ends. */
  readonly removeUnfinished: () => void;
}

/**
 * What is written on the way lies in a folder of its own beside the target, so that it goes as one. A lock file in it
 * names the process, so that what a killed one has left is known as such by the next that writes the same file.
 */
export function createNewFiles(processes: Processes): NewFiles {
  const unfinished = new Set<string>();

  async function create(path: string): Promise<NewFile> {
    const found = await told(path, 'written', existing(path));
    if (found?.kind === 'folder') throw new CliError('usage', `"${path}" is a folder.`);
    if (found?.kind === 'device') return openDevice(path);
    if (found) await told(path, 'written', promises.access(found.path, constants.W_OK));
    const target = found?.path ?? path;
    const folder = `${target}.${crypto.randomUUID().slice(0, 8)}.tmp`;
    const temporaryPath = join(folder, basename(target));
    await told(path, 'written', makeFolders(dirname(target)));
    await removeLeftovers(target, processes);
    unfinished.add(folder);
    // Nobody else reads what is to be a private file while it grows.
    await told(path, 'written', promises.mkdir(folder, { mode: 0o700 }));
    const release = await lockFile(lockIn(folder, target), processes);
    let handle: promises.FileHandle | undefined;
    const close = async () => {
      await handle?.close();
      handle = undefined;
    };
    const remove = async () => {
      // The file is in place, or given up: what cannot go now goes with the process, or before the next.
      await ifPossible(removeFolder(folder).then(() => unfinished.delete(folder)));
      await release?.();
    };
    return {
      temporaryPath,
      replaces: found !== undefined,
      async write(content) {
        handle ??= await told(path, 'written', promises.open(temporaryPath, 'w'));
        await told(path, 'written', handle.writeFile(content));
      },
      async keep() {
        handle ??= await told(path, 'written', promises.open(temporaryPath, 'a'));
        const { size } = await handle.stat();
        await told(path, 'written', handle.sync());
        await told(path, 'written', close());
        if (found) await told(path, 'written', promises.chmod(temporaryPath, found.mode));
        await told(path, 'written', promises.rename(temporaryPath, target));
        await told(path, 'written', syncFolder(dirname(target)));
        await remove();
        return size;
      },
      async discard() {
        await close();
        await remove();
      },
    };
  }

  return {
    create,
    removeUnfinished: () => {
      for (const folder of unfinished) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Beside the file of the target's own name. */
function lockIn(folder: string, target: string): string {
  return join(folder, `${basename(target)}.lock`);
}

/** Removes what killed processes have left of the same file. What another process, or user, is at stays. */
async function removeLeftovers(target: string, processes: Processes): Promise<void> {
  const name = basename(target);
  for (const one of (await ifPossible(promises.readdir(dirname(target)))) ?? []) {
    const isBeside =
      one.startsWith(`${name}.`) && /^[\da-f]{8}\.tmp$/.test(one.slice(name.length + 1));
    if (!isBeside) continue;
    const folder = join(dirname(target), one);
    const isLeft = await ifPossible(isLeftLock(lockIn(folder, target), processes));
    if (isLeft) await ifPossible(removeFolder(folder));
  }
}

function removeFolder(path: string): Promise<void> {
  return promises.rm(path, { recursive: true, force: true });
}

/** Tidying up, for which nobody asked; undefined where the system refuses it. */
async function ifPossible<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (systemError(error) === undefined) throw error;
    return undefined;
  }
}

interface Existing {
  readonly kind: 'file' | 'folder' | 'device';
  readonly path: string;
  /** Who may read and write it. */
  readonly mode: number;
}

/** A link is followed, as a shell does: what it names is replaced, not the link. */
async function existing(path: string): Promise<Existing | undefined> {
  try {
    const stats = await promises.stat(path);
    const kind = stats.isDirectory() ? 'folder' : stats.isFile() ? 'file' : 'device';
    const mode = stats.mode & 0o777;
    return { kind, path: kind === 'file' ? await promises.realpath(path) : path, mode };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function openDevice(path: string): Promise<NewFile> {
  const handle = await told(path, 'written', promises.open(path, 'w'));
  let size = 0;
  return {
    temporaryPath: undefined,
    replaces: false,
    async write(content) {
      await told(path, 'written', handle.writeFile(content));
      size += Buffer.byteLength(content);
    },
    async keep() {
      await handle.close();
      return size;
    },
    discard: () => handle.close(),
  };
}
