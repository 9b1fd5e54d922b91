import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Interrupted } from '../../../src/lib/errors.js';
import { readLocalData } from '../../../src/lib/use-cases/data/local-data.js';
import { type ChangingBlobs, changingBlobs } from '../../support/changing-blobs.js';
import { realFiles, temporaryFolder } from '../../support/host.js';

import { AT, BIG, bigContent, fetchTo, HERE, names, outcomes, text } from './fetching.js';

test('a large blob comes in ranges of one state', async () => {
  const folder = await temporaryFolder();
  const blobs = changingBlobs();
  blobs.put(`${AT}/big.jsonl`, bigContent());
  await fetchTo(folder, blobs);
  expect(Buffer.compare(await readFile(join(folder, HERE, 'big.jsonl')), bigContent())).toBe(0);
  expect(blobs.reads.map(({ from, length, etag }) => ({ from, length, etag }))).toEqual([
    { from: 0, length: 8_000_000, etag: undefined },
    { from: 8_000_000, length: 8_000_000, etag: '"1"' },
    { from: 16_000_000, length: 4_000_000, etag: '"1"' },
  ]);
});

describe('interrupted', () => {
  test('it says so, and the next run asks for what is missing alone', async () => {
    const folder = await temporaryFolder();
    const controller = new AbortController();
    const blobs = changingBlobs(async ({ from }) => {
      if (from !== 16_000_000 || controller.signal.aborted) return;
      // By now the range before has come.
      await new Promise((resolve) => setTimeout(resolve, 200));
      controller.abort(new Interrupted(130));
    });
    blobs.put(`${AT}/small.jsonl`, 'x\n');
    blobs.put(`${AT}/big.jsonl`, bigContent());

    const run = fetchTo(folder, blobs, { signal: controller.signal });
    await expect(run).rejects.toMatchObject({ name: 'Interrupted', status: 130 });
    await expect(run).rejects.toThrow('the same command goes on from there');
    expect(await names(join(folder, HERE))).toEqual(['small.jsonl']);

    const before = blobs.reads.length;
    const second = await fetchTo(folder, blobs);
    expect(outcomes(second).sort()).toEqual(['fetched', 'kept']);
    expect(blobs.reads.slice(before)).toMatchObject([{ from: 16_000_000, length: 4_000_000 }]);
    expect(Buffer.compare(await readFile(join(folder, HERE, 'big.jsonl')), bigContent())).toBe(0);
  });

  test('a line of the manifest that was cut off counts for nothing', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    blobs.put(`${AT}/one.jsonl`, 'first\n');
    blobs.put(`${AT}/two.jsonl`, 'second\n');
    await fetchTo(folder, blobs);
    const manifest = join(folder, '.aml-monitor-data', 'manifest.jsonl');
    const lines = await text(manifest);
    await writeFile(manifest, lines.slice(0, lines.lastIndexOf('"whole"') + 30));
    await writeFile(join(folder, '.aml-monitor-data', 'parts', '7.part'), 'left over');

    expect(outcomes(await fetchTo(folder, blobs)).sort()).toEqual(['fetched', 'kept']);
    expect(await names(join(folder, HERE))).toEqual(['one.jsonl', 'two.jsonl']);
    expect(await names(join(folder, '.aml-monitor-data', 'parts'))).toEqual([]);
    expect(outcomes(await fetchTo(folder, blobs))).toEqual(['kept', 'kept']);
  });
});

test('killed before a file that is whole had its name, it has it next time', async () => {
  const folder = await temporaryFolder();
  const blobs = changingBlobs();
  blobs.put(`${AT}/one.jsonl`, 'first\n', 'append');
  await fetchTo(folder, blobs);
  const sealed = join(folder, '.aml-monitor-data', 'parts', '0.whole');
  await rename(join(folder, HERE, 'one.jsonl'), sealed);
  expect(outcomes(await fetchTo(folder, blobs))).toEqual(['kept']);
  expect(blobs.reads).toHaveLength(1);
  expect(await text(folder, HERE, 'one.jsonl')).toBe('first\n');

  // Not what the manifest says: the line that says so was not written yet.
  await writeFile(sealed, 'first\nsecond\n');
  expect(outcomes(await fetchTo(folder, blobs))).toEqual(['fetched']);
  expect(await text(folder, HERE, 'one.jsonl')).toBe('first\n');
});

