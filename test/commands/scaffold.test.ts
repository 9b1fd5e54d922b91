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

describe('scaffold --check FILE', () => {
  const SCRIPT = `import json
import logging
import pandas as pd
from azureml.ai.monitoring import Collector

def init():
    global inputs_collector
    inputs_collector = Collector(name="inputs", on_error=print)

def run(raw_data):
    logging.info("asked")
    inputs_collector.collect(pd.DataFrame(json.loads(raw_data)))
    print(json.dumps({"event": "scored"}))
    logging.info("answered")
    return []
`;
  const files = {
    'work/score.py': SCRIPT,
    'work/deployment.yml': `endpoint_name: fraud
app_insights_enabled: true
data_collector:
  collections:
    model_inputs:
      enabled: 'True'
`,
    'work/conda.yml': 'dependencies:\n  - pip:\n      - azureml-ai-monitoring\n',
  };

  test('shows each finding with its line and a caret, and explains it once', async () => {
    const run = await runCli(['scaffold', '--check', 'score.py'], { files });
    expect(run.status).toBe(0);
    expect(run.stdout).toBe(`score.py:11:5  warning  logging-unseen
 11 |     logging.info("asked")
    |     ^^^^^^^^^^^^^^^^^^^^^
    Application Insights never gets what goes to logging: at most the container log has it.
    Print it: print(json.dumps({"event": …})).

score.py:14:5  warning  logging-unseen
 14 |     logging.info("answered")
    |     ^^^^^^^^^^^^^^^^^^^^^^^^
`);
    expect(run.stderr).toBe(
      'note: "score.py" is a scoring script; it prints in 1 place and collects inputs.\n',
    );
  });

  test('--fail-on warning makes exit status 9 of a warning', async () => {
    const run = await runCli(['scaffold', '--check', 'score.py', '--fail-on', 'warning'], {
      files,
    });
    expect(run.status).toBe(9);
    expect(run.stderr).toContain('ERROR: "score.py" has 2 warnings.\n');
  });

  test.each([
    ['--deployment-file', 'deployment.yml', '"deployment.yml" has no collection "inputs"'],
    ['--service', 'fraud/blue', 'fraud/blue has no collection "inputs"'],
  ])('%s tells a collector that nothing is collected for: exit status 9', async (...words) => {
    const [option, value, message] = words;
    const argv = ['scaffold', '--check', 'score.py', option, value, '-o', 'json'];
    const run = await runCli(argv, { files, cloud: localCloud() });
    expect(run.status).toBe(9);
    const findings: readonly Record<string, unknown>[] = JSON.parse(run.stdout);
    expect(findings.find(({ severity }) => severity === 'error')).toEqual({
      id: 'collector-not-in-deployment',
      severity: 'error',
      file: 'score.py',
      line: 8,
      column: 39,
      endColumn: 47,
      source: '    inputs_collector = Collector(name="inputs", on_error=print)',
      message: expect.stringContaining(message),
      fix: expect.stringContaining('model_inputs'),
    });
    expect(JSON.parse(run.stderr.split('\n').at(-2) ?? '')).toMatchObject({
      error: { kind: 'check-failed' },
    });
  });

  test('a file without findings is an empty result, and exit status 0', async () => {
    for (const [file, said] of [
      ['deployment.yml', 'is a v2 deployment; it collects model_inputs.'],
      ['deploy.py', 'deploys a v1 web service.'],
    ] as const) {
      const deploy =
        'from azureml.core.webservice import AksWebservice as A\nA.deploy_configuration(enable_app_insights=True, collect_model_data=True)\n';
      const run = await runCli(['scaffold', '--check', file, '-o', 'json'], {
        files: { ...files, 'work/deploy.py': deploy },
      });
      expect(run).toMatchObject({ status: 0, stdout: '[]\n' });
      expect(run.stderr).toBe(`note: "${file}" ${said}\n`);
    }
  });

  test('--packages tells what the environment lacks', async () => {
    const words = ['scaffold', '--check', 'score.py', '--packages'];
    const has = await runCli([...words, 'conda.yml'], { files });
    expect(has.stdout).not.toContain('package-missing');
    const lacks = await runCli([...words, 'requirements.txt'], {
      files: { ...files, 'work/requirements.txt': 'pandas\n' },
    });
    expect(lacks.status).toBe(9);
    expect(lacks.stdout).toContain('error  package-missing');
  });

  test('a script cannot draw on the terminal', async () => {
    const run = await runCli(['scaffold', '--check', 'score.py'], {
      files: { 'work/score.py': 'def run(x):\n    import logging; logging.info("\x1b[2J")\n' },
      columns: 80,
    });
    expect(run.stdout).toContain('\\x1b[2J');
    expect(run.stdout).not.toContain('\x1b[2J');
  });

  test.each([
    [[], 'Say either what to write or what to check.'],
    [['score.py', '--check', 'score.py'], 'Say either what to write or what to check.'],
    [['score.py', '--fail-on', 'error'], '--fail-on is for a check.'],
    [['--check', 'score.py', '--out', 'x'], '--out is for a new file.'],
    [['--check', 'none.py'], 'There is no file "none.py".'],
    [['--check', '.'], 'There is no file ".".'],
    [['--check', 'conda.yml'], '"conda.yml" is no online deployment.'],
    [
      ['--check', 'score.py', '--service', 'a', '--deployment-file', 'b'],
      '--service and --deployment-file say the same thing.',
    ],
  ])('%j cannot be: exit status 2', async (words, message) => {
    const run = await runCli(['scaffold', ...words], { files });
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toContain(message);
  });
});
