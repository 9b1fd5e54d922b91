import { expect, test } from 'vitest';
import { runCli } from '../../support/run-cli.js';

const ROWS = Array.from({ length: 40 }, (_, row) => [
  row / 2,
  row % 4 === 0 ? '' : `t${row % 4}`,
  row % 2,
]);
const FILES = {
  'work/inputs.csv': ['size,tier,flag', ...ROWS.map((row) => row.join(',')), ''].join('\n'),
};

function stats(argv: readonly string[], options: Parameters<typeof runCli>[1] = {}) {
  return runCli(['data', 'stats', ...argv], { files: FILES, ...options });
}

test('answers one object per column', async () => {
  const run = await stats(['--files', 'inputs.csv', '-o', 'json']);
  expect(run).toMatchObject({ status: 0, stderr: '' });
  expect(JSON.parse(run.stdout)).toMatchObject([
    { column: 'size', kind: 'real', rows: 40, count: 40, nulls: 0, min: 0, p50: 9.75, max: 19.5 },
    { column: 'tier', kind: 'text', count: 30, nulls: 10, distinct: 3, min: null },
    { column: 'flag', kind: 'integer', histogram: { from: 0, to: 1, counts: [20, 20] } },
  ]);
});

test('draws a line a column on a terminal, in ASCII where there is nothing else', async () => {
  const run = await stats(['--files', 'inputs.csv'], { columns: 80, env: { NO_COLOR: '1' } });
  expect(run.status).toBe(0);
  expect(run.stdout.split('\n')).toEqual([
    '40 rows of inputs.csv',
    '',
    '      type     null %  distinct  min   p50   max  mean  stddev  values',
    'size  real          0        40    0  9.75  19.5  9.75    5.85  ████████████████',
    'tier  text         25         3                                 t1 33.3 %, t2 3…',
    'flag  integer       0         2    0   0.5     1   0.5   0.506  ██',
    '',
  ]);
  const ascii = await stats(['--files', 'inputs.csv'], {
    columns: 80,
    env: { TERM: 'dumb', LC_ALL: 'C', NO_COLOR: '1' },
  });
  expect(ascii.stdout).toMatch(/^flag .* {2}##$/m);
});

test('shows of a single column all that is known, with a large histogram', async () => {
  const run = await stats(['--files', 'inputs.csv', '--column', 'size'], {
    columns: 80,
    env: { NO_COLOR: '1' },
  });
  expect(run.stdout).toContain('  p95       18.525\n');
  expect(run.stdout.match(/^from .*█+.* 2$/gm)).toHaveLength(20);
});

test('a bar of few whole numbers has the number itself for a name', async () => {
  const namesOf = async (values: readonly (number | string)[]) => {
    const run = await stats(['--files', 'n.csv', '--column', 'n'], {
      files: { 'work/n.csv': ['n', ...values, ''].join('\n') },
      columns: 80,
      env: { NO_COLOR: '1' },
    });
    const [, drawn = ''] = run.stdout.split('histogram\n');
    return drawn
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/)[0]);
  };
  const few = Array.from({ length: 10 }, (_, at) => at);
  expect(await namesOf(few)).toEqual(few.map(String));
  const large = [1_000_000, 1_000_003];
  expect(await namesOf(large)).toEqual(['1000000', '1000001', '1000002', '1000003']);
  expect((await namesOf([0, 9.5, 19]))[1]).toBe('from 0.95');
});

test('a column that is not there is exit status 3, with the nearest one', async () => {
  const run = await stats(['--files', 'inputs.csv', '--column', 'teir']);
  expect(run).toMatchObject({ status: 3, stdout: '' });
  expect(run.stderr).toContain('no column "teir"');
  expect(run.stderr).toContain('"tier"');
});

test('files of several kinds are not one table', async () => {
  const files = { ...FILES, 'work/more.jsonl': '{"size":1}\n' };
  const run = await stats(['--files', 'inputs.csv', '--files', 'more.jsonl'], { files });
  expect(run).toMatchObject({ status: 2, stdout: '' });
  expect(run.stderr).toContain('"inputs.csv" is CSV, "more.jsonl" JSON lines.');
});

test('of what names its rows no value is called the most frequent', async () => {
  const run = await stats(['--files', 'ids.csv'], {
    files: { 'work/ids.csv': 'id,n\na,1\nb,1\nc,1\n' },
    columns: 80,
  });
  expect(run.stdout).toMatch(/^id .* each once$/m);
});
