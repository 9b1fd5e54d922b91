import { expect, test } from 'vitest';
import { run as runMain } from '../../src/commands/main.js';
import { Interrupted } from '../../src/lib/errors.js';
import { memoryOutput, testHost } from '../support/host.js';
import { localCloud } from '../support/local-cloud.js';
import { runCli } from '../support/run-cli.js';

const COMMANDS = [
  'list',
  'show',
  'enable-insights',
  'disable-insights',
  'collect on',
  'collect off',
  'logs',
  'query',
  'login',
  'logout',
  'whoami',
  'use',
  'local start',
  'local reset',
  'local load',
  'local score',
];

test('the help shows every command in its group, on 80 columns', async () => {
  for (const argv of [[], ['--help'], ['-h'], ['help']]) {
    const run = await runCli(argv);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    for (const command of COMMANDS) {
      expect(run.stdout).toMatch(new RegExp(`^ {2}${command.split(' ')[0]} `, 'm'));
    }
    expect(run.stdout.split('\n').every((line) => line.length <= 80)).toBe(true);
  }
});

test.each(COMMANDS)('%s --help shows two examples and the exit statuses', async (command) => {
  const run = await runCli([...command.split(' '), '--help']);
  expect(run).toMatchObject({ status: 0, stderr: '' });
  const examples = run.stdout.match(new RegExp(`^ {2}\\$ aml-monitor ${command}`, 'gm')) ?? [];
  expect(examples.length).toBeGreaterThanOrEqual(2);
  expect(run.stdout).toMatch(/Exit status:\n {2}0 {4}done[^\n]*\n {2}2 /);
  expect(run.stdout).toContain('--output <format>');
});

test('help COMMAND is COMMAND --help', async () => {
  const asked = await runCli(['help', 'collect', 'on']);
  expect(asked.stdout).toBe((await runCli(['collect', 'on', '--help'])).stdout);
  expect(asked.stdout).toContain('--sampling-rate');
});

test('a group without a command shows its help on stderr and ends with 2', async () => {
  const run = await runCli(['collect']);
  expect(run).toMatchObject({ status: 2, stdout: '' });
  expect(run.stderr).toContain('Usage: aml-monitor collect COMMAND');
});

test.each([
  [['lst'], "Unknown command 'lst'.", 'Did you mean list?'],
  [['collect', 'onn', 'x'], "Unknown command 'onn'.", 'Did you mean on?'],
  [['lst', '--help'], "Unknown command 'lst'.", 'Did you mean list?'],
  [['help', 'lst'], "Unknown command 'lst'.", 'Did you mean list?'],
  [['collect', 'onn', '-h'], "Unknown command 'onn'.", 'Did you mean on?'],
  [['use', '--local'], "Unknown option '--local'.", 'Add --help'],
  [['--config', 'x.json', 'use'], '"use" has no option --config.', 'Add --help'],
  [['--tenant', 'x', 'local', 'reset'], '"local reset" has no option --tenant.', 'Add --help'],
  [['list', '--wid'], "Unknown option '--wid'.", 'Did you mean --wide?'],
  [['show'], "Missing required argument 'service'.", 'Add --help'],
  [['list', 'x'], "Too many arguments for 'list'. Expected 0 arguments but got 1.", 'Add --help'],
  [['list', '-o', 'xml'], "argument 'xml' is invalid.", 'Add --help'],
  [['list', '--query', '['], '--query "[" does not work', 'jmespath.org'],
  [['list', '--auth', 'magic'], "argument 'magic' is invalid.", 'service-principal'],
])('%j is a usage error with a hint', async (argv, message, hint) => {
  const run = await runCli(argv);
  expect(run).toMatchObject({ status: 2, stdout: '' });
  expect(run.stderr).toContain(message);
  expect(run.stderr).toContain(hint);
});

