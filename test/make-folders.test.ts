import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolders } from '../src/lib/make-folders.js';
import { temporaryFolder } from './support/host.js';

test('folders are made while another removes them', async () => {
  const path = join(await temporaryFolder(), 'a');
  const repeat = async (work: () => Promise<void>) => {
    for (let time = 0; time < 200; time++) await work();
  };
  const make = () => makeFolders(path);
  const remove = () => rm(path, { recursive: true, force: true });
  await Promise.all([make, make, make, make, remove, remove].map(repeat));
});

test('a link to nothing is no folder, and said', async () => {
  const path = join(await temporaryFolder(), 'link');
  await symlink('nothing', path);
  await expect(makeFolders(path)).rejects.toMatchObject({ code: 'EEXIST' });
});
