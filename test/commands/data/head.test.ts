import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../support/host.js';
import { localCloud } from '../../support/local-cloud.js';
import { runCli } from '../../support/run-cli.js';

const JSONL = [
  '{"type":"azureml.inference.request","time":"2024-03-01T08:00:00Z","correlationid":"r1","data":{"data":[[1,2],[3,4]]}}',
  '{"type":"azureml.inference.request","time":"2024-03-01T09:00:00Z","correlationid":"r2","data":{"data":[[5,6]]}}',
  '{"type":"azureml.inference.request","time":"2024-03',
];
const files = { 'work/a.jsonl': JSONL.join('\n') };

test('shows the newest rows of the inputs, the newest last, and says which collection that is', async () => {
  const cloud = localCloud();
  await runCli(['local', 'score', 'fraud/blue', '--count', '12', '--over', '2h'], { cloud });
  const run = await runCli(['data', 'head', 'fraud', '-n', '3', '-o', 'json'], { cloud });

  expect(run.status).toBe(0);
  expect(run.stderr).toContain(
    'This is model_inputs, of model_inputs, model_outputs, request, response',
  );
  const rows: readonly Readonly<Record<string, unknown>>[] = JSON.parse(run.stdout);
  expect(rows).toHaveLength(3);
  expect(Object.keys(rows[0] ?? {})[0]).toBe('mdc_time');
  expect(Object.keys(rows[0] ?? {})).not.toContain('mdc_id');
  const times = rows.map(({ mdc_time }) => String(mdc_time));
  expect(times).toEqual(times.toSorted());
});

test('--join puts the answers beside the inputs', async () => {
  const cloud = localCloud();
  await runCli(['collect', 'on', 'my-service', '--yes'], { cloud });
  await runCli(['local', 'score', 'my-service', '--count', '5'], { cloud });
  const run = await runCli(['data', 'head', 'my-service', '--join', '-o', 'csv'], { cloud });

  expect(run).toMatchObject({ status: 0 });
  expect(run.stdout.split('\n')[0]).toMatch(/^\$aml_dc_scoring_timestamp,.*,prediction$/);
  expect(run.stdout.trimEnd().split('\n')).toHaveLength(6);
});

test('a service of which nothing was collected is exit status 3', async () => {
  const run = await runCli(['data', 'head', 'my-service'], { cloud: localCloud() });
  expect(run).toMatchObject({ status: 3, stdout: '' });
  expect(run.stderr).toContain('aml-monitor collect on my-service');
});

test('what is chosen and leaves nothing is named, with where there is some', async () => {
  const cloud = localCloud();
  const run = (...argv: readonly string[]) => runCli(['data', ...argv], { cloud });
  for (const command of ['head', 'stats']) {
    const { status, stderr } = await run(command, 'segments', '--model', 'lasso');
    expect(status).toBe(3);
    expect(stderr).toContain('There is no collected data of segments, lasso.');
    expect(stderr).toContain('There is data outside of what is chosen');
  }
  const named = await run('head', 'segments', '--collection', 'outputs', '--join');
  expect(named.stderr).toContain('There is inputs, predictions.');
});

test('what a service, or a folder of it, does not tell apart is refused instead of taken for all', async () => {
  const cloud = localCloud();
  const run = (...argv: readonly string[]) => runCli(argv, { cloud });
  const model = await run('data', 'head', 'fraud/blue', '--model', 'ridge');
  expect(model.status).toBe(2);
  expect(model.stderr).toContain('--model is for v1: the data of "fraud" is not by model.');
  await run('collect', 'on', 'my-service', '--yes');
  cloud.clock.advance(5000);
  await run('local', 'score', 'my-service');
  const { home } = await run('data', 'download', 'my-service', 'here');
  for (const command of ['head', 'stats']) {
    const argv = ['data', command, '--files', 'here', '--deployment', 'blue'];
    const folder = await runCli(argv, { cloud, home });
    expect(folder.status).toBe(3);
    expect(folder.stderr).toContain('"my-service" is one service, without deployments.');
  }
});

test('--rejected says that every line is a row', async () => {
  const run = await runCli(['data', 'head', '--files', 'a.csv', '--rejected'], {
    files: { 'work/a.csv': 'x\n1\n' },
  });
  expect(run).toMatchObject({ status: 0, stdout: '' });
  expect(run.stderr).toContain('Every line is a row.');
});

test('--files shows the last rows of files, --marks all that is told of them', async () => {
  const run = await runCli(
    ['data', 'head', '--files', 'a.jsonl', '-n', '2', '--marks', '-o', 'jsonl'],
    {
      files,
    },
  );

  expect(run).toMatchObject({ status: 0 });
  expect(run.stderr).toContain('1 line is no row');
  expect(run.stdout.split('\n')[1]).toBe(
    '{"mdc_time":"2024-03-01T09:00:00.0000000Z","c0":5,"c1":6,"mdc_id":null,"mdc_correlationid":"r2","mdc_xrequestid":null,"mdc_row":0}',
  );
});

