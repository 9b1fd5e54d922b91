import { expect, test } from 'vitest';
import { localCloud, type TestCloud } from '../../support/local-cloud.js';
import { runCli } from '../../support/run-cli.js';

/** From the switch to the answer as a user has them: each line is a command of its own. */
async function run(cloud: TestCloud, argv: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await runCli(argv, { cloud });
  expect({ argv, status, stderr }).toMatchObject({ status: 0 });
  return stdout;
}

interface Feature {
  readonly feature: string;
  readonly status: string;
  readonly normalized_wasserstein_distance: number | null;
}

async function drift(cloud: TestCloud, argv: readonly string[]): Promise<readonly Feature[]> {
  return JSON.parse(await run(cloud, ['data', 'drift', ...argv, '-o', 'json']));
}

/** A cloud in which a service collects, and has had 500 requests whose inputs shift half-way. */
async function shifted(service: string, feature: string, collectArgv: readonly string[]) {
  const cloud = localCloud();
  await run(cloud, ['collect', 'on', service, '--yes', ...collectArgv]);
  cloud.clock.advance(5000);
  const flags = ['--count', '500', '--shift', `${feature}=1.5`, '--seed', 'drift'];
  await run(cloud, ['local', 'score', service, ...flags]);
  return cloud;
}

test('v1: data drift names the feature first whose inputs shifted half-way', async () => {
  const cloud = await shifted('my-service', 'age', []);
  const features = await drift(cloud, ['my-service']);
  expect(features[0]).toMatchObject({ feature: 'age', status: 'drift' });
  expect(features).toHaveLength(4);
});

test.each([
  // A payload is numbers only: the second of four.
  ['request', 'c1', []],
  ['model_inputs', 'monthly_charges', ['--collections', 'model_inputs,model_outputs']],
])('v2: data drift of %s names %s first', async (collection, feature, collectArgv) => {
  const cloud = await shifted('fraud/green', 'monthly_charges', collectArgv);
  const features = await drift(cloud, ['fraud/green', '--collection', collection]);
  expect(features[0]).toMatchObject({ feature, status: 'drift' });
  expect(features).toHaveLength(4);
});

test('halves of one day are told apart by the time of their rows', async () => {
  const cloud = localCloud();
  await run(cloud, ['collect', 'on', 'my-service', '--yes']);
  cloud.clock.advance(5000);
  const flags = ['--count', '500', '--over', '2h', '--shift', 'age=1.5', '--seed', 'drift'];
  await run(cloud, ['local', 'score', 'my-service', ...flags]);
  const range = ['--since', '1h', '--baseline-since', '1h'];
  const [first] = await drift(cloud, ['my-service', ...range]);
  expect(first).toMatchObject({ feature: 'age', status: 'drift' });
});

test('what the sample has collected does not drift', async () => {
  for (const service of ['fraud/blue', 'segments/champion']) {
    const features = await drift(localCloud(), [service]);
    expect(features.length).toBeGreaterThanOrEqual(4);
    expect(features.filter(({ status }) => status === 'drift')).toEqual([]);
  }
});
