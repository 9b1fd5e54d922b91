import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Files } from '../../../src/lib/host.js';
import { openManifest } from '../../../src/lib/use-cases/data/manifest.js';
import { realFiles, temporaryFolder } from '../../support/host.js';

const OWNER = { workspace: 'w', service: 'fraud' };
const blobOf = (index: number) => ({
  accountName: 'store',
  containerName: 'data',
  name: `été/${index}.jsonl`,
});

/** Of so many files, each line of it overtaken several times. */
async function writeManifest(path: string, count: number): Promise<void> {
  const manifest = await openManifest(path, realFiles);
  manifest.begin(OWNER);
  for (let index = 0; index < count; index++) {
    const blob = blobOf(index);
    manifest.place({ blob, facts: null, path: `${index}.jsonl`, change: null });
    for (let bytes = 1; bytes < 9; bytes++) manifest.setSearched(blob, bytes);
  }
  await manifest.commit();
}

test('a manifest is read and tidied piece by piece: no string holds it', async () => {
  const path = join(await temporaryFolder(), 'manifest.jsonl');
  await writeManifest(path, 5000);
  let longest = 0;
  const files: Files = {
    ...realFiles,
    read: () => Promise.reject(new Error('Read as one string.')),
    write: () => Promise.reject(new Error('Written as one string.')),
    async *readBytes(file) {
      // Pieces end within lines, and within letters.
      for await (const bytes of realFiles.readBytes(file)) {
        for (let at = 0; at < bytes.length; at += 1001) yield bytes.subarray(at, at + 1001);
      }
    },
    async create(file) {
      const created = await realFiles.create(file);
      return {
        ...created,
        write: (content) => {
          longest = Math.max(longest, content.length);
          return created.write(content);
        },
      };
    },
  };
  const before = (await readFile(path)).length;
  const manifest = await openManifest(path, files);
  expect([...manifest.placed()]).toHaveLength(5000);
  expect(manifest.find(blobOf(4999))).toMatchObject({ path: '4999.jsonl', searchedBytes: 8 });
  await manifest.tidy();
  const after = (await readFile(path)).length;
  expect(after).toBeLessThan(before / 2);
  expect(longest).toBeLessThan(after / 2);
  const tidied = await openManifest(path, files);
  expect([...tidied.placed()]).toEqual([...manifest.placed()]);
  expect(tidied.owner()).toEqual(OWNER);
});

test('what is no manifest is refused by its name', async () => {
  const path = join(await temporaryFolder(), 'manifest.jsonl');
  await writeFile(path, 'a,b\n1,2\n');
  await expect(openManifest(path, realFiles)).rejects.toMatchObject({ kind: 'usage' });
  await expect(openManifest(path, realFiles)).rejects.toThrow('is not the manifest of a download.');
});
