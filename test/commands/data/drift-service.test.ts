import { beforeAll, describe, expect, test } from 'vitest';
import { localCloud, type TestCloud } from '../../support/local-cloud.js';
import { runCli } from '../../support/run-cli.js';

let cloud: TestCloud;

const run = (...argv: readonly string[]) => runCli(argv, { cloud });

beforeAll(async () => {
  cloud = localCloud();
  await run('collect', 'on', 'my-service');
  const score = [
    'local',
    'score',
    'my-service',
    '--count',
    '300',
    '--over',
    '2d',
    '--shift',
    'age=2',
  ];
  await runCli([...score, '--local'], { cloud });
});

describe('of a service', () => {
  test('the last day is compared with what was before it, and that is said', async () => {
    const { status, stdout, stderr } = await run('data', 'drift', 'my-service', '-o', 'json');
    expect(status).toBe(0);
    expect(stderr).toContain('The target is the last 24 h');
    expect(stderr).toContain('The baseline is the 7 d before it');
    const [first, ...others] = JSON.parse(stdout);
    expect(first).toMatchObject({ feature: 'age', status: 'drift', kind: 'numerical' });
    expect(first.normalized_wasserstein_distance).toBeGreaterThan(1);
    expect(first.baseline.rows + first.target.rows).toBe(300);
    expect(others.map(({ feature }: { feature: string }) => feature).sort()).toEqual([
      'monthly_charges',
      'support_calls',
      'tenure_months',
    ]);
  });

  test('rows are told apart by their own time, not by that of their file', async () => {
    const times = ['--since', '90m', '--baseline-since', '90m'];
    const { stdout } = await run('data', 'drift', 'my-service', ...times, '-o', 'json');
    const [first] = JSON.parse(stdout);
    expect(first.baseline.rows + first.target.rows).toBeGreaterThan(10);
    expect(Math.abs(first.baseline.rows - first.target.rows)).toBeLessThanOrEqual(2);
  });

  test('training data may be the baseline', async () => {
    const files = {
      'work/training.csv': `age\n${Array.from({ length: 90 }, (_, n) => n / 3).join('\n')}\n`,
    };
    const argv = ['data', 'drift', 'my-service', '--baseline', 'training.csv', '-o', 'json'];
    const { status, stdout } = await runCli(argv, { cloud, files });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)[0]).toMatchObject({
      feature: 'age',
      status: 'drift',
      baseline: { rows: 90 },
    });
  });

  test('nothing collected in the time that is asked for is exit status 3, and says of what', async () => {
    const times = ['--from', '2020-01-01', '--to', '2020-01-02'];
    const { status, stderr } = await run('data', 'drift', 'my-service', ...times);
    expect(status).toBe(3);
    expect(stderr).toContain(
      'no collected data of my-service, 2020-01-01 00:00 to 2020-01-02 00:00 UTC',
    );
  });

  test('data stats --join describes inputs with what the model answered', async () => {
    const { status, stdout } = await run('data', 'stats', 'my-service', '--join', '-o', 'json');
    expect(status).toBe(0);
    const columns = JSON.parse(stdout).map(({ column }: { column: string }) => column);
    expect(columns).toEqual(
      expect.arrayContaining(['age', 'monthly_charges', 'support_calls', 'tenure_months']),
    );
    expect(columns).toHaveLength(5);
  });
});

test('rows that are on both sides are said, however they were named', async () => {
  const same = await run('data', 'drift', 'my-service', '--baseline-service', 'MY-SERVICE');
  expect(same.stderr).toContain('files of the target are in the baseline too: their rows');
  const files = { 'work/a.csv': 'x\n1\n2\n', 'work/b.csv': 'x\n3\n' };
  const argv = ['data', 'drift', '--files', '*.csv', '--baseline', 'a.csv'];
  const some = await runCli(argv, { cloud, files });
  expect(some.stderr).toContain('1 of 2 files of the target are in the baseline too');
});

test('a downloaded folder and a pattern that finds its files have the same rows', async () => {
  const { home, status } = await run('data', 'download', 'my-service', 'dl');
  expect(status).toBe(0);
  for (const [files, baseline] of [
    ['dl', 'dl/**/*.csv'],
    ['dl/**/*.csv', 'dl'],
  ] as const) {
    const argv = ['data', 'drift', '--files', files, '--baseline', baseline];
    const { stderr } = await runCli(argv, { cloud, home });
    expect(stderr).toContain('files of the target are in the baseline too: their rows');
  }
});

describe('what contradicts itself is exit status 2', () => {
  test.each([
    ['--baseline', 'a.csv', '--baseline-service', 'fraud'],
    ['--baseline-since', '7d', '--baseline-from', '-9d'],
    ['--baseline-from', '-1d', '--baseline-to', '-2d'],
    ['--files', 'a.csv', '--baseline-service', 'fraud'],
    ['--files', 'a.csv'],
  ])('%s %s %s %s', async (...argv) => {
    expect((await run('data', 'drift', ...argv)).status).toBe(2);
  });
});
