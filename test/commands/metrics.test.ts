import { stripVTControlCharacters } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { textWidth } from '../../src/lib/output/text-width.js';
import { localCloud, type TestCloud } from '../support/local-cloud.js';
import { runCli } from '../support/run-cli.js';

let cloud: TestCloud;
beforeAll(() => {
  cloud = localCloud();
});

type Json = readonly Readonly<Record<string, unknown>>[];

test('the figures of a day are a row for the day and a row for each bin of it', async () => {
  const run = await runCli(['metrics', '--bin', '6h', '-o', 'json'], { cloud });
  expect(run.status).toBe(0);
  expect(run.stderr).toContain('Figures of the last 24 h');
  const rows: Json = JSON.parse(run.stdout);
  const requests = rows.filter(({ table }) => table === 'requests');
  expect(requests.map(({ span }) => span)).toEqual(['range', 'bin', 'bin', 'bin', 'bin', 'bin']);
  expect(requests[0]).toMatchObject({
    group: '',
    from: '2026-11-21T10:00:00.0000000Z',
    to: '2026-11-22T10:00:00.0000000Z',
    retainedPercent: 100,
  });
  const [whole, ...bins] = requests.map(({ count }) => Number(count));
  expect(bins.reduce((sum, count) => sum + count, 0)).toBe(whole);
  expect(Object.keys(rows[0] ?? {})).toEqual([
    ...['table', 'group', 'span', 'from', 'to', 'count', 'perSecond', 'failed', 'failurePercent'],
    ...['meanMs', 'p50Ms', 'p95Ms', 'p99Ms', 'stored', 'retainedPercent'],
  ]);
});

test('the newer servers’ failures and durations are those of their dimensions', async () => {
  const argv = ['metrics', 'fraud', '--table', 'requests', '--since', '24h', '-o', 'json'];
  const [{ failed, p50Ms } = {}]: Json = JSON.parse((await runCli(argv, { cloud })).stdout);
  expect(Number(failed)).toBeGreaterThan(0);
  expect(Number(p50Ms)).toBeGreaterThan(1); // the column says 0.06 for all
});

test('each table is asked once', async () => {
  const own = localCloud();
  await runCli(['metrics'], { cloud: own });
  expect(own.requests.filter((request) => request.endsWith('/query'))).toHaveLength(4);
});

test('what names no service is counted, unless it is kept', async () => {
  const argv = ['metrics', 'churn', '--table', 'traces', '--since', '24h', '-o', 'json'];
  const strict = await runCli(argv, { cloud });
  expect(strict.stderr).toMatch(
    /note: \d+ items name no service and may be of "churn" too; --loose/,
  );
  const loose = await runCli([...argv, '--loose'], { cloud });
  expect(loose.stderr).toBe('');
  const count = ({ stdout }: typeof loose) => Number((JSON.parse(stdout) as Json)[0]?.count);
  expect(count(loose)).toBeGreaterThan(count(strict));
});

test('--by tells groups apart and says which tables it leaves out', async () => {
  const run = await runCli(['metrics', '--by', 'name', '--since', '24h', '-o', 'json'], { cloud });
  expect(run.stderr).toContain('note: Without exceptions and traces, whose rows have no name.');
  const rows: Json = JSON.parse(run.stdout);
  expect([...new Set(rows.map(({ table, group }) => `${table} ${group}`))]).toEqual([
    'requests POST /score',
    'dependencies GET /customers/features',
  ]);
  const wrong = await runCli(['metrics', '--by', 'name', '--table', 'traces'], { cloud });
  expect(wrong).toMatchObject({ status: 2, stdout: '' });
  expect(wrong.stderr).toContain('--by takes level, service, role, instance there.');
});

test('a name without any figures that is no service is said so', async () => {
  const run = await runCli(['metrics', 'chrun', '--since', '1h'], { cloud });
  expect(run.status).toBe(3);
  expect(run.stderr).toContain('Did you mean churn?');
});

