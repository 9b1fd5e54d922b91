import { mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { realFiles } from '../support/host.js';
import { type Fault, localCloud, type TestCloud } from '../support/local-cloud.js';
import { type Run, runCli } from '../support/run-cli.js';

const NOON = Date.parse('2026-11-20T12:00:00Z');
const STORED = '2026-11-21T00:00:00Z';

/** An event a minute, with digits below the millisecond. */
function event(number: number, time = new Date(NOON + number * 60_000).toISOString()) {
  return {
    timestamp: time.replace(/\d{3}Z$/, `${String(number % 1000).padStart(3, '0')}4567Z`),
    name: `event "${number}", é\n`,
    customDimensions: { number, text: 'x'.repeat(number % 50) },
    itemId: `id-${number}`,
    itemCount: 1,
    $IngestionTime: STORED,
  };
}

const events = (count: number, first = 0) =>
  Array.from({ length: count }, (_, index) => event(first + index));

async function cloudWith(rows: readonly object[], query: object = {}): Promise<TestCloud> {
  const cloud = localCloud();
  await cloud.addRows('customEvents', rows);
  await cloud.setBehaviour({ query });
  return cloud;
}

const EXPORT = ['export', 'customEvents', '--out', 'out'];

/** What `query --files` finds in the folder: how many events, and their ids. */
async function idsIn({ home }: Run, table = 'customEvents'): Promise<readonly string[]> {
  const kql = `${table} | project itemId, name, timestamp, customDimensions | order by itemId asc`;
  const read = await runCli(['query', '--files', 'out', kql, '-o', 'jsonl'], { home });
  expect(read).toMatchObject({ status: 0, stderr: '' });
  return read.stdout.split('\n').filter(Boolean);
}

async function idsOf(cloud: TestCloud): Promise<readonly string[]> {
  await cloud.setBehaviour({ query: { rowLimit: 500_000 } });
  const kql =
    'customEvents | project itemId, name, timestamp, customDimensions | order by itemId asc';
  return (await runCli(['query', kql, '-o', 'jsonl'], { cloud })).stdout
    .split('\n')
    .filter(Boolean);
}

const out = (run: Run, ...names: string[]) => join(run.home, 'work', 'out', ...names);
const journal = async (run: Run) =>
  (await readFile(out(run, '.aml-monitor-export', 'journal.jsonl'), 'utf8')).trim().split('\n');
const slicesIn = async (run: Run) =>
  (await journal(run)).filter((line) => line.startsWith('{"kind":"slice"'));
const queries = (cloud: TestCloud) => cloud.requests.filter((one) => one.endsWith('/query')).length;

describe('an export past the limits of the service', () => {
  test.each(['parquet', 'jsonl', 'csv'])('is whole as %s', async (format) => {
    const cloud = await cloudWith(events(1000), { rowLimit: 300 });
    const run = await runCli([...EXPORT, '-o', format], { cloud });
    expect(run).toMatchObject({ status: 0 });
    expect(run.stdout).toMatch(/^customEvents: 1,000 rows, .* in customEvents\.\w+, as many as/);
    expect(await readdir(out(run))).toEqual(['.aml-monitor-export', `customEvents.${format}`]);
    expect(await idsIn(run)).toEqual(await idsOf(cloud));
    expect((await slicesIn(run)).length).toBeGreaterThan(3);
  });

  test('cuts a single instant by hash', async () => {
    const instant = Array.from({ length: 700 }, (_, index) =>
      event(index, '2026-11-20T12:00:00.000Z'),
    ).map((row) => ({ ...row, timestamp: '2026-11-20T12:00:00.1234567Z' }));
    const cloud = await cloudWith([...instant, ...events(300, 700)], { rowLimit: 200 });
    const run = await runCli(EXPORT, { cloud });
    expect(run).toMatchObject({ status: 0 });
    expect(await idsIn(run)).toEqual(await idsOf(cloud));
    expect((await slicesIn(run)).some((line) => line.includes('"part":{'))).toBe(true);
  });

  test('goes by the size of rows where that is the limit', async () => {
    const cloud = await cloudWith(events(600), { byteLimit: 60_000 });
    const run = await runCli(EXPORT, { cloud });
    expect(run).toMatchObject({ status: 0 });
    expect(await idsIn(run)).toHaveLength(600);
  });

  test('makes files of a day that query --files reads as one table', async () => {
    const cloud = await cloudWith(events(2000), { rowLimit: 700 });
    const run = await runCli([...EXPORT, '--split', 'day'], { cloud });
    expect(run.status).toBe(0);
    const days = ['20', '21'].map((day) => `customEvents-2026-11-${day}.parquet`);
    expect((await readdir(out(run))).slice(1)).toEqual(days);
    expect(await idsIn(run)).toEqual(await idsOf(cloud));
    const first = await runCli(
      ['query', '--files', `out/${days[0]}`, 'customEvents | count', '-o', 'csv'],
      { home: run.home },
    );
    expect(first.stdout).toBe('Count\n720\n');
  });

  test('keeps to the time range that was asked for', async () => {
    const cloud = await cloudWith(events(100));
    const range = ['--from', '2026-11-20T12:10Z', '--to', '2026-11-20T12:20Z'];
    const run = await runCli([...EXPORT, ...range, '-o', 'csv'], { cloud });
    expect(run.stdout).toContain('customEvents: 10 rows');
  });
});

/** Answers of the query API fail by turns, each in another way. */
function badWeather(every: number): Fault {
  const kinds = [
    () => new Response('{"error":{"code":"ThrottledError","message":"slow"}}', { status: 429 }),
    () => new Response('', { status: 503 }),
    () =>
      new TypeError('fetch failed', {
        cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
      }),
    () => new Response('{"tables":[{"name":"PrimaryResult","columns":[', { status: 200 }),
  ];
  let number = 0;
  return (request) => {
    if (!request.url.endsWith('/query')) return undefined;
    number += 1;
    return number % every === 0 ? kinds[(number / every) % kinds.length]?.() : undefined;
  };
}

describe('what goes wrong', () => {
  test('is asked again: throttling, failures, broken connections, half an answer', async () => {
    const cloud = await cloudWith(events(1000), { rowLimit: 200 });
    cloud.inject(badWeather(4));
    const run = await runCli(EXPORT, { cloud });
    expect(run).toMatchObject({ status: 0 });
    expect(await idsIn(run)).toHaveLength(1000);
  });

  test.each([
    ['once', 1, 17],
    ['again', 2, 19],
  ])(
    'a small piece that takes too long %s does not make the others smaller',
    async (_, times, most) => {
      const cloud = await cloudWith(events(1000));
      let left = times;
      cloud.inject(async (request) => {
        const text = request.url.endsWith('/query') ? await request.text() : '';
        const isPiece =
          text.includes('>= datetime(2026-11-20T12:') && !/summarize|count/.test(text);
        if (!isPiece || left === 0) return undefined;
        left -= 1;
        return new Response('{"error":{"code":"GatewayTimeout","message":"slow"}}', {
          status: 504,
        });
      });
      const args = ['-o', 'csv', '--split', 'hour', '--parallel', '1'];
      const run = await runCli([...EXPORT, ...args], { cloud });
      expect(run).toMatchObject({ status: 0 });
      expect(left).toBe(0);
      expect((await slicesIn(run)).length).toBe(most);
    },
  );

  test('a profile that takes too long is asked in halves', async () => {
    const cloud = await cloudWith(events(1000), { rowLimit: 300 });
    let left = 2;
    const waits: (string | null)[] = [];
    cloud.inject(async (request) => {
      if (!request.url.endsWith('/query')) return undefined;
      waits.push(request.headers.get('prefer'));
      if (left === 0 || !(await request.text()).includes('binStart')) return undefined;
      left -= 1;
      return new Response('{"error":{"code":"GatewayTimeout","message":"slow"}}', { status: 504 });
    });
    const run = await runCli([...EXPORT, '-o', 'csv', '--split', 'day'], { cloud });
    expect(run).toMatchObject({ status: 0 });
    expect(left).toBe(0);
    expect(run.stdout).toContain('customEvents: 1,000 rows');
    expect(waits.every((prefer) => prefer?.includes('wait=600'))).toBe(true);
  });

  test('and does not pass ends the export, which the same command goes on with', async () => {
    const cloud = await cloudWith(events(1000), { rowLimit: 200 });
    let isDown = true;
    cloud.inject(async (request) => {
      const isLate = isDown && (await request.text()).includes('>= datetime(2026-11-21T');
      const body = '{"error":{"code":"InsufficientAccessError","message":"no"}}';
      return isLate ? new Response(body, { status: 403 }) : undefined;
    });
    const failed = await runCli(EXPORT, { cloud });
    expect(failed.status).toBe(4);
    const kept = await slicesIn(failed);
    expect(kept.length).toBeGreaterThan(0);
    isDown = false;
    const again = await runCli(EXPORT, { cloud, home: failed.home });
    expect(again).toMatchObject({ status: 0 });
    expect(again.stderr).toContain('Going on with the export');
    expect(await idsIn(again)).toEqual(await idsOf(cloud));
    const slices = await slicesIn(again);
    expect(slices.slice(0, kept.length)).toEqual(kept);
  });

  test('Ctrl-C says that what came is kept, and how to go on', async () => {
    const cloud = await cloudWith(events(1000), { rowLimit: 200 });
    const control = new AbortController();
    const { Interrupted } = await import('../../src/lib/errors.js');
    let left = 9;
    cloud.inject((request) => {
      left -= request.url.endsWith('/query') ? 1 : 0;
      if (left === 0) control.abort(new Interrupted(130));
      return undefined;
    });
    const run = await runCli(EXPORT, { cloud, signal: control.signal });
    expect(run.status).toBe(130);
    expect(run.stderr).toContain('the same command goes on from there');
    const again = await runCli(EXPORT, { cloud, home: run.home });
    expect(again).toMatchObject({ status: 0 });
    expect(await idsIn(again)).toHaveLength(1000);
  });

  test('a torn line of the journal and files that have gone count for nothing', async () => {
    const cloud = await cloudWith(events(500), { rowLimit: 200 });
    const run = await runCli(EXPORT, { cloud });
    const lines = await journal(run);
    const slices = lines.filter((line) => line.startsWith('{"kind":"slice"'));
    const begun = [...lines.slice(0, lines.indexOf(slices[0] ?? '')), slices[0], '{"kind":"sli'];
    await rm(out(run, 'customEvents.parquet'));
    await writeFile(out(run, '.aml-monitor-export', 'journal.jsonl'), begun.join('\n'));
    const again = await runCli(EXPORT, { cloud, home: run.home });
    expect(again).toMatchObject({ status: 0 });
    expect(await idsIn(again)).toHaveLength(500);
  });
});

describe('pieces that a power cut has left shorter than they were', () => {
  test.each(['parquet', 'jsonl', 'csv'])(
    'are fetched again, also once all are there (%s)',
    async (format) => {
      const cloud = await cloudWith(events(1000), { rowLimit: 200 });
      const args = [...EXPORT, '-o', format];
      let isDown = true;
      cloud.inject(async (request) => {
        const isLate = isDown && (await request.text()).includes('>= datetime(2026-11-21T');
        const body = '{"error":{"code":"InsufficientAccessError","message":"no"}}';
        return isLate ? new Response(body, { status: 403 }) : undefined;
      });
      const failed = await runCli(args, { cloud });
      expect(failed.status).toBe(4);
      const cutFirst = async () => {
        const [first = ''] = (await readdir(out(failed, '.aml-monitor-export', 'slices'))).sort();
        await truncate(out(failed, '.aml-monitor-export', 'slices', first), 100);
      };
      const runs = { cloud, home: failed.home };
      await cutFirst();
      isDown = false;
      // A folder where the file should be: all is fetched and proven, and cannot be joined.
      await mkdir(out(failed, `customEvents.${format}`));
      const unjoined = await runCli(args, runs);
      expect(unjoined.status).not.toBe(0);
      expect(await journal(unjoined)).toContainEqual(expect.stringContaining('"proven"'));
      await rm(out(failed, `customEvents.${format}`), { recursive: true });
      await cutFirst();
      const again = await runCli(args, runs);
      expect(again).toMatchObject({ status: 0 });
      expect(await idsIn(again)).toEqual(await idsOf(cloud));
    },
  );
});

/** Ends by itself once so many slices are there, and is begun again. */
async function interruptedOnce(cloud: TestCloud, args: readonly string[]) {
  let left = 3;
  cloud.inject(async (request) => {
    if (!request.url.endsWith('/query')) return undefined;
    const text: unknown = await request.json();
    const query = JSON.stringify(text);
    const isPiece = /binary_and|isnull|>=/.test(query) && !/summarize|\| count/.test(query);
    if (isPiece) left -= 1;
    const body = '{"error":{"code":"InsufficientAccessError","message":"no"}}';
    return isPiece && left < 0 && left > -9 ? new Response(body, { status: 403 }) : undefined;
  });
  const failed = await runCli(args, { cloud });
  expect(failed.status).toBe(4);
  left = -100;
  const kept = await slicesIn(failed);
  expect(kept.length).toBeGreaterThan(0);
  const again = await runCli(args, { cloud, home: failed.home });
  expect(again).toMatchObject({ status: 0 });
  expect((await slicesIn(again)).slice(0, kept.length)).toEqual(kept);
  expect((await journal(again)).filter((line) => line.includes('"dropped"'))).toEqual([]);
  return again;
}

describe('rows without a time', () => {
  test.each([
    ['go on where they were, when nothing has a time', 'customEvents | project name, itemId'],
    [
      'are beside those that have one',
      'customEvents | project timestamp = iff(name has "5", datetime(null), timestamp), name, itemId',
    ],
  ])('%s', async (_, kql) => {
    const cloud = await cloudWith(events(600), { rowLimit: 150 });
    const args = ['export', '--parallel', '1', '--kql', kql, '--out', 'out', '-o', 'csv'];
    const run = await interruptedOnce(cloud, args);
    const text = await readFile(out(run, 'result.csv'), 'utf8');
    expect(text.match(/id-\d+/g)?.toSorted()).toEqual(
      Array.from({ length: 600 }, (_, index) => `id-${index}`).toSorted(),
    );
  });
});

describe('the folder', () => {
  test('of a complete export is left alone, and nothing is asked', async () => {
    const cloud = await cloudWith(events(10));
    const first = await runCli(EXPORT, { cloud });
    const before = queries(cloud);
    const again = await runCli(EXPORT, { cloud, home: first.home });
    expect(again).toMatchObject({ status: 0 });
    expect(again.stdout).toContain('customEvents: complete already, 10 rows');
    expect(queries(cloud)).toBe(before);
  });

  const MINUTE = 60_000;
  const late = (cloud: TestCloud, ago = 0) =>
    events(5, 3).map((row) => ({
      ...row,
      itemId: `late-${row.itemId}`,
      $IngestionTime: new Date(cloud.clock.now().getTime() - ago).toISOString(),
    }));
  const INCREMENTAL = [...EXPORT, '--incremental'];

  test('gets what was ingested since then with --incremental, in files of its own', async () => {
    const cloud = await cloudWith(events(10));
    const { home } = await runCli(EXPORT, { cloud });
    cloud.clock.advance(MINUTE);
    await cloud.addRows('customEvents', late(cloud));
    cloud.clock.advance(6 * MINUTE);
    const next = await runCli(INCREMENTAL, { cloud, home });
    expect(next.stdout).toMatch(/^customEvents: 5 rows, .* in customEvents_2\.parquet/);
    expect(await idsIn(next)).toHaveLength(15);
    cloud.clock.advance(MINUTE);
    const none = await runCli(INCREMENTAL, { cloud, home });
    expect(none.stdout).toBe('customEvents: no rows.\n');
    const done = await runCli(EXPORT, { cloud, home });
    expect(done.stdout).toMatch(/^customEvents: complete already, 15 rows, .* in 2 files\./);
  });

  test('loses no row to --incremental that turns up after it was ingested', async () => {
    const cloud = await cloudWith(events(10));
    const { home, stderr } = await runCli(INCREMENTAL, { cloud });
    expect(stderr).toContain('the last 5 minutes');
    await cloud.addRows('customEvents', late(cloud, MINUTE));
    const soon = await runCli(INCREMENTAL, { cloud, home });
    expect(soon.stdout).toContain('complete already, 10 rows');
    cloud.clock.advance(5 * MINUTE);
    const next = await runCli(INCREMENTAL, { cloud, home });
    expect(next.stdout).toMatch(/^customEvents: 5 rows/);
    expect(await idsIn(next)).toHaveLength(15);
  });

  test('is not gone on from if rows turned up behind it', async () => {
    const cloud = await cloudWith(events(10));
    const { home } = await runCli(EXPORT, { cloud });
    await cloud.addRows('customEvents', late(cloud, MINUTE));
    cloud.clock.advance(10 * MINUTE);
    const next = await runCli(INCREMENTAL, { cloud, home });
    expect(next).toMatchObject({ status: 8, stdout: '' });
    expect(next.stderr).toContain('turned up');
  });

  test('leaves out what is ingested while it runs', async () => {
    const cloud = await cloudWith(events(10));
    const $IngestionTime = new Date(cloud.clock.now().getTime() + 5000).toISOString();
    await cloud.addRows('customEvents', [{ ...event(11), $IngestionTime }]);
    const run = await runCli(EXPORT, { cloud });
    expect(run.stdout).toContain('customEvents: 10 rows');
  });

  test.each([
    ['another range', ['--since', '7d'], 'another time range'],
    ['another format', ['-o', 'csv'], 'the format parquet'],
    ['another table', ['requests'], 'of customEvents'],
    ['other files', ['--split', 'hour'], '--split none'],
  ])('is not used for %s', async (_, more, reason) => {
    const cloud = await cloudWith(events(10));
    const first = await runCli(EXPORT, { cloud });
    const other = await runCli([...EXPORT, ...more], { cloud, home: first.home });
    expect(other).toMatchObject({ status: 2, stdout: '' });
    expect(other.stderr).toContain(reason);
  });

  test('is not shared by two exports, nor with files of other origin', async () => {
    const cloud = await cloudWith(events(10));
    const files = { 'work/out/customEvents-2026.parquet': 'mine' };
    const foreign = await runCli(EXPORT, { cloud, files });
    expect(foreign).toMatchObject({ status: 2 });
    expect(foreign.stderr).toContain('customEvents-2026.parquet');
    const release = await realFiles.lock(out(foreign, '.aml-monitor-export', 'lock'));
    const second = await runCli(EXPORT, { cloud, home: foreign.home });
    expect(second).toMatchObject({ status: 2 });
    expect(second.stderr).toContain('Another export');
    await release?.();
  });

  test('that cannot be made is said', async () => {
    const cloud = await cloudWith(events(10));
    const run = await runCli(EXPORT, { cloud, files: { 'work/out': 'a file' } });
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toContain('cannot be written');
  });
});

describe('an export of KQL', () => {
  const KQL = 'customEvents | project timestamp, itemId, name, customDimensions // all;';

  test('is cut by its time, and whole', async () => {
    const cloud = await cloudWith(events(1000), { rowLimit: 300 });
    const run = await runCli(['export', '--kql', KQL, '--name', 'mine', '--out', 'out'], { cloud });
    expect(run).toMatchObject({ status: 0 });
    expect(run.stderr).toContain('do not tell when they were ingested');
    expect(await idsIn(run, 'mine')).toEqual(await idsOf(cloud));
  });

  test('without a time is cut by hash', async () => {
    const cloud = await cloudWith(events(1000), { rowLimit: 300 });
    const kql = 'customEvents | extend n = itemCount | project name, n';
    const run = await runCli(['export', '--kql', kql, '--out', 'out', '-o', 'csv'], { cloud });
    expect(run).toMatchObject({ status: 0 });
    const text = await readFile(out(run, 'result.csv'), 'utf8');
    expect(text.match(/^,?"event/gm)).toHaveLength(1000);
  });

  test.each([
    [['--kql', 'x', 'traces'], 'not both'],
    [['--kql', 'x', '--incremental'], '--incremental'],
    [['--kql', 'x', '--name', '../x'], 'cannot be the name'],
    [['tracez'], 'no table "tracez"'],
    [['--parallel', '9'], '5 queries'],
  ])('or of anything is refused before Azure is asked: %j', async (args, reason) => {
    const run = await runCli(['export', ...args], { cloud: localCloud() });
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toContain(reason);
  });
});

test('a table that may not be read is said', async () => {
  const cloud = await cloudWith(events(10), { deniedTables: ['customEvents'] });
  const run = await runCli(EXPORT, { cloud });
  expect(run).toMatchObject({ status: 4 });
  expect(run.stderr).toContain('may not read');
});

test('the folder is made where it is wanted', async () => {
  const cloud = await cloudWith(events(10));
  const run = await runCli(['export', 'customEvents', '--out', 'a/b'], { cloud });
  await mkdir(join(run.home, 'work', 'a', 'b'), { recursive: true });
  expect(await readdir(join(run.home, 'work', 'a', 'b'))).toContain('customEvents.parquet');
});
