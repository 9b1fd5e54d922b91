import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { CliError, Interrupted } from '../../../src/lib/errors.js';
import type { CollectedFile } from '../../../src/lib/model/collected-file.js';
import type { DatastorePath } from '../../../src/lib/use-cases/data/datastores.js';
import {
  type Fetched,
  type FetchPorts,
  fetchCollected,
} from '../../../src/lib/use-cases/data/fetch-collected.js';
import { localDataOf, readLocalData } from '../../../src/lib/use-cases/data/local-data.js';
import type { DataOwner } from '../../../src/lib/use-cases/data/manifest.js';
import { type ChangingBlobs, changingBlobs } from '../../support/changing-blobs.js';
import { fakeClock, realFiles, temporaryFolder } from '../../support/host.js';

const OWNER: DataOwner = { workspace: '/subscriptions/s/workspaces/w', service: 'fraud' };
const AT = 'modelDataCollector/fraud/blue/model_inputs/2026/11/22/08';
const HERE = 'blue/model_inputs/2026/11/22/08';
const BIG = 20_000_000;

function bigContent(seed = 7): Uint8Array {
  const bytes = new Uint8Array(BIG);
  for (let at = 0; at < BIG; at++) bytes[at] = (at * seed + (at >> 11)) & 0xff;
  return bytes;
}

function fetchTo(
  folder: string,
  blobs: ChangingBlobs,
  more: Partial<FetchPorts> & {
    readonly owner?: DataOwner;
    readonly listed?: AsyncIterable<CollectedFile>;
    readonly parallel?: number;
  } = {},
): Promise<Fetched> {
  const { owner = OWNER, listed = blobs.listed(), parallel = 16, ...ports } = more;
  return fetchCollected(
    listed,
    { folder, owner, parallel },
    {
      blobs,
      getDatastore: async () => ({ accountName: 'store', containerName: 'data' }),
      files: realFiles,
      clock: fakeClock(),
      signal: new AbortController().signal,
      progress: { onListed() {}, onAllListed() {}, onDone() {}, onBytes() {} },
      ...ports,
    },
  );
}

/** What became of the files, however many, in the order of the kinds. */
const outcomes = ({ files }: Fetched) =>
  Object.entries(files.counts).flatMap(([kind, count]) => Array<string>(count).fill(kind));
const placeOf = ({ folder }: Fetched, name: string) =>
  folder.manifest.find({ accountName: 'store', containerName: 'data', name });
/** Where the payloads are that are here. */
const pathsOf = ({ payloads, folder }: Fetched) =>
  payloads.here.map((id) => folder.manifest.get(id).path).sort();
const names = (folder: string) => realFiles.list(folder);
const text = (...path: string[]) => readFile(join(...path), 'utf8');

test('files come by deployment, collection and time; a second run asks for none again', async () => {
  const folder = await temporaryFolder();
  const blobs = changingBlobs();
  blobs.put(`${AT}/one.jsonl`, 'first\n');
  blobs.put(`${AT}/two.jsonl`, 'second\n');
  blobs.put(`${AT}/empty.jsonl`, '');

  const first = await fetchTo(folder, blobs);
  expect(outcomes(first)).toEqual(['fetched', 'fetched', 'fetched']);
  expect(first.bytes).toBe(13);
  expect(await text(folder, HERE, 'one.jsonl')).toBe('first\n');
  expect(await names(join(folder, HERE))).toEqual(['empty.jsonl', 'one.jsonl', 'two.jsonl']);
  expect(await names(join(folder, '.aml-monitor-data', 'parts'))).toEqual([]);

  const second = await fetchTo(folder, blobs);
  expect(outcomes(second)).toEqual(['kept', 'kept', 'kept']);
  expect(blobs.reads).toHaveLength(3);
});

test('of files that have come nothing is kept but what the manifest has', async () => {
  const folder = await temporaryFolder();
  const blobs = changingBlobs();
  for (let index = 0; index < 300; index++) blobs.put(`${AT}/${index}.jsonl`, '{}\n');
  const seen: WeakRef<CollectedFile>[] = [];
  async function* listed() {
    for await (const file of blobs.listed()) {
      seen.push(new WeakRef(file));
      yield file;
    }
  }
  const fetched = await fetchTo(folder, blobs, { listed: listed() });
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  await new Promise((resolve) => setImmediate(resolve));
  runInNewContext('gc')();
  expect(seen.filter((each) => each.deref() !== undefined).length).toBeLessThan(10);
  expect(localDataOf(fetched).files).toHaveLength(300);
});

