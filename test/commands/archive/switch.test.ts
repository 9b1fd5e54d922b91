import { expect, test } from 'vitest';
import { ACCOUNT, arm, putSetting, SETTINGS } from '../../support/diagnostic-settings.js';
import { localCloud } from '../../support/local-cloud.js';
import { runCli } from '../../support/run-cli.js';

/** Of another tool: odd spacing, unknown members, numbers that a parser would rewrite. */
const ODD = `{ "properties" :{"eventHubAuthorizationRuleId":"/x/namespaces/hub/authorizationRules/Send",
  "futureSink": {"n": 1.0, "big": 12345678901234567890},"logs":[ {"category":"AppTraces","enabled" : true ,"new":[1e2]} ],
  "metrics":[{"category":"AllMetrics","enabled":true,"timeGrain":null}]  }, "kind":null}`;

test('on then off leaves other settings byte for byte as they were', async () => {
  const cloud = localCloud();
  await putSetting(cloud, 'from-another-tool', ODD);
  await putSetting(
    cloud,
    'group',
    `{"properties":{"workspaceId":"/w","logs":[{"categoryGroup":"allLogs","enabled":true}]}}`,
  );
  const before = (await arm(cloud, 'GET', SETTINGS)).text;

  const on = await runCli(['archive', 'on', '-o', 'json'], { cloud });
  expect(on).toMatchObject({ status: 0 });
  expect(JSON.parse(on.stdout)).toMatchObject({
    setting: 'aml-monitor',
    archive: true,
    storageAccountId: ACCOUNT,
    categories: expect.arrayContaining(['traces', 'requests', 'customEvents']),
    changed: true,
  });
  expect(on.stderr).toContain('Archiving to "sampleml0storage", the workspace\'s storage account');
  expect((await arm(cloud, 'GET', SETTINGS)).text).not.toBe(before);

  const off = await runCli(['archive', 'off', '-o', 'json'], { cloud });
  expect(JSON.parse(off.stdout)).toMatchObject({ archive: false, changed: true });
  expect((await arm(cloud, 'GET', SETTINGS)).text).toBe(before);
});

test('what is already so sends nothing', async () => {
  const cloud = localCloud();
  const off = await runCli(['archive', 'off'], { cloud });
  expect(off).toMatchObject({ status: 0, stdout: 'The archive of aml-monitor is already off.\n' });

  await runCli(['archive', 'on', '--categories', 'traces,AppRequests'], { cloud });
  const again = await runCli(['archive', 'on', '--categories', 'requests'], { cloud });
  expect(again).toMatchObject({
    status: 0,
    stdout: 'The archive of aml-monitor is already on: traces, requests to sampleml0storage.\n',
  });
  expect(cloud.writes.map(({ method }) => method)).toEqual(['PUT']);
});

test('on adds to a setting of its name and keeps what it does not know', async () => {
  const cloud = localCloud();
  await putSetting(cloud, 'mine', ODD);
  const run = await runCli(['archive', 'on', '--name', 'mine', '--categories', 'requests'], {
    cloud,
  });

  expect(run.status).toBe(0);
  expect(run.stderr).toContain('sends to an event hub, too, which gets requests from now on');
  const [write] = cloud.writes;
  const added = ODD.replace('[1e2]} ]', '[1e2]},{"category":"AppRequests","enabled":true} ]');
  const stored = added.replace(
    '"timeGrain":null}]  }',
    `"timeGrain":null}],"storageAccountId":"${ACCOUNT}"  }`,
  );
  expect(write?.body.replaceAll(/\s/g, '')).toBe(stored.replaceAll(/\s/g, ''));

  const off = await runCli(['archive', 'off', '--name', 'mine'], { cloud });
  expect(off.stderr).toContain(
    'The metrics of "mine" (AllMetrics) are not archived any more, either.',
  );
  expect(cloud.writes.at(-1)?.body.replaceAll(/\s/g, '')).toBe(added.replaceAll(/\s/g, ''));
});

