import { expect, test } from 'vitest';
import { answerTo, json } from '../support/faults.js';
import { fakeClock } from '../support/host.js';
import { localCloud } from '../support/local-cloud.js';
import { runCli } from '../support/run-cli.js';

test('query --contains shows the newest rows that hold the text, and says which time range it chose', async () => {
  const run = await runCli(['query', '--contains', 'input'], { cloud: localCloud() });
  expect(run.status).toBe(0);
  expect(run.stderr).toBe('note: Rows of the last 24 h; --since and --from say otherwise.\n');
  const lines = run.stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(10);
  for (const line of lines)
    expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z {2}info .*input/);
  expect(lines.toSorted().toReversed()).toEqual(lines);
});

test('in JSON what was printed is there parsed, in every generation of scoring server', async () => {
  const run = await runCli(['query', '--contains', 'input', '--limit', '200', '-o', 'json'], {
    cloud: localCloud(),
  });
  const rows: { message: string; content: { input: unknown } | null }[] = JSON.parse(run.stdout);
  const kinds = new Set(
    rows.filter(({ content }) => content?.input).map(({ message }) => message === 'STDOUT'),
  );
  expect(kinds).toEqual(new Set([true, false]));
  for (const { message, content } of rows) {
    if (message.startsWith('{')) expect(content).toEqual(JSON.parse(message));
  }
});

test('rows that name no service are counted, and kept with --loose', async () => {
  const cloud = localCloud();
  const of = async (...argv: string[]) => {
    const run = await runCli(['query', '--limit', '1000', '-o', 'json', ...argv], { cloud });
    return { ...run, count: JSON.parse(run.stdout).length as number };
  };
  const [strict, loose] = [
    await of('--service', 'fraud'),
    await of('--service', 'fraud', '--loose'),
  ];
  const [, nameless] =
    /(\d+) rows name no service and may be of "fraud" too/.exec(strict.stderr) ?? [];
  expect(strict.count).toBeGreaterThan(0);
  expect(loose.count - strict.count).toBe(Number(nameless));
  expect(loose.stderr).not.toContain('name no service');
});

test('what is asked can be seen, and asked again as raw KQL', async () => {
  const cloud = localCloud();
  const built = await runCli(
    ['query', '--table', 'requests', '--show-kql', '--since', '2h', '-o', 'jsonl'],
    { cloud },
  );
  expect(built.stderr).toBe('requests\n| where timestamp > ago(2h)\n| top 10 by timestamp desc\n');
  const raw = await runCli(['query', '-', '-o', 'jsonl'], { cloud, stdin: built.stderr });
  expect(raw).toMatchObject({ status: 0, stderr: '', stdout: built.stdout });
});

test('raw KQL has the time range that is asked for, else none', async () => {
  const cloud = localCloud();
  const bodies: unknown[] = [];
  cloud.inject(async (request) => {
    if (request.url.endsWith('/query')) bodies.push(await request.json());
    return undefined;
  });
  await runCli(['query', 'traces | count'], { cloud });
  await runCli(['query', 'traces | count', '--since', '30m'], { cloud });
  await runCli(['query', 'traces | count', '--from', '-2h', '--to', '-1h'], { cloud });
  expect(bodies).toEqual([
    { query: 'traces | count' },
    { query: 'traces | count', timespan: 'PT1800S' },
    { query: 'traces | count', timespan: '2026-11-22T08:00:00.000Z/2026-11-22T09:00:00.000Z' },
  ]);
});