test('v1 files come by model and version', async () => {
  const folder = await temporaryFolder();
  const blobs = changingBlobs();
  const name = '/s/g/w/churn/trees/default/inputs/2026/11/22/inputs.csv';
  blobs.put(name, 'a,b\n');
  async function* listed() {
    const v1 = { api: 'v1', part: null, model: 'trees', modelVersion: 'default' } as const;
    for await (const file of blobs.listed()) yield { ...file, ...v1, collection: 'inputs' };
  }
  await fetchTo(folder, blobs, { listed: listed() });
  expect(await text(folder, 'trees/default/inputs/2026/11/22/inputs.csv')).toBe('a,b\n');
});

test('so many requests at a time, and fetching begins before all is listed', async () => {
  const folder = await temporaryFolder();
  let isListed = false;
  let earlyReads = 0;
  const blobs = changingBlobs(() => {
    if (!isListed) earlyReads += 1;
  });
  for (let index = 0; index < 50; index++) blobs.put(`${AT}/${index}.jsonl`, 'x');
  async function* slowly() {
    for await (const file of blobs.listed()) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      yield file;
    }
    isListed = true;
  }
  await fetchTo(folder, blobs, { listed: slowly(), parallel: 4 });
  expect(blobs.mostAtOnce()).toBeLessThanOrEqual(4);
  expect(earlyReads).toBeGreaterThan(10);

  const big = changingBlobs(() => new Promise((resolve) => setTimeout(resolve, 5)));
  for (let index = 0; index < 3; index++) big.put(`${AT}/big-${index}.jsonl`, bigContent());
  await fetchTo(folder, big, { parallel: 3 });
  expect(big.mostAtOnce()).toBe(3);
});

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

test('a blob that changes all the time, and one that is gone, fail alone', async () => {
  const folder = await temporaryFolder();
  const blobs: ChangingBlobs = changingBlobs(({ name }) => {
    if (name.endsWith('big.csv')) blobs.put(name, bigContent());
    if (name.endsWith('gone.csv')) blobs.remove(name);
  });
  blobs.put(`${AT}/big.csv`, bigContent());
  blobs.put(`${AT}/gone.csv`, 'x');
  blobs.put(`${AT}/there.csv`, 'x');
  const { files } = await fetchTo(folder, blobs);
  const failures = files.failures.map(({ name, kind }) => [name, kind]);
  expect(failures.sort()).toEqual([
    [`${AT}/big.csv`, 'service'],
    [`${AT}/gone.csv`, 'not-found'],
  ]);
  expect(await names(join(folder, HERE))).toEqual(['there.csv']);
});

test('what no file is spared ends all', async () => {
  const folder = await temporaryFolder();
  const refuse = (error: CliError) => changingBlobs(() => Promise.reject(error));
  const forbidden = refuse(new CliError('auth', 'You may not read the blobs.'));
  const unreachable = refuse(new CliError('service', 'The account does not answer.'));
  for (let index = 0; index < 500; index++) {
    forbidden.put(`${AT}/${index}.csv`, 'x');
    unreachable.put(`${AT}/${index}.csv`, 'x');
  }
  await expect(fetchTo(folder, forbidden)).rejects.toMatchObject({ kind: 'auth' });
  expect(forbidden.reads.length).toBeLessThanOrEqual(32);
  await expect(fetchTo(folder, unreachable)).rejects.toMatchObject({ kind: 'service' });
  expect(unreachable.reads.length).toBeLessThan(70);
});

