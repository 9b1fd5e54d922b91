import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { runCli } from '../support/run-cli.js';

const CSV = [
  'timestamp,kind,n,m',
  '2026-11-21T08:00:00Z,a,1,10',
  '2026-11-21T09:00:00Z,a,2,20',
  '2026-11-21T10:00:00Z,b,3,30',
].join('\n');

async function draw(
  kql: string,
  options: readonly string[] = [],
  env: Record<string, string> = {},
) {
  const run = await runCli(['query', '--files', 'rows.csv', kql, '--chart', ...options], {
    files: { 'work/rows.csv': CSV },
    columns: 80,
    env: { NO_COLOR: '1', ...env },
  });
  return { ...run, lines: run.stdout.split('\n') };
}

test('numbers over time are lines, told apart by what texts stand beside them', async () => {
  const { stdout, stderr, status } = await draw('rows | project timestamp, kind, n');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('2026-11-21 08:00 to 11:00 UTC');
  expect(stdout).toMatch(/● a {3}◆ b/);
  expect(stdout).toMatch(/09:00/);
});

test('numbers beside a text are bars', async () => {
  const { lines } = await draw('rows | summarize n = sum(n) by kind | order by kind asc');
  expect(lines[0]).toMatch(/^a {2}█+ 3$/);
  expect(lines[1]).toMatch(/^b {2}█+ 3$/);
});

test('render is heeded, and what was typed goes before it', async () => {
  const kql = 'rows | project timestamp, n | render columnchart';
  expect((await draw(kql)).stdout).toMatch(/[▁-█]/);
  expect((await draw(kql, ['line'])).stdout).not.toMatch(/[▁-█]/);
  expect((await draw(kql, ['bar'])).lines[0]).toMatch(/^2026-11-21T08:00:00 {2}█+ 1$/);
});

test('arrays of make-series are drawn', async () => {
  const kql =
    'rows | make-series n = sum(n) on timestamp from datetime(2026-11-21T08:00) to datetime(2026-11-21T11:00) step 1h';
  const { stdout, status } = await draw(kql);
  expect(status).toBe(0);
  expect(stdout).toMatch(/08:30|09:00/);
});

test('what cannot be drawn says what it lacks', async () => {
  const run = await draw('rows | project kind');
  expect(run).toMatchObject({ status: 2, stdout: '' });
  expect(run.stderr).toContain('it has no column of numbers');
  expect(run.stderr).toContain('kind (string)');
  expect((await draw('rows | project kind, n', ['line'])).stderr).toContain(
    'no datetime for a line',
  );
});

test('on a pipe there are the numbers', async () => {
  const run = await runCli(
    ['query', '--files', 'rows.csv', 'rows | project timestamp, n', '--chart'],
    {
      files: { 'work/rows.csv': CSV },
    },
  );
  expect(run.stdout.split('\n')[1]).toMatch(/^2026-11-21T08:00:00.0000000Z +1$/);
});

test('colored it is the same picture', async () => {
  const plain = await draw('rows | project timestamp, kind, n');
  const colored = await draw('rows | project timestamp, kind, n', ['line', '--color', 'always']);
  expect(colored.stdout).toContain('\x1b[');
  expect(stripVTControlCharacters(colored.stdout)).toBe(plain.stdout);
});

test('a locale without UTF-8 gets ASCII', async () => {
  const { stdout } = await draw('rows | project timestamp, kind, n', [], { LANG: 'C' });
  expect(stdout).toMatch(/^[\x20-\x7e\n]*$/);
});
