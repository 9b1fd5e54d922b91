import { expect, test } from 'vitest';
import { Interrupted } from '../../../src/lib/errors.js';
import { ACCOUNT, putSetting } from '../../support/diagnostic-settings.js';
import { localCloud } from '../../support/local-cloud.js';
import { runCli } from '../../support/run-cli.js';

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