test('what the service says against single blobs stops nobody else, however many they are', async () => {
  const folder = await temporaryFolder();
  const blobs = changingBlobs(({ name }) => {
    if (!name.includes('archived')) return;
    throw new CliError('service', 'It is archived.', { status: 409, code: 'BlobArchived' });
  });
  for (let index = 0; index < 25; index++) {
    blobs.put(`${AT}/${index}.csv`, 'x');
    blobs.put(`${AT}/${index}-archived.csv`, 'x');
  }
  for (let index = 25; index < 50; index++) blobs.put(`${AT}/${index}-archived.csv`, 'x');
  const count = (fetched: Fetched, kind: string) =>
    outcomes(fetched).filter((outcome) => outcome === kind).length;
  const first = await fetchTo(folder, blobs);
  expect([count(first, 'fetched'), count(first, 'failed')]).toEqual([25, 50]);
  blobs.put(`${AT}/later.csv`, 'x');
  const second = await fetchTo(folder, blobs);
  expect([count(second, 'fetched'), count(second, 'kept')]).toEqual([1, 25]);
});

test('files that are here tell single failures from those of all', async () => {
  const folder = await temporaryFolder();
  let isIll = false;
  const blobs = changingBlobs(() => {
    if (isIll) throw new CliError('service', 'The server is busy.', { status: 503 });
  });
  for (let index = 0; index < 100; index++) {
    blobs.put(`${AT}/${String(index).padStart(3, '0')}.csv`, 'x');
  }
  await fetchTo(folder, blobs);
  for (let index = 0; index < 100; index += 4) {
    blobs.put(`${AT}/${String(index).padStart(3, '0')}.csv`, 'changed');
  }
  isIll = true;
  const { files } = await fetchTo(folder, blobs, { parallel: 1 });
  expect(files.counts).toEqual({ fetched: 0, grown: 0, kept: 75, failed: 25 });
});

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