test('with -o json an error is one JSON object on stderr, a usage error too', async () => {
  const { stderr } = await runCli(['list', '--wid', '-o', 'json']);
  expect(JSON.parse(stderr)).toMatchObject({
    error: { kind: 'usage', message: "Unknown option '--wid'.", hint: 'Did you mean --wide?' },
  });
});

test('options may stand in front of the command; behind it they win', async () => {
  const cloud = localCloud();
  const before = await runCli(['-o', 'json', '--api', 'v1', 'list'], { cloud });
  expect(before.status).toBe(2); // --api belongs to the command
  const run = await runCli(['-o', 'json', '--query', 'length(@)', 'list'], { cloud });
  expect(run).toMatchObject({ status: 0, stdout: '8\n' });
  const both = await runCli(['-o', 'json', 'list', '-o', 'tsv', '--query', '[0].service'], {
    cloud,
  });
  expect(both.stdout).toBe('churn\n');
});

test.each([
  ['use', ['--subscription', '--tenant', '--cloud'], ['--config', '--local', '--auth']],
  ['local start', ['--local-dir'], ['--subscription', '--tenant', '--auth', '--ca-file']],
  ['login', ['--tenant', '--auth', '--ca-file'], ['--subscription', '--config']],
])('%s takes the shared options that it reads, and no others', async (command, own, others) => {
  const { stdout } = await runCli([...command.split(' '), '--help']);
  const flags = stdout.match(/^ +(?:-\w, )?--[a-z-]+/gm)?.map((flag) => flag.replace(/.* /, ''));
  expect(flags).toEqual(expect.arrayContaining([...own, '--output', '--debug']));
  for (const other of others) expect(flags).not.toContain(other);
});

test('a missing workspace is one sentence that names flag, variable and file', async () => {
  const run = await runCli(['list']);
  expect(run).toMatchObject({ status: 2, stdout: '' });
  expect(run.stderr).toContain(
    'ERROR: The workspace, resource group and subscription are not set.',
  );
  for (const name of ['-w', 'AZUREML_ARM_WORKSPACE_NAME', 'config.json', 'aml-monitor use']) {
    expect(run.stderr).toContain(name);
  }
});

test('a bug shows its stack and ends with 1', async () => {
  const stderr = memoryOutput();
  const host = testHost({
    stderr,
    env: { AZUREML_ARM_SUBSCRIPTION: '5d8f3b20-6c4e-4f17-b1a9-e07d2c6a9f34' },
    connect: () => Promise.reject(new TypeError('x is not a function')),
  });
  expect(await runMain(['list'], host)).toBe(1);
  expect(stderr.text()).toContain('BUG: TypeError: x is not a function\n    at ');
});

test.each([130, 143] as const)('an interruption ends with %i and one line', async (status) => {
  const stderr = memoryOutput();
  const host = testHost({
    stderr,
    signal: AbortSignal.abort(new Interrupted(status)),
    connect: () => Promise.reject(new DOMException('This operation was aborted', 'AbortError')),
  });
  expect(await runMain(['list'], host)).toBe(status);
  expect(stderr.text()).toBe('Interrupted.\n');
});

test('errors are colored on a terminal and plain with --color never', async () => {
  expect((await runCli(['lst'], { columns: 80 })).stderr).toContain('\x1b[31m');
  expect(
    (await runCli(['list', '--wid', '--color', 'never'], { columns: 80 })).stderr,
  ).not.toContain('\x1b');
});

test('--verbose says which settings hold, and where each came from', async () => {
  const cloud = localCloud();
  const run = await runCli(['list', '--verbose', '-g', cloud.connection.resourceGroup], { cloud });
  expect(run.stderr).toContain('workspace: Sample-ML, from AZUREML_ARM_WORKSPACE_NAME\n');
  expect(run.stderr).toContain('resource group: monitoring-samples, from --resource-group\n');
  expect(run.stderr).toContain('default service: my-service, from AML_MONITOR_SERVICE\n');
});
