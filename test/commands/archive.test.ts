import { expect, test } from 'vitest';
import { LOCAL_CONNECTION } from '../../src/lib/emulator/connection.js';
import { Interrupted } from '../../src/lib/errors.js';
import { localCloud, type TestCloud } from '../support/local-cloud.js';
import { runCli } from '../support/run-cli.js';

const { origin, subscriptionId, resourceGroup } = LOCAL_CONNECTION;
const GROUP = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers`;
const COMPONENT = `${GROUP}/Microsoft.Insights/components/sample-ml-insights`;
const LOG_WORKSPACE = `${GROUP}/Microsoft.OperationalInsights/workspaces/sample-ml-logs`;
const ACCOUNT = `${GROUP}/Microsoft.Storage/storageAccounts/sampleml0storage`;
const SETTINGS = `${COMPONENT}/providers/Microsoft.Insights/diagnosticSettings`;

/** A request to ARM that has a token, beside the command line. */
async function arm(cloud: TestCloud, method: string, path: string, body?: string) {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: LOCAL_CONNECTION.clientId,
    client_secret: LOCAL_CONNECTION.clientSecret,
    scope: `${origin}/.default`,
  });
  const token = await (await cloud.open()).handle(
    new Request(`${origin}/${LOCAL_CONNECTION.tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    }),
  );
  const { access_token: secret }: { access_token: string } = JSON.parse(await token.text());
  const response = await (await cloud.open()).handle(
    new Request(`${origin}${path}?api-version=2021-05-01-preview`, {
      method,
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    }),
  );
  expect({ path, status: response.status }).toMatchObject({ status: expect.any(Number) });
  return { status: response.status, text: await response.text() };
}

async function putSetting(cloud: TestCloud, name: string, body: string) {
  expect((await arm(cloud, 'PUT', `${SETTINGS}/${name}`, body)).status).toBeLessThan(300);
}

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

test.each([
  ['a premium account', { sku: { name: 'Premium_LRS' } }, 'it is a premium account'],
  ['one of another region', { location: 'West Europe' }, 'it is in West Europe'],
  ['one in a DNS zone', { properties: { dnsEndpointType: 'AzureDnsZone' } }, 'in a DNS zone'],
])('%s is exit status 7 before any write', async (_, facts, message) => {
  const cloud = localCloud();
  const account = { id: ACCOUNT, name: 'sampleml0storage', location: 'local', ...facts };
  cloud.inject((request) => (request.url.includes(ACCOUNT) ? Response.json(account) : undefined));
  const run = await runCli(['archive', 'on'], { cloud });
  expect(run).toMatchObject({ status: 7, stdout: '' });
  expect(run.stderr).toContain(message);
  expect(cloud.writes).toEqual([]);
});

test('an account behind a firewall is used with a warning, one that may not be seen with a note', async () => {
  const cloud = localCloud();
  const properties = { networkAcls: { defaultAction: 'Deny', bypass: 'Logging, Metrics' } };
  const account = { id: ACCOUNT, name: 'sampleml0storage', location: 'local', properties };
  cloud.inject((request) => (request.url.includes(ACCOUNT) ? Response.json(account) : undefined));
  const walled = await runCli(['archive', 'on'], { cloud });
  expect(walled.status).toBe(0);
  expect(walled.stderr).toContain('keeps Azure Monitor out');

  cloud.inject((request) =>
    request.url.includes(ACCOUNT)
      ? Response.json({ error: { code: 'AuthorizationFailed', message: 'No.' } }, { status: 403 })
      : undefined,
  );
  await runCli(['archive', 'off'], { cloud });
  const hidden = await runCli(['archive', 'on'], { cloud });
  expect(hidden.status).toBe(0);
  expect(hidden.stderr).toContain('can take an archive is not known');
});

