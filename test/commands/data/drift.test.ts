import { describe, expect, test } from 'vitest';
import { runCli } from '../../support/run-cli.js';

const csv = (rows: readonly (readonly unknown[])[]) =>
  ['size,tier,same', ...rows.map((row) => row.join(',')), ''].join('\n');
const rows = (shift: number, tiers: number) =>
  Array.from({ length: 200 }, (_, row) => [
    row / 10 + shift,
    `t${row % tiers}`,
    ((row * 7) % 101) / 3,
  ]);
const FILES = {
  'work/training.csv': csv(rows(0, 3)),
  'work/today.csv': csv(rows(5, 3)),
  'work/odd.csv': csv(
    rows(0, 3).map(([size, tier, same], row) => [row % 4 === 0 ? '' : size, tier, same]),
  ),
  'work/other.csv': 'unlike\n1\n',
};

function drift(argv: readonly string[], options: Parameters<typeof runCli>[1] = {}) {
  return runCli(['data', 'drift', '--baseline', 'training.csv', ...argv], {
    files: FILES,
    ...options,
  });
}

test('names the feature that moved first, with the figures that say so', async () => {
  const run = await drift(['--files', 'today.csv', '-o', 'json']);
  expect(run).toMatchObject({ status: 0, stderr: '' });
  const features = JSON.parse(run.stdout);
  expect(features).toMatchObject([
    {
      feature: 'size',
      kind: 'numerical',
      status: 'drift',
      violations: ['normalized_wasserstein_distance', 'out_of_bounds_rate'],
      out_of_bounds_rate: 0.25,
    },
    { feature: 'tier', kind: 'categorical', status: 'ok', jensen_shannon_distance: 0 },
    { feature: 'same', kind: 'numerical', status: 'ok', jensen_shannon_distance: 0 },
  ]);
  expect(Object.keys(features[0]).slice(0, 5)).toEqual([
    'feature',
    'kind',
    'status',
    'violations',
    'note',
  ]);
});

test('draws both distributions side by side, and marks what is past its threshold', async () => {
  const run = await drift(['--files', 'today.csv'], { columns: 80, env: { NO_COLOR: '1' } });
  const lines = run.stdout.split('\n');
  expect(lines.slice(0, 3)).toEqual([
    'baseline  200 rows of training.csv',
    'target    200 rows of today.csv',
    '',
  ]);
  expect(lines[4]).toMatch(/^size {2}DRIFT +[\d.]+ +0\.864! +[\d.]+ +(?:0 +)+25! {2}█+▂ +▂█+$/);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
});

describe('--fail-on', () => {
  test('is exit status 9 and names the features, after the result', async () => {
    const run = await drift(['--files', 'today.csv', '--fail-on', 'drift', '-o', 'jsonl']);
    expect(run.status).toBe(9);
    expect(run.stdout.split('\n')).toHaveLength(4);
    expect(run.stderr).toContain('1 feature is past a threshold: \\"size\\".');
  });

  test('looks at what it names alone', async () => {
    expect((await drift(['--files', 'odd.csv', '--fail-on', 'drift'])).status).toBe(0);
    expect((await drift(['--files', 'odd.csv', '--fail-on', 'quality'])).status).toBe(9);
    const rate = ['--files', 'odd.csv', '--fail-on', 'null_value_rate'];
    expect((await drift(rate)).status).toBe(9);
    expect((await drift([...rate, '--threshold', 'null_value_rate=0.25'])).status).toBe(0);
    const test = ['--files', 'today.csv', '--fail-on', 'two_sample_kolmogorov_smirnov_test'];
    expect((await drift(test)).status).toBe(9);
  });

  test('looks at features that --top leaves out too', async () => {
    const run = await drift([
      '--files',
      'odd.csv',
      '--top',
      '1',
      '--column',
      'same',
      '--column',
      'size',
      '--fail-on',
      'quality',
    ]);
    expect(run.status).toBe(9);
    expect(run.stderr).toContain('1 feature that differs less is not shown.');
  });

  test('does not pass where nothing could be compared', async () => {
    const run = await drift(['--files', 'other.csv', '--column', 'unlike', '--fail-on', 'drift']);
    expect(run.status).toBe(8);
    expect(run.stderr).toContain('nothing was checked');
  });
});

test('a threshold or metric that makes no sense is said before a file is read', async () => {
  for (const argv of [
    ['--threshold', 'jensen_shannon_distance'],
    ['--threshold', 'jensen=0.1'],
    ['--metric', 'psi'],
    ['--fail-on', 'anything'],
    ['--categorical', 'size', '--numerical', 'size'],
    ['--categorical', 'tier', '--column', 'size'],
  ]) {
    const run = await drift(['--files', 'nothing.csv', ...argv]);
    expect([argv, run.status]).toEqual([argv, 2]);
  }
  expect((await drift(['--files', 'today.csv', '--numerical', 'teir'])).stderr).toContain('"tier"');
});
