import { cp, readdir, readFile, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { openLocalCloud } from '../../src/lib/emulator/emulator.js';
import { fakeClock, temporaryFolder } from '../support/host.js';
import { buildWorker, exitOf } from './worker.js';

const NOW = '2026-11-22T10:00:00Z';
const LATER = '2026-11-22T13:00:00Z';

const openAt = (folder: string, time: string) =>
  openLocalCloud({
    folder,
    now: fakeClock(time).now,
    openEngine: () => Promise.reject(new Error('none')),
  });

/** The rows of all tables and the lines of all blobs, sorted. */
async function contentOf(folder: string): Promise<string[]> {
  const lines: string[] = [];
  for (const part of ['segments', 'blobs']) {
    const found = await readdir(join(folder, part), { recursive: true, withFileTypes: true });
    for (const one of found.filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp'))) {
      const text = await readFile(join(one.parentPath, one.name), 'utf8');
      const table = one.parentPath.slice(folder.length);
      lines.push(...text.split('\n').map((line) => `${table} ${line}`));
    }
  }
  return lines.filter((line) => !line.endsWith(' ')).sort();
}

/** What the dead have left locked counts as theirs for seconds: these are over. */
async function forgetLocks(folder: string): Promise<void> {
  const longAgo = new Date(Date.now() - 60_000);
  const names = await readdir(folder, { recursive: true });
  for (const name of names.filter((one) => /\.lock$|\.locks\//.test(one))) {
    await utimes(join(folder, name), longAgo, longAgo);
  }
}

async function countFiles(folder: string, below: string): Promise<number> {
  const names = await readdir(join(folder, below), { recursive: true }).catch(() => []);
  return names.filter((name) => /\.(jsonl|csv)$/.test(name)).length;
}

let start: Awaited<ReturnType<typeof buildWorker>>;
let whole: readonly string[];
beforeAll(async () => {
  start = await buildWorker(
    'emulator.ts',
    `import { openLocalCloud } from './module.mjs';
     const [folder, time, reset] = process.argv.slice(2);
     const openEngine = () => Promise.reject(new Error('none'));
     const cloud = await openLocalCloud({ folder, now: () => new Date(time), openEngine });
     if (reset) await cloud.reset(reset);`,
  );
  const folder = await temporaryFolder();
  await openAt(folder, NOW);
  whole = await contentOf(folder);
});

/** Kills a program that opens a folder as soon as it is so far. */
async function killedOnce(
  folder: string,
  isSoFar: () => Promise<boolean>,
  args: readonly string[] = [NOW],
): Promise<void> {
  const child = start(folder, ...args);
  const end = exitOf(child);
  let ended = false;
  void end.then(() => {
    ended = true;
  });
  while (!ended && !(await isSoFar())) await setTimeout(1);
  child.kill('SIGKILL');
  await end;
  await forgetLocks(folder);
}

test.each([0, 3, 9])(
  'a start that is killed with %d tables begun is completed by the next, each row once',
  async (tables) => {
    const folder = await temporaryFolder();
    const seen = async () => (await readdir(folder)).includes('cloud.json');
    await killedOnce(folder, async () =>
      tables === 0 ? seen() : (await countFiles(folder, 'segments')) >= tables,
    );
    await openAt(folder, NOW);
    expect(await contentOf(folder)).toEqual(whole);
  },
);

test('hours later a killed start is completed as it was begun, and goes on from there', async () => {
  const untouched = await temporaryFolder();
  await openAt(untouched, NOW);
  await openAt(untouched, LATER);
  const folder = await temporaryFolder();
  await killedOnce(folder, async () => (await countFiles(folder, 'segments')) >= 5);
  await openAt(folder, LATER);
  expect(await contentOf(folder)).toEqual(await contentOf(untouched));
});

test('a reset that is killed leaves the old state, the new one or none, never a mixture', async () => {
  const sample = await temporaryFolder();
  await openAt(sample, NOW);
  for (const delayMs of [0, 5, 20]) {
    const folder = await temporaryFolder();
    await cp(sample, folder, { recursive: true });
    const before = await readFile(join(folder, 'cloud.json'), 'utf8');
    const isChanged = async () =>
      (await readFile(join(folder, 'cloud.json'), 'utf8').catch(() => '')) !== before;
    await killedOnce(folder, async () => {
      if (!(await isChanged())) return false;
      await setTimeout(delayMs);
      return true;
    }, [NOW, 'sample']);
    await openAt(folder, NOW);
    expect(await contentOf(folder)).toEqual(whole);
    await rm(folder, { recursive: true });
  }
});
