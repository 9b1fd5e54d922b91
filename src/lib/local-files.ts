import { createReadStream, promises } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { told } from './file-errors.js';
import type { Files } from './host.js';
import type { NewFiles } from './new-files.js';

/** Who else is on this machine. */
interface Processes {
  readonly isRunning: (pid: number) => boolean;
  readonly ownPid: number;
}

/** The files of this machine. */
export function createFiles({ create }: NewFiles, processes: Processes): Files {
  return {
    read: (path) => told(path, 'read', unlessMissing(promises.readFile(path, 'utf8'))),
    write: (path, content, mode) => told(path, 'written', writeWhole(path, content, mode)),
    remove: (path) => promises.rm(path, { recursive: true, force: true }),
    realPath: (path) => promises.realpath(path),
    async kind(path) {
      const found = await unlessMissing(promises.stat(path));
      if (found === undefined) return undefined;
      return found.isDirectory() ? 'folder' : 'file';
    },
    create,
    readBytes: (path) => createReadStream(path, { highWaterMark: 1 << 20 }),
    append: (path, text) => told(path, 'written', appendTo(path, text)),
    list: async (path) => (await told(path, 'read', unlessMissing(promises.readdir(path)))) ?? [],
    lock: (path) => lock(path, processes),
  };
}

async function appendTo(path: string, text: string): Promise<void> {
  await promises.mkdir(dirname(path), { recursive: true });
  await promises.appendFile(path, text);
}

/** The lock names the process that holds it, so that the lock of a killed one is known as such at once. */
async function lock(
  path: string,
  { isRunning, ownPid }: Processes,
): Promise<(() => Promise<void>) | undefined> {
  await told(path, 'written', promises.mkdir(dirname(path), { recursive: true }));
  const own = `${hostname()} ${ownPid} ${crypto.randomUUID()}`;
  for (;;) {
    try {
      await promises.writeFile(path, own, { flag: 'wx' });
      return async () => {
        if ((await unlessMissing(promises.readFile(path, 'utf8'))) === own) {
          await promises.rm(path, { force: true });
        }
      };
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) return told(path, 'written', Promise.reject(error));
    }
    const holder = await unlessMissing(promises.readFile(path, 'utf8'));
    if (holder === undefined) continue;
    const [host, pid] = holder.split(' ');
    if (host !== hostname() || isRunning(Number(pid))) return undefined;
    // Whoever renames it away was first; the other finds nothing, and tries again.
    const stale = `${path}.${crypto.randomUUID().slice(0, 8)}`;
    await unlessMissing(promises.rename(path, stale));
    await promises.rm(stale, { force: true });
  }
}

async function writeWhole(
  path: string,
  content: string | Uint8Array,
  mode?: number,
): Promise<void> {
  const isPrivate = mode !== undefined && (mode & 0o077) === 0;
  await promises.mkdir(dirname(path), {
    recursive: true,
    ...(isPrivate ? { mode: 0o700 } : {}),
  });
  const next = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await promises.writeFile(next, content, {
      flag: 'wx',
      ...(mode === undefined ? {} : { mode }),
    });
    // The umask may have taken bits that were asked for.
    if (mode !== undefined) await promises.chmod(next, mode);
    await promises.rename(next, path);
  } catch (error) {
    await promises.rm(next, { force: true });
    throw error;
  }
}

async function unlessMissing<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