test('too many bins are refused before anything is asked', async () => {
  const own = localCloud();
  const run = await runCli(['metrics', '--since', '7d', '--bin', '1s'], { cloud: own });
  expect(run.status).toBe(2);
  expect(run.stderr).toContain('604800 for this time');
  expect(own.requests.filter((request) => request.endsWith('/query'))).toEqual([]);
});

test.each([80, 160])(
  'a terminal of %d columns shows table and charts, no line wider',
  async (columns) => {
    const argv = ['metrics', '--only-show-errors', '--color', 'always'];
    const env = { TERM: 'xterm-256color' };
    const { stdout } = await runCli(argv, { cloud, columns, env });
    const lines = stripVTControlCharacters(stdout).split('\n');
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(columns);
    expect(lines[0]).toBe('All services  2026-11-21 10:00 to 2026-11-22 10:00 UTC, bins of 30 min');
    expect(lines).toContainEqual(expect.stringMatching(/^requests +\d+ .* [▁-█]+$/));
    expect(lines).toContain('duration of requests, ms');
    const plain = await runCli([...argv.slice(0, 2), '--color', 'never'], { cloud, columns, env });
    expect(plain.stdout).toBe(stripVTControlCharacters(stdout));
  },
);

test('on a pipe there are no charts', async () => {
  const { stdout } = await runCli(['metrics', '--table', 'requests'], { cloud });
  expect(stdout).toMatch(/^table +group +span +from/);
  expect(stdout).not.toMatch(/[▁-█●]/);
});

test('text is rounded for people, what programs read is exact', async () => {
  const row = (duration: number) =>
    JSON.stringify({ timestamp: '2026-11-01T10:00:00Z', success: duration < 100, duration });
  const files = { 'work/requests.jsonl': [10, 20, 1000.5].map(row).join('\n') };
  const argv = ['metrics', '--files', 'requests.jsonl', '--from', '2026-11-01T10:00:00Z'];
  const asked = [...argv, '--to', '2026-11-01T10:07:00Z', '--bin', '7m'];
  const text = await runCli(asked, { files });
  const [names, range] = text.stdout.split('\n').map((line) => line.trim().split(/ +/));
  expect(names?.slice(4, 9)).toEqual(['to', 'count', 'perSecond', 'failed', 'failurePercent']);
  // Without a group there is a cell less.
  expect(range?.slice(4, 9)).toEqual(['3', '0.007143', '1', '33.333', '343.5']);
  const csv = await runCli([...asked, '-o', 'csv'], { files });
  expect(csv.stdout).toContain(',3,0.007142857142857143,1,33.33');
});

test('files have the figures of all of their time, sampled ones what was kept', async () => {
  const row = (time: string, itemCount: number) =>
    JSON.stringify({
      timestamp: `2026-11-01T${time}:00Z`,
      success: 'True',
      duration: 5,
      itemCount,
    });
  const files = { 'work/requests.jsonl': [row('10:00', 1), row('11:30', 3)].join('\n') };
  const argv = ['metrics', '--files', 'requests.jsonl'];
  const { stdout } = await runCli([...argv, '--bin', '1h', '-o', 'json'], { files });
  expect(JSON.parse(stdout)).toMatchObject([
    { span: 'range', from: '2026-11-01T10:00:00.0000000Z', count: 4, retainedPercent: 50 },
    { span: 'bin', count: 1 },
    { span: 'bin', to: '2026-11-01T11:30:00.0010000Z', count: 3 },
  ]);
  const seen = await runCli(argv, { files, columns: 80 });
  expect(stripVTControlCharacters(seen.stdout)).toMatch(/kept %.*\nrequests .* 50 /);
  const none = await runCli(['metrics', '--files', 'a.csv'], { files: { 'work/a.csv': 'a\n1' } });
  expect(none).toMatchObject({ status: 3 });
  expect(none.stderr).toContain(
    'These files hold no requests, dependencies, exceptions or traces.',
  );
});
