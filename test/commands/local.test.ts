import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Interrupted } from '../../src/lib/errors.js';
import { temporaryFolder } from '../support/host.js';
import { localCloud } from '../support/local-cloud.js';
import { runCli } from '../support/run-cli.js';

const VARIABLES = [
  'ARM_CLOUD_METADATA_URL',
  'NODE_EXTRA_CA_CERTS',
  'AZURE_TENANT_ID',
  'AZURE_CLIENT_ID',
  'AZURE_CLIENT_SECRET',
  'AZUREML_ARM_SUBSCRIPTION',
  'AZUREML_ARM_RESOURCEGROUP',
  'AZUREML_ARM_WORKSPACE_NAME',
  'AML_MONITOR_SERVICE',
];

test('the three calls work unchanged against local start, with nothing but its variables', async () => {
  const cloud = localCloud();
  const interrupt = new AbortController();
  const envFile = join(await temporaryFolder(), 'local.env');
  const serving = runCli(['local', 'start', '--env-file', envFile], {
    cloud,
    signal: interrupt.signal,
  });
  const lines = (await whenWritten(envFile)).trimEnd().split('\n');
  expect(lines.map((line) => line.split('=')[0])).toEqual(VARIABLES);
  expect((await stat(envFile)).mode & 0o777).toBe(0o600);
  const { NODE_EXTRA_CA_CERTS, ...env } = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  expect(env.ARM_CLOUD_METADATA_URL).toMatch(/^https:\/\/localhost:\d+\//);

  // Node reads NODE_EXTRA_CA_CERTS when it starts, and this process has started.
  const outside = { env: { ...env, AML_MONITOR_CA_FILE: NODE_EXTRA_CA_CERTS } };
  const { home } = await runCli(['enable-insights', 'my-service', '--no-wait'], outside);
  cloud.clock.advance(3_600_000);
  const calls = [['enable-insights', 'my-service'], ['logs'], ['query', '--contains', 'input']];
  for (const argv of calls) {
    const run = await runCli(argv, { ...outside, home });
    expect({ argv, status: run.status }).toEqual({ argv, status: 0 });
    expect(run.stdout).not.toBe('');
  }

  interrupt.abort(new Interrupted(130));
  const ended = await serving;
  expect(ended.status).toBe(130);
  expect(ended.stdout).toBe(`${lines.join('\n')}\n`);
  expect(ended.stderr).toContain('No longer serving');
  expect((await runCli(['list'], { ...outside, home })).status).not.toBe(0);
});

async function whenWritten(path: string): Promise<string> {
  for (;;) {
    const text = await readFile(path, 'utf8').catch(() => '');
    if (text !== '') return text;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('local score answers what the model answers, one object a request', async () => {
  const cloud = localCloud();
  const run = await runCli(['local', 'score', 'my-service', '--count', '3', '-o', 'json'], {
    cloud,
  });
  const scorings: { requestId: string }[] = JSON.parse(run.stdout);
  expect(scorings).toHaveLength(3);
  expect(new Set(scorings.map(({ requestId }) => requestId)).size).toBe(3);
  expect(scorings[0]).toMatchObject({
    service: 'my-service',
    part: null,
    status: 200,
    response: [expect.any(Number)],
  });
});

test('a request that the model refuses, and a service that is not there, are failures', async () => {
  const cloud = localCloud();
  const bad = await runCli(['local', 'score', 'my-service', '--data', '{"data":[[1]]}'], { cloud });
  expect(bad).toMatchObject({ status: 5 });
  expect(bad.stdout).toContain('X has 1 features, but Ridge is expecting 4');
  const missing = await runCli(['local', 'score', 'fraud/nope'], { cloud });
  expect(missing.status).toBe(3);
  expect(missing.stderr).toContain('Nothing answers as "fraud/nope"');
  expect(missing.stderr).toContain('aml-monitor list --local');
  expect((await runCli(['local', 'score', 'fraud/blue/1'], { cloud })).status).toBe(2);
  expect(
    (await runCli(['local', 'score', 'my-service', '--file', 'none.json'], { cloud })).status,
  ).toBe(2);
});

test('inputs of the second half of the requests are shifted, and dated after the first', async () => {
  const cloud = localCloud();
  await runCli(['enable-insights', 'my-service', '--yes'], { cloud });
  cloud.clock.advance(5000);
  const flags = ['--count', '40', '--over', '4h', '--shift', 'age=9', '--seed', 'one'];
  const run = await runCli(['local', 'score', 'my-service', ...flags], { cloud });
  expect(run.stdout.trim().split('\n')).toHaveLength(5);
  const middle = new Date(cloud.clock.now().getTime() - 2 * 3_600_000).toISOString();
  expect(run.stderr).toContain('The rest of 40 answers is left out here; -o jsonl has all.');
  expect(run.stderr).toContain(`shifted (age) from ${middle} on`);
  const kql = `traces | where customDimensions["Service Name"] == "my-service" | extend input = tostring(customDimensions.Content)
    | summarize n = count(), age = avg(toreal(parse_json(input).input.data[0][3])) by late = timestamp >= datetime(${middle}) | order by late asc`;
  const { stdout } = await runCli(['query', kql, '-o', 'json'], { cloud });
  const [early, late]: { n: number; age: number }[] = JSON.parse(stdout);
  expect([early?.n, late?.n]).toEqual([20, 20]);
  expect(early?.age).toBeLessThan(60);
  expect(late?.age).toBeGreaterThan(100);
});

test('a shift names a feature of the model, and drawn inputs exclude given ones', async () => {
  const score = ['local', 'score', 'my-service'];
  const unknown = await runCli([...score, '--shift', 'agee'], { cloud: localCloud() });
  expect(unknown).toMatchObject({ status: 2 });
  expect(unknown.stderr).toContain('It has tenure_months, monthly_charges, support_calls, age.');
  expect((await runCli([...score, '--shift', 'age=much'])).status).toBe(2);
  expect((await runCli([...score, '--shift', 'age', '--data', '{}'])).status).toBe(2);
});

test('local score reads the body from a file, or from stdin', async () => {
  const options = {
    files: { 'work/two.json': '{"data":[[24,59.9,1,38],[3,99.5,4,61]]}' },
    stdin: '{"data":[[24,59.9,1,38]]}',
  };
  const scored = async (file: string) => {
    const argv = ['local', 'score', 'my-service', '--file', file, '--query', '[0].response'];
    const run = await runCli([...argv, '-o', 'json'], { ...options, cloud: localCloud() });
    return JSON.parse(run.stdout);
  };
  expect(await scored('two.json')).toHaveLength(2);
  expect(await scored('-')).toHaveLength(1);
});

test('local reset puts the sample back, or an empty workspace in its place', async () => {
  const cloud = localCloud();
  const insights = async () =>
    JSON.parse((await runCli(['list', '-o', 'json', '--query', '[].insights'], { cloud })).stdout);
  const before = await insights();
  await runCli(['enable-insights', 'my-service'], { cloud });
  expect(await insights()).not.toEqual(before);
  expect(await runCli(['local', 'reset'], { cloud })).toMatchObject({ status: 0, stderr: '' });
  expect(await insights()).toEqual(before);
  await runCli(['local', 'reset', '--seed', 'empty'], { cloud });
  expect(await insights()).toEqual([]);
});

test('local start switches the query API, and refuses what is no switch', async () => {
  const cloud = localCloud();
  const interrupt = new AbortController();
  const envFile = join(await temporaryFolder(), 'local.env');
  const limits = ['--limit-rows', '2', '--limit-bytes', '5000', '--latency', '1ms'];
  const weather = ['--throttle', '20/1m', '--faults', '2.5%', '--fault-seed', 'storm'];
  const serving = runCli(['local', 'start', '--env-file', envFile, ...limits, ...weather], {
    cloud,
    signal: interrupt.signal,
  });
  await whenWritten(envFile);
  const { handle } = await cloud.open();
  const behaviour = await handle(new Request('https://localhost/local/behaviour'));
  expect(JSON.parse(await behaviour.text()).query).toMatchObject({
    ...{ rowLimit: 2, byteLimit: 5000, latencyMs: 1 },
    throttle: { requests: 20, seconds: 60 },
    faults: { rate: 0.025, seed: 'storm' },
    deniedTables: [],
  });
  interrupt.abort(new Interrupted(130));
  await serving;
  for (const wrong of [
    ['--throttle', '20'],
    ['--faults', '101%'],
    ['--latency', 'soon'],
  ]) {
    expect(await runCli(['local', 'start', ...wrong], { cloud })).toMatchObject({ status: 2 });
  }
});

test('local load tells how many rows it added to which table', async () => {
  const cloud = localCloud();
  const folder = await temporaryFolder();
  await writeFile(
    join(folder, 'traces.jsonl'),
    '{"timestamp":"2026-11-22T09:00:00Z","message":"loaded"}\n',
  );
  const load = ['local', 'load', join(folder, '*.jsonl')];
  expect(await runCli(load, { cloud })).toMatchObject({
    status: 0,
    stdout: 'Added 1 row to traces.\n',
  });
  const query = ['query', '--local', "traces | where message == 'loaded' | count", '-o', 'csv'];
  expect(await runCli([...query, '--since', '100d'], { cloud })).toMatchObject({
    stdout: 'Count\n1\n',
  });
  const missing = await runCli(['local', 'load', join(folder, 'nothing.csv')], { cloud });
  expect(missing.status).toBe(3);
});
