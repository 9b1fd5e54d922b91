import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openLocalCloud } from '../../src/lib/emulator/emulator.js';
import { seedState } from '../../src/lib/emulator/seed/seed.js';
import { createSegments } from '../../src/lib/emulator/state/segments.js';
import { createStore } from '../../src/lib/emulator/state/store.js';
import { CliError } from '../../src/lib/errors.js';
import { fakeClock, temporaryFolder } from '../support/host.js';
import { buildWorker, exitOf } from './worker.js';

const NOW = new Date('2026-11-22T10:00:00Z');
const noEngine = () => Promise.reject(new Error('no engine here'));

async function openStore() {
  const folder = await temporaryFolder();
  const store = createStore(folder);
  await store.replace(() => seedState('sample', NOW), 'absent');
  return { folder, store };
}

test('the state is one readable file, with resources as GET answers them', async () => {
  const { folder, store } = await openStore();
  const file = JSON.parse(await readFile(join(folder, 'cloud.json'), 'utf8'));
  expect(file).toMatchObject({ format: 1, behaviour: { operationSeconds: 2 } });
  const { resources } = await store.read();
  const [id = '', text = ''] =
    [...resources].find(([one]) => one.endsWith('/deployments/green')) ?? [];
  expect(file.resources[id].properties.startupProbe).toBeDefined();
  expect(await readFile(join(folder, 'cloud.json'), 'utf8')).toContain(text);
});

test('what a change throws leaves the file as it was', async () => {
  const { folder, store } = await openStore();
  const before = await readFile(join(folder, 'cloud.json'), 'utf8');
  const failing = store.update((state) => {
    state.resources.clear();
    throw new Error('stop');
  });
  await expect(failing).rejects.toThrow('stop');
  expect(await readFile(join(folder, 'cloud.json'), 'utf8')).toBe(before);
  expect((await readdir(folder)).filter((name) => name !== 'cloud.json')).toEqual([]);
});

test('a state of another format or none is refused by name', async () => {
  const { folder, store } = await openStore();
  for (const text of ['{"format":2}', '{"format":1', 'null', '']) {
    await writeFile(join(folder, 'cloud.json'), text);
    await expect(store.read()).rejects.toThrow(CliError);
    await expect(store.read()).rejects.toThrow(join(folder, 'cloud.json'));
  }
});

/** A program that changes the state of a folder so many times. */
const buildChanger = () =>
  buildWorker(
    'state/store.ts',
    `import { createStore } from './module.mjs';
     const [folder, times] = process.argv.slice(2);
     const store = createStore(folder);
     for (let i = 0; i < Number(times); i++) {
       await store.update(({ facts }) => { facts.behaviour.pageSize += 1; });
     }`,
  );

test('several processes change it without losing a change', async () => {
  const { folder, store } = await openStore();
  const start = await buildChanger();
  const workers = [1, 2, 3].map(() => exitOf(start(folder, 15)));
  expect(await Promise.all(workers)).toEqual([0, 0, 0]);
  expect((await store.read()).facts.behaviour.pageSize).toBe(50 + 45);
});

test('processes that are killed in the middle leave a state that is whole', async () => {
  const { folder, store } = await openStore();
  const start = await buildChanger();
  const pageSize = async () => (await store.read()).facts.behaviour.pageSize;
  for (const round of [1, 2, 3]) {
    const before = await pageSize();
    const workers = [1, 2, 3].map(() => start(folder, 1e6));
    const ends = workers.map(exitOf);
    while ((await pageSize()) < before + 5) await setTimeout(round);
    for (const worker of workers) worker.kill('SIGKILL');
    await Promise.all(ends);
    // What the dead have left locked counts as theirs for seconds: these are over.
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(join(folder, 'cloud.lock'), longAgo, longAgo).catch(() => {});
    const left = await pageSize();
    await store.update(({ facts }) => {
      facts.behaviour.pageSize += 1;
    });
    expect(await pageSize()).toBe(left + 1);
  }
});

