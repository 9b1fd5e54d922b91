import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { changingBlobs } from '../../support/changing-blobs.js';
import { realFiles, temporaryFolder } from '../../support/host.js';

import { AT, fetchTo, HERE, names, OWNER, placeOf, text } from './fetching.js';

describe('the folder', () => {
  test('of another service or workspace, or one in use, is refused', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    blobs.put(`${AT}/one.jsonl`, '{}\n');
    await fetchTo(folder, blobs);
    await expect(fetchTo(folder, blobs, { owner: { ...OWNER, service: 'churn' } })).rejects.toThrow(
      'holds the data of "fraud".',
    );
    await expect(fetchTo(folder, blobs, { owner: { ...OWNER, workspace: 'x' } })).rejects.toThrow(
      'holds the data of "fraud" in another workspace.',
    );
    const release = await realFiles.lock(join(folder, '.aml-monitor-data', 'lock'));
    await expect(fetchTo(folder, blobs)).rejects.toThrow('Another download is writing to');
    await release?.();
  });

  test('is not made where there is nothing', async () => {
    const folder = join(await temporaryFolder(), 'data');
    const blobs = changingBlobs();
    expect((await fetchTo(folder, blobs)).files.counts).toMatchObject({ fetched: 0, failed: 0 });
    expect(await realFiles.look(folder)).toBeUndefined();
  });

  test('keeps what no download put there', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, HERE), { recursive: true });
    await writeFile(join(folder, HERE, 'one.csv'), 'mine');
    const blobs = changingBlobs();
    blobs.put(`${AT}/one.csv`, 'theirs');
    const fetched = await fetchTo(folder, blobs);
    expect(await text(folder, HERE, 'one.csv')).toBe('mine');
    const place = placeOf(fetched, `${AT}/one.csv`);
    expect(place?.change).toBe('told-apart');
    expect(await text(folder, place?.path ?? '')).toBe('theirs');
  });

  test('is not left through a link in it', async () => {
    const folder = await temporaryFolder();
    const outside = await temporaryFolder();
    await symlink(outside, join(folder, 'blue'));
    const blobs = changingBlobs();
    blobs.put(`${AT}/one.csv`, 'x');
    const { files } = await fetchTo(folder, blobs);
    expect(files).toMatchObject({ here: [], failures: [{ kind: 'unsupported' }] });
    expect(await names(outside)).toEqual([]);

    const linked = await temporaryFolder();
    await symlink(outside, join(linked, '.aml-monitor-data'));
    await expect(fetchTo(linked, blobs)).rejects.toMatchObject({ kind: 'usage' });
    expect(await names(outside)).toEqual([]);

    // What is left over in there is removed.
    await writeFile(join(outside, 'mine'), '');
    const deeper = await temporaryFolder();
    await mkdir(join(deeper, '.aml-monitor-data'));
    await symlink(outside, join(deeper, '.aml-monitor-data', 'parts'));
    await expect(fetchTo(deeper, blobs)).rejects.toMatchObject({ kind: 'unsupported' });
    expect(await names(outside)).toEqual(['mine']);
  });

  test('is not left by any name, and no two files share one', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    const hostile = [
      '../../x',
      '/etc/x',
      'a\n\u001b[2J\0.csv',
      'A.csv',
      'a.csv',
      '../.././..',
      'a//b',
      'NUL',
    ];
    for (const [index, name] of hostile.entries()) blobs.put(`${AT}/${name}`, `content ${index}`);
    const fetched = await fetchTo(folder, blobs);
    expect(await names(folder)).toEqual(['.aml-monitor-data', 'blue']);
    const paths = hostile.map((name) => placeOf(fetched, `${AT}/${name}`)?.path ?? '');
    for (const [index, path] of paths.entries()) {
      expect(await text(folder, path)).toBe(`content ${index}`);
    }
    expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(hostile.length);
  });
});
