import { appendFile, mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCode } from '../../file-errors.js';
import { replaceFile } from './files.js';
import { withLock } from './lock.js';

export interface BlobAddress {
  readonly account: string;
  readonly container: string;
  readonly name: string;
}

export interface BlobFacts {
  readonly name: string;
  readonly sizeBytes: number;
  readonly modified: Date;
  readonly etag: string;
}

export interface BlobFiles {
  createContainer(account: string, container: string): Promise<boolean>;
  containerExists(account: string, container: string): Promise<boolean>;
  listContainers(account: string): Promise<readonly string[]>;
  /** All blobs below a prefix, in the order of their names. */
  list(account: string, container: string, prefix: string): Promise<readonly BlobFacts[]>;
  /** Undefined if there is no such blob. */
  find(blob: BlobAddress): Promise<BlobFacts | undefined>;
  read(blob: BlobAddress): Promise<Uint8Array>;
  /** An empty append blob, in place of one of that name. */
  create(blob: BlobAddress, now: Date): Promise<BlobFacts>;
  /** Appends a block; `expectedSize`, if given, has to be the size before, else null is answered. */
  append(
    blob: BlobAddress,
    block: Uint8Array,
    now: Date,
    expectedSize?: number,
  ): Promise<BlobFacts | null>;
  /** Appends text, to a new blob that begins with `header` where there is none. */
  write(blob: BlobAddress, header: string, text: string, now: Date): Promise<void>;
  remove(blob: BlobAddress): Promise<void>;
}

/** Append blobs as plain files below a folder: `{account}/{container}/{path}`, percent-encoded. */
export function createBlobFiles(root: string): BlobFiles {
  const containerPath = (account: string, container: string) =>
    join(root, encodeSegment(account), encodeSegment(container));
  const blobPath = ({ account, container, name }: BlobAddress) =>
    join(containerPath(account, container), ...blobSegments(name));
  const lockPath = (path: string) => join(root, '.locks', encodeURIComponent(path).slice(-200));

  async function factsOf(name: string, path: string): Promise<BlobFacts | undefined> {
    try {
      const { size, mtime } = await stat(path);
      const etag = `"0x${(mtime.getTime() * 4096 + (size % 4096)).toString(16).toUpperCase()}"`;
      return { name, sizeBytes: size, modified: mtime, etag };
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
      throw error;
    }
  }

  /** Stamps a file with the cloud's own time, which a test may have set. */
  async function stamped({ name }: BlobAddress, path: string, now: Date): Promise<BlobFacts> {
    await utimes(path, now, now);
    const facts = await factsOf(name, path);
    if (!facts) throw new Error(`The blob ${name} vanished while it was written.`);
    return facts;
  }

  return {
    async createContainer(account, container) {
      const path = containerPath(account, container);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      try {
        await mkdir(path);
        return true;
      } catch (error) {
        if (hasCode(error, 'EEXIST')) return false;
        throw error;
      }
    },
    containerExists: async (account, container) =>
      (await factsOf('', containerPath(account, container))) !== undefined,
    listContainers: async (account) =>
      (await namesIn(join(root, encodeSegment(account)))).map(decodeSegment).sort(),
    async list(account, container, prefix) {
      const found: BlobFacts[] = [];
      const walk = async (folder: string, above: string): Promise<void> => {
        for (const entry of await namesIn(folder)) {
          const isFolder = entry.endsWith('+');
          const name = above + decodeSegment(isFolder ? entry.slice(0, -1) : entry);
          if (isFolder) {
            const below = `${name}/`;
            const wanted = below.startsWith(prefix) || prefix.startsWith(below);
            if (wanted) await walk(join(folder, entry), below);
          } else if (name.startsWith(prefix)) {
            const facts = await factsOf(name, join(folder, entry));
            if (facts) found.push(facts);
          }
        }
      };
      await walk(containerPath(account, container), '');
      return found.sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    find: (blob) => factsOf(blob.name, blobPath(blob)),
    read: (blob) => readFile(blobPath(blob)),
    async create(blob, now) {
      await replaceFile(blobPath(blob), '');
      return stamped(blob, blobPath(blob), now);
    },
    append(blob, block, now, expectedSize) {
      const path = blobPath(blob);
      return withLock(lockPath(path), async () => {
        const before = await factsOf(blob.name, path);
        if (expectedSize !== undefined && before?.sizeBytes !== expectedSize) return null;
        await appendFile(path, block);
        return stamped(blob, path, now);
      });
    },
    async write(blob, header, text, now) {
      const path = blobPath(blob);
      await withLock(lockPath(path), async () => {
        const isNew = (await factsOf(blob.name, path)) === undefined;
        if (isNew) await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await appendFile(path, isNew ? header + text : text);
        await stamped(blob, path, now);
      });
    },
    remove: (blob) => rm(blobPath(blob), { force: true }),
  };
}

/**
 * The file of a blob: one folder a segment, marked by a `+`, which no encoded name contains, so that the
 * blobs `a` and `a/b` can be neighbours.
 */
export function blobSegments(name: string): string[] {
  const segments = name.split('/').map(encodeSegment);
  const leaf = segments.pop() ?? '';
  return [...segments.map((segment) => `${segment}+`), leaf];
}

/** Upper case is encoded too: blob names tell case apart, some file systems do not. */
function encodeSegment(segment: string): string {
  const hex = (text: string) => `%${text.charCodeAt(0).toString(16).toUpperCase()}`;
  const encoded = encodeURIComponent(segment)
    .replace(/[!'()*]/g, hex)
    .replace(/%[0-9A-F]{2}|[A-Z]/g, (found) => (found.length === 1 ? hex(found) : found))
    .replace(/^\.+|\.+$/g, (dots) => '%2E'.repeat(dots.length));
  return encoded === '' ? '%' : encoded;
}

function decodeSegment(segment: string): string {
  return segment === '%' ? '' : decodeURIComponent(segment);
}

async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  return names.filter((name) => !name.endsWith('.tmp') && !name.startsWith('.'));
}