test('off leaves a setting that has metrics, with its logs off', async () => {
  const cloud = localCloud();
  const line = (enabled: boolean) =>
    `{"properties":{"storageAccountId":"${ACCOUNT}","logs":[{"categoryGroup":"allLogs","enabled":${enabled}}],"metrics":[{"category":"AllMetrics","enabled":true}]}}`;
  await putSetting(cloud, 'aml-monitor', line(true));
  const run = await runCli(['archive', 'off'], { cloud });

  expect(run).toMatchObject({ status: 0, stdout: 'The archive of aml-monitor is now off.\n' });
  expect(run.stderr).toContain('stays for its metrics (AllMetrics)');
  expect(cloud.writes).toMatchObject([{ method: 'PUT', body: line(false) }]);
  expect((await runCli(['archive', 'off'], { cloud })).stdout).toContain('already off');
});

test('off --categories ends those, and with the last of them the setting', async () => {
  const cloud = localCloud();
  await runCli(['archive', 'on', '--categories', 'traces,requests'], { cloud });
  const one = await runCli(['archive', 'off', '--categories', 'traces'], { cloud });
  expect(one.stdout).toBe('The archive of aml-monitor is now on: requests to sampleml0storage.\n');
  await runCli(['archive', 'off', '--categories', 'requests'], { cloud });
  expect(cloud.writes.map(({ method }) => method)).toEqual(['PUT', 'PUT', 'DELETE']);
});

test.each([
  [
    'another destination gets them',
    '"workspaceId":"/w/logs","logs":[{"category":"AppTraces","enabled":true}]',
    'which would end with it',
  ],
  [
    'they come by a group',
    '"logs":[{"categoryGroup":"allLogs","enabled":true}]',
    'cannot leave out traces',
  ],
])('off --categories is exit status 7 where %s', async (_, members, message) => {
  const cloud = localCloud();
  await putSetting(
    cloud,
    'aml-monitor',
    `{"properties":{"storageAccountId":"${ACCOUNT}",${members}}}`,
  );
  const run = await runCli(['archive', 'off', '--categories', 'traces'], { cloud });
  expect(run).toMatchObject({ status: 7, stdout: '' });
  expect(run.stderr).toContain(message);
  expect(cloud.writes).toEqual([]);
});

test('what another setting archives to the same account counts as done', async () => {
  const cloud = localCloud();
  const logs = '[{"categoryGroup":"allLogs","enabled":true}]';
  await putSetting(
    cloud,
    'theirs',
    `{"properties":{"storageAccountId":"${ACCOUNT.toUpperCase()}","logs":${logs}}}`,
  );
  const run = await runCli(['archive', 'on'], { cloud });

  expect(run.status).toBe(0);
  expect(run.stdout).toBe('The archive is already on by theirs.\n');
  expect(run.stderr).toContain('The setting "theirs" sends traces, requests');
  expect(cloud.writes).toEqual([]);
});

test('a setting that sends a group takes no single categories', async () => {
  const cloud = localCloud();
  const logs = '[{"categoryGroup":"audit","enabled":true}]';
  await putSetting(
    cloud,
    'aml-monitor',
    `{"properties":{"storageAccountId":"${ACCOUNT}","logs":${logs}}}`,
  );
  const run = await runCli(['archive', 'on'], { cloud });
  expect(run).toMatchObject({ status: 7, stdout: '' });
  expect(run.stderr).toContain('sends the group audit');
});

test('a sixth setting is refused before any write', async () => {
  const cloud = localCloud();
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    await putSetting(cloud, name, '{"properties":{"workspaceId":"/w","logs":[]}}');
  }
  const run = await runCli(['archive', 'on'], { cloud });
  expect(run).toMatchObject({ status: 7, stdout: '' });
  expect(run.stderr).toContain('has 5 diagnostic settings, and Azure allows no more');
  expect(cloud.writes).toEqual([]);
});

test('an unknown category is exit status 2 with those there are', async () => {
  const run = await runCli(['archive', 'on', '--categories', 'trace'], { cloud: localCloud() });
  expect(run).toMatchObject({ status: 2, stdout: '' });
  expect(run.stderr).toContain('Did you mean traces?');
  const other = await runCli(['archive', 'on', '--categories', 'nonsense'], {
    cloud: localCloud(),
  });
  expect(other.stderr).toMatch(/It has traces, requests, .*browserTimings/);
});
