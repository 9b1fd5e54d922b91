import { expect, test } from 'vitest';
import { Interrupted } from '../../src/lib/errors.js';
import { localCloud, type TestCloud } from '../support/local-cloud.js';
import { runCli } from '../support/run-cli.js';

const TRACES = /\/tables\/AppTraces\?/;

/** Answers for one table what is given, to all but changes. */
function hasTable(cloud: TestCloud, properties: object) {
  cloud.inject(({ method, url }) =>
    method === 'GET' && TRACES.test(url)
      ? Response.json({ name: 'AppTraces', properties })
      : undefined,
  );
}

test('show tells the tables of Application Insights, by the names of queries', async () => {
  const run = await runCli(['retention', 'show', '-o', 'json'], { cloud: localCloud() });
  expect(run.status).toBe(0);
  expect(run.stderr).toContain("The component's own retention of 90 days does not apply");
  const tables: { table: string }[] = JSON.parse(run.stdout);
  expect(tables.map(({ table }) => table)).toEqual(
    expect.arrayContaining(['traces', 'requests', 'customEvents', 'customMetrics']),
  );
  expect(tables[0]).toEqual({
    table: 'traces',
    name: 'AppTraces',
    plan: 'Analytics',
    retentionDays: 90,
    isRetentionDefault: true,
    totalDays: 90,
    isTotalDefault: true,
    state: 'Succeeded',
  });

  const two = ['retention', 'show', 'AppTraces', 'requests', 'traces', '--only-show-errors'];
  const text = await runCli(two, { cloud: localCloud() });
  expect(text).toMatchObject({ status: 0, stderr: '' });
  expect(text.stdout.split('\n').map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
    'TABLE PLAN QUERYABLE KEPT IN ALL STATE',
    'traces Analytics 90 days (default) 90 days (default)',
    'requests Analytics 90 days (default) 90 days (default)',
    '',
  ]);
});

test('set sends what it names alone, waits for it, and is idempotent', async () => {
  const cloud = localCloud();
  const argv = ['retention', 'set', 'traces', 'AppRequests', '--days', '180'];
  const run = await runCli([...argv, '--total-days', '730'], { cloud });
  expect(run).toMatchObject({ status: 0, stderr: '' });
  expect(run.stdout).toBe(
    'traces is now queryable for 180 days, kept 730 in all.\n' +
      'requests is now queryable for 180 days, kept 730 in all.\n',
  );
  const again = await runCli(argv, { cloud });
  expect(again.stdout).toContain('traces is already queryable for 180 days, kept 730 in all.\n');
  await runCli(['retention', 'set', 'traces', '--total-days', '365'], { cloud });
  expect(cloud.writes.map(({ method, body }) => `${method} ${body}`)).toEqual([
    'PATCH {"properties":{"retentionInDays":180,"totalRetentionInDays":730}}',
    'PATCH {"properties":{"retentionInDays":180,"totalRetentionInDays":730}}',
    'PATCH {"properties":{"totalRetentionInDays":365}}',
  ]);
});

test('default is what the workspace has', async () => {
  const cloud = localCloud();
  await runCli(['retention', 'set', 'traces', '--days', '180'], { cloud });
  const argv = ['retention', 'set', 'traces', '--days', 'default', '-o', 'json'];
  const run = await runCli(argv, { cloud });
  expect(JSON.parse(run.stdout)).toMatchObject([
    { table: 'traces', retentionDays: 90, totalDays: 90, changed: true, applied: true },
  ]);
  expect(cloud.writes.at(-1)?.body).toBe('{"properties":{"retentionInDays":null}}');
  const again = await runCli(argv, { cloud });
  expect(JSON.parse(again.stdout)).toMatchObject([{ changed: false }]);
});

test('--dry-run prints exactly the bytes that a real run sends, and sends none', async () => {
  const cloud = localCloud();
  const argv = ['retention', 'set', 'traces', '--days', '365'];
  const dry = await runCli([...argv, '--dry-run', '-o', 'json'], { cloud });
  expect(cloud.writes).toEqual([]);
  await runCli(argv, { cloud });
  const [write] = cloud.writes;
  expect(JSON.parse(dry.stdout)).toMatchObject([
    {
      retentionDays: 365,
      changed: true,
      applied: false,
      requests: [{ method: 'PATCH', url: write?.url, body: write?.body }],
      before: '{"properties":{"retentionInDays":null}}',
    },
  ]);
});