test('killed before files that are whole had their names, they are read as they came', async () => {
  const folder = await temporaryFolder();
  const blobs = changingBlobs();
  blobs.put(`${AT}/grown.jsonl`, 'first\n', 'append');
  await fetchTo(folder, blobs);
  blobs.append(`${AT}/grown.jsonl`, 'second\n');
  blobs.put(`${AT}/new.jsonl`, '{"dataref":"raw/a.json"}\n');
  blobs.put('raw/a.json', '[]');
  async function* listed() {
    for await (const file of blobs.listed()) if (file.name.startsWith(AT)) yield file;
  }
  const { manifest } = (await fetchTo(folder, blobs, { listed: listed() })).folder;
  const parts = join(folder, '.aml-monitor-data', 'parts');
  for (const { id, path } of manifest.placed()) {
    await rename(join(folder, path), join(parts, `${id}.whole`));
  }
  await writeFile(join(folder, HERE, 'grown.jsonl'), 'first\n');

  const read = await readLocalData(folder, realFiles);
  const contents = read.files.map(({ path }) => text(path));
  expect((await Promise.all(contents)).sort()).toEqual([
    'first\nsecond\n',
    '{"dataref":"raw/a.json"}\n',
  ]);
  expect(await text(read.references.get('raw/a.json') ?? '')).toBe('[]');
});

describe('a file that is not as the manifest says is fetched again', () => {
  test.each([
    ['gone', (path: string) => rm(path)],
    ['of another size', (path: string) => writeFile(path, 'firs')],
  ])('%s', async (_, spoil) => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    blobs.put(`${AT}/one.jsonl`, 'first\n', 'append');
    await fetchTo(folder, blobs);
    await spoil(join(folder, HERE, 'one.jsonl'));
    expect(outcomes(await fetchTo(folder, blobs))).toEqual(['fetched']);
    expect(await text(folder, HERE, 'one.jsonl')).toBe('first\n');
  });
});