test('--rejected shows what is no row', async () => {
  const run = await runCli(['data', 'head', '--files', 'a.jsonl', '--rejected', '-o', 'json'], {
    files,
  });

  expect(run).toMatchObject({ status: 0, stderr: '' });
  expect(JSON.parse(run.stdout)).toMatchObject([
    { line: 3, reason: 'it is no JSON', text: JSONL[2] },
  ]);
});

test('a range of time chooses rows by their own time, however many newer ones their file ends with', async () => {
  const cloud = localCloud();
  await runCli(['collect', 'on', 'my-service', '--yes'], { cloud });
  cloud.clock.advance(5000);
  await runCli(['local', 'score', 'my-service', '--count', '600', '--over', '5h'], { cloud });
  const now = cloud.clock.now().getTime();
  const at = (hours: number) => new Date(now - hours * 3_600_000).toISOString();
  const range = ['--from', at(4), '--to', at(3), '-n', '150', '-o', 'json'];
  const ofService = await runCli(['data', 'head', 'my-service', ...range], { cloud });

  const times = JSON.parse(ofService.stdout).map((row: object) => String(Object.values(row)[0]));
  expect(times.length).toBeGreaterThan(110);
  expect(times.filter((time: string) => time < at(4) || time >= at(3))).toEqual([]);

  const joined = await runCli(['data', 'head', 'my-service', '--join', ...range], { cloud });
  expect(JSON.parse(joined.stdout)).toMatchObject(JSON.parse(ofService.stdout));
  const stats = ['data', 'stats', 'my-service', '--join', ...range.slice(0, 4), '-o', 'json'];
  const described = await runCli(stats, { cloud });
  expect(JSON.parse(described.stdout)[0]).toMatchObject({ rows: times.length });

  const { home } = await runCli(['data', 'download', 'my-service', 'here'], { cloud });
  const ofFolder = await runCli(['data', 'head', '--files', 'here', ...range], { cloud, home });
  expect(JSON.parse(ofFolder.stdout)).toEqual(JSON.parse(ofService.stdout));
});

test('rows that do not tell their time are in no range, and counted', async () => {
  const timeless = '{"type":"azureml.inference.request","time":"soon","data":{"data":[[7,8]]}}';
  const run = await runCli(
    ['data', 'head', '--files', 'a.jsonl', '--from', '2024-03-01T08:30Z', '-o', 'jsonl'],
    { files: { 'work/a.jsonl': [JSONL[0], timeless, JSONL[1]].join('\n') } },
  );
  expect(run.stdout).toBe('{"mdc_time":"2024-03-01T09:00:00Z","c0":5,"c1":6}\n');
  expect(run.stderr).toContain('1 row does not tell its time, and is left out.');
});

test('a pattern is one below a folder whose own name looks like one', async () => {
  const run = await runCli(['data', 'head', '--files', '[a*].csv', '-o', 'csv'], {
    home: join(await temporaryFolder(), 'a [1]*'),
    files: { 'work/a.csv': 'x\n1\n' },
  });
  expect(run).toMatchObject({ status: 0, stdout: 'x\n1\n' });
});

test('one row that does not tell its time is older than the others, and said to be', async () => {
  const argv = ['data', 'head', '--files', 't.csv', '-n', '2', '-o', 'csv'];
  const [first, second] = ['2026-11-22T10:00:00Z,1', '2026-11-22T11:00:00Z,2'];
  const run = await runCli(argv, {
    files: { 'work/t.csv': `mdc_time,a\n${second}\n${first}\nsoon,3\n` },
  });
  expect(run.stdout).toBe(`mdc_time,a\n${first}\n${second}\n`);
  expect(run.stderr).toBe('note: 1 row does not tell its time, and is taken for the oldest.\n');

  const timeless = await runCli(argv, {
    files: { 'work/t.csv': 'mdc_time,a\nsoon,1\nlater,2\nnever,3\n' },
  });
  expect(timeless.stdout).toBe('mdc_time,a\nlater,2\nnever,3\n');
  expect(timeless.stderr).toContain('No row tells its time: they are in the order of the files.');
});

test.each(['data head', 'data stats', 'data drift --baseline a.jsonl'])(
  '%s refuses of plain files what only collected ones tell',
  async (command) => {
    for (const flag of ['--deployment', '--model', '--model-version', '--collection']) {
      const argv = [...command.split(' '), '--files', 'a.jsonl', flag, 'x'];
      const run = await runCli(argv, { files });
      expect(run).toMatchObject({ status: 2, stdout: '' });
      expect(run.stderr).toContain(`${flag} needs a folder that "data download" has filled.`);
    }
    const run = await runCli([...command.split(' '), '--files', 'a.jsonl', '--api', 'v2'], {
      files,
    });
    expect(run).toMatchObject({ status: 2, stdout: '' });
  },
);

test.each([
  ['--files and SERVICE', ['churn', '--files', 'a.jsonl']],
  ['--join of files that were not downloaded', ['--files', 'a.jsonl', '--join']],
  ['--rejected of a service', ['churn', '--rejected']],
])('%s is exit status 2', async (_, argv) => {
  expect(await runCli(['data', 'head', ...argv], { files })).toMatchObject({
    status: 2,
    stdout: '',
  });
});