test('long, datetime and null survive in every format', async () => {
  const kql =
    'print big=long(9007199254740993), at=datetime(2026-11-22T10:00:00.1234567Z), none=datetime(null), ' +
    'dec=decimal(0.10101), bag=dynamic({"n":12345678901234567890})';
  const cloud = localCloud();
  const stdout = async (format: string) =>
    (await runCli(['query', kql, '-o', format], { cloud })).stdout;
  const row =
    '{"big":9007199254740993,"at":"2026-11-22T10:00:00.1234567Z","none":null,"dec":0.10101,"bag":{"n":12345678901234567890}}';
  expect(await stdout('jsonl')).toBe(`${row}\n`);
  expect((await stdout('json')).replace(/\s/g, '')).toBe(`[${row}]`);
  expect((await stdout('csv')).split(/\r?\n/).slice(0, 2)).toEqual([
    'big,at,none,dec,bag',
    '9007199254740993,2026-11-22T10:00:00.1234567Z,,0.10101,"{""n"":12345678901234567890}"',
  ]);
});

test('wrong KQL shows its line, a caret and Kusto’s code', async () => {
  const run = await runCli(['query', 'traces\n| where nosuch == 1'], { cloud: localCloud() });
  expect(run).toMatchObject({ status: 2, stdout: '' });
  expect(run.stderr).toContain('  2 | | where nosuch == 1\n    |         ^^^^^^\n');
  expect(run.stderr).toMatch(/code (KS|SEM)\w+/);
});

test('what the embedded Azure cannot run is not approximated', async () => {
  const run = await runCli(['query', 'traces | reduce by message'], { cloud: localCloud() });
  expect(run).toMatchObject({ status: 7, stdout: '' });
  expect(run.stderr).toContain('not supported locally');
});

test('a cut answer is shown and is exit status 8, unless that is allowed', async () => {
  const cloud = localCloud();
  const kql = 'set truncationmaxrecords=1; traces | take 5 | project itemType';
  const cut = await runCli(['query', kql, '-o', 'jsonl'], { cloud });
  expect(cut).toMatchObject({ status: 8, stdout: '{"itemType":"trace"}\n' });
  expect(cut.stderr).toContain('Azure cut the answer after 1 row');
  const allowed = await runCli(['query', kql, '--allow-partial'], { cloud });
  expect(allowed.status).toBe(0);
  expect(allowed.stderr).toContain('WARNING: Azure cut the answer after 1 row');
});

test('tables go by the names of the component and by those of the workspace', async () => {
  const cloud = localCloud();
  const answer = async (kql: string) => {
    const run = await runCli(['query', kql, '--since', '3h', '-o', 'json'], { cloud });
    expect(run).toMatchObject({ status: 0, stderr: '' });
    return JSON.parse(run.stdout);
  };
  const classic = `requests | where success == "False" | summarize n = count(), ms = max(duration) by item = itemType`;
  const workspace = `AppRequests | where Success == false | summarize n = count(), ms = max(DurationMs) by item = Type`;
  const [failed] = await answer(classic);
  expect(failed).toMatchObject({ item: 'request' });
  expect(await answer(workspace)).toEqual([{ ...failed, item: 'AppRequests' }]);
});

test('--component needs no workspace', async () => {
  const cloud = localCloud();
  const show = await runCli(['show', 'my-service', '-o', 'json'], { cloud });
  const [component = ''] = /\/subscriptions\/[^"]*components\/[^"]*/.exec(show.stdout) ?? [];
  const none = Object.fromEntries(
    Object.keys(cloud.env)
      .filter((name) => name.startsWith('AZUREML'))
      .map((name) => [name, undefined]),
  );
  const run = await runCli(['query', 'traces | count', '--component', component], {
    cloud,
    env: none,
  });
  expect(run).toMatchObject({ status: 0, stderr: '' });
});

test.each([
  [['query', '--table', 'trace'], 'traces'],
  [['query', 'traces', '--contains', 'x'], '--contains builds a query'],
  [['query', '--since', 'P10M'], 'PT10M'],
  [['query', '--limit', 'ten'], '--limit'],
  [['query', '--file', 'none.kql'], 'none.kql'],
  [['query', '--component', 'ai'], 'resource id'],
  [['query', 'traces', '--follow', '-o', 'csv'], '-o jsonl'],
  [['query', 'traces | count', '--follow'], 'itemId'],
])('%j is a usage error', async (argv, text) => {
  const run = await runCli(argv, { cloud: localCloud() });
  expect(run).toMatchObject({ status: 2, stdout: '' });
  expect(run.stderr).toContain(text);
});

