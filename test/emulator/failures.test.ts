import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openLocalCloud } from '../../src/lib/emulator/emulator.js';
import type { LocalCloud } from '../../src/lib/emulator/local-cloud.js';
import { asStateError } from '../../src/lib/emulator/state-error.js';
import { fakeClock, temporaryFolder } from '../support/host.js';
import { tokenFor } from './served.js';

let folder: string;
let cloud: LocalCloud;
beforeEach(async () => {
  folder = await temporaryFolder();
  const openEngine = () => Promise.reject(new Error('the engine is broken'));
  cloud = await openLocalCloud({ folder, now: fakeClock().now, openEngine });
});

async function send(path: string, { scope = 'https://localhost', ...init }: Sent) {
  const token = await tokenFor(cloud, `${scope}/.default`);
  const headers = { authorization: `Bearer ${token}`, 'x-ms-version': '2024-11-04' };
  const request = { ...init, headers: { ...headers, ...init.headers } };
  return cloud.handle(new Request(`https://localhost${path}`, request));
}

interface Sent {
  readonly method: string;
  readonly scope?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function query(): Promise<Response> {
  const { subscriptionId, resourceGroup } = cloud.connection;
  const component = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/microsoft.insights/components/sample-ml-insights`;
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ query: 'requests | take 1' });
  return send(`/v1${component}/query`, { method: 'POST', headers, body });
}

test('what the local cloud itself fails at is told as its own fault, with where the stack is', async () => {
  const answer = await query();
  const { error } = JSON.parse(await answer.text());
  expect([answer.status, error.code]).toEqual([500, 'InternalServerError']);
  const log = join(folder, 'errors.log');
  expect(error.message).toMatch(/^The local cloud failed, not Azure, to answer POST /);
  expect(error.message).toContain(`at the end of ${log}.`);
  expect(error.message).not.toContain('the engine is broken');
  expect(await readFile(log, 'utf8')).toMatch(/POST .*\/query\nError: the engine is broken\n +at /);
  expect((await stat(log)).mode & 0o777).toBe(0o600);
});

test('storage says so in its own shape', async () => {
  // A file where the account's folder should be.
  const path = join(folder, 'blobs', 'sampleml0storage', 'modeldata');
  await rm(path, { recursive: true });
  await writeFile(path, '');
  const create = await send('/blob/sampleml0storage/modeldata/x', {
    method: 'PUT',
    scope: 'https://storage.azure.com',
    headers: { 'x-ms-blob-type': 'AppendBlob' },
  });
  expect([create.status, create.headers.get('x-ms-error-code')]).toEqual([500, 'InternalError']);
  expect(await create.text()).toContain('The local cloud failed, not Azure, to answer PUT /blob/');
});

test('a log that cannot be written leaves the reason in the answer', async () => {
  await mkdir(join(folder, 'errors.log'));
  const answer = await query();
  const { error } = JSON.parse(await answer.text());
  expect(error.message).toContain('the engine is broken');
  expect(error.message).toContain('could not be written');
});

test('a log that has grown large begins anew', async () => {
  const log = join(folder, 'errors.log');
  await writeFile(log, 'x'.repeat(1_000_001));
  await query();
  expect((await stat(log)).size).toBeLessThan(10_000);
  expect((await stat(join(folder, 'errors.old.log'))).size).toBe(1_000_001);
});

test('what the system says against the folder is a sentence with what to do', async () => {
  await rm(join(folder, 'segments'), { recursive: true });
  await writeFile(join(folder, 'segments'), '');
  const request = { body: cloud.drawInput('seed', {}) };
  const scored = cloud.score(cloud.connection.service, null, [request]);
  await expect(scored).rejects.toMatchObject({
    kind: 'usage',
    message: `The local cloud cannot keep its state in "${folder}": not a directory.`,
    facts: { hint: 'Name another folder with --local-dir.' },
  });
});

test('a disk that is full is said as such', () => {
  const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', errno: -28 });
  expect(asStateError(full, '/data')).toMatchObject({
    message: 'The local cloud cannot keep its state in "/data": no space left on device.',
    facts: { code: 'ENOSPC', hint: expect.stringContaining('Make room there') },
  });
  const other = new Error('another');
  expect(asStateError(other, '/data')).toBe(other);
});
