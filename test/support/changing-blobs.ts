import type { BlobContent, BlobGateway, BlobRange } from '../../src/lib/azure/gateways.js';
import { CliError } from '../../src/lib/errors.js';
import type { CollectedFile } from '../../src/lib/model/collected-file.js';

export interface AskedRead extends BlobRange {
  readonly name: string;
}

/** An account in memory, for faults that a real one does not have when a test wants them. */
export interface ChangingBlobs extends BlobGateway {
  /** Everything that was asked for, in order. */
  readonly reads: readonly AskedRead[];
  readonly put: (name: string, content: string | Uint8Array, kind?: 'block' | 'append') => void;
  readonly append: (name: string, content: string) => void;
  readonly remove: (name: string) => void;
  /** What is there, as a use case lists it. */
  readonly listed: () => AsyncIterable<CollectedFile>;
  /** The most requests under way at once. */
  readonly mostAtOnce: () => number;
}

interface Stored {
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly created: Date | null;
  readonly isAppend: boolean;
}

/**
 * @param beforeRead may change the account, wait or throw before a read is answered
 * @param tellsCreated false: a server that does not say when a blob was created
 */
export function changingBlobs(
  beforeRead: (read: AskedRead, count: number) => Promise<void> | void = () => {},
  { tellsCreated = true } = {},
): ChangingBlobs {
  const stored = new Map<string, Stored>();
  const reads: AskedRead[] = [];
  let changes = 0;
  let atOnce = 0;
  let mostAtOnce = 0;

  function put(name: string, content: string | Uint8Array, kind: 'block' | 'append' = 'block') {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    changes += 1;
    const created = tellsCreated ? new Date(Date.UTC(2026, 10, 1) + changes * 1000) : null;
    stored.set(name, { bytes, etag: `"${changes}"`, created, isAppend: kind === 'append' });
  }

  async function read(_: unknown, name: string, range: BlobRange = {}): Promise<BlobContent> {
    const count = reads.push({ name, ...range });
    mostAtOnce = Math.max(mostAtOnce, ++atOnce);
    try {
      await new Promise((resolve) => setImmediate(resolve));
      await beforeRead({ name, ...range }, count);
      range.signal?.throwIfAborted();
    } finally {
      atOnce -= 1;
    }
    const blob = stored.get(name);
    if (!blob) throw new CliError('not-found', `There is no blob "${name}".`);
    if (range.etag !== undefined && range.etag !== blob.etag) {
      throw new CliError('service', 'It has changed.', { code: 'ConditionNotMet', status: 412 });
    }
    const { from = 0, length = blob.bytes.length } = range;
    async function* pieces() {
      const end = Math.min(blob?.bytes.length ?? 0, from + length);
      for (let at = from; at < end; at += 1_000_000) {
        yield (blob?.bytes ?? new Uint8Array()).subarray(at, Math.min(end, at + 1_000_000));
      }
    }
    const { etag, created, bytes } = blob;
    return { etag, created, sizeBytes: bytes.length, bytes: pieces() };
  }

  return {
    reads,
    put,
    append: (name, content) => {
      const before = stored.get(name);
      put(name, Buffer.concat([before?.bytes ?? new Uint8Array(), Buffer.from(content)]), 'append');
      const now = stored.get(name);
      if (before && now) stored.set(name, { ...now, created: before.created });
    },
    remove: (name) => stored.delete(name),
    async *listed() {
      for (const [name, blob] of [...stored]) yield collectedFile(name, blob);
    },
    mostAtOnce: () => mostAtOnce,
    async *list(_, prefix) {
      const found = [...stored].filter(([name]) => name.startsWith(prefix));
      for (const [name, { bytes, ...blob }] of found.sort(([a], [b]) => (a < b ? -1 : 1))) {
        yield { ...blob, name, sizeBytes: bytes.length, modified: new Date(0) };
      }
    },
    async *listLevel() {},
    read,
  };
}

function collectedFile(name: string, { bytes, ...blob }: Stored): CollectedFile {
  return {
    api: 'v2',
    service: 'fraud',
    part: 'blue',
    model: null,
    modelVersion: null,
    collection: 'model_inputs',
    accountName: 'store',
    containerName: 'data',
    name,
    sizeBytes: bytes.length,
    ...blob,
    modified: new Date('2026-11-22T09:00:00Z'),
    from: new Date('2026-11-22T08:00:00Z'),
    to: new Date('2026-11-22T09:00:00Z'),
  };
}
