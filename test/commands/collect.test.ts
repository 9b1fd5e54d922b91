import { expect, test } from 'vitest';
import { localCloud, type TestCloud } from '../support/local-cloud.js';
import { runCli } from '../support/run-cli.js';

/** The body of the only deployment that was written, parsed. */
function putDeployment(cloud: TestCloud, index = -1): Record<string, unknown> {
  const puts = cloud.writes.filter(({ url }) => url.includes('/deployments/'));
  return JSON.parse(puts.at(index)?.body ?? 'null');
}

function collectorIn(deployment: Record<string, unknown>): unknown {
  const { properties } = deployment;
  return typeof properties === 'object' && properties !== null && 'dataCollector' in properties
    ? properties.dataCollector
    : undefined;
}

test('collect on an AKS service is one JSON Patch', async () => {
  const cloud = localCloud();
  const run = await runCli(['collect', 'on', 'my-service'], { cloud });

  expect(run).toMatchObject({
    status: 0,
    stdout: 'Collection of model data is now on for my-service.\n',
  });
  expect(cloud.writes).toMatchObject([
    {
      method: 'PATCH',
      body: '[{"op":"replace","path":"/dataCollection/storageEnabled","value":true}]',
    },
  ]);
  expect(run.stderr).toContain('nothing is collected unless score.py uses ModelDataCollector');
});

test('collect on one version of an endpoint names the version in its patch', async () => {
  const cloud = localCloud();
  const run = await runCli(['collect', 'on', 'segments/challenger'], { cloud });
  expect(run.status).toBe(0);
  expect(cloud.writes[0]?.body).toContain('/versions/challenger/dataCollection/storageEnabled');
  expect(run.stderr).toContain('every input and prediction is logged there too');
});

test('collect on for ACI is refused before any write, with the reason', async () => {
  const cloud = localCloud();
  const run = await runCli(['collect', 'on', 'my-service', 'pricing'], { cloud });

  expect(run).toMatchObject({ status: 7, stdout: '' });
  expect(run.stderr).toContain('"pricing" runs on ACI, where model data cannot be collected.');
  expect(cloud.writes).toEqual([]);
});

test('collect on --all switches the others and ends with 8', async () => {
  const cloud = localCloud();
  const run = await runCli(['collect', 'on', '--all', '-o', 'json'], { cloud });

  expect(run.status).toBe(8);
  const outcomes: { service: string; error: { kind: string } | null }[] = JSON.parse(run.stdout);
  const refused = outcomes.filter(({ error }) => error);
  expect(refused.map(({ service, error }) => [service, error?.kind])).toEqual([
    ['pricing', 'unsupported'],
    ['returns', 'unsupported'],
  ]);
  const list = await runCli(['list', '-o', 'json', '--query', '[?!collection].service'], { cloud });
  expect(JSON.parse(list.stdout)).toEqual(['pricing', 'returns']);
});

test('collect on a deployment without a configuration registers assets first, then collects requests and responses', async () => {
  const cloud = localCloud();
  const run = await runCli(['collect', 'on', 'fraud/green'], { cloud });

  expect(run.status).toBe(0);
  expect(
    cloud.writes.map(({ url }) => new URL(url).pathname.split('/').slice(-3).join('/')),
  ).toEqual([
    'fraud-green-request/versions/1',
    'fraud-green-response/versions/1',
    'fraud/deployments/green',
  ]);
  expect(collectorIn(putDeployment(cloud))).toMatchObject({
    collections: {
      request: {
        dataCollectionMode: 'Enabled',
        dataId: expect.stringMatching(/\/data\/fraud-green-request\/versions\/1$/),
      },
      response: { dataCollectionMode: 'Enabled' },
    },
  });
});

test('off and then on restores the deployment to the letter', async () => {
  const cloud = localCloud();
  await runCli(['enable-insights', 'fraud/blue', '--dry-run'], { cloud });
  const off = await runCli(['collect', 'off', 'fraud/blue', '--dry-run', '-o', 'json'], { cloud });
  const [{ before }]: [{ before: string }] = JSON.parse(off.stdout);

  await runCli(['collect', 'off', 'fraud/blue'], { cloud });
  const disabled = JSON.stringify(collectorIn(putDeployment(cloud)));
  expect(disabled).not.toContain('"Enabled"');
  expect(disabled).toContain('"dataId"');
  await runCli(['collect', 'on', 'fraud/blue'], { cloud });

  const again = await runCli(['collect', 'off', 'fraud/blue', '--dry-run', '-o', 'json'], {
    cloud,
  });
  const [{ before: restored }]: [{ before: string }] = JSON.parse(again.stdout);
  expect(restored).toBe(before);
});

