import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { json } from '../support/faults.js';
import { temporaryFolder } from '../support/host.js';
import { localCloud } from '../support/local-cloud.js';
import { runCli } from '../support/run-cli.js';

const KQL = 'range x from 1 to 3 step 1 | extend y = strcat("a", x)';
const CUT = 'set truncationmaxrecords=1; traces | take 5 | project itemType';

/** Runs in a folder that is looked into afterwards. */
async function inFolder(argv: readonly string[], home?: string, cloud = localCloud()) {
  const run = await runCli(argv, { cloud, ...(home && { home }) });
  const work = join(run.home, 'work');
  const read = (name: string) => readFile(join(work, name), 'utf8');
  return { ...run, files: await readdir(work), read };
}

test.each([
  ['a.jsonl', '{"x":1,"y":"a1"}\n{"x":2,"y":"a2"}\n{"x":3,"y":"a3"}\n'],
  ['a.CSV', 'x,y\n1,a1\n2,a2\n3,a3\n'],
  ['a.tsv', '1\ta1\n2\ta2\n3\ta3\n'],
  ['sub/a.txt', 'x  y\n1  a1\n2  a2\n3  a3\n'],
])('the ending of %s says the format', async (path, text) => {
  const { status, stdout, stderr, read } = await inFolder(['query', KQL, '--out', path]);
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  expect(stderr).toBe(`note: Wrote 3 rows, ${text.length} B, to "${path}".\n`);
  expect(await read(path)).toBe(text);
});

test('-o says it, whatever the ending', async () => {
  const argv = ['query', KQL, '--out', 'a.txt', '-o', 'csv'];
  const { files, read } = await inFolder(argv);
  expect(files).toEqual(['a.txt']);
  expect(await read('a.txt')).toBe('x,y\n1,a1\n2,a2\n3,a3\n');
});

test('a file has no color', async () => {
  const { read } = await inFolder(['query', '--limit', '1', '--out', 'a.txt', '--color', 'always']);
  expect(await read('a.txt')).toMatch(/^[^\x1b]+$/);
});

test('Parquet is read back with its types, from Azure and from files', async () => {
  const kql =
    'print n = long(9007199254740993), d = decimal(0.1), t = time(1.02:03:04.0000005), j = dynamic([1])';
  const made = await inFolder(['query', kql, '--out', 'a.parquet']);
  expect(made).toMatchObject({ status: 0, stdout: '', files: ['a.parquet'] });
  const again = ['query', '--files', 'a.parquet', 'a', '--out', 'b.parquet'];
  expect(await inFolder(again, made.home)).toMatchObject({
    status: 0,
    files: ['a.parquet', 'b.parquet'],
  });
  const shown = await inFolder(['query', '--files', 'b.parquet', 'b', '-o', 'jsonl'], made.home);
  expect(shown.stdout).toBe('{"n":9007199254740993,"d":0.1,"t":"1.02:03:04.0000005","j":[1]}\n');
});

test('what telemetry printed goes along parsed', async () => {
  const made = await inFolder(['query', '--contains', 'input', '--out', 'traces.parquet']);
  expect(made.stderr).toMatch(/note: Wrote 10 rows, [\d.]+ kB, to "traces\.parquet"\.\n$/);
  const argv = [
    'query',
    '--files',
    'traces.parquet',
    'traces | project content.input',
    '-o',
    'csv',
  ];
  const { stdout } = await inFolder(argv, made.home);
  expect(stdout).toContain('data');
});

test('an existing file is replaced by a whole one, and by nothing less', async () => {
  const home = await temporaryFolder();
  await inFolder(['query', 'print old = 1', '--out', 'a.csv'], home);
  const wrong = await inFolder(['query', 'nosuch', '--out', 'a.csv'], home);
  expect(wrong).toMatchObject({ status: 2, files: ['a.csv'] });
  expect(wrong.stderr).toMatch(/^note: "a\.csv" is as it was\.\nERROR: /);
  expect(await wrong.read('a.csv')).toBe('old\n1\n');
  const whole = await inFolder(['query', 'print new = 1', '--out', 'a.csv'], home);
  expect(await whole.read('a.csv')).toBe('new\n1\n');
});

test.each(['a.jsonl', 'a.parquet'])(
  'a cut answer is no %s, unless that is allowed',
  async (out) => {
    const cloud = localCloud();
    const cut = await inFolder(['query', CUT, '--out', out], undefined, cloud);
    expect(cut).toMatchObject({ status: 8, stdout: '', files: [] });
    expect(cut.stderr).toContain(`note: "${out}" was not written.\n`);
    const allowed = await inFolder(
      ['query', CUT, '--out', out, '--allow-partial'],
      cut.home,
      cloud,
    );
    expect(allowed).toMatchObject({ status: 0, files: [out] });
    expect(allowed.stderr).toContain(`Wrote 1 row, `);
  },
);

test('what else is asked may fail: the file is kept', async () => {
  const cloud = localCloud();
  cloud.inject(async (request) => {
    const isAside =
      request.url.endsWith('/query') && (await request.clone().text()).includes('| count');
    return isAside ? json({ error: { code: 'GatewayTimeout' } }, 504) : undefined;
  });
  const argv = ['query', '--service', 'fraud', '--out', 'a.jsonl'];
  const { status, stderr, files } = await inFolder(argv, undefined, cloud);
  expect({ status, files }).toEqual({ status: 0, files: ['a.jsonl'] });
  expect(stderr).toMatch(
    /note: How many rows name no service could not be counted: The query took longer[^\n]*\nnote: Wrote 10 rows/,
  );
});

test.each([
  [['-o', 'parquet'], 'Add --out FILE'],
  [['--out', 'a.gz'], 'names no format'],
  [['--out', 'a.csv', '-o', 'none'], '-o none leaves nothing'],
  [['--out', 'a.parquet', '--query', '[0]'], 'Parquet takes its rows'],
  [['--out', 'a.jsonl', '--follow'], '--follow has no end'],
  [['--out', '/dev/null', '-o', 'parquet'], 'regular file'],
  [['--out', '..', '-o', 'csv'], 'is a folder'],
])('%j is a usage error', async (flags, message) => {
  const run = await inFolder(['query', 'print 1', ...flags]);
  expect(run).toMatchObject({ status: 2, stdout: '', files: [] });
  expect(run.stderr).toContain(message);
});

test('Ctrl-C leaves nothing behind', async () => {
  const home = await temporaryFolder();
  const interrupted = new AbortController();
  const cloud = localCloud();
  cloud.inject((request) => {
    if (request.url.endsWith('/query')) interrupted.abort(new Error('stopped'));
    return undefined;
  });
  const run = await runCli(['query', KQL, '--out', 'a.csv'], {
    cloud,
    home,
    signal: interrupted.signal,
  });
  expect(run.status).not.toBe(0);
  expect(await readdir(join(home, 'work'))).toEqual([]);
});

test('a file may be asked for what replaces it', async () => {
  const home = await temporaryFolder();
  const made = await inFolder(['query', KQL, '--out', 'rows.csv'], home);
  await writeFile(join(made.home, 'work/rows.csv'), 'x\n1\n2\n');
  const argv = ['query', '--files', 'rows.csv', 'rows | where x == 2', '--out', 'rows.csv'];
  const { read } = await inFolder(argv, home);
  expect(await read('rows.csv')).toBe('x\n2\n');
});
