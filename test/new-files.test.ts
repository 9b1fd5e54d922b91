import {
  chmod,
  mkdir,
  readdir,
  readFile,
  readlink,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { createNewFiles } from '../src/lib/new-files.js';
import { realProcesses, temporaryFolder } from './support/host.js';

test('a file is there once it is kept, with the folders it needs, and nothing beside it', async () => {
  const folder = await temporaryFolder();
  const file = await createNewFiles(realProcesses).create(join(folder, 'a/b.txt'));
  await file.write('one\n');
  await file.write(Buffer.from('two\n'));
  expect(await readdir(join(folder, 'a'))).not.toContain('b.txt');
  expect(await file.keep()).toBe(8);
  expect(await readdir(join(folder, 'a'))).toEqual(['b.txt']);
  expect(await readFile(join(folder, 'a/b.txt'), 'utf8')).toBe('one\ntwo\n');
});

test('what is discarded leaves what was there as it was', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'a.txt'), 'old');
  const file = await createNewFiles(realProcesses).create(join(folder, 'a.txt'));
  expect(file.replaces).toBe(true);
  await file.write('new');
  await file.discard();
  expect(await readdir(folder)).toEqual(['a.txt']);
  expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('old');
});

test('nothing written is an empty file', async () => {
  const folder = await temporaryFolder();
  expect(await (await createNewFiles(realProcesses).create(join(folder, 'a'))).keep()).toBe(0);
  expect(await readFile(join(folder, 'a'), 'utf8')).toBe('');
});

test('a link stays one: the file behind it is replaced', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'real'));
  await writeFile(join(folder, 'real/a.txt'), 'old');
  await symlink('real/a.txt', join(folder, 'link.txt'));
  const file = await createNewFiles(realProcesses).create(join(folder, 'link.txt'));
  await file.write('new');
  await file.keep();
  expect(await readlink(join(folder, 'link.txt'))).toBe('real/a.txt');
  expect(await readFile(join(folder, 'real/a.txt'), 'utf8')).toBe('new');
});

test('who may read a file may read the one that replaces it, and nobody else', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'a.txt');
  await writeFile(path, 'old');
  await chmod(path, 0o600);
  const file = await createNewFiles(realProcesses).create(path);
  await file.write('new');
  expect((await stat(dirname(file.temporaryPath ?? ''))).mode & 0o777).toBe(0o700);
  await file.keep();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test.skipIf(userInfo().uid === 0)('a file that may not be written is not replaced', async () => {
  const path = join(await temporaryFolder(), 'a.txt');
  await writeFile(path, 'old');
  await chmod(path, 0o400);
  await expect(createNewFiles(realProcesses).create(path)).rejects.toMatchObject({ kind: 'usage' });
  expect(await readFile(path, 'utf8')).toBe('old');
});

test('what ends with the process is removed with everything that lies beside it', async () => {
  const folder = await temporaryFolder();
  const files = createNewFiles(realProcesses);
  const file = await files.create(join(folder, 'a.txt'));
  await writeFile(`${file.temporaryPath}.rows`, 'beside');
  files.removeUnfinished();
  expect(await readdir(folder)).toEqual([]);
});

test('a device is written to as it is', async () => {
  const file = await createNewFiles(realProcesses).create('/dev/null');
  await file.write('gone');
  expect(file.temporaryPath).toBeUndefined();
  expect(await file.keep()).toBe(4);
});

test('what can be no file is said before anything is written', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'a.txt'), '');
  const { create } = createNewFiles(realProcesses);
  await expect(create(folder)).rejects.toMatchObject({ kind: 'usage' });
  await expect(create(join(folder, 'a.txt/b.txt'))).rejects.toMatchObject({ kind: 'usage' });
});

test('what a killed process left of the same file goes; what another is at, or nobody knows, stays', async () => {
  const folder = await temporaryFolder();
  const leave = async (name: string, pid: number | undefined) => {
    const left = join(folder, name);
    await mkdir(left);
    await writeFile(join(left, 'a.txt'), 'half');
    if (pid === undefined) return;
    const holder = `${hostname()} ${pid} ${crypto.randomUUID()} boot/${pid}`;
    await writeFile(join(left, `${name.slice(0, 5)}.lock`), holder);
  };
  await leave('a.txt.00000001.tmp', 1);
  await leave('a.txt.00000002.tmp', 2);
  await leave('a.txt.00000003.tmp', undefined);
  await leave('b.txt.00000004.tmp', 1);
  const birthOf = async (pid: number) => (pid === 1 ? undefined : `boot/${pid}`);
  const file = await createNewFiles({ birthOf, ownPid: 3 }).create(join(folder, 'a.txt'));
  await file.keep();
  expect((await readdir(folder)).sort()).toEqual([
    'a.txt',
    'a.txt.00000002.tmp',
    'a.txt.00000003.tmp',
    'b.txt.00000004.tmp',
  ]);
});

test('two that one process writes at the same time do not take each other for left', async () => {
  const path = join(await temporaryFolder(), 'a.txt');
  const { create } = createNewFiles(realProcesses);
  const [one, other] = [await create(path), await create(path)];
  await one.write('one');
  await other.write('other');
  await other.keep();
  expect(await one.keep()).toBe(3);
  expect(await readFile(path, 'utf8')).toBe('one');
});

test('many at once that write the same file all end well, and nothing is left beside it', async () => {
  const folder = await temporaryFolder();
  const { create } = createNewFiles(realProcesses);
  const writeTwice = async (_: unknown, one: number) => {
    for (const time of [1, 2]) {
      const file = await create(join(folder, 'a.txt'));
      await file.write(`${one} ${time}`);
      await file.keep();
    }
  };
  await Promise.all(Array.from({ length: 40 }, writeTwice));
  expect(await readdir(folder)).toEqual(['a.txt']);
});

test.skipIf(userInfo().uid === 0)(
  'a folder that may be written and not listed takes a file',
  async () => {
    const folder = await temporaryFolder();
    await chmod(folder, 0o300);
    const file = await createNewFiles(realProcesses).create(join(folder, 'a.txt'));
    await file.write('one');
    expect(await file.keep()).toBe(3);
    await chmod(folder, 0o700);
    expect(await readdir(folder)).toEqual(['a.txt']);
  },
);

// Node's own recursive mkdir never ends there.
test.skipIf(process.platform !== 'linux')(
  'a folder in which nothing can be made is said, in time',
  async () => {
    const made = createNewFiles(realProcesses).create('/proc/nowhere/a/b.txt');
    await expect(made).rejects.toMatchObject({ kind: 'usage' });
  },
);
