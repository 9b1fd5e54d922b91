import { beforeAll, expect, test } from 'vitest';
import { BLOBSTORE, STORAGE_ACCOUNT } from '../../../src/lib/emulator/seed/workspace.js';
import { type Azurite, startAzurite } from '../../support/azurite.js';
import { localCloud } from '../../support/local-cloud.js';
import { type RunOptions, runCli } from '../../support/run-cli.js';

let azurite: Azurite;

beforeAll(async () => {
  azurite = await startAzurite(STORAGE_ACCOUNT);
});

/** The local cloud; its data is in Azurite, which is another server. */
const list = (args: readonly string[], options: RunOptions = {}) => {
  const way = ['--connection-string', azurite.connectionString];
  return runCli(['data', 'list', ...args, ...way], { cloud: localCloud(), ...options });
};

const SCOPE = '5d8f3b20-6c4e-4f17-b1a9-e07d2c6a9f34/monitoring-samples/sample-ml';

function line(data: unknown, more: object = {}): string {
  return `${JSON.stringify({ specversion: '1.0', id: 'e1', type: 'azureml.inference.request', data, ...more })}\n`;
}

test('v1: collections of each version of a model, with rows counted behind their headings', async () => {
  const folder = `${SCOPE}/my-service/ridge`;
  await azurite.fill('modeldata', {
    [`${folder}/3/inputs/2026/11/20/inputs.csv`]:
      'age,bmi,$aml_dc_correlation_id\n1,2,a\n3,"4\n5",b\n',
    [`${folder}/3/inputs/2026/11/21/inputs.csv`]: 'age,bmi,$aml_dc_correlation_id\r\n1,2,c\r\n',
    // Lists without names have no headings.
    [`${folder}/3/predictions/2026/11/21/predictions.csv`]: '0.5\n0.25\n0.125',
    [`${folder}/default/inputs/2026/10/01/inputs.csv`]: 'age,bmi\n1,2\n',
    [`${folder}/3/inputs/notes.txt`]: 'by hand',
  });
  const run = await list(['my-service', '-o', 'json']);
  expect(run.status).toBe(0);
  expect(JSON.parse(run.stdout)).toEqual([
    expect.objectContaining({ modelVersion: '3', collection: 'inputs', files: 2, rows: 3 }),
    expect.objectContaining({ modelVersion: '3', collection: 'predictions', files: 1, rows: 3 }),
    expect.objectContaining({ modelVersion: 'default', collection: 'inputs', files: 1, rows: 1 }),
  ]);
  expect(JSON.parse(run.stdout)[0]).toMatchObject({
    api: 'v1',
    service: 'my-service',
    part: null,
    model: 'ridge',
    from: '2026-11-20T00:00:00.000Z',
    to: '2026-11-22T00:00:00.000Z',
  });
  expect(run.stderr).toMatch(/Left out, not in the layout of collected data: 1 file .*notes\.txt/);
});

const MDC = 'modelDataCollector/fraud';

test('v2: lines, payloads and what is malformed are told apart', async () => {
  await azurite.fill(BLOBSTORE, {
    [`${MDC}/blue/model_inputs/2026/11/20/08/i.jsonl`]: [
      line([{ a: 1 }, { a: 2 }]),
      line([{ a: 3 }]),
    ],
    [`${MDC}/blue/request/2026/11/20/08/i.jsonl`]: [
      line({ data: [[1], [2]] }),
      line({ input_data: { columns: ['a'], data: [[3]] } }),
      '{"specversion":"1.0","data":[{"a":1},],}\n',
      line(undefined, { dataref: 'https://elsewhere/x' }),
    ],
    [`${MDC}/blue/request/2026/11/20/08/5f0c`]: '[[1],[2],[3]]',
    [`${MDC}/gone/response/2026/11/19/i.jsonl`]: ['\n'],
  });
  const run = await list(['fraud']);
  const lines = run.stdout.split('\n');
  expect(lines[0]).toBe(
    'DEPLOYMENT  COLLECTION    FILES   SIZE  ROWS  FIRST DAY   LAST DAY    MODIFIED',
  );
  expect(lines[1]).toMatch(/^blue +model_inputs +1 +\d+ B +3 +2026-11-20 +2026-11-20 /);
  expect(lines[2]).toMatch(/^blue +request +1 +\d+ B +4 /);
  expect(lines[3]).toMatch(/^gone +response +1 +1 B +0 +2026-11-19 /);
  expect(run.stderr).toContain('Beside the lines lies 1 file (13 B)');
  expect(run.stderr).toContain('Not counted: 1 line is not JSON.');
  expect(run.stderr).toContain('1 line has its rows in another blob');

  const days = await list(['fraud/blue', '--by', 'day', '--collection', 'request', '-o', 'jsonl']);
  expect(
    days.stdout
      .trim()
      .split('\n')
      .map((each) => JSON.parse(each)),
  ).toMatchObject([{ part: 'blue', collection: 'request', from: '2026-11-20T08:00:00.000Z' }]);
});

test('hostile names come through as text', async () => {
  const name = `${MDC}/green/\u202e../../x/2026/11/20/y\u0085.jsonl`;
  await azurite.fill(BLOBSTORE, {
    [`${MDC}/green/..\u009b31m/2026/11/20/x.jsonl`]: line([1]),
    [name]: line([1]),
  });
  const run = await list(['fraud/green'], { columns: 160 });
  expect(run.status).toBe(0);
  expect(run.stdout).toContain('..\\x9b31m');
  expect(run.stderr).toContain('y\\x85.jsonl');
  expect(`${run.stdout}${run.stderr}`).not.toMatch(/[\u0085\u009b\u202e]/);
});

test('what is chosen and leaves nothing names the newest day that there is', async () => {
  const run = await list(['fraud/blue', '--from', '2026-11-21', '--collection', 'model_inputs']);
  expect(run).toMatchObject({ status: 0, stdout: '' });
  expect(run.stderr).toContain('There is data outside of what is chosen, the newest of 2026-11-20');
});

test('nothing at all: the switch is off, ACI cannot, or the script has no collector', async () => {
  const cloud = localCloud();
  const said = async (service: string) => {
    const run = await runCli(['data', 'list', service, '-o', 'json'], { cloud });
    expect(run).toMatchObject({ status: 0, stdout: '[]\n' });
    return run.stderr;
  };
  expect(await said('my-service')).toContain('aml-monitor collect on my-service');
  expect(await said('pricing')).toContain('runs on ACI');
  await runCli(['collect', 'on', 'my-service', '--yes'], { cloud });
  expect(await said('my-service')).toContain('needs a ModelDataCollector');
  expect(await said('churn')).toContain('aml-monitor collect on churn/main');
});

test('a key that is refused is said without being shown', async () => {
  const key = 'c2VjcmV0LWNhbmFyeQ==';
  const connectionString = azurite.connectionString.replace(azurite.accountKey, key);
  const run = await runCli(
    ['data', 'list', 'fraud', '--debug', '--connection-string', connectionString],
    { cloud: localCloud() },
  );
  expect(run).toMatchObject({ status: 4, stdout: '' });
  expect(run.stderr).toContain('does not accept the account key');
  expect(run.stderr).not.toContain(key);
});
