import { expect, test } from 'vitest';
import { v1Unreachable } from '../support/faults.js';
import { localCloud } from '../support/local-cloud.js';
import { runCli } from '../support/run-cli.js';

test('list shows every target of both worlds with what is monitored', async () => {
  const run = await runCli(['list'], { cloud: localCloud() });

  expect(run).toMatchObject({ status: 0, stderr: '' });
  const lines = run.stdout.split('\n').map((line) => line.replace(/ {2,}/g, ' | '));
  expect(lines[0]).toBe('SERVICE | KIND | STATE | INSIGHTS | COLLECTION');
  expect(lines).toContain('my-service | v1 AKS | Healthy | off | off');
  expect(lines).toContain('churn/main | v2 Kubernetes | Succeeded | on | off');
  expect(lines).toContain('segments/champion | v1 AKSENDPOINT | Healthy | on | on');
  expect(
    lines.some((line) => line.startsWith('fraud/blue | v2 Managed | Succeeded | on | on: ')),
  ).toBe(true);
});

test('list --wide adds replicas and scoring URI', async () => {
  const run = await runCli(['list', '--wide'], { cloud: localCloud() });
  expect(run.stdout).toMatch(/^SERVICE .* REPLICAS {2}SCORING URI\n/);
  expect(run.stdout).toMatch(/my-service .* 1 {2}https:\/\/localhost\/.*my-service\/score\n/);
});

test('list as json is an array of all that is known about each target', async () => {
  const run = await runCli(['list', '-o', 'json'], { cloud: localCloud() });
  const targets: unknown = JSON.parse(run.stdout);
  expect(targets).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        api: 'v1',
        service: 'my-service',
        part: null,
        computeType: 'AKS',
        state: 'Healthy',
        insights: false,
        collection: false,
        collections: [],
        replicas: 1,
      }),
      expect.objectContaining({ api: 'v2', service: 'fraud', part: 'blue', insights: true }),
    ]),
  );
});

test('list --query selects from the json, and -o tsv prints it bare', async () => {
  const argv = ['list', '--query', '[?!insights].service', '-o', 'tsv', '--api', 'v1'];
  const run = await runCli(argv, { cloud: localCloud() });
  expect(run.stdout).toBe('my-service\nreturns\n');
});

test('list shows what it has if one world cannot answer, says so and ends with 8', async () => {
  const cloud = localCloud();
  cloud.inject(v1Unreachable);
  const run = await runCli(['list'], { cloud });
  expect(run.status).toBe(8);
  expect(run.stdout).toContain('fraud/blue');
  expect(run.stderr).toContain('ERROR: The v1 web services could not be asked: ');
  expect(run.stderr).toContain('--api v2');

  const v2 = await runCli(['list', '--api', 'v2'], { cloud });
  expect(v2).toMatchObject({ status: 0, stderr: '' });
});

test('list of an empty workspace says that it is empty', async () => {
  const cloud = localCloud();
  await (await cloud.open()).reset('empty');
  const run = await runCli(['list'], { cloud });
  expect(run).toMatchObject({ status: 0, stdout: '' });
  expect(run.stderr).toContain('This workspace has no services.');
  expect(await runCli(['list', '-o', 'json'], { cloud })).toMatchObject({ stdout: '[]\n' });
});