test('a storage account is named by its name or its id', async () => {
  const cloud = localCloud();
  const id =
    '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/elsewhere';
  cloud.inject(({ url }) => {
    if (
      new URL(url).pathname ===
      `/subscriptions/${subscriptionId}/providers/Microsoft.Storage/storageAccounts`
    ) {
      return Response.json({ value: [{ id, name: 'elsewhere' }] });
    }
    return url.includes(id)
      ? Response.json({ id, name: 'elsewhere', location: 'local' })
      : undefined;
  });
  const byName = ['archive', 'on', '--storage-account', 'Elsewhere', '-o', 'json'];
  const run = await runCli(byName, { cloud });
  expect(JSON.parse(run.stdout)).toMatchObject({ storageAccountId: id, changed: true });
  const byId = await runCli(['archive', 'on', '--storage-account', id, '-o', 'json'], { cloud });
  expect(JSON.parse(byId.stdout)).toMatchObject({ changed: false });
  // Without a name, the setting's own account is meant.
  const own = await runCli(['archive', 'on', '-o', 'json'], { cloud });
  expect(JSON.parse(own.stdout)).toMatchObject({ storageAccountId: id, changed: false });

  const none = await runCli(['archive', 'on', '--storage-account', 'nowhere'], { cloud });
  expect(none).toMatchObject({ status: 3, stdout: '' });
  expect(none.stderr).toContain('no storage account "nowhere"');
});

test('--dry-run prints exactly the bytes that a real run sends, and sends none', async () => {
  const cloud = localCloud();
  const dry = await runCli(['archive', 'on', '--dry-run', '-o', 'json'], { cloud });
  const text = await runCli(['archive', 'on', '--dry-run'], { cloud });
  expect(cloud.writes).toEqual([]);
  await runCli(['archive', 'on'], { cloud });
  const [write] = cloud.writes;
  expect(JSON.parse(dry.stdout)).toMatchObject({
    changed: true,
    applied: false,
    requests: [{ method: write?.method, url: write?.url, body: write?.body }],
  });
  expect(text.stdout).toContain(`\n\n${write?.body}\n`);

  const off = await runCli(['archive', 'off', '--dry-run'], { cloud });
  expect(off.stdout).toMatch(/^For aml-monitor would be sent:\nDELETE https:/);
  expect(cloud.writes).toHaveLength(1);
});

test('on a terminal off asks first; no changes nothing, --yes does not ask', async () => {
  const cloud = localCloud();
  await runCli(['archive', 'on', '--categories', 'traces'], { cloud });
  const no = await runCli(['archive', 'off'], { cloud, columns: 80, answers: [false] });
  expect(no).toMatchObject({ status: 130, stdout: '' });
  expect(no.questions).toEqual(['End the archive of traces by "aml-monitor" to sampleml0storage?']);
  expect(cloud.writes).toHaveLength(1);
  const yes = await runCli(['archive', 'off', '--yes'], { cloud, columns: 80 });
  expect(yes).toMatchObject({ status: 0, questions: [] });
});

test('on asks on a terminal before it moves an archive to another account', async () => {
  const cloud = localCloud();
  const old = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/old';
  const logs = '[{"category":"AppTraces","enabled":true}]';
  const setting = (account: string) =>
    `{"properties":{"storageAccountId":"${account}","logs":${logs}}}`;
  await putSetting(cloud, 'aml-monitor', setting(old));
  const argv = ['archive', 'on', '--storage-account', ACCOUNT, '--categories', 'traces'];
  const no = await runCli(argv, { cloud, columns: 80, answers: [false] });
  expect(no).toMatchObject({ status: 130, stdout: '' });
  expect(no.questions).toEqual(['Let "aml-monitor" archive to sampleml0storage instead of old?']);
  expect(cloud.writes).toEqual([]);
  await runCli(argv, { cloud, columns: 80, answers: [true] });
  expect(cloud.writes).toMatchObject([{ method: 'PUT', body: setting(ACCOUNT) }]);
});

test('an interrupt says that the change may be under way', async () => {
  const cloud = localCloud();
  const controller = new AbortController();
  cloud.inject(({ method }) => {
    if (method !== 'PUT') return undefined;
    controller.abort(new Interrupted(130));
    return new Error('gone');
  });
  const run = await runCli(['archive', 'on'], { cloud, signal: controller.signal });
  expect(run).toMatchObject({ status: 130, stdout: '' });
  expect(run.stderr).toContain('the change of aml-monitor may be under way');
});

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