test.each([
  [['--days', '3'], '4 to 730 days, or default'],
  [['--days', '1095'], '4 to 730 days, or default'],
  [['--total-days', '800'], 'Nearest: 730 or 1095.'],
  [['--total-days', '5000'], 'Nearest: 4383.'],
  [['--days', 'ten'], 'It is a number of days'],
  [[], 'Nothing to set is named'],
])('%j is exit status 2 before anything is asked', async (flags, message) => {
  const cloud = localCloud();
  const run = await runCli(['retention', 'set', 'traces', ...flags], { cloud });
  expect(run).toMatchObject({ status: 2, stdout: '' });
  expect(run.stderr).toContain(message);
  expect(cloud.requests).toEqual([]);
});

test('fewer days in all than for queries is exit status 2 before any write', async () => {
  const cloud = localCloud();
  const run = await runCli(['retention', 'set', 'traces', '--total-days', '30'], { cloud });
  expect(run).toMatchObject({ status: 2, stdout: '' });
  expect(run.stderr).toContain('cannot keep rows for 30 days in all and have 90 days of them');

  await runCli(['retention', 'set', 'traces', '--total-days', '180'], { cloud });
  const more = await runCli(['retention', 'set', 'traces', '--days', '365'], { cloud });
  expect(more.status).toBe(2);
  expect(more.stderr).toContain('Give --total-days, of 365 or more');
  expect(cloud.writes).toHaveLength(1);
});

test('a shorter retention warns, and asks on a terminal', async () => {
  const cloud = localCloud();
  await runCli(['retention', 'set', 'traces', '--total-days', '365'], { cloud });
  const argv = ['retention', 'set', 'traces', '--days', '20', '--total-days', 'default'];
  const no = await runCli(argv, { cloud, columns: 120, answers: [false] });
  expect(no).toMatchObject({ status: 130, stdout: '' });
  expect(no.questions).toEqual(['Shorten the retention of traces?']);
  expect(no.stderr).toContain('Fewer than 90 days save nothing');
  expect(no.stderr).toContain(
    'traces (365 days, then 20): Azure deletes older rows, 30 days from now',
  );
  expect(cloud.writes).toHaveLength(1);

  const yes = await runCli([...argv, '--yes'], { cloud, columns: 120 });
  expect(yes).toMatchObject({ status: 0, questions: [] });
});

test.each([
  [['--days', 'default'], { isTotal: true, total: 180 }, '180 days'],
  [['--days', 'default', '--total-days', 'default'], { isTotal: false, total: 730 }, '730 days'],
])('%j may shorten, so it warns and asks on a terminal', async (flags, has, before) => {
  const cloud = localCloud();
  hasTable(cloud, {
    plan: 'Analytics',
    retentionInDays: 180,
    retentionInDaysAsDefault: false,
    totalRetentionInDays: has.total,
    totalRetentionInDaysAsDefault: has.isTotal,
  });
  const argv = ['retention', 'set', 'traces', ...flags];
  const run = await runCli(argv, { cloud, columns: 160, answers: [false] });
  expect(run).toMatchObject({ status: 130, questions: ['Shorten the retention of traces?'] });
  expect(run.stderr).toContain(
    `traces (${before}, then the workspace's default, which may be fewer): Azure deletes older rows`,
  );
  expect(cloud.writes).toEqual([]);
});

test('a table that is on the default already is not asked about', async () => {
  const argv = ['retention', 'set', 'traces', '--days', 'default', '--total-days', 'default'];
  const run = await runCli(argv, { cloud: localCloud(), columns: 120 });
  expect(run).toMatchObject({ status: 0, questions: [] });
});

