import { expect, test } from 'vitest';
import { localCloud } from '../support/local-cloud.js';
import { runCli } from '../support/run-cli.js';

test('use remembers what is named, keeps the rest, and shows it', async () => {
  const first = await runCli(['use', '-g', 'rg', '-w', 'ws', '--service', 'churn']);
  expect(first).toMatchObject({ status: 0, stderr: '' });
  const { home } = first;
  await runCli(['use', '--tenant', 'contoso.com'], { home });
  const shown = await runCli(['use', '-o', 'json'], { home });
  expect(JSON.parse(shown.stdout)).toEqual({
    resourceGroup: 'rg',
    workspaceName: 'ws',
    service: 'churn',
    tenantId: 'contoso.com',
  });
  const text = await runCli(['use'], { home });
  expect(text.stdout).toBe(
    'Remembered:\n  tenant          contoso.com\n  resource group  rg\n  workspace       ws\n  service         churn\n',
  );
});

test('another workspace forgets the default service, and says so', async () => {
  const { home } = await runCli(['use', '-w', 'ws', '--service', 'churn']);
  const same = await runCli(['use', '-w', 'ws'], { home });
  expect(same.stderr).toBe('');
  const other = await runCli(['use', '-w', 'other', '-o', 'json'], { home });
  expect(JSON.parse(other.stdout)).toEqual({ workspaceName: 'other' });
  expect(other.stderr).toContain('churn');
});

test('use --clear forgets everything, or begins anew', async () => {
  const { home } = await runCli(['use', '-w', 'ws', '--service', 'churn']);
  const anew = await runCli(['use', '--clear', '-g', 'rg', '-o', 'json'], { home });
  expect(JSON.parse(anew.stdout)).toEqual({ resourceGroup: 'rg' });
  expect(await runCli(['use', '--clear'], { home })).toMatchObject({
    status: 0,
    stdout: 'Nothing is remembered.\n',
  });
});

test('what use remembers is used by the other commands', async () => {
  const cloud = localCloud();
  const { connection } = cloud;
  const none = Object.fromEntries(
    Object.keys(cloud.env)
      .filter((name) => /^(AZUREML|AML)_/.test(name))
      .map((name) => [name, undefined]),
  );
  const { home } = await runCli([
    ...['use', '--subscription', connection.subscriptionId, '-g', connection.resourceGroup],
    ...['-w', connection.workspaceName, '--service', 'pricing'],
  ]);
  const logs = await runCli(['logs', '--tail', '1'], { cloud, env: none, home });
  expect(logs.status).toBe(0);
  expect(logs.stderr).toMatch(/^note: The service is pricing \(.*settings\.json\)\.\n$/);
});