describe('an append blob', () => {
  test('that grew: only what came behind its end', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    blobs.put(`${AT}/host.jsonl`, 'x'.repeat(5000), 'append');
    await fetchTo(folder, blobs);
    blobs.append(`${AT}/host.jsonl`, 'more');
    const second = await fetchTo(folder, blobs);
    expect(outcomes(second)).toEqual(['grown']);
    expect(await text(folder, HERE, 'host.jsonl')).toBe(`${'x'.repeat(5000)}more`);
    // The last bytes that are here, to see that it is still the same blob, and what is new.
    expect(blobs.reads.slice(1)).toMatchObject([
      { from: 3976, length: 1024 },
      { from: 5000, length: 4 },
    ]);
    expect(outcomes(await fetchTo(folder, blobs))).toEqual(['kept']);
  });

  test('that was begun again is fetched whole', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    blobs.put(`${AT}/host.jsonl`, 'x'.repeat(5000), 'append');
    await fetchTo(folder, blobs);
    blobs.put(`${AT}/host.jsonl`, 'y'.repeat(6000), 'append');
    expect(outcomes(await fetchTo(folder, blobs))).toEqual(['fetched']);
    expect(await text(folder, HERE, 'host.jsonl')).toBe('y'.repeat(6000));

    blobs.put(`${AT}/host.jsonl`, 'z', 'append');
    expect(outcomes(await fetchTo(folder, blobs))).toEqual(['fetched']);
    expect(await text(folder, HERE, 'host.jsonl')).toBe('z');
  });

  test('that was begun again is another blob, however like the old one it is at that place', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    const same = 'x'.repeat(2000);
    blobs.put(`${AT}/host.jsonl`, `old${same}`, 'append');
    await fetchTo(folder, blobs);
    blobs.put(`${AT}/host.jsonl`, `new${same}and more`, 'append');
    expect(outcomes(await fetchTo(folder, blobs))).toEqual(['fetched']);
    expect(await text(folder, HERE, 'host.jsonl')).toBe(`new${same}and more`);
  });

  test.each([true, false])(
    'that is begun again while it comes is no mix of the two (time of creation told: %s)',
    async (tellsCreated) => {
      const folder = await temporaryFolder();
      const next = Buffer.concat([bigContent(13), Buffer.from('more')]);
      const blobs: ChangingBlobs = changingBlobs(
        (_, count) => {
          if (count === 2) blobs.put(`${AT}/host.jsonl`, next, 'append');
        },
        { tellsCreated },
      );
      blobs.put(`${AT}/host.jsonl`, bigContent(), 'append');
      expect(outcomes(await fetchTo(folder, blobs))).toEqual(['fetched']);
      expect(Buffer.compare(await readFile(join(folder, HERE, 'host.jsonl')), next)).toBe(0);
    },
  );

  test('that is begun again between the list and its turn comes as it is by then', async () => {
    const folder = await temporaryFolder();
    const blobs: ChangingBlobs = changingBlobs((_, count) => {
      if (count === 2) blobs.put(`${AT}/host.jsonl`, 'new', 'append');
    });
    blobs.put(`${AT}/host.jsonl`, 'x'.repeat(5000), 'append');
    await fetchTo(folder, blobs);
    blobs.append(`${AT}/host.jsonl`, 'more');
    expect(outcomes(await fetchTo(folder, blobs))).toEqual(['fetched']);
    expect(await text(folder, HERE, 'host.jsonl')).toBe('new');
  });

  test.each([
    ['the server does not tell', false],
    ['an earlier version did not note', true],
  ])('whose time of creation %s grows all the same', async (_, tellsCreated) => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs(undefined, { tellsCreated });
    blobs.put(`${AT}/host.jsonl`, 'x'.repeat(5000), 'append');
    await fetchTo(folder, blobs);
    const manifest = join(folder, '.aml-monitor-data', 'manifest.jsonl');
    const noted = await text(manifest);
    await writeFile(manifest, noted.replace(/,"created":("[^"]*"|null)/g, ''));
    blobs.append(`${AT}/host.jsonl`, 'more');
    expect(outcomes(await fetchTo(folder, blobs))).toEqual(['grown']);
    expect(await text(folder, HERE, 'host.jsonl')).toBe(`${'x'.repeat(5000)}more`);
  });

  test('that is written to all the time comes as far as it was when it was looked at', async () => {
    const folder = await temporaryFolder();
    const blobs: ChangingBlobs = changingBlobs(() => blobs.append(`${AT}/host.jsonl`, '.'));
    blobs.put(`${AT}/host.jsonl`, bigContent(), 'append');
    expect(outcomes(await fetchTo(folder, blobs))).toEqual(['fetched']);
    const content = await readFile(join(folder, HERE, 'host.jsonl'));
    expect(Buffer.compare(content.subarray(0, BIG), bigContent())).toBe(0);
    expect(outcomes(await fetchTo(folder, blobs))).toEqual(['grown']);
  });
});

test('a block blob of another state is fetched whole', async () => {
  const folder = await temporaryFolder();
  const blobs = changingBlobs();
  blobs.put(`${AT}/one.csv`, 'first\n');
  await fetchTo(folder, blobs);
  blobs.put(`${AT}/one.csv`, 'first\nsecond\n');
  expect(outcomes(await fetchTo(folder, blobs))).toEqual(['fetched']);
  expect(blobs.reads).toHaveLength(2);
  expect(await text(folder, HERE, 'one.csv')).toBe('first\nsecond\n');
});

test('a block blob that changes on the way comes in its new state', async () => {
  const folder = await temporaryFolder();
  const next = bigContent(13).subarray(0, BIG - 5);
  const blobs: ChangingBlobs = changingBlobs((_, count) => {
    if (count === 2) blobs.put(`${AT}/big.csv`, next);
  });
  blobs.put(`${AT}/big.csv`, bigContent());
  expect(outcomes(await fetchTo(folder, blobs))).toEqual(['fetched']);
  expect(Buffer.compare(await readFile(join(folder, HERE, 'big.csv')), next)).toBe(0);
});
