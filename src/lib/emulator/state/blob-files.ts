import { createHash } from 'node:crypto';
import { appendFile, mkdir, open, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCode } from '../../file-errors.js';
import { makeFolders } from '../../make-folders.js';
import { type ListedName, type ListOptions, listNames, namesIn } from './blob-list.js';
import { blobSegments, decodeSegment, encodeSegment } from './blob-names.js';
import { readText, replaceFile } from './files.js';
import { withLock } from './lock.js';

export interface BlobAddress {
  readonly account: string;
  readonly container: string;
  readonly name: string;
}

/** What a blob's file does not say. */
export interface BlobHeaders {
  readonly type: 'AppendBlob' | 'BlockBlob';
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface BlobFacts extends BlobHeaders {
  readonly name: string;
  readonly sizeBytes: number;
  /** Of the blob, which another of its name does not share. */
  readonly created: Date;
  readonly modified: Date;
  readonly etag: string;
}

/** Asked about a blob as it is, undefined if there is none, while nobody else changes it. Throws to leave it so. */
export type Admit = (facts: BlobFacts | undefined) => unknown;

export interface BlobFiles {
  createContainer(account: string, container: string): Promise<boolean>;
  removeContainer(account: string, container: string): Promise<void>;
  containerExists(account: string, container: string): Promise<boolean>;
  listContainers(account: string): Promise<readonly string[]>;
  /** A page of blobs and of what many of them have in common, in the order of their names. */
  list(
    account: string,
    container: string,
    options: ListOptions,
  ): Promise<readonly (BlobFacts | ListedName)[]>;
  /** Undefined if there is no such blob. */
  find(blob: BlobAddress): Promise<BlobFacts | undefined>;
  /** The bytes from `start` to before `end`, read while they are taken. */
  read(blob: BlobAddress, start: number, end: number): ReadableStream<Uint8Array>;
  /** A blob in place of one of that name. */
  create(
    blob: BlobAddress,
    content: Uint8Array,
    headers: BlobHeaders,
    now: Date,
    admit: Admit,
  ): Promise<BlobFacts>;
  /** Appends a block to a blob that there is. */
  append(blob: BlobAddress, block: Uint8Array, now: Date, admit: Admit): Promise<BlobFacts>;
  /** Appends text of that time, to a new blob that begins with `header` where there is none. */
  write(blob: BlobAddress, header: string, text: string, now: Date): Promise<void>;
  /** As `write`, whole or not at all, and without the lines that the blob has already. */
  complete(blob: BlobAddress, header: string, text: string, now: Date): Promise<void>;
  remove(blob: BlobAddress, admit: Admit): Promise<void>;
}

/** Those of what scoring writes. */
export const PLAIN: BlobHeaders = {
  type: 'AppendBlob',
  contentType: 'application/octet-stream',
  metadata: {},
};

const CHUNK_BYTES = 1_048_576;

/**
 * Blobs as plain files below a folder: `{account}/{container}/{path}`, percent-encoded. What else there is to say of
 * some of them is in files of the same names below `.headers`.
 */
export function createBlobFiles(root: string): BlobFiles {
  const containerPath = (account: string, container: string, below = root) =>
    join(below, encodeSegment(account), encodeSegment(container));
  const blobPath = ({ account, container, name }: BlobAddress, below = root) =>
    join(containerPath(account, container, below), ...blobSegments(name));
  const headersRoot = join(root, '.headers');
  const headersPath = (blob: BlobAddress) => blobPath(blob, headersRoot);
  const lockPath = (path: string) => join(root, '.locks', encodeURIComponent(path).slice(-200));

  /** @param known where more is known of a blob than its file says */
  async function factsOf(
    blob: BlobAddress,
    path = blobPath(blob),
    known = headersOf,
  ): Promise<BlobFacts | undefined> {
    const file = await statOf(path);
    if (!file) return undefined;
    const { size, birthtime: created, mtime: modified, ino } = file;
    const etag = etagOf(`${modified.getTime()} ${size} ${ino}`);
    const facts = { name: blob.name, sizeBytes: size, created, modified, etag };
    return { ...facts, ...(await known(blob)) };
  }

  async function headersOf(blob: BlobAddress): Promise<BlobHeaders> {
    const text = await readText(headersPath(blob));
    return text === undefined ? PLAIN : JSON.parse(text);
  }

  /** Stamps a file with the cloud's own time, which a test may have set. */
  async function stamped(blob: BlobAddress, now: Date): Promise<BlobFacts> {
    await utimes(blobPath(blob), now, now);
    const facts = await factsOf(blob);
    if (!facts) throw new Error(`The blob ${blob.name} vanished while it was written.`);
    return facts;
  }

  return {
    async createContainer(account, container) {
      const path = containerPath(account, container);
      await makeFolders(dirname(path), 0o700);
      try {
        await mkdir(path);
        return true;
      } catch (error) {
        if (hasCode(error, 'EEXIST')) return false;
        throw error;
      }
    },
    async removeContainer(account, container) {
      for (const below of [root, headersRoot]) {
        await rm(containerPath(account, container, below), { recursive: true, force: true });
      }
    },
    containerExists: (account, container) => exists(containerPath(account, container)),
    listContainers: async (account) =>
      (await namesIn(join(root, encodeSegment(account)))).map(decodeSegment).sort(),
    async list(account, container, options) {
      const names = await listNames(containerPath(account, container), options);
      const isPlainOnly = !(await exists(containerPath(account, container, headersRoot)));
      const known = isPlainOnly ? async () => PLAIN : headersOf;
      const found: (BlobFacts | ListedName)[] = [];
      for (let at = 0; at < names.length; at += 100) {
        const some = names.slice(at, at + 100).map(async (listed) => {
          const { name, isPrefix, path } = listed;
          return isPrefix ? listed : factsOf({ account, container, name }, path, known);
        });
        // One may have been deleted since.
        for (const one of await Promise.all(some)) if (one) found.push(one);
      }
      return found;
    },
    find: (blob) => factsOf(blob),
    read: (blob, start, end) => ReadableStream.from(chunksOf(blobPath(blob), start, end)),
    create(blob, content, headers, now, admit) {
      const path = blobPath(blob);
      return withLock(lockPath(path), async () => {
        admit(await factsOf(blob));
        if (isPlain(headers)) await rm(headersPath(blob), { force: true });
        else await replaceFile(headersPath(blob), JSON.stringify(headers));
        await replaceFile(path, content);
        return stamped(blob, now);
      });
    },
    append(blob, block, now, admit) {
      const path = blobPath(blob);
      return withLock(lockPath(path), async () => {
        admit(await factsOf(blob));
        await appendFile(path, block);
        return stamped(blob, now);
      });
    },
    async write(blob, header, text, now) {
      const path = blobPath(blob);
      await withLock(lockPath(path), async () => {
        const before = await statOf(path);
        if (!before) await makeFolders(dirname(path), 0o700);
        await appendFile(path, before ? text : header + text);
        await stampLater(path, before?.mtime, now);
      });
    },
    async complete(blob, header, text, now) {
      const path = blobPath(blob);
      await withLock(lockPath(path), async () => {
        const before = await statOf(path);
        const content = (await readText(path)) ?? header;
        const known = new Set(content.split('\n'));
        const missing = text.split(/(?<=\n)/).filter((line) => !known.has(line.trimEnd()));
        if (missing.length === 0) return;
        await replaceFile(path, content + missing.join(''));
        await stampLater(path, before?.mtime, now);
      });
    },
    remove(blob, admit) {
      return withLock(lockPath(blobPath(blob)), async () => {
        admit(await factsOf(blob));
        for (const path of [blobPath(blob), headersPath(blob)]) await rm(path, { force: true });
      });
    },
  };
}

/** Stamps a file unless it is newer already: what is written of the past makes it no older. */
async function stampLater(path: string, before: Date | undefined, now: Date): Promise<void> {
  const modified = before && before > now ? before : now;
  await utimes(path, modified, modified);
}

/** As long as Azure's, and another one for every content that a name has had. */
function etagOf(facts: string): string {
  return `"0x${createHash('sha1').update(facts).digest('hex').slice(0, 15).toUpperCase()}"`;
}

function isPlain({ type, contentType, metadata }: BlobHeaders): boolean {
  const isUsual = type === PLAIN.type && contentType === PLAIN.contentType;
  return isUsual && Object.keys(metadata).length === 0;
}

async function exists(path: string): Promise<boolean> {
  return (await statOf(path)) !== undefined;
}

async function statOf(path: string) {
  return stat(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ENAMETOOLONG')) return undefined;
    throw error;
  });
}

/** A part of a file, piece by piece. Nothing is open before the first is asked for. */
async function* chunksOf(path: string, start: number, end: number): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    for (let at = start; at < end; ) {
      const wanted = Math.min(CHUNK_BYTES, end - at);
      const { bytesRead, buffer } = await file.read(new Uint8Array(wanted), 0, wanted, at);
      if (bytesRead === 0) throw new Error('The blob was replaced by a shorter one.');
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}
