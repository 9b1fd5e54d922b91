import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { connectGateways } from '../../../src/lib/azure/connect.js';
import type { Gateways } from '../../../src/lib/azure/gateways.js';
import { storageSettings } from '../../../src/lib/settings/storage-settings.js';
import { settingsFor } from '../../sign-in/entra.js';
import { type Azurite, startAzurite } from '../../support/azurite.js';
import { fakeGateways, fakeTarget, fakeWorld } from '../../support/fake-gateways.js';
import { fakeReport } from '../../support/fake-report.js';
import { fakeClock, realFiles } from '../../support/host.js';
import { localCloud } from '../../support/local-cloud.js';
import { type RunOptions, runCli } from '../../support/run-cli.js';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});

/** A workspace with one endpoint, whose storage is Azurite. */
async function workspaceWith(containerName: string): Promise<Gateways> {
  const { connectionString, accountName } = azurite;
  const storage = storageSettings({ connectionString }, {}, false);
  const { blobs } = await connectGateways(settingsFor({ storage }), {
    clock: fakeClock(),
    signal: new AbortController().signal,
    report: fakeReport().report,
    files: realFiles,
    env: {},
  });
  const target = fakeTarget('fraud', 'blue');
  const gateways = fakeGateways({ blobs });
  return {
    ...gateways,
    arm: { ...gateways.arm, getDatastore: async () => ({ accountName, containerName }) },
    v2: fakeWorld({
      async *findTargets() {
        yield target;
      },
    }),
  };
}

const AT = 'modelDataCollector/fraud/blue/model_inputs/2026/11/22/08';
const HERE = 'fraud-data/blue/model_inputs/2026/11/22/08';

const download = (options: RunOptions, ...more: string[]) =>
  runCli(['data', 'download', 'fraud', ...more], options);

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('.aml-monitor-data'))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

test('brings what was collected, and then what is new', async () => {
  const line = '{"data":[{"amount":1}]}\n';
  const large = 'x'.repeat(9_000_000);
  await azurite.fill('grows', { [`${AT}/host.jsonl`]: [line], [`${AT}/large.jsonl`]: large });
  const gateways = await workspaceWith('grows');
  const first = await download({ gateways }, '-o', 'json');
  const work = join(first.home, 'work');
  expect(first).toMatchObject({ status: 0, stderr: '' });
  expect(JSON.parse(first.stdout)).toEqual({
    service: 'fraud',
    folder: join(work, 'fraud-data'),
    files: { fetched: 2, grown: 0, kept: 0, failed: 0 },
    references: { fetched: 0, kept: 0, failed: 0, refused: 0 },
    bytes: 9_000_000 + line.length,
    renamed: 0,
    failures: [],
    dryRun: false,
    tables: [],
  });
  expect(await filesIn(work)).toEqual([`${HERE}/host.jsonl`, `${HERE}/large.jsonl`]);
  expect(await readFile(join(work, HERE, 'large.jsonl'), 'utf8')).toBe(large);

  await azurite.client
    .getContainerClient('grows')
    .getAppendBlobClient(`${AT}/host.jsonl`)
    .appendBlock(line, line.length);
  const { home } = first;
  const planned = await download({ gateways, home }, '--dry-run');
  expect(planned.stdout).toBe(
    `fraud: would fetch what 1 file has grown by, 24 B, into ${work}/fraud-data; 1 file was there already.\n`,
  );
  const second = await download({ gateways, home });
  expect(second.stdout).toContain('fetched what 1 file has grown by');
  expect(await readFile(join(work, HERE, 'host.jsonl'), 'utf8')).toBe(line + line);
});

test('a service has one folder, in whatever case it is typed', async () => {
  await azurite.fill('spelled', { [`${AT}/host.jsonl`]: 'x' });
  const gateways = await workspaceWith('spelled');
  const { home } = await download({ gateways });
  const again = await runCli(['data', 'download', 'FRAUD', '-o', 'json'], { gateways, home });
  const folder = join(home, 'work', 'fraud-data');
  expect(JSON.parse(again.stdout)).toMatchObject({ service: 'fraud', folder, files: { kept: 1 } });
});

