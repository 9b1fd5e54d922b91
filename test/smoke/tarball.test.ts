import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BuiltCli, openBuiltCli, ROOT } from '../support/built-cli.js';

const work = mkdtempSync(join(tmpdir(), 'aml-monitor-smoke-'));
/** The Node versions to run on: of this process, unless the variable lists others, as in PATH. */
const nodes = process.env.AML_MONITOR_NODES?.split(':') ?? [process.execPath];
const COMMANDS = [
  'list',
  'show',
  'enable-insights',
  'disable-insights',
  'collect on',
  'collect off',
  'logs',
  'query',
  'metrics',
  'login',
  'logout',
  'whoami',
  'use',
  'local start',
  'local reset',
  'local load',
  'local score',
];

const EXAMPLES = /Examples:[\s\S]*Exit status:/;

let tarball: { readonly path: string; readonly size: number; readonly files: readonly string[] };

beforeAll(() => {
  const [packed] = JSON.parse(
    npm(ROOT, 'pack', '--json', '--ignore-scripts', '--pack-destination', work),
  );
  const files = packed.files.map(({ path }: { path: string }) => path);
  tarball = { path: join(work, packed.filename), size: packed.size, files };
});

afterAll(() => rmSync(work, { recursive: true, force: true }));

test('the tarball is small and holds only what runs and what must be read', () => {
  const outside = tarball.files.filter((path) => !/^(bin|dist)\/.*\.cjs$/.test(path));
  expect(outside.sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'THIRD-PARTY-NOTICES',
    'package.json',
  ]);
  expect(tarball.size).toBeLessThan(1_500_000);
});

describe.each([
  ['with DuckDB', []],
  ['without DuckDB', ['--omit=optional']],
] as const)('installed %s', (variant, flags) => {
  const duckdb = variant === 'with DuckDB';
  const folder = join(work, variant.replaceAll(' ', '-'));
  const installed = join(folder, 'node_modules', 'aml-monitor');

  beforeAll(() => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    writeFileSync(join(folder, 'traces.jsonl'), '{"timestamp":"2026-11-22","message":"input"}\n');
    npm(folder, 'install', '--no-audit', '--no-fund', '--prefer-offline', ...flags, tarball.path);
  });

  test('brings DuckDB along, or nothing at all', () => {
    expect(existsSync(join(folder, 'node_modules', '@duckdb', 'node-api'))).toBe(duckdb);
    expect(existsSync(join(folder, 'node_modules', '@azure'))).toBe(false);
  });

  describe.each(nodes)('on %s', (node) => {
    let cli: BuiltCli;
    beforeAll(() => {
      cli = openBuiltCli({ bin: join(installed, 'bin', 'aml-monitor.cjs'), node });
    });
    afterAll(() => cli.remove());

    const queried = duckdb ? ([0, /input/] as const) : ([7, /DuckDB/] as const);
    test.each<readonly [line: string, status: number, output: RegExp]>([
      ['--version', 0, /^\d+\.\d+\.\d+\n$/],
      ['--help', 0, /enable-insights/],
      ['nonsense', 2, /nonsense/],
      ...COMMANDS.map((name) => [`${name} --help`, 0, EXAMPLES] as const),
      ['list --local', 0, /my-service/],
      ['show my-service --local', 0, /my-service/],
      ['enable-insights my-service --local', 0, /on/],
      ['collect on my-service --local', 0, /my-service/],
      ['local score my-service', 0, /./],
      ['logs my-service --tail 5 --local', 0, /./],
      ['query --contains input --local', ...queried],
      [`query --files ${join(folder, 'traces.jsonl')} --contains input`, ...queried],
      ['collect off my-service --local', 0, /my-service/],
      ['disable-insights my-service --local', 0, /off/],
      ['whoami --local', 0, /./],
      ['use --service my-service', 0, /./],
      ['logout', 0, /./],
      ['local reset', 0, /./],
    ])('%s', async (line, status, output) => {
      const run = await cli.run(line.split(' '));
      expect(run).toMatchObject({ status });
      expect(run.stdout + run.stderr).toMatch(output);
    });

    test('local start serves other processes, until Ctrl-C', async () => {
      const served = await cli.serve();
      const list = await cli.run(['list', '-o', 'json'], { env: served.env });
      expect(list).toMatchObject({ status: 0, stderr: '' });
      expect(list.stdout).toContain('my-service');
      expect(await served.stop()).toMatchObject({ status: 130 });
    });
  });
});

function npm(cwd: string, ...args: string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