test('a table on the Basic plan takes a total retention alone', async () => {
  const cloud = localCloud();
  await cloud.setBehaviour({ query: { basicTables: ['AppTraces'] } });
  const run = await runCli(['retention', 'set', 'traces', '--days', '90'], { cloud });
  expect(run).toMatchObject({ status: 7, stdout: '' });
  expect(run.stderr).toContain('"traces" is on the Basic plan');
  const total = await runCli(['retention', 'set', 'traces', '--total-days', '90'], { cloud });
  expect(total.status).toBe(0);
});

test('a table that does not exist is exit status 3 before any write', async () => {
  const cloud = localCloud();
  const run = await runCli(['retention', 'set', 'requests', 'trace', '--days', '180'], { cloud });
  expect(run).toMatchObject({ status: 3, stdout: '' });
  expect(run.stderr).toContain('has no table "trace"');
  expect(run.stderr).toContain('Did you mean traces?');
  expect(cloud.writes).toEqual([]);
});

test('a Log Analytics workspace that is gone is told as that', async () => {
  const cloud = localCloud();
  const message = "The Resource 'workspaces/sample-ml-logs' was not found.";
  cloud.inject(({ url }) =>
    url.includes('/tables')
      ? Response.json({ error: { code: 'ResourceNotFound', message } }, { status: 404 })
      : undefined,
  );
  for (const tables of [[], ['traces']]) {
    const run = await runCli(['retention', 'show', ...tables], { cloud });
    expect(run).toMatchObject({ status: 3, stdout: '' });
    expect(run.stderr).toContain(message);
  }
});

test('a classic component is exit status 7', async () => {
  const cloud = localCloud();
  cloud.inject(({ url }) =>
    /components\/sample-ml-insights\?/.test(url)
      ? Response.json({ id: '/c', name: 'old', properties: { RetentionInDays: 120 } })
      : undefined,
  );
  const run = await runCli(['retention', 'show'], { cloud });
  expect(run).toMatchObject({ status: 7, stdout: '' });
  expect(run.stderr).toContain('"old" is a classic component');
  expect(run.stderr).toContain('Its own retention of 120 days holds');
});

test('of several, one that fails does not stop the rest', async () => {
  const cloud = localCloud();
  cloud.inject(({ method, url }) =>
    method === 'PATCH' && TRACES.test(url)
      ? Response.json({ error: { code: 'AuthorizationFailed', message: 'No.' } }, { status: 403 })
      : undefined,
  );
  const run = await runCli(['retention', 'set', 'traces', 'requests', '--days', '180'], { cloud });
  expect(run.status).toBe(8);
  expect(run.stdout).toBe('requests is now queryable for 180 days, kept 180 in all.\n');
  expect(run.stderr).toContain('1 of 2 changes was not made');
  const one = await runCli(['retention', 'set', 'traces', '--days', '180'], { cloud });
  expect(one.status).toBe(4);
  expect(one.stderr).toContain('Ask for the role Log Analytics Contributor');
});

test('a table that is being changed is waited for, at most for 30 minutes', async () => {
  const cloud = localCloud();
  const properties = { plan: 'Analytics', retentionInDays: 90, provisioningState: 'InProgress' };
  hasTable(cloud, properties);
  const run = await runCli(['retention', 'set', 'traces', '--days', '180'], { cloud });
  expect(run).toMatchObject({ status: 6, stdout: '' });
  expect(run.stderr).toContain('"AppTraces" is being changed already; waiting for that.');
  expect(cloud.writes).toEqual([]);
});

test('an interrupt says what was and was not done', async () => {
  const cloud = localCloud();
  const controller = new AbortController();
  cloud.inject(({ method, url }) => {
    if (method !== 'PATCH' || !/AppRequests/.test(url)) return undefined;
    controller.abort(new Interrupted(130));
    return new Error('gone');
  });
  const argv = ['retention', 'set', 'traces', 'requests', 'exceptions', '--days', '180'];
  const run = await runCli(argv, { cloud, signal: controller.signal });
  expect(run.status).toBe(130);
  expect(run.stderr).toContain(
    'Interrupted: changed traces; the change of requests may be under way; did not begin with exceptions.',
  );
});