test('an answer that takes longer than --timeout is exit status 6, and Azure is told how long', async () => {
  let over = () => {};
  const sleep = () => new Promise<void>((resolve) => (over = resolve));
  const clock = { ...fakeClock(), sleep };
  const cloud = localCloud({ clock });
  let prefer: string | null = null;
  cloud.inject((request) => {
    if (!request.url.endsWith('/query')) return undefined;
    prefer = request.headers.get('prefer');
    over();
    return new Promise((_resolve, reject) => {
      request.signal.addEventListener('abort', () => reject(request.signal.reason));
    });
  });
  const run = await runCli(['query', 'traces | count', '--timeout', '90s'], { cloud });
  expect(run.status).toBe(6);
  expect(run.stderr).toContain('did not finish within 90 s');
  expect(run.stderr).toContain('--timeout');
  expect(prefer).toContain('wait=90');
});

test.each([
  [['--timeout', '90s'], 'did not finish within 90 s', 'allow more with --timeout'],
  [['--timeout', '10m'], 'did not finish within 10 min', 'aml-monitor export'],
  [[], 'longer than the 3 minutes that Azure gives it', '--timeout 10m'],
])('the end that Azure itself makes is exit status 6, with %j', async (flags, message, hint) => {
  const cloud = localCloud({ clock: { ...fakeClock(), sleep: () => new Promise(() => {}) } });
  const gatewayTimeout = {
    error: {
      message: 'Gateway timeout',
      code: 'GatewayTimeout',
      correlationId: 'c1',
      innererror: { code: 'GatewayTimeout', message: 'Connection error' },
    },
  };
  cloud.inject(answerTo('POST', /\/query$/, () => json(gatewayTimeout, 504)));
  const run = await runCli(['query', 'traces | count', ...flags], { cloud });
  expect(run).toMatchObject({ status: 6, stdout: '' });
  expect(run.stderr).toContain(message);
  expect(run.stderr).toContain(hint);
  expect(run.stderr).toContain('correlation id c1');
});

test('--statistics says on stderr what the answer cost, beside the result', async () => {
  const cloud = localCloud();
  const text = await runCli(['query', 'traces | count', '--statistics'], { cloud });
  expect(text).toMatchObject({ status: 0, stdout: expect.stringMatching(/^Count\n +\d+\n$/) });
  expect(text.stderr).toMatch(/^Statistics\n {2}time +[\d.]+ s\n/);
  const json = await runCli(['query', 'traces | count', '--statistics', '-o', 'json'], { cloud });
  expect(JSON.parse(json.stderr).statistics.query.executionTime).toEqual(expect.any(Number));
  const without = await runCli(['query', 'traces | count'], { cloud });
  expect(without).toMatchObject({ stdout: text.stdout, stderr: '' });
});

test.each([
  ['--statistics', 'with --follow', ['--follow', '--statistics'], '--follow has many'],
  ['--statistics', 'of files', ['--files', 'x.csv', '--statistics'], 'what Azure tells'],
  ['--max-memory', 'without --local', ['traces | count', '--max-memory', '1GB'], 'on this machine'],
  ['--max-memory', 'of no size', ['print 1', '--local', '--max-memory', 'much'], 'is not a size'],
  ['--timeout', 'of no length', ['print 1', '--timeout', 'soon'], 'is not a length of time'],
  ['--timeout', 'beyond what Azure gives', ['print 1', '--timeout', '11m'], 'after 10 min'],
  ['--timeout', 'with --follow', ['--follow', '--timeout', '1s'], '--follow goes on'],
])('%s %s is exit status 2', async (_option, _how, argv, message) => {
  const run = await runCli(['query', ...argv], { cloud: localCloud() });
  expect(run).toMatchObject({ status: 2, stdout: '' });
  expect(run.stderr).toContain(message);
});
