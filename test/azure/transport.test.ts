import {
  createHttpHeaders,
  createPipelineRequest,
  type HttpMethods,
} from '@azure/core-rest-pipeline';
import { expect, test } from 'vitest';
import { redactUrl } from '../../src/lib/azure/wire/redact.js';
import { retryAfter } from '../../src/lib/azure/wire/retry.js';
import { type ClientRules, createTransport } from '../../src/lib/azure/wire/transport.js';
import { CliError } from '../../src/lib/errors.js';
import { fakeClock, realFiles } from '../support/host.js';

/** A transport whose network answers these, one after the other; numbers are statuses. */
async function open(answers: readonly (number | Error | Response)[]) {
  const clock = fakeClock();
  const start = clock.now().getTime();
  const debugLines: string[] = [];
  let asked = 0;
  const transport = await createTransport({
    clock,
    signal: new AbortController().signal,
    report: { debug: (line) => debugLines.push(line) },
    files: realFiles,
    env: {},
    caFile: undefined,
    fetch: async () => {
      const answer = answers[asked];
      asked += 1;
      if (answer instanceof Error) throw answer;
      return answer instanceof Response ? answer : new Response('{}', { status: answer ?? 200 });
    },
  });
  async function send(
    method: HttpMethods,
    rules: Partial<ClientRules> = {},
    { url = 'https://management.azure.com/x', token = 'canary-token' } = {},
  ) {
    const headers = createHttpHeaders(token ? { authorization: `Bearer ${token}` } : {});
    const request = createPipelineRequest({ url, method, headers });
    const accepts = (to: URL) => to.host === 'management.azure.com';
    const response = await transport.client({ accepts, ...rules }).sendRequest(request);
    return response.status;
  }
  return { send, asked: () => asked, waitedMs: () => clock.now().getTime() - start, debugLines };
}

const limited = (seconds?: string) =>
  new Response('{}', { status: 429, headers: seconds ? { 'retry-after': seconds } : {} });

test('what the local cloud says is wrong with it is said once, as it is', async () => {
  const failure = new CliError('usage', 'The state of the local cloud cannot be read.');
  const { send, asked } = await open([failure, 200]);
  await expect(send('GET')).rejects.toBe(failure);
  expect(asked()).toBe(1);
});

test('a read is sent again three times, with growing pauses', async () => {
  for (const status of [408, 429, 500, 502, 503, 504, 530]) {
    const passing = await open([status, status, status, 200]);
    expect(await passing.send('GET')).toBe(200);
    expect(passing.waitedMs()).toBeGreaterThanOrEqual(3500);
    expect(passing.waitedMs()).toBeLessThanOrEqual(7000);
    const lasting = await open([status, status, status, status, 200]);
    expect(await lasting.send('GET')).toBe(status);
  }
});

test('what asks for a pause gets that pause, unless it is too long', async () => {
  const short = await open([limited('7'), 200]);
  expect(await short.send('GET')).toBe(200);
  expect(short.waitedMs()).toBe(7000);
  const long = await open([limited('3600'), 200]);
  expect(await long.send('GET')).toBe(429);

  const now = Date.parse('2026-11-22T10:00:00Z');
  const asks = (headers: Record<string, string>) =>
    retryAfter({ get: (name) => headers[name] }, new Date(now));
  expect(asks({ 'retry-after': '1.5' })).toBe(1500);
  expect(asks({ 'retry-after': new Date(now + 9000).toUTCString() })).toBe(9000);
  expect(asks({ 'retry-after': new Date(now - 9000).toUTCString() })).toBe(0);
  expect(asks({ 'retry-after': '10', 'x-ms-retry-after-ms': '200' })).toBe(200);
  expect(asks({ 'retry-after-ms': '20' })).toBe(20);
  for (const nonsense of ['', '-1', '1,5', 'soon']) {
    expect(asks({ 'retry-after': nonsense }), nonsense).toBeUndefined();
  }
});

test('a read asks again after a limit without a pause; a write does not', async () => {
  const read = await open([limited(), 200]);
  expect(await read.send('GET')).toBe(200);
  expect(read.waitedMs()).toBeGreaterThanOrEqual(500);
  expect(await (await open([limited('-1'), 200])).send('PUT')).toBe(429);
});

test('a change that nobody answered may have been made', async () => {
  for (const code of ['ANSWER_TIMEOUT', 'ETIMEDOUT', 'ECONNRESET']) {
    const fault = Object.assign(new Error('x'), { code });
    const wire = await open([fault, 200]);
    await expect(wire.send('PUT')).rejects.toMatchObject({
      facts: { code, hint: expect.stringContaining('may have been made') },
    });
    expect(wire.asked()).toBe(1);
  }
});

test('other statuses are answers', async () => {
  for (const status of [400, 401, 403, 404, 409, 501]) {
    const wire = await open([status, 200]);
    expect(await wire.send('GET')).toBe(status);
    expect(wire.asked()).toBe(1);
  }
});

test('a query is left to its gateway, which knows how much of the answer came', async () => {
  const query = { kindOf: () => 'query' as const };
  for (const status of [429, 503, 504]) {
    expect(await (await open([status, 200])).send('POST', query)).toBe(status);
  }
});

test('a write is only sent again where nothing was done', async () => {
  for (const status of [408, 429, 500, 502, 503, 504, 530]) {
    expect(await (await open([status, 200])).send('PUT')).toBe(status);
  }
  expect(await (await open([limited('1'), 200])).send('PUT')).toBe(200);
  const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  expect(await (await open([refused, 200])).send('PATCH')).toBe(200);
  const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
  const cut = await open([reset, 200]);
  await expect(cut.send('PATCH')).rejects.toMatchObject({ kind: 'service' });
  expect(cut.asked()).toBe(1);
  expect(await (await open([reset, reset, 200])).send('GET')).toBe(200);
});

test('a token goes to no other host, not even by a redirect', async () => {
  for (const url of [
    'https://management.azure.com.evil.example/x',
    'https://management.azure.com@evil.example/x',
    'https://evil.example/management.azure.com',
    'http://management.azure.com:8080/x',
  ]) {
    const wire = await open([200]);
    await expect(wire.send('GET', {}, { url })).rejects.toMatchObject({
      kind: 'service',
      facts: { code: 'ForeignHost' },
    });
    expect(wire.asked()).toBe(0);
  }
  const away = new Response(null, { status: 307, headers: { location: 'https://evil.example/' } });
  await expect((await open([away])).send('GET')).rejects.toMatchObject({
    message: expect.stringContaining('evil.example'),
  });
  const open2 = await open([200]);
  expect(await open2.send('GET', {}, { url: 'https://elsewhere.example/', token: '' })).toBe(200);
});

test('--debug shows method, URL, status, duration and ids, and nothing secret', async () => {
  const wire = await open([
    new Response('{"k":"canary-body"}', {
      status: 200,
      headers: { 'x-ms-correlation-request-id': 'id-2' },
    }),
  ]);
  await wire.send(
    'GET',
    {},
    {
      url: 'https://management.azure.com/op?api-version=1&t=canary-t&c=canary-c&s=canary-s&h=canary-h&sig=canary-sig&tail=5',
    },
  );
  expect(wire.debugLines).toEqual([
    'GET https://management.azure.com/op?api-version=1&t=…&c=…&s=…&h=…&sig=…&tail=5 200 0 ms x-ms-correlation-request-id=id-2',
  ]);
  expect(redactUrl('https://user:canary@host/x#canary')).toBe('https://host/x');
});
