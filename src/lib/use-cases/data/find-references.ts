import type { BlobContainer } from '../../azure/gateways.js';
import type { Files } from '../../host.js';
import { isUrl, withoutQuery } from '../../model/reference-text.js';
import type { ByteRange } from './byte-ranges.js';
import { decoded, type FindDatastore, parseDatastoreUri } from './datastores.js';
import type { BlobAddress } from './manifest.js';

const PIECE_BYTES = 1 << 20;
const NAMES = ['"dataref"', '"datainblob"'].map((name) => Buffer.from(name));

/**
 * What lines of collected data name instead of holding it.
 *
 * @param range from the byte at which a line begins to the end of the file
 * @returns the references, and the byte behind the last line that is complete
 */
export async function findReferences(
  path: string,
  [from, to]: ByteRange,
  files: Files,
): Promise<{ readonly texts: readonly string[]; readonly searchedBytes: number }> {
  const texts: string[] = [];
  const file = await files.openAnywhere(path);
  let rest: Uint8Array = new Uint8Array();
  let searchedBytes = from;
  try {
    for (let at = from; at < to; at += PIECE_BYTES) {
      const bytes = await file.readAt(at, Math.min(PIECE_BYTES, to - at));
      const text = Buffer.concat([rest, bytes]);
      const end = text.lastIndexOf('\n') + 1;
      texts.push(...referencesIn(text.subarray(0, end)));
      searchedBytes += end;
      rest = text.subarray(end);
    }
  } finally {
    await file.close();
  }
  return { texts: [...texts, ...referencesIn(Buffer.from(rest))], searchedBytes };
}

function referencesIn(lines: Buffer): readonly string[] {
  if (NAMES.every((name) => !lines.includes(name))) return [];
  return lines
    .toString('utf8')
    .split('\n')
    .map(referenceOf)
    .filter((one) => one !== undefined);
}

/** Malformed lines have none: whoever reads the data reports them. */
function referenceOf(line: string): string | undefined {
  if (!/"dataref"|"datainblob"/.test(line)) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return undefined;
    if ('dataref' in value && typeof value.dataref === 'string') return value.dataref;
    const isInBlob = 'datainblob' in value && String(value.datainblob).toLowerCase() === 'true';
    if (isInBlob && 'data' in value && typeof value.data === 'string') return value.data;
  } catch {
    return undefined;
  }
  return undefined;
}

/**
 * The blob that a reference means: a URL of Blob Storage or Data Lake, `wasbs:`, `abfss:`, a path in a datastore, or a
 * path in the container of the data that refers to it. Undefined: it is in another account, or elsewhere. Nothing is
 * ever asked of the host that it names: a gateway goes by the name of the account.
 */
export async function addressOf(
  reference: string,
  own: BlobContainer,
  getDatastore: FindDatastore,
): Promise<BlobAddress | undefined> {
  const text = withoutQuery(reference);
  const address = await anyAddressOf(text, own, getDatastore);
  const isOwn = address?.accountName.toLowerCase() === own.accountName.toLowerCase();
  return isOwn && address.name !== '' ? { ...address, accountName: own.accountName } : undefined;
}

async function anyAddressOf(
  text: string,
  own: BlobContainer,
  getDatastore: FindDatastore,
): Promise<BlobAddress | undefined> {
  const named = parseDatastoreUri(text);
  if (named) return { ...(await getDatastore(named)), name: named.path };
  const [, account, container, name] =
    /^(?:https?:)?\/\/([a-z0-9-]+)\.(?:blob|dfs)\.[^/@]+\/([^/]+)\/(.*)$/i.exec(text) ?? [];
  if (account !== undefined && container !== undefined && name !== undefined) {
    return { accountName: account, containerName: container, name: decoded(name) };
  }
  const [, inContainer, ofAccount, at] =
    /^(?:wasbs?|abfss?):\/\/([^/@]+)@([a-z0-9-]+)\.(?:blob|dfs)\.[^/@]+\/(.*)$/i.exec(text) ?? [];
  if (inContainer !== undefined && ofAccount !== undefined && at !== undefined) {
    return { accountName: ofAccount, containerName: inContainer, name: decoded(at) };
  }
  if (isUrl(text)) return undefined;
  return { ...own, name: text.replace(/^\/+/, '') };
}

/**
 * Where a path leads that begins at another root than the container's: beside the lines that name it, if it names the
 * same time as their folder. Undefined for any other reference.
 *
 * Known from: published sample files; the documentation says "a path" and no more.
 */
export function placeBeside(reference: string, lines: string): string | undefined {
  const text = withoutQuery(reference);
  const folder = lines.split('/').slice(0, -1);
  const time = folder.slice(folder.findLastIndex((segment) => !/^\d+$/.test(segment)) + 1);
  const path = text.split('/');
  const name = path.pop();
  const isAtThatTime = time.length > 0 && path.slice(-time.length).join('/') === time.join('/');
  if (isUrl(text) || !isAtThatTime || !name) return undefined;
  return [...folder, name].join('/');
}

/** Whether a reference was taken for a name beside the lines. */
export function isBeside(reference: string, { name }: BlobAddress): boolean {
  return !isUrl(reference) && reference.replace(/^\/+/, '') !== name;
}