test('no name of a blob leads out of the folder or over another file, and all are said', async () => {
  const names = [
    `${AT}/plain.jsonl`,
    `${AT}/PLAIN.jsonl`,
    `${AT}/caf\u00e9.jsonl`,
    `${AT}/cafe\u0301.jsonl`,
    // Azurite cannot list what XML has no letter for, such as ESC, and takes a backslash for a slash.
    `${AT}/a\n\u0085b.jsonl`,
    `${AT}/NUL.jsonl`,
    'modelDataCollector/fraud/../../2026/11/22/08/x.jsonl',
    'modelDataCollector/fraud//etc/2026/11/22/08/passwd.jsonl',
    `modelDataCollector/fraud/blue/${'long'.repeat(70)}/2026/11/22/08/x.jsonl`,
  ];
  const strays = [`${AT}/../../x.jsonl`, 'modelDataCollector/fraud//etc/passwd.jsonl'];
  const contents = Object.fromEntries([...names, ...strays].map((name) => [name, `in ${name}`]));
  await azurite.fill('hostile', contents);
  const run = await download({ gateways: await workspaceWith('hostile') }, '-o', 'json');
  expect(run.status).toBe(0);
  expect(JSON.parse(run.stdout)).toMatchObject({
    files: { fetched: names.length },
    renamed: 7,
  });
  const { home } = run;
  expect(await readdir(home)).toEqual(['work']);
  expect(await readdir(join(home, 'work'))).toEqual(['fraud-data']);
  const files = await filesIn(home);
  expect(files).toHaveLength(names.length);
  const found = await Promise.all(files.map((path) => readFile(join(home, path), 'utf8')));
  expect(found.sort()).toEqual(names.map((name) => `in ${name}`).sort());
  expect(files.every((path) => !/\p{Cc}|\\|(^|\/)\.\./u.test(path))).toBe(true);
  expect(run.stderr).toContain('Left out, not in the layout of collected data: 2 files');
  expect(run.stderr).toContain("4 names have what a file's should not:");
  expect(run.stderr).toContain('1 name is too long for a file:');
  expect(run.stderr).toContain('2 names are taken, perhaps in another case:');
  expect(run.stderr).not.toMatch(/\p{Cc}(?<!\n)/u);
});

test('what a line refers to comes too; what failed or leads elsewhere is said', async () => {
  const { accountName } = azurite;
  const references = [
    `https://${accountName}.blob.core.windows.net/refers/raw/one%20more.json?sv=1&sig=secret`,
    'raw/gone.json',
    'https://elsewhere.blob.core.windows.net/refers/raw/one.json?sig=secret',
  ];
  const lines = references.map((dataref) => `${JSON.stringify({ dataref })}\n`);
  await azurite.fill('refers', { [`${AT}/host.jsonl`]: lines, 'raw/one more.json': '[{"a":1}]' });
  const run = await download({ gateways: await workspaceWith('refers') });
  const folder = join(run.home, 'work', 'fraud-data');
  expect(run).toMatchObject({
    status: 8,
    stdout: `fraud: fetched 1 file and 1 that they refer to, ${lines.join('').length + 9} B, into ${folder}.\n`,
  });
  expect(run.stderr).toContain('A reference leads out of the storage account of the data');
  expect(run.stderr).toContain('1 of 3 files did not come.');
  expect(run.stderr).toContain('There is no blob "raw/gone.json" in "refers".');
  expect(run.stderr).not.toContain('secret');
  const payload = join(folder, 'references/refers/raw/one more.json');
  expect(await readFile(payload, 'utf8')).toBe('[{"a":1}]');
});

test('figures leave out a line whose payload is gone, and say so', async () => {
  const lines = [{ data: [{ amount: 1 }, { amount: 3 }] }, { dataref: 'raw/gone.json' }];
  const contents = lines.map((line) => `${JSON.stringify(line)}\n`);
  await azurite.fill('lost', { [`${AT}/host.jsonl`]: contents });
  const run = await runCli(['data', 'stats', 'fraud', '-o', 'json'], {
    gateways: await workspaceWith('lost'),
  });
  expect(run.status).toBe(0);
  expect(JSON.parse(run.stdout)).toMatchObject([{ column: 'amount', rows: 2, mean: 2 }]);
  expect(run.stderr).toContain('1 line is left out: the data is in another file');
});

test('--merge writes each collection as one table, and keeps apart what is no row', async () => {
  const line = (id: string, data: object) =>
    `${JSON.stringify({ id, type: 'azureml.inference.model_inputs', time: '2026-11-22T08:00:00Z', ...data })}\n`;
  const first = [
    line('1', { data: [{ amount: 1 }, { amount: 2 }] }),
    '{"data": [{"amount": 3}\n',
    line('2', { dataref: 'raw/two.json' }),
  ];
  await azurite.fill('merges', {
    [`${AT}/host.jsonl`]: first,
    [`${AT}/other.jsonl`]: [line('3', { data: [{ amount: 4, country: 'NL' }] })],
    'raw/two.json': '[{"amount": 3.5}]',
  });
  const gateways = await workspaceWith('merges');
  const run = await download({ gateways }, '--merge', '-o', 'csv');
  const folder = join(run.home, 'work', 'fraud-data');
  expect(run.status).toBe(0);
  expect(run.stdout.split('\n')[1]).toMatch(
    /^ {2}model_inputs: 4 rows, \d+ B, in tables\/model_inputs.csv; 1 line in tables\/model_inputs.rejected.jsonl$/,
  );
  expect(run.stderr).toContain('A line is no row of "model_inputs"');
  const [header = '', ...rows] = (await readFile(join(folder, 'tables/model_inputs.csv'), 'utf8'))
    .trim()
    .split('\n');
  expect(header).toMatch(/^amount,country,/);
  const cells = rows.map((row) => row.split(','));
  expect(cells.map(([amount]) => Number(amount))).toEqual([1, 2, 3.5, 4]);
  expect(cells.map(([, country]) => country)).toEqual(['', '', '', 'NL']);
  const kept = await readFile(join(folder, 'tables/model_inputs.rejected.jsonl'), 'utf8');
  expect(JSON.parse(kept)).toMatchObject({
    file: join(folder, 'blue/model_inputs/2026/11/22/08/host.jsonl'),
    line: 2,
    text: '{"data": [{"amount": 3}',
  });

  const { home } = run;
  const env = { AML_MONITOR_OUTPUT: 'json' };
  const again = await download({ gateways, home, env }, '--merge');
  expect(JSON.parse(again.stdout)).toMatchObject({
    files: { kept: 2 },
    tables: [{ collection: 'model_inputs', file: 'tables/model_inputs.parquet', rows: 4 }],
  });
  expect(await readdir(join(folder, 'tables'))).toHaveLength(3);
  expect(await download({ gateways, home }, '--merge', '-o', 'yaml')).toMatchObject({ status: 2 });
  expect(await download({ gateways, home }, '-o', 'parquet')).toMatchObject({ status: 2 });
});