describe('references', () => {
  const line = (members: object) => `${JSON.stringify(members)}\n`;

  test('are fetched too, from the account of the data alone, once', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    const payloads = ['raw/a.json', 'raw/b c.json', 'raw/c.json', 'raw/d'];
    for (const name of payloads) blobs.put(name, `[${JSON.stringify(name)}]`);
    const texts = [
      'raw/a.json',
      'https://store.blob.core.windows.net/data/raw/b%20c.json?sig=secret',
      'azureml://subscriptions/s/workspaces/w/datastores/d/paths/raw/c.json',
    ];
    const refused = [
      'https://other.blob.core.windows.net/data/x',
      'file:///etc/passwd',
      'https://store.evil/x',
    ];
    blobs.put(
      `${AT}/host.jsonl`,
      [
        ...[...texts, ...refused].map((dataref) => line({ id: 1, dataref })),
        line({ datainblob: 'true', data: 'https://store.blob.core.windows.net/data/raw/d' }),
        line({ datainblob: 'false', data: 'https://store.blob.core.windows.net/data/raw/e' }),
        '{"dataref": malformed\n',
        line({ data: [{ dataref: 'no reference' }] }),
      ].join(''),
      'append',
    );
    async function* listed() {
      for await (const file of blobs.listed()) if (file.name.startsWith(AT)) yield file;
    }
    const first = await fetchTo(folder, blobs, { listed: listed() });
    expect(first.payloads.counts).toMatchObject({ fetched: 4 });
    expect(pathsOf(first)).toEqual(payloads.map((name) => `references/data/${name}`));
    const local = await readLocalData(folder, realFiles);
    expect(local).toEqual(localDataOf(first));
    expect(local.files.map(({ path }) => path)).toEqual([join(folder, HERE, 'host.jsonl')]);
    const wasReferred = 'https://store.blob.core.windows.net/data/raw/b%20c.json';
    expect(local.references.get(wasReferred)).toBe(join(folder, 'references/data/raw/b c.json'));
    const known = [...first.folder.manifest.references()];
    expect(known.filter(({ to }) => to === null).map((one) => one.text)).toEqual(refused);
    const manifest = await text(folder, '.aml-monitor-data', 'manifest.jsonl');
    expect(manifest).not.toContain('secret');

    const before = blobs.reads.length;
    const second = await fetchTo(folder, blobs, { listed: listed() });
    expect(second.payloads.counts).toMatchObject({ fetched: 0, kept: 4 });
    expect([...second.folder.manifest.references()]).toHaveLength(7);
    expect(blobs.reads.length).toBe(before);

    blobs.put('raw/later.json', '[]');
    blobs.append(`${AT}/host.jsonl`, line({ dataref: 'raw/later.json' }));
    const third = await fetchTo(folder, blobs, { listed: listed() });
    expect(third.payloads.counts).toMatchObject({ fetched: 1, kept: 4 });
    expect(pathsOf(third)).toContain('references/data/raw/later.json');
  });

  test('a path from another root leads to a payload beside the lines, of the same time and name', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    const texts = ['exported/2026/11/22/08/a.json', 'exported/2026/11/22/09/a.json', 'a.json'];
    blobs.put(`${AT}/host.jsonl`, texts.map((dataref) => line({ dataref })).join(''));
    blobs.put(`${AT}/a.json`, '[]');
    blobs.put(`${AT}/a.json.old`, '[]');
    async function* listed() {
      for await (const file of blobs.listed()) if (file.name.endsWith('.jsonl')) yield file;
    }
    const { payloads, folder: place } = await fetchTo(folder, blobs, { listed: listed() });
    expect(payloads.counts).toMatchObject({ fetched: 1, failed: 2 });
    const found = [...place.manifest.references()].map(({ text, to }) => [text, to?.blob.name]);
    expect(found).toEqual([
      [texts[0], `${AT}/a.json`],
      [texts[1], texts[1]],
      [texts[2], texts[2]],
    ]);
  });

  test('two collections that name payloads alike get none of each other', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    const dataref = 'exported/2026/11/22/08/a.json';
    const outputs = AT.replace('inputs', 'outputs');
    blobs.put(`${AT}/host.jsonl`, line({ dataref }));
    blobs.put(`${outputs}/host.jsonl`, line({ dataref }));
    blobs.put(`${AT}/a.json`, '["in"]');
    blobs.put(`${outputs}/a.json`, '["out"]');
    async function* listed() {
      for await (const file of blobs.listed()) if (file.name.endsWith('.jsonl')) yield file;
    }
    const { payloads } = await fetchTo(folder, blobs, { listed: listed() });
    expect(payloads.counts).toMatchObject({ fetched: 0, failed: 1 });
  });

  const onlyLines = async function* (blobs: ChangingBlobs) {
    for await (const file of blobs.listed()) if (file.name.endsWith('.jsonl')) yield file;
  };

  test('a payload that is where its line says is not looked for beside it', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    const dataref = 'exported/2026/11/22/08/a.json';
    blobs.put(`${AT}/host.jsonl`, line({ dataref }));
    blobs.put(dataref, '[]');
    blobs.put(`${AT}/a.json`, '["another"]');
    const fetched = await fetchTo(folder, blobs, { listed: onlyLines(blobs) });
    expect(pathsOf(fetched)).toEqual([`references/data/${dataref}`]);
    expect(blobs.reads.map(({ name }) => name)).not.toContain(`${AT}/a.json`);
  });

  test('a payload that is not there, nor beside its line, is looked for in both places each time', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    blobs.put(`${AT}/host.jsonl`, line({ dataref: 'exported/2026/11/22/08/a.json' }));
    const first = await fetchTo(folder, blobs, { listed: onlyLines(blobs) });
    expect(first.payloads.counts).toMatchObject({ fetched: 0, failed: 1 });
    blobs.put(`${AT}/a.json`, '[]');
    const second = await fetchTo(folder, blobs, { listed: onlyLines(blobs) });
    expect(second.payloads.counts).toMatchObject({ fetched: 1, failed: 0 });
    const before = blobs.reads.length;
    const third = await fetchTo(folder, blobs, { listed: onlyLines(blobs) });
    expect(third.payloads.counts).toMatchObject({ kept: 1, failed: 0 });
    expect(blobs.reads).toHaveLength(before);
  });

  test('a payload is looked for beside its line in a folder that did not note the line', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    blobs.put(`${AT}/host.jsonl`, line({ dataref: 'exported/2026/11/22/08/a.json' }));
    await fetchTo(folder, blobs, { listed: onlyLines(blobs) });
    const manifest = join(folder, '.aml-monitor-data', 'manifest.jsonl');
    await writeFile(manifest, (await readFile(manifest, 'utf8')).replaceAll(/,"lines":\d+/g, ''));
    blobs.put(`${AT}/a.json`, '[]');
    const { payloads } = await fetchTo(folder, blobs, { listed: onlyLines(blobs) });
    expect(payloads.counts).toMatchObject({ fetched: 1, failed: 0 });
  });

  test('a line of another time leaves a payload beside the lines of its own', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    const dataref = 'exported/2026/11/22/08/a.json';
    const later = AT.replace(/08$/, '09');
    blobs.put(`${later}/host.jsonl`, line({ dataref }));
    blobs.put(`${AT}/host.jsonl`, line({ dataref }));
    blobs.put(`${AT}/a.json`, '[]');
    blobs.put(`${AT.replace(/08$/, '10')}/host.jsonl`, line({ dataref }));
    const { payloads } = await fetchTo(folder, blobs, { listed: onlyLines(blobs) });
    expect(payloads.counts).toMatchObject({ fetched: 1, failed: 0 });
  });

  test('payloads are looked for side by side, and where one cannot be that one fails alone', async () => {
    const folder = await temporaryFolder();
    const ill = `${AT}/a7.json`;
    const blobs = changingBlobs(({ name }) => {
      if (name === ill) throw new CliError('service', 'Busy.', { status: 503 });
    });
    const others = Array.from({ length: 40 }, (_, index) => index);
    const texts = others.map((index) => `exported/2026/11/22/08/a${index}.json`);
    blobs.put(`${AT}/host.jsonl`, texts.map((dataref) => line({ dataref })).join(''));
    for (const index of others) blobs.put(`${AT}/a${index}.json`, '[]');
    const list = () => {
      throw new CliError('service', 'No lists.', { status: 503 });
    };
    const listed = onlyLines(blobs);
    const { files, payloads } = await fetchTo(folder, { ...blobs, list }, { listed });
    expect(files.counts).toMatchObject({ fetched: 1, failed: 0 });
    expect(payloads.counts).toMatchObject({ fetched: 39, failed: 1 });
    expect(payloads.failures).toMatchObject([{ name: ill, kind: 'service' }]);
    expect(blobs.mostAtOnce()).toBeGreaterThan(4);
  });

  test.each([
    ['as it was', 7],
    ['another', 11],
  ])(
    'a large payload that was interrupted goes on where it was, if it is as it was: %s',
    async (_, seed) => {
      const folder = await temporaryFolder();
      const controller = new AbortController();
      const blobs = changingBlobs(({ from = 0 }) => {
        if (from > 8_000_000) controller.abort(new Interrupted(130));
      });
      blobs.put(`${AT}/host.jsonl`, line({ dataref: 'raw/big.json' }));
      blobs.put('raw/big.json', bigContent());
      const { signal } = controller;
      const parallel = 1;
      const first = fetchTo(folder, blobs, { listed: onlyLines(blobs), signal, parallel });
      await expect(first).rejects.toThrow(Interrupted);

      if (seed !== 7) blobs.put('raw/big.json', bigContent(seed));
      const before = blobs.reads.length;
      const again = await fetchTo(folder, blobs, { listed: onlyLines(blobs) });
      const begun = blobs.reads.slice(before).filter(({ from }) => from === 0);
      expect(begun).toHaveLength(seed === 7 ? 0 : 1);
      const came = await readFile(join(folder, ...pathsOf(again)));
      expect(Buffer.compare(came, bigContent(seed))).toBe(0);
    },
  );

  test('one whose payload is gone fails alone', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    blobs.put(`${AT}/host.jsonl`, line({ dataref: 'raw/gone.json' }));
    const { files, payloads } = await fetchTo(folder, blobs);
    expect(files.counts).toMatchObject({ fetched: 1, failed: 0 });
    expect(payloads.failures).toMatchObject([{ name: 'raw/gone.json', kind: 'not-found' }]);
    expect(await names(join(folder, '.aml-monitor-data', 'parts'))).toEqual([]);
  });

  test('one that the caller may not read fails alone', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs(({ name }) => {
      if (name === 'secret') throw new CliError('auth', 'You may not read it.', { status: 403 });
    });
    blobs.put(
      `${AT}/host.jsonl`,
      line({ dataref: 'https://store.blob.core.windows.net/other/secret' }) +
        line({ dataref: 'mine' }),
    );
    blobs.put('mine', '[]');
    async function* listed() {
      for await (const file of blobs.listed()) if (file.name.startsWith(AT)) yield file;
    }
    const fetched = await fetchTo(folder, blobs, { listed: listed() });
    expect(pathsOf(fetched)).toEqual(['references/data/mine']);
    expect(fetched.payloads.failures).toMatchObject([{ name: 'secret', kind: 'auth' }]);
  });

  test('a datastore is asked for once, and one that may not be looked at fails what refers to it', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    const refer = (store: string) =>
      line({ dataref: `azureml://datastores/${store}/paths/a.json` }) +
      line({ dataref: `azureml://datastores/${store}/paths/b.json` });
    blobs.put(`${AT}/open.jsonl`, refer('open'));
    blobs.put(`${AT}/closed.jsonl`, refer('closed'));
    blobs.put('a.json', '[]');
    blobs.put('b.json', '[]');
    async function* listed() {
      for await (const file of blobs.listed()) if (file.name.startsWith(AT)) yield file;
    }
    const asked: string[] = [];
    let isClosed = true;
    const getDatastore = async ({ datastore: name }: DatastorePath) => {
      asked.push(name);
      if (name === 'closed' && isClosed) throw new CliError('auth', 'You may not read it.');
      return { accountName: 'store', containerName: 'data' };
    };
    const first = await fetchTo(folder, blobs, { listed: listed(), getDatastore });
    expect(asked.sort()).toEqual(['closed', 'open']);
    expect(first.files.counts).toMatchObject({ fetched: 1, failed: 1 });
    expect(first.files.failures).toMatchObject([{ name: `${AT}/closed.jsonl`, kind: 'auth' }]);
    isClosed = false;
    const second = await fetchTo(folder, blobs, { listed: listed(), getDatastore });
    expect(outcomes(second)).toEqual(['kept', 'kept']);
    expect([...second.folder.manifest.references()].filter(({ to }) => to === null)).toEqual([]);
  });

  test('a signature in one without a scheme is kept nowhere, and a host is a host', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    const texts = [
      '/raw/a.json?sv=1&sig=canary',
      'raw/b.json?sig=canary',
      '//store.blob.core.windows.net/data/raw/c.json?sv=1&sig=canary',
      '//elsewhere.example/raw/d.json?sig=canary',
      'raw/e.json%3Fsv=1%26sig%3Dcanary',
      'raw/design?design=1',
    ];
    blobs.put(`${AT}/host.jsonl`, texts.map((dataref) => line({ dataref })).join(''));
    for (const name of ['a.json', 'b.json', 'c.json', 'design?design=1'])
      blobs.put(`raw/${name}`, '[]');
    async function* listed() {
      for await (const file of blobs.listed()) if (file.name.startsWith(AT)) yield file;
    }
    const fetched = await fetchTo(folder, blobs, { listed: listed() });
    const { payloads } = fetched;
    expect(pathsOf(fetched)).toEqual(
      ['a.json', 'b.json', 'c.json', 'design%3Fdesign=1'].map(
        (name) => `references/data/raw/${name}`,
      ),
    );
    expect(payloads.failures.map(({ name }) => name)).toEqual(['raw/e.json']);
    const elsewhere = [...fetched.folder.manifest.references()].filter(({ to }) => to === null);
    expect(elsewhere.map((one) => one.text)).toEqual(['//elsewhere.example/raw/d.json']);
    expect(await text(folder, '.aml-monitor-data', 'manifest.jsonl')).not.toContain('canary');
    expect(JSON.stringify(payloads.failures)).not.toContain('canary');
  });

  test('a collected file that a line refers to before it is listed is collected all the same', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    blobs.put(`${AT}/first.jsonl`, line({ dataref: `${AT}/second.jsonl` }));
    blobs.put(`${AT}/second.jsonl`, line({ dataref: 'raw/third.json' }));
    blobs.put('raw/third.json', '[]');
    const listing = async function* (name: string) {
      for await (const file of blobs.listed()) if (file.name === `${AT}/${name}.jsonl`) yield file;
    };
    await fetchTo(folder, blobs, { listed: listing('first') });
    const fetched = await fetchTo(folder, blobs, { listed: listing('second') });
    expect(pathsOf(fetched)).toEqual(['references/data/raw/third.json']);
    const { files } = await readLocalData(folder, realFiles);
    expect(files.map(({ name }) => name).sort()).toEqual([
      `${AT}/first.jsonl`,
      `${AT}/second.jsonl`,
    ]);
  });
});