test('--collections, --sampling-rate and --rolling-rate change only what they name', async () => {
  const cloud = localCloud();
  const dry = await runCli(['collect', 'off', 'fraud/blue', '--dry-run', '-o', 'json'], { cloud });
  const [{ before }]: [{ before: string }] = JSON.parse(dry.stdout);
  const argv = [
    'collect',
    'on',
    'fraud/blue',
    '--collections',
    'request',
    '--sampling-rate',
    '0.1',
    '--rolling-rate',
    'day',
  ];
  const run = await runCli(argv, { cloud });

  expect(run.status).toBe(0);
  const was = collectorIn(JSON.parse(before));
  const is = collectorIn(putDeployment(cloud));
  expect(is).toMatchObject({
    collections: { request: { samplingRate: 0.1 } },
    rollingRate: 'Day',
  });
  const without = (collector: unknown) =>
    JSON.stringify(collector)
      .replace(/"request":\{[^}]*\},?/, '')
      .replace(/"rollingRate":"\w+",?/, '');
  expect(without(is)).toBe(without(was));
});

test('collect off --collections turns off those alone', async () => {
  const cloud = localCloud();
  const argv = ['collect', 'off', 'fraud/blue', '--collections', 'request,response', '-o', 'json'];
  const run = await runCli(argv, { cloud });
  expect(JSON.parse(run.stdout)).toMatchObject([{ collection: true, changed: true }]);
  expect(collectorIn(putDeployment(cloud))).toMatchObject({
    collections: {
      request: { dataCollectionMode: 'Disabled' },
      response: { dataCollectionMode: 'Disabled' },
      model_inputs: { dataCollectionMode: expect.stringMatching(/^enabled$/i) },
    },
  });
});

test('collect off --forget sends null, after a question on a terminal', async () => {
  const cloud = localCloud();
  const run = await runCli(['collect', 'off', 'fraud/blue', '--forget'], {
    cloud,
    columns: 100,
    answers: [true],
  });
  expect(run.status).toBe(0);
  expect(run.questions).toEqual(['Forget which model data is collected for fraud/blue?']);
  expect(collectorIn(putDeployment(cloud))).toBeNull();
});

test.each([
  [['collect', 'off', 'my-service', '--forget'], 7, 'can only be turned on or off'],
  [['collect', 'on', 'my-service', '--sampling-rate', '0.5'], 7, 'can only be turned on or off'],
  [['collect', 'on', 'fraud', '--sampling-rate', '2'], 2, 'up to 1'],
  [['collect', 'on', 'fraud', '--collections', 'a b'], 2, 'commas between them'],
  [['collect', 'off', 'fraud', '--forget', '--collections', 'request'], 2, 'cannot be used with'],
  [['collect', 'off', 'fraud/blue', '--collections', 'nothing'], 2, 'no collection "nothing"'],
])('%j is exit status %i before any write', async (argv, status, message) => {
  const cloud = localCloud();
  const run = await runCli(argv, { cloud });
  expect(run.status).toBe(status);
  expect(run.stderr).toContain(message);
  expect(cloud.writes).toEqual([]);
});

test('collections that the user names need a collector in score.py, which is said', async () => {
  const argv = [
    'collect',
    'on',
    'fraud/green',
    '--collections',
    'request,model_inputs',
    '--dry-run',
  ];
  expect((await runCli(argv, { cloud: localCloud() })).stderr).toBe('');
  const run = await runCli(argv.slice(0, -1), { cloud: localCloud() });
  expect(run.stderr).toContain(
    'model_inputs: nothing is collected unless score.py has a Collector',
  );
  expect(run.stderr).not.toContain('request: nothing');
});

test('collect off leaves ACI alone, which is off for good', async () => {
  const cloud = localCloud();
  const run = await runCli(['collect', 'off', 'pricing', 'my-service'], { cloud });
  expect(run).toMatchObject({
    status: 0,
    stdout:
      'Collection of model data is already off for pricing.\n' +
      'Collection of model data is already off for my-service.\n',
    stderr: '',
  });
  expect(cloud.writes).toEqual([]);
});
