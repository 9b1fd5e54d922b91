import type { BlobFolder, BlobGateway, BlobItem } from '../../src/lib/azure/gateways.js';
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
      created: new Date('2026-11-19T00:00:00Z'),
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
    const message = `There is no container "${container}".`;
    throw new CliError('not-found', message, { code: 'ContainerNotFound' });
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
    async *listLevel({ containerName }, prefix) {
      asked.push(`level ${containerName}/${prefix}`);
      const found = new Map<string, BlobItem | BlobFolder>();
      for (const [name, item] of blobsOf(containerName)) {
        if (!name.startsWith(prefix)) continue;
        const end = name.indexOf('/', prefix.length);
        const folder = name.slice(0, end + 1);
        found.set(end < 0 ? name : folder, end < 0 ? item : { folder });
      }
      yield* [...found].sort().map(([, one]) => one);
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
        created: item.created,
        sizeBytes: item.bytes.length,
        bytes: (async function* () {
          if (bytes.length > 0) yield bytes;
        })(),
      };
    },
  };
}
