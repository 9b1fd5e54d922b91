import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { localCloud } from '../support/local-cloud.js';
import { runCli } from '../support/run-cli.js';

describe('scaffold FILE', () => {
  test('without a service nothing is asked: no account, no network, no settings', async () => {
    const run = await runCli(['scaffold', 'score.py', '--feature-names', 'age,bmi']);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('FEATURE_NAMES = ["age", "bmi"]');
    expect(run.stdout).toContain('Collector(name="model_inputs", on_error=collector_failed)');
  });

  test('deployment.yml switches both on, and has the collections that score.py collects', async () => {
    const names = ['request', 'model_inputs', 'a-b'];
    const options = ['--collections', names.join(','), '--sampling-rate', '0.25'];
    const { stdout } = await runCli(['scaffold', 'deployment.yml', ...options]);
    const deployment = parse(stdout);
    expect(deployment).toMatchObject({
      $schema: 'https://azuremlschemas.azureedge.net/latest/managedOnlineDeployment.schema.json',
      endpoint_name: 'my-endpoint',
      app_insights_enabled: true,
      data_collector: { sampling_rate: 0.25 },
    });
    expect(deployment.data_collector.collections).toEqual(
      Object.fromEntries(names.map((name) => [name, { enabled: 'True' }])),
    );
    const script = await runCli(['scaffold', 'score.py', ...options]);
    const collectors = [...script.stdout.matchAll(/Collector\(name="([^"]*)"/g)];
    expect(collectors.map(([, name]) => name)).toEqual(['model_inputs', 'a-b']);
  });

  test('of v1 it is the call that deploys, with both switches', async () => {
    const wish = ['--generation', 'v1', '--model-name', 'ridge'];
    const run = await runCli(['scaffold', 'deployment.yml', ...wish, '-o', 'json']);
    const { name, generation, content } = JSON.parse(run.stdout);
    expect({ name, generation }).toEqual({ name: 'deploy.py', generation: 'v1' });
    expect(content).toContain('enable_app_insights=True,\n        collect_model_data=True,');
    expect(content).toContain('Model(workspace, name="ridge")');
    const script = await runCli(['scaffold', 'score.py', ...wish]);
    expect(script.stdout).toContain('MODEL_NAME = "ridge"');
  });

  test('a v2 service gives names, collections and rate as they are now', async () => {
    const run = await runCli(['scaffold', 'deployment.yml', '--service', 'fraud/blue'], {
      cloud: localCloud(),
    });
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(parse(run.stdout)).toMatchObject({
      name: 'blue',
      endpoint_name: 'fraud',
      data_collector: {
        sampling_rate: 1,
        collections: { request: { enabled: 'True' }, model_outputs: { enabled: 'True' } },
      },
    });
  });

  test('a Kubernetes deployment gets the schema of its kind', async () => {
    const run = await runCli(['scaffold', 'deployment.yml', '--service', 'churn/main'], {
      cloud: localCloud(),
    });
    expect(parse(run.stdout)).toMatchObject({
      $schema: 'https://azuremlschemas.azureedge.net/latest/kubernetesOnlineDeployment.schema.json',
      type: 'kubernetes',
    });
  });

  test('a v1 service gives the model that its data is collected under', async () => {
    const run = await runCli(['scaffold', 'score.py', '--service', 'my-service'], {
      cloud: localCloud(),
    });
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('MODEL_NAME = "ridge"');
    expect(run.stdout).toContain('from azureml.monitoring import ModelDataCollector');
  });

  test('an ACI service cannot collect, which is said', async () => {
    const run = await runCli(['scaffold', 'score.py', '--service', 'pricing'], {
      cloud: localCloud(),
    });
    expect(run.status).toBe(0);
    expect(run.stderr).toContain('pricing runs on ACI, where nothing can be collected');
  });

  test('a service with several deployments is a question that is not guessed', async () => {
    const run = await runCli(['scaffold', 'score.py', '--service', 'fraud'], {
      cloud: localCloud(),
    });
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toContain(
      '"fraud" has 2 parts: name one.\nThey are fraud/blue, fraud/green.',
    );
  });

  test('an unknown service is exit status 3', async () => {
    const run = await runCli(['scaffold', 'score.py', '--service', 'frod/blue'], {
      cloud: localCloud(),
    });
    expect(run).toMatchObject({ status: 3, stdout: '' });
    expect(run.stderr).toContain('Did you mean fraud?');
  });

  test('--out writes a file, and replaces one only with --force', async () => {
    const words = ['scaffold', 'score.py', '--out', 'src/score.py'];
    const first = await runCli(words);
    expect(first).toMatchObject({ status: 0, stdout: '' });
    expect(first.stderr).toMatch(/^note: Wrote .* to "src\/score\.py"\.\n$/);
    const path = join(first.home, 'work', 'src/score.py');
    const written = await readFile(path, 'utf8');
    expect(written).toContain('def run(raw_data):');
    const again = await runCli([...words, '--collections', 'request'], { home: first.home });
    expect(again).toMatchObject({ status: 2, stdout: '' });
    expect(again.stderr).toContain('"src/score.py" is there already, and stays as it is.');
    expect(await readFile(path, 'utf8')).toBe(written);
    const forced = await runCli([...words, '--force', '--collections', 'request'], {
      home: first.home,
    });
    expect(forced.status).toBe(0);
    expect(await readFile(path, 'utf8')).not.toContain('Collector(');
  });

  test.each([
    [
      ['score.py', '--generation', 'v1', '--collections', 'labels'],
      '"labels" is nothing that a v1',
    ],
    [['score.py', '--collections', 'a,b,c,d,e,f'], 'A scoring script can have 5 collectors.'],
    [['score.py', '--feature-names', 'a,,b'], 'Write different names'],
    [['score.py', '--out', '.'], '"." is a folder.'],
    [['train.py'], 'Allowed choices are score.py, deployment.yml'],
  ])('%j cannot be: exit status 2', async (words, message) => {
    const run = await runCli(['scaffold', ...words]);
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toContain(message);
  });
});
