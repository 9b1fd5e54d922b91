import { expect, test } from 'vitest';
import { Interrupted } from '../../src/lib/errors.js';
import type { Target } from '../../src/lib/model/target.js';
import { fakeGateways, fakeTarget, fakeWorld } from '../support/fake-gateways.js';
import { localCloud } from '../support/local-cloud.js';
import { runCli } from '../support/run-cli.js';

test('logs without a service reads the default one, and says which', async () => {
  const cloud = localCloud();
  const run = await runCli(['logs', '--tail', '5'], { cloud });
  expect(run.status).toBe(0);
  expect(run.stderr).toBe('note: The service is my-service (AML_MONITOR_SERVICE).\n');
  expect(run.stdout.trimEnd().split('\n')).toHaveLength(5);
  expect(cloud.writes).toEqual([]);
});

test('every format has the same lines; json says when each was written', async () => {
  const cloud = localCloud();
  const lines = (await runCli(['logs', 'my-service'], { cloud })).stdout;
  const json = await runCli(['logs', 'my-service', '-o', 'json'], { cloud });
  const entries: { line: string; timestamp: string | null }[] = JSON.parse(json.stdout);
  expect(entries.map(({ line }) => `${line}\n`).join('')).toBe(lines);
  expect(entries[0]).toMatchObject({ service: 'my-service', part: null, section: 'log' });
  expect(entries[0]?.timestamp).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  const csv = await runCli(['logs', 'my-service', '-o', 'csv'], { cloud });
  expect(csv.stdout.split(/\r?\n/)[0]).toBe('service,part,section,timestamp,line');
});

test('the deployments of an endpoint are interleaved, each line with its name; probes can be left out', async () => {
  const cloud = localCloud();
  const run = await runCli(['logs', 'fraud', '--tail', '30', '--no-probes'], { cloud });
  expect(run.status).toBe(0);
  const lines = run.stdout.trimEnd().split('\n');
  for (const line of lines) expect(line).toMatch(/^fraud\/(blue |green) \|/);
  expect(new Set(lines.map((line) => line.split(' ')[0]))).toEqual(
    new Set(['fraud/blue', 'fraud/green']),
  );
  expect(run.stdout).not.toContain('kube-probe');
});

test('--sections shows how a managed instance started', async () => {
  const cloud = localCloud();
  const run = await runCli(['logs', 'fraud/blue', '--sections', '--tail', '1'], { cloud });
  expect(run.stdout).toContain('[status] UserContainerStart: Succeeded');
  expect(run.stdout).toContain('[event] Kind: Pod, Name: Started');
  expect((await runCli(['logs', 'fraud/blue'], { cloud })).stdout).not.toContain('Instance status');
});

test('a service that never started shows Azure’s error', async () => {
  const run = await runCli(['logs', 'returns'], { cloud: localCloud() });
  expect(run).toMatchObject({ status: 5, stdout: '' });
  expect(run.stderr).toContain('"returns" did not start:');
  expect(run.stderr).toContain('AciDeploymentFailed');
});

test.each([
  [['logs', 'my-servce'], 3, 'Did you mean my-service?'],
  [['logs', 'my-service', '--tail', '0'], 2, '--tail'],
  [['logs', 'my-service', '--grep', '('], 2, '--grep'],
  [['logs', 'my-service', '--follow', '-o', 'json'], 2, '-o jsonl'],
  [['logs', 'my-service', '--follow', '--query', '[]'], 2, '--query'],
])('%j is exit status %i', async (argv, status, text) => {
  const run = await runCli(argv, { cloud: localCloud() });
  expect(run).toMatchObject({ status, stdout: '' });
  expect(run.stderr).toContain(text);
});

/** A world of these targets, whose logs are given. */
function world(log: string, ...targets: readonly Target[]) {
  return fakeWorld({
    findTargets: async function* (service) {
      yield* targets.filter((target) => service === undefined || target.service === service);
    },
    listServices: async function* () {
      yield* new Set(targets.map(({ service }) => service));
    },
    readLogs: async () => log,
  });
}

test('nothing in a log reaches the terminal but text and tabs', async () => {
  const hostile = '\x1b[31mred\x1b]52;c;aGk=\x07 \x07 \x9b2J \x9d0;title\x9c \u202e\tHost: x\r';
  const gateways = fakeGateways({ v1: world(hostile, fakeTarget('churn')) });
  const { stdout } = await runCli(['logs', 'churn'], { gateways, columns: 80 });
  expect(stdout).toBe(
    `${String.raw`\x1b[31mred\x1b]52;c;aGk=\x07 \x07 \x9b2J \x9d0;title\x9c \u202e`}\tHost: x\\r\n`,
  );
});

test('of several services one is picked on a terminal; off it, they are named', async () => {
  const gateways = fakeGateways({ v1: world('up', fakeTarget('churn'), fakeTarget('pricing')) });
  const asked = await runCli(['logs'], { gateways, columns: 80, answers: ['pricing'] });
  expect(asked).toMatchObject({
    status: 0,
    stdout: 'up\n',
    questions: ['Which service? churn, pricing'],
  });
  for (const more of [{}, { columns: 80, env: { CI: '1' } }]) {
    const refused = await runCli(['logs'], { gateways, ...more });
    expect(refused).toMatchObject({ status: 2, stdout: '', questions: [] });
    expect(refused.stderr).toContain('churn, pricing');
  }
});

test('--follow goes on until Ctrl-C, as lines of JSON if asked', async () => {
  const interrupt = new AbortController();
  const cloud = localCloud();
  let polls = 0;
  cloud.inject(async (request) => {
    if (!new URL(request.url).pathname.endsWith('/logs')) return undefined;
    polls += 1;
    if (polls === 3) interrupt.abort(new Interrupted(130));
    const lines = Array.from(
      { length: polls + 1 },
      (_, i) => `2026-11-22 09:00:0${i},000 | root | line ${i}`,
    );
    return Response.json({ content: `${lines.join('\n')}\n` });
  });
  const run = await runCli(['logs', 'my-service', '-f', '-o', 'jsonl'], {
    cloud,
    signal: interrupt.signal,
  });
  expect(run.status).toBe(130);
  const shown = run.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).line.slice(-6));
  expect(shown.slice(0, 3)).toEqual(['line 0', 'line 1', 'line 2']);
});