test('--merge writes over, and removes, nothing but what a merge wrote', async () => {
  const lines = ['{"data":[{"amount":1}]}\n', '{"data": [\n'];
  const append = (text: string) =>
    azurite.client
      .getContainerClient('tables')
      .getAppendBlobClient(`${AT}/host.jsonl`)
      .appendBlock(text, text.length);
  await azurite.fill('tables', { [`${AT}/host.jsonl`]: [lines[0] ?? ''] });
  const gateways = await workspaceWith('tables');
  const { home } = await download({ gateways });
  const tables = join(home, 'work', 'fraud-data', 'tables');
  const mine = ['model_inputs.csv', 'model_inputs.rejected.jsonl'];
  await mkdir(tables);
  for (const name of mine) await writeFile(join(tables, name), 'mine');
  const merge = () => download({ gateways, home }, '--merge', '-o', 'csv');

  const aside = await merge();
  expect(aside.stderr).toMatch(
    /"tables\/model_inputs.csv" is taken: the table is "(tables\/model_inputs~[0-9a-f]{8}.csv)"/,
  );
  expect(aside.stdout).toMatch(/1 row, \d+ B, in tables\/model_inputs~[0-9a-f]{8}.csv\n/);
  await append(lines[1] ?? '');
  expect((await merge()).stdout).toMatch(
    /1 line in tables\/model_inputs.rejected~[0-9a-f]{8}.jsonl/,
  );
  const names = await readdir(tables);
  expect(names).toHaveLength(4);
  for (const name of mine) expect(await readFile(join(tables, name), 'utf8')).toBe('mine');

  const own = names.find((name) => name.endsWith('.csv') && !mine.includes(name)) ?? '';
  await appendFile(join(tables, own), '2,,,,\n');
  const edited = await readFile(join(tables, own), 'utf8');
  expect((await merge()).stdout).not.toContain(own);
  expect(await readFile(join(tables, own), 'utf8')).toBe(edited);
});

test('on the local cloud: what its sample endpoint collected', async () => {
  const run = await runCli(['data', 'download', 'fraud', '--collection', 'request', '-o', 'json'], {
    cloud: localCloud(),
  });
  expect(run.status).toBe(0);
  const { files } = JSON.parse(run.stdout);
  const work = join(run.home, 'work');
  expect(await filesIn(work)).toHaveLength(files.fetched);
  expect(files.fetched).toBeGreaterThan(0);
  expect(await readdir(join(work, 'fraud-data', 'blue'))).toEqual(['request']);
});

test.each([[], ['--merge']])('where nothing is, it says why (%s)', async (...flags) => {
  const run = await runCli(['data', 'download', 'my-service', ...flags], { cloud: localCloud() });
  expect(run).toMatchObject({ status: 0, stdout: 'my-service: nothing came.\n' });
  expect(run.stderr).toContain('my-service does not collect model data');
});

test('a folder with the data of another service is refused', async () => {
  const gateways = await workspaceWith('another');
  await azurite.fill('another', {
    [`${AT}/host.jsonl`]: 'x',
    [`${AT.replace('fraud', 'churn')}/host.jsonl`]: 'x',
  });
  const { home } = await download({ gateways }, 'here');
  const other = {
    ...gateways,
    v2: fakeWorld({
      findTargets: async function* () {
        yield fakeTarget('churn', 'blue');
      },
    }),
  };
  const run = await runCli(['data', 'download', 'churn', 'here'], { gateways: other, home });
  expect(run.status).toBe(2);
  expect(run.stderr).toContain('holds the data of "fraud"');
});
