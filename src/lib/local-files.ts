import { constants, createReadStream, promises } from 'node:fs';
import { dirname } from 'node:path';
import { hasCode, told, unlessMissing } from './file-errors.js';
import type { Files, FoundFile, OpenFile } from './host.js';
import { lockFile, type Processes } from './lock-file.js';
import { makeFolders } from './make-folders.js';
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
    look: (path) => told(path, 'read', look(path)),
    makeFolder: (path) => told(path, 'written', makeFolder(path)),
    openAnywhere: (path) => told(path, 'written', openAnywhere(path)),
    copy: (from, to) =>
      told(to, 'written', promises.copyFile(from, to, constants.COPYFILE_FICLONE)),
    rename: (from, to) => told(to, 'written', promises.rename(from, to)),
  };
}

async function look(path: string): Promise<FoundFile | undefined> {
  const found = await unlessMissing(promises.lstat(path));
  if (found === undefined) return undefined;
  const kinds = { file: found.isFile(), folder: found.isDirectory(), link: found.isSymbolicLink() };
  const [kind = 'other'] = (['file', 'folder', 'link'] as const).filter((name) => kinds[name]);
  return { kind, sizeBytes: found.size };
}

async function makeFolder(path: string): Promise<void> {
  try {
    await promises.mkdir(path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}

async function openAnywhere(path: string): Promise<OpenFile> {
  const handle = await promises.open(path, constants.O_RDWR | constants.O_CREAT);
  return {
    async writeAt(place, bytes) {
      for (let done = 0; done < bytes.length; ) {
        const rest = bytes.length - done;
        const write = handle.write(bytes, done, rest, place + done);
        done += (await told(path, 'written', write)).bytesWritten;
      }
    },
    async readAt(place, length) {
      const bytes = new Uint8Array(length);
      let done = 0;
      for (let got = -1; got !== 0 && done < length; done += got) {
        got = (await handle.read(bytes, done, length - done, place + done)).bytesRead;
      }
      return bytes.subarray(0, done);
    },
    sync: () => told(path, 'written', handle.datasync()),
    cutTo: (sizeBytes) => told(path, 'written', handle.truncate(sizeBytes)),
    close: () => told(path, 'written', handle.close()),
  };
}

async function appendTo(path: string, text: string): Promise<void> {
  await makeFolders(dirname(path));
  await promises.appendFile(path, text, { flush: true });
}

async function writeWhole(
  path: string,
  content: string | Uint8Array,
  mode?: number,
): Promise<void> {
  const isPrivate = mode !== undefined && (mode & 0o077) === 0;
  await makeFolders(dirname(path), isPrivate ? 0o700 : undefined);
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
