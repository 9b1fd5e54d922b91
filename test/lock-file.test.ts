import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockFile } from '../src/lib/lock-file.js';
import { createProcessHost } from '../src/lib/process-host.js';
import { temporaryFolder } from './support/host.js';

const OWN = 7;
const OTHER = 8;

/** A machine on which these processes run. */
function machine(births: Readonly<Record<number, string>>) {
  return { ownPid: OWN, birthOf: async (pid: number) => births[pid] };
}

async function lockOf(holder?: string): Promise<string> {
  const path = join(await temporaryFolder(), 'lock');
  if (holder !== undefined) await writeFile(path, holder);
  return path;
}

test('a lock is held until it is given back', async () => {
  const path = await lockOf();
  const running = machine({ [OWN]: 'boot/1' });
  const release = await lockFile(path, running);
  expect(await lockFile(path, running)).toBeUndefined();
  await release?.();
  expect(await lockFile(path, running)).toBeDefined();
});

test.each([
  ['another process', OTHER, 'boot/2', false],
  ['another process, of which nothing more is known', OTHER, 'unknown', false],
  ['a process that is gone', 9, 'boot/2', true],
  ['a process whose number another has now', OTHER, 'boot/1', true],
  ['a process whose number this one has now', OWN, 'boot/1', true],
])('the lock of %s', async (_, pid, birth, isFree) => {
  const path = await lockOf(`${hostname()} ${pid} ${crypto.randomUUID()} ${birth}`);
  const running = machine({ [OWN]: 'boot/1', [OTHER]: 'boot/2' });
  expect((await lockFile(path, running)) !== undefined).toBe(isFree);
});

test('the lock of another machine is held, whatever runs here', async () => {
  const path = await lockOf(`another-${hostname()} 9 ${crypto.randomUUID()} boot/1`);
  expect(await lockFile(path, machine({ [OWN]: 'boot/1' }))).toBeUndefined();
});

test('a stale lock that another takes meanwhile is the other’s', async () => {
  const path = await lockOf(`${hostname()} 9 ${crypto.randomUUID()} boot/9`);
  const faster = `${hostname()} ${OTHER} ${crypto.randomUUID()} boot/2`;
  const birthOf = async (pid: number) => {
    if (pid === 9) await writeFile(path, faster);
    return pid === 9 ? undefined : 'boot/2';
  };
  expect(await lockFile(path, { ownPid: OWN, birthOf })).toBeUndefined();
  expect(await readFile(path, 'utf8')).toBe(faster);
  expect(await readdir(join(path, '..'))).toEqual(['lock']);
});

test('a lock says which process of this machine holds it, and since when it runs', async () => {
  const path = await lockOf();
  const { files } = createProcessHost(process);
  await files.lock(path);
  const [host, pid, , birth] = (await readFile(path, 'utf8')).split(' ');
  expect([host, pid]).toEqual([hostname(), String(process.pid)]);
  expect(birth).toMatch(process.platform === 'linux' ? /^[0-9a-f-]{36}\/\d+$/ : /^unknown$/);
});

test.skipIf(process.platform !== 'linux')(
  'a killed process after which its parent has not asked holds no lock',
  async () => {
    // The shell becomes a program that never asks after the child.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60']);
    const pid = Number(String((await once(parent.stdout, 'data'))[0]));
    const path = await lockOf(`${hostname()} ${pid} ${crypto.randomUUID()} unknown`);
    const { files } = createProcessHost(process);
    expect(await files.lock(path)).toBeUndefined();
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => readFile(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ');
    expect(await files.lock(path)).toBeDefined();
    parent.kill('SIGKILL');
  },
);
