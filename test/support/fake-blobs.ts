import type { BlobGateway, BlobItem } from '../../src/lib/azure/gateways.js';
import { CliError } from '../../src/lib/errors.js';

export type FakeBlob = string | (Partial<BlobItem> & { readonly text: string });

/** Containers in memory: blobs by `CONTAINER/NAME`, of any account. What is asked for is in `asked`. */
export function fakeBlobs(
  blobs: Readonly<Record<string, FakeBlob>>,
): BlobGateway & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  const containers = new Map<string, Map<string, BlobItem & { readonly bytes: Uint8Array }>>();
  for (const [path, blob] of Object.entries(blobs)) {
    const [container = '', ...rest] = path.split('/');
    const { text, ...facts } = typeof blob === 'string' ? { text: blob } : blob;
    const bytes = new TextEncoder().encode(text);
    const known = containers.get(container) ?? new Map();
    known.set(rest.join('/'), {
      name: rest.join('/'),
      sizeBytes: bytes.length,
      etag: '"0x1"',
      modified: new Date('2026-11-20T00:00:00Z'),
      isAppend: false,
      ...facts,
      bytes,
    });
    containers.set(container, known);
  }

  function blobsOf(container: string) {
    const found = containers.get(container);
    if (found) return found;
    throw new CliError('not-found', `There is no container "${container}".`);
  }

  return {
    asked,
    async *list({ containerName }, prefix) {
      asked.push(`list ${containerName}/${prefix}`);
      const names = [...blobsOf(containerName).keys()].sort();
      for (const name of names.filter((each) => each.startsWith(prefix))) {
        const item = blobsOf(containerName).get(name);
        if (item) yield item;
      }
    },
    async *listFolders({ containerName }, prefix) {
      asked.push(`folders ${containerName}/${prefix}`);
      const below = [...blobsOf(containerName).keys()]
        .filter((name) => name.startsWith(prefix) && name.includes('/', prefix.length))
        .map((name) => name.slice(0, name.indexOf('/', prefix.length) + 1));
      yield* [...new Set(below)].sort();
    },
    async read({ containerName }, name, { from = 0, length, etag } = {}) {
      asked.push(`read ${containerName}/${name}`);
      const item = blobsOf(containerName).get(name);
      if (!item) throw new CliError('not-found', `There is no blob "${name}".`);
      if (etag !== undefined && etag !== item.etag) {
        throw new CliError('service', 'It has changed.', { code: 'ConditionNotMet' });
      }
      const bytes = item.bytes.subarray(from, length === undefined ? undefined : from + length);
      return {
        etag: item.etag,
        sizeBytes: item.bytes.length,
        bytes: (async function* () {
          if (bytes.length > 0) yield bytes;
        })(),
      };
    },
  };
}