test('a lock is kept for as long as its holder works', async () => {
  const { folder, store } = await openStore();
  const lock = join(folder, 'cloud.lock');
  await store.update(async () => {
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(lock, longAgo, longAgo);
    await setTimeout(2500);
    expect(Date.now() - (await stat(lock)).mtimeMs).toBeLessThan(5000);
  });
});

test('the lock of a process that died is broken, by one of those who wait', async () => {
  const { folder, store } = await openStore();
  const lock = join(folder, 'cloud.lock');
  await writeFile(lock, 'somebody');
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(lock, longAgo, longAgo);
  await Promise.all(
    Array.from({ length: 5 }, () =>
      store.update(({ facts }) => {
        facts.behaviour.pageSize += 1;
      }),
    ),
  );
  expect((await store.read()).facts.behaviour.pageSize).toBe(55);
});

test('rows are added whole, in order, and files are merged before there are many', async () => {
  const folder = await temporaryFolder();
  const segments = createSegments(folder);
  const lists: (readonly string[])[] = [];
  for (let n = 0; n < 150; n++) {
    await segments.append('telemetry/traces', () => [{ n }]);
    lists.push(await segments.list('telemetry/traces'));
  }
  const numbers = (await segments.readLines('telemetry/traces')).map((line) => JSON.parse(line).n);
  expect(numbers).toEqual(Array.from({ length: 150 }, (_, n) => n));
  expect((await segments.list('telemetry/traces')).length).toBeLessThan(70);
  // A reader that listed before a merge still finds its files.
  const texts = await Promise.all((lists[60] ?? []).map((path) => readFile(path, 'utf8')));
  expect(texts.join('').trim().split('\n')).toHaveLength(61);
});

test('opening again changes nothing that is there; an old history is topped up', async () => {
  const folder = await temporaryFolder();
  const clock = fakeClock();
  await openLocalCloud({ folder, now: clock.now, openEngine: noEngine });
  const traces = async () =>
    (await createSegments(join(folder, 'segments')).readLines('telemetry/requests')).map(
      (line): { timestamp: string; itemId: string } => JSON.parse(line),
    );
  const first = await traces();
  await openLocalCloud({ folder, now: clock.now, openEngine: noEngine });
  expect(await traces()).toEqual(first);

  clock.advance(3_600_000);
  await Promise.all(
    [1, 2].map(() => openLocalCloud({ folder, now: clock.now, openEngine: noEngine })),
  );
  const later = await traces();
  expect(later.slice(0, first.length)).toEqual(first);
  expect(later.length).toBeGreaterThan(first.length);
  expect(new Set(later.map(({ itemId }) => itemId)).size).toBe(later.length);
});

test('a reset replaces everything but the keys', async () => {
  const folder = await temporaryFolder();
  const cloud = await openLocalCloud({ folder, now: fakeClock().now, openEngine: noEngine });
  const server = await cloud.listen({});
  await server.close();
  const root = await readFile(join(folder, 'tls', 'root.pem'), 'utf8');
  await cloud.reset('empty');
  expect(await createSegments(join(folder, 'segments')).hasAny(['telemetry/traces'])).toBe(false);
  expect(await readFile(join(folder, 'tls', 'root.pem'), 'utf8')).toBe(root);
});

test('a state that cannot be read fails each use, names its folder, and reset is the way out', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'cloud.json'), '{"format":2}');
  const cloud = await openLocalCloud({ folder, now: () => NOW, openEngine: noEngine });
  const failure = await cloud
    .score('fraud', null, [{ body: '{}' }])
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({
    kind: 'usage',
    facts: { hint: expect.stringContaining(`aml-monitor local reset --local-dir ${folder}`) },
  });
  await cloud.reset('sample');
  expect(await cloud.score('fraud', null, [{ body: '{}' }])).toMatchObject([{ status: 400 }]);
});

test('a folder that cannot be one is a usage error', async () => {
  const path = join(await temporaryFolder(), 'file');
  await writeFile(path, '');
  const opening = openLocalCloud({ folder: path, now: () => NOW, openEngine: noEngine });
  await expect(opening).rejects.toMatchObject({
    kind: 'usage',
    facts: { hint: 'Name another with --local-dir.' },
  });
});
