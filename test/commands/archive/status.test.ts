import { expect, test } from 'vitest';
import {
  ACCOUNT,
  COMPONENT,
  LOG_WORKSPACE,
  putSetting,
} from '../../support/diagnostic-settings.js';
import { localCloud } from '../../support/local-cloud.js';
import { runCli } from '../../support/run-cli.js';

test('status shows every setting, and warns of one that writes rows a second time', async () => {
  const cloud = localCloud();
  const retention = '"retentionPolicy":{"enabled":true,"days":30}';
  await putSetting(
    cloud,
    'twice',
    `{"properties":{"workspaceId":"${LOG_WORKSPACE}","logs":[{"category":"AppTraces","enabled":true,${retention}}]}}`,
  );
  await runCli(['archive', 'on', '--categories', 'requests'], { cloud });
  const rule = {
    name: 'to-lake',
    properties: {
      destination: {
        resourceId: '/subscriptions/s/providers/Microsoft.Storage/storageAccounts/lake',
      },
      tableNames: ['Heartbeat', 'AppTraces'],
      enable: true,
    },
  };
  cloud.inject(({ url }) =>
    url.includes('/dataExports') ? Response.json({ value: [rule] }) : undefined,
  );
  const run = await runCli(['archive', 'status', '-o', 'json'], { cloud });

  expect(run.status).toBe(0);
  expect(run.stderr).toContain('every row is there twice');
  expect(run.stderr).toContain('has a retention policy, which Azure does not apply any more');
  expect(JSON.parse(run.stdout)).toMatchObject({
    component: { resourceId: COMPONENT, logWorkspaceId: LOG_WORKSPACE },
    settings: [
      {
        name: 'aml-monitor',
        storageAccountId: ACCOUNT,
        categories: ['requests'],
        blobs: {
          containers: ['insights-logs-apprequests'],
          path: `resourceId=${COMPONENT.toUpperCase()}/y={yyyy}/m={MM}/d={dd}/h={HH}/m=00/PT1H.json`,
        },
        duplicates: false,
      },
      { name: 'twice', categories: ['traces'], duplicates: true, retentionPolicyDays: 30 },
    ],
    dataExports: [{ name: 'to-lake', tables: ['traces'], enabled: true }],
  });

  const text = await runCli(['archive', 'status', '--color', 'never'], { cloud, columns: 80 });
  expect(text.stdout).toContain('storage account  sampleml0storage');
  expect(text.stdout).toContain('Data export rule');
});

test('status goes on where the data export rules may not be seen', async () => {
  const cloud = localCloud();
  cloud.inject(({ url }) =>
    url.includes('/dataExports')
      ? Response.json({ error: { code: 'AuthorizationFailed', message: 'No.' } }, { status: 403 })
      : undefined,
  );
  const run = await runCli(['archive', 'status', '-o', 'json'], { cloud });
  expect(run.status).toBe(0);
  expect(run.stderr).toContain('What the Log Analytics workspace exports is not known');
  expect(JSON.parse(run.stdout)).toMatchObject({ settings: [], dataExports: null });
});
