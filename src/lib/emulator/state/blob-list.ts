import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../file-errors.js';
import { beginningIn, nameOfEntry } from './blob-names.js';

export interface ListOptions {
  readonly prefix: string;
  /** What stands between a common prefix and the rest of a name; empty: every blob by itself. */
  readonly delimiter: string;
  readonly limit: number;
  /** Where the page before ended. */
  readonly after: ListPlace;
}

/** The last name of a page, which is a blob's or what all names of a folder begin with. */
export interface ListPlace {
  readonly name: string;
  readonly isPrefix: boolean;
}

export interface ListedName {
  readonly name: string;
  readonly isPrefix: boolean;
  /** Its file; a prefix has none. */
  readonly path: string;
}

/**
 * The names below a folder in their order, as many as a page takes: folders are read in that order and only where a
 * name of the page may lie.
 */
export async function listNames(root: string, options: ListOptions): Promise<ListedName[]> {
  const { prefix, delimiter, limit, after } = options;
  const found: ListedName[] = [];
  let skipped = after.isPrefix ? after.name : undefined;

  const isWanted = (name: string, isFolder: boolean): boolean => {
    if (skipped !== undefined && name.startsWith(skipped)) return false;
    if (isFolder && !name.startsWith(prefix) && !prefix.startsWith(name)) return false;
    if (!isFolder && !name.startsWith(prefix)) return false;
    return name > after.name || (isFolder && after.name.startsWith(name));
  };

  async function walk(folder: string, above: string): Promise<void> {
    for (const { path, key } of await entriesOf(folder)) {
      if (found.length >= limit) return;
      const name = above + key;
      const isFolder = key.endsWith('/');
      if (!isWanted(name, isFolder)) continue;
      const end = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length);
      if (end >= 0 && (!isFolder || (await hasBlobs(path)))) {
        skipped = name.slice(0, end + delimiter.length);
        found.push({ name: skipped, isPrefix: true, path: '' });
      } else if (isFolder) await walk(path, name);
      else found.push({ name, isPrefix: false, path });
    }
  }

  await walk(root, '');
  return found;
}

/** A folder outlives the blobs that were in it. */
async function hasBlobs(folder: string): Promise<boolean> {
  for (const { path, key } of await entriesOf(folder)) {
    if (!key.endsWith('/') || (await hasBlobs(path))) return true;
  }
  return false;
}

async function entriesOf(folder: string) {
  return (await unsortedIn(folder, '')).sort((a, b) => (a.key < b.key ? -1 : 1));
}

async function unsortedIn(folder: string, begun: string) {
  const found: { readonly path: string; readonly key: string }[] = [];
  for (const entry of await namesIn(folder)) {
    const path = join(folder, entry);
    const beginning = beginningIn(entry, begun);
    if (beginning !== undefined) found.push(...(await unsortedIn(path, beginning)));
    else found.push({ path, key: nameOfEntry(entry, begun) });
  }
  return found;
}

/** What lies in a folder, apart from files that are being written. */
export async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  return names.filter((name) => !name.endsWith('.tmp') && !name.startsWith('.'));
}
