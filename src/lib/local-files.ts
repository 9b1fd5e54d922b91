import { createReadStream, promises } from 'node:fs';
import { dirname } from 'node:path';
import { told, unlessMissing } from './file-errors.js';
import type { Files } from './host.js';
import { lockFile, type Processes } from './lock-file.js';
import type { NewFiles } from './new-files.js';

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
    lock: (path) => lockFile(path, processes),
  };
}

async function appendTo(path: string, text: string): Promise<void> {
  await promises.mkdir(dirname(path), { recursive: true });
  await promises.appendFile(path, text, { flush: true });
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
