import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Files, OpenFile } from '../../../src/lib/host.js';
import { fetchCollected } from '../../../src/lib/use-cases/data/fetch-collected.js';
import type { Manifest } from '../../../src/lib/use-cases/data/manifest.js';
import { type ChangingBlobs, changingBlobs } from '../../support/changing-blobs.js';
import { fakeClock, realFiles, temporaryFolder } from '../../support/host.js';

const AT = 'modelDataCollector/fraud/blue/model_inputs/2026/11/22/08';

interface Change {
  readonly kind: 'append' | 'begin' | 'rewrite' | 'remove';
  readonly name: string;
  readonly bytes: number;
}

interface Download {
  readonly kind: 'download';
  /** What happens meanwhile, and before which request. */
  readonly during: { readonly read: number; readonly change: Change } | null;
  /** The process is killed at this step of its work with files. */
  readonly killedAt: number | null;
}

const names = ['a', 'b', 'c'].map((name) => `${AT}/${name}.jsonl`);
const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('append', 'append', 'begin', 'rewrite', 'remove'),
  name: fc.constantFrom(...names),
  // Some have several ranges of 8 MB.
  bytes: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 5000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 8_000_000, max: 25_000_000 }) },
  ),
});
const download: fc.Arbitrary<Download> = fc.record({
  kind: fc.constant('download'),
  during: fc.option(fc.record({ read: fc.integer({ min: 1, max: 12 }), change })),
  killedAt: fc.option(fc.integer({ min: 1, max: 60 })),
});

/** A disk whose process is killed at a step: half of that is done, and nothing after it. */
function mortalFiles(killedAt: number | null): Files {
  let steps = 0;
  const step = async <T>(run: () => Promise<T>, half: () => Promise<unknown> = async () => {}) => {
    steps += 1;
    if (killedAt === null || steps < killedAt) return run();
    if (steps === killedAt) await half();
    throw new Error('killed');
  };
  const mortal = (file: OpenFile): OpenFile => ({
    ...file,
    writeAt: (place, bytes) =>
      step(
        () => file.writeAt(place, bytes),
        () => file.writeAt(place, bytes.subarray(0, bytes.length / 2)),
      ),
    cutTo: (size) => step(() => file.cutTo(size)),
  });
  return {
    ...realFiles,
    lock: async () => async () => {},
    remove: (path) => step(() => realFiles.remove(path)),
    rename: (from, to) => step(() => realFiles.rename(from, to)),
    copy: (from, to) => step(() => realFiles.copy(from, to)),
    openAnywhere: async (path) => mortal(await step(() => realFiles.openAnywhere(path))),
    append: (path, text) =>
      step(
        () => realFiles.append(path, text),
        () => realFiles.append(path, text.slice(0, text.length / 2)),
      ),
  };
}

/** An account that remembers whatever was in it. */
function rememberingBlobs(tellsCreated: boolean) {
  let beforeRead: (count: number) => void = () => {};
  let reads = 0;
  const blobs: ChangingBlobs = changingBlobs(() => beforeRead(++reads), { tellsCreated });
  const contents = new Map<string, Buffer>();
  /** By name, what one blob was in the end: all that it ever was is the beginning of that. */
  const past = new Map<string, Buffer[]>();
  let generation = 0;
  return {
    blobs,
    contents,
    everWas: (name: string) => [
      ...(past.get(name) ?? []),
      ...(contents.has(name) ? [contents.get(name)] : []),
    ],
    meanwhile(run: (count: number) => void) {
      reads = 0;
      beforeRead = run;
    },
    change({ kind, name, bytes }: Change) {
      const before = contents.get(name);
      if (kind === 'append' && before) {
        const more = (tellsCreated ? 'm' : `${generation};`).repeat(bytes % 2000);
        blobs.append(name, more);
        contents.set(name, Buffer.concat([before, Buffer.from(more)]));
        return;
      }
      if (before) past.set(name, [...(past.get(name) ?? []), before]);
      contents.delete(name);
      blobs.remove(name);
      if (kind === 'remove') return;
      generation += 1;
      // Where the time of creation tells blobs apart, no place but the first does; else every one.
      const content = Buffer.alloc(bytes, tellsCreated ? 'x' : `${generation},`);
      content.write(`${generation}:`);
      blobs.put(name, content, kind === 'rewrite' ? 'block' : 'append');
      contents.set(name, content);
    },
  };
}

test('whatever happens to blobs and process, a folder has no mixes, and in the end what is there', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(change, download), { minLength: 2, maxLength: 12 }),
      fc.boolean(),
      async (steps, tellsCreated) => {
        const folder = await temporaryFolder();
        const account = rememberingBlobs(tellsCreated);
        const { blobs } = account;
        const fetch = (files: Files) =>
          fetchCollected(
            blobs.listed(),
            { folder, owner: { workspace: 'w', service: 'fraud' }, parallel: 4 },
            {
              blobs,
              getDatastore: async () => ({ accountName: 'store', containerName: 'data' }),
              files,
              clock: fakeClock(),
              signal: new AbortController().signal,
              progress: { onListed() {}, onAllListed() {}, onDone() {}, onBytes() {} },
            },
          );
        const here = async (manifest: Manifest, name: string) => {
          const placed = manifest.find({ accountName: 'store', containerName: 'data', name });
          return placed?.whole ? readFile(join(folder, placed.path)) : undefined;
        };
        for (const step of [...steps, null]) {
          if (step !== null && step.kind !== 'download') {
            account.change(step);
            continue;
          }
          const { during, killedAt } = step ?? { during: null, killedAt: null };
          account.meanwhile((count) => {
            if (during?.read === count) account.change(during.change);
          });
          const fetched = await fetch(mortalFiles(killedAt)).catch((error: unknown) => {
            if (error instanceof Error && error.message === 'killed') return undefined;
            throw error;
          });
          account.meanwhile(() => {});
          if (!fetched) continue;
          const { manifest } = fetched.folder;
          for (const name of names) {
            const content = await here(manifest, name);
            if (!content) continue;
            const isOfOne = account
              .everWas(name)
              .some((each) => each?.subarray(0, content.length).equals(content));
            expect(isOfOne).toBe(true);
          }
          if (during) continue;
          expect(fetched.files.failures).toEqual([]);
          for (const [name, content] of account.contents) {
            expect((await here(manifest, name))?.equals(content)).toBe(true);
          }
        }
      },
    ),
    { numRuns: 40 },
  );
}, 120_000);