test('a refusal names the role; a lost answer says that the change may have been made', async () => {
  const cloud = localCloud();
  cloud.inject(({ method }) =>
    method === 'PUT'
      ? Response.json({ error: { code: 'AuthorizationFailed', message: 'No.' } }, { status: 403 })
      : undefined,
  );
  const denied = await runCli(['archive', 'on'], { cloud });
  expect(denied).toMatchObject({ status: 4, stdout: '' });
  expect(denied.stderr).toContain('Ask for the role Monitoring Contributor');

  cloud.inject(({ method }) =>
    method === 'PUT'
      ? Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
      : undefined,
  );
  const lost = await runCli(['archive', 'on'], { cloud });
  expect(lost).toMatchObject({ status: 5, stdout: '' });
  expect(lost.stderr).toContain('The change may have been made');
});

test("Azure's refusal of a category that is sent already is told as it is", async () => {
  const cloud = localCloud();
  const message =
    "Data sink 'x' is already used in diagnostic setting 'y' for category 'AppTraces'.";
  cloud.inject(({ method }) =>
    method === 'PUT' ? Response.json({ code: 'Conflict', message }, { status: 409 }) : undefined,
  );
  const run = await runCli(['archive', 'on'], { cloud });
  expect(run).toMatchObject({ status: 5, stdout: '' });
  expect(run.stderr).toContain(message);
});

test('a component that does not exist is exit status 3, another one needs an account', async () => {
  const cloud = localCloud();
  const missing = COMPONENT.replace('sample-ml-insights', 'nowhere');
  const run = await runCli(['archive', 'status', '--component', missing], { cloud });
  expect(run).toMatchObject({ status: 3, stdout: '' });
  const unnamed = await runCli(['archive', 'on', '--component', COMPONENT], { cloud });
  expect(unnamed).toMatchObject({ status: 2, stdout: '' });
  expect(unnamed.stderr).toContain('--storage-account NAME');
});

test.each([
  [['--name', '..'], 'no point or space at its end'],
  [['--name', '.'], 'no point or space at its end'],
  [['--name', 'mine '], 'no point or space at its end'],
  [['--storage-account', '/subscriptions/s/storageAccounts/x'], 'A resource id is /subscriptions/'],
  [['--storage-account', ACCOUNT.replace(resourceGroup, '..')], 'A resource id is /subscriptions/'],
  [['--storage-account', `${ACCOUNT}/../x`], 'A resource id is /subscriptions/'],
  [['--storage-account', LOG_WORKSPACE], 'A resource id is /subscriptions/'],
])('%j is exit status 2 before anything is asked', async (flags, message) => {
  const cloud = localCloud();
  const run = await runCli(['archive', 'on', ...flags], { cloud });
  expect(run).toMatchObject({ status: 2, stdout: '' });
  expect(run.stderr.replaceAll(/\s+/g, ' ')).toContain(message);
  expect(cloud.requests).toEqual([]);
});

test('off asks again about a setting that gets a second destination during the question', async () => {
  const cloud = localCloud();
  const logs = '"logs":[{"category":"AppTraces","enabled":true}]';
  const setting = (more: string) =>
    `{"properties":{"storageAccountId":"${ACCOUNT}",${more}${logs}}}`;
  await putSetting(cloud, 'aml-monitor', setting(''));
  let reads = 0;
  cloud.inject(({ method, url }) => {
    if (method !== 'GET' || !url.includes('/diagnosticSettings/aml-monitor?')) return undefined;
    reads += 1;
    if (reads === 1) return undefined;
    const { properties } = JSON.parse(setting('"workspaceId":"/w/logs",'));
    return Response.json({ name: 'aml-monitor', properties });
  });
  const run = await runCli(['archive', 'off'], { cloud, columns: 120, answers: [true, true] });

  expect(run.status).toBe(0);
  expect(run.questions).toHaveLength(2);
  expect(run.stderr).toContain('was changed meanwhile; looking at it again.');
  const body = `{"properties":{"workspaceId":"/w/logs",${logs}}}`;
  expect(cloud.writes).toMatchObject([{ method: 'PUT', body }]);
});
