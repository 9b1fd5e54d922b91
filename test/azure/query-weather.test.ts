import { expect, test } from 'vitest';
import { publicCloud } from '../../src/lib/azure/cloud.js';
import { createLogsQueryGateway } from '../../src/lib/azure/logs-query.js';
import type { AzureCredential } from '../../src/lib/azure/sign-in/credential.js';
import { createTransport } from '../../src/lib/azure/wire/transport.js';
import { fakeClock, realFiles } from '../support/host.js';
import { COMPONENT_ID } from './addresses.js';
import { collectItems } from './collect-items.js';

type Reply = (request: Request) => Response | Promise<Response>;

/** A gateway, the real SDK in it, whose requests are answered one after the other; the last reply goes on. */
async function open(replies: readonly Reply[]) {
  const clock = fakeClock();
  const interrupt = new AbortController();
  const { signal } = interrupt;
  const startedAt = clock.now().getTime();
  const asked: { readonly atMs: number; readonly token: string | null }[] = [];
  const transport = await createTransport({
    clock,
    signal,
    files: realFiles,
    env: {},
    caFile: undefined,
    report: { debug: () => {} },
    fetch: async (request) => {
      const reply = replies[Math.min(asked.length, replies.length - 1)];
      const atMs = clock.now().getTime() - startedAt;
      asked.push({ atMs, token: request.headers.get('authorization') });
      return reply?.(request) ?? Response.error();
    },
  });
  let tokens = 0;
  let forgotten = 0;
  const credential: AzureCredential = {
    kind: () => 'test',
    forget: () => {
      forgotten += 1;
    },
    getToken: async (_, options) => ({
      token: `${forgotten}${options?.claims ?? ''}#${++tokens}`,
      expiresOnTimestamp: Date.now() + 3_600_000,
    }),
  };
  const cloud = publicCloud('AzureCloud');
  const client = transport.client({ accepts: cloud.accepts.logs, kindOf: () => 'query' });
  const gateway = createLogsQueryGateway({ cloud, credential, client, clock, signal });
  async function read() {
    const rows = [];
    for await (const table of (await gateway.query(COMPONENT_ID, 'traces')).tables) {
      rows.push(...(await collectItems(table.rows)));
    }
    return rows;
  }
  return { gateway, read, asked, clock, interrupt };
}

const text = (rows: string) =>
  `{"tables":[{"name":"T","columns":[{"name":"a","type":"string"}],"rows":[${rows}]}]}`;
const one: Reply = () => new Response(text('["x"]'));
const status =
  (code: number, headers: Record<string, string> = {}): Reply =>
  () =>
    new Response('{"error":{"code":"X","message":"Not now."}}', { status: code, headers });
const fault =
  (code: string): Reply =>
  () => {
    throw Object.assign(new Error(code), { code });
  };
const reset = fault('ECONNRESET');
/** So much of an answer, and then the connection breaks. */
const broken =
  (body: string): Reply =>
  () => {
    const bytes = Buffer.from(body);
    let sent = 0;
    return new Response(
      new ReadableStream({
        async pull(controller) {
          // What came before has time to be read: an error overtakes it.
          await new Promise((resolve) => setTimeout(resolve, 10));
          if (sent === bytes.length) return controller.error(new Error('gone'));
          controller.enqueue(bytes.subarray(sent, sent + 100_000));
          sent = Math.min(sent + 100_000, bytes.length);
        },
      }),
    );
  };

test('bad weather before the first row is waited out', async () => {
  const { read, asked } = await open([status(429), status(503), reset, one]);
  expect(await read()).toEqual([['x']]);
  expect(asked).toHaveLength(4);
  expect(asked[3]?.atMs).toBeGreaterThanOrEqual(3500);
});

test('after three more tries the last refusal is told', async () => {
  const { read, asked } = await open([status(429)]);
  await expect(read()).rejects.toMatchObject({ kind: 'service', facts: { status: 429 } });
  expect(asked).toHaveLength(4);
});

test('a host that does not answer is asked again: nothing was sent', async () => {
  const { read, asked } = await open([fault('CONNECT_TIMEOUT'), one]);
  expect(await read()).toEqual([['x']]);
  expect(asked).toHaveLength(2);
});

test('whoever asks for no wait at all is not asked four times at once', async () => {
  const { read, asked } = await open([status(503, { 'retry-after': '0' })]);
  await expect(read()).rejects.toMatchObject({ facts: { status: 503 } });
  expect(asked.at(-1)?.atMs).toBeGreaterThanOrEqual(3500);
});

test('a query that took too long is not sent again', async () => {
  const { read, asked } = await open([status(504)]);
  await expect(read()).rejects.toMatchObject({ kind: 'timeout' });
  expect(asked).toHaveLength(1);
});

test('half of a small answer is nothing yet: the query is sent again', async () => {
  for (const half of [text('["x"],["y"'), text('["x"]').slice(0, -20), '{"tables":[']) {
    const { read, asked } = await open([broken(half), one]);
    expect(await read()).toEqual([['x']]);
    expect(asked).toHaveLength(2);
  }
});

test('once rows are handed out nothing is sent again: the error says how many came', async () => {
  const many = Array.from({ length: 3000 }, () => `["${'x'.repeat(100)}"]`).join();
  const { read, asked } = await open([broken(text(many).slice(0, -10)), one]);
  await expect(read()).rejects.toMatchObject({
    kind: 'service',
    message: expect.stringMatching(
      /^The answer of Log Analytics broke off after [23]\d{3} rows\.$/,
    ),
    facts: { code: 'ECONNRESET', hint: expect.stringContaining('Ask again') },
  });
  expect(asked).toHaveLength(1);
});

test('a limit with a time to wait holds back every query of the process', async () => {
  const { read, asked } = await open([status(429, { 'retry-after': '20' }), one]);
  await Promise.all([read(), read().then(read)]);
  expect(asked.filter(({ atMs }) => atMs < 20_000).length).toBeLessThanOrEqual(2);
  expect(asked).toHaveLength(4);
});

test('five queries run at once; the sixth starts when one of them is read', async () => {
  const large = text(Array.from({ length: 3000 }, () => `["${'x'.repeat(100)}"]`).join());
  const { gateway, asked } = await open([() => new Response(large)]);
  const ask = () => gateway.query(COMPONENT_ID, 'traces');
  const running = await Promise.all([ask(), ask(), ask(), ask(), ask()]);
  const sixth = ask();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(asked).toHaveLength(5);
  for await (const table of running[0]?.tables ?? []) {
    for await (const _ of table.rows) break; // given up
  }
  await sixth;
  expect(asked).toHaveLength(6);
});

test('no more than 200 queries start in 30 seconds', async () => {
  const { read, asked } = await open([one]);
  for (let count = 0; count < 401; count++) await read();
  const starts = asked.map(({ atMs }) => atMs);
  for (const [index, start] of starts.entries()) {
    expect((starts[index + 200] ?? Number.POSITIVE_INFINITY) - start).toBeGreaterThanOrEqual(
      30_000,
    );
  }
  expect(starts.at(-1)).toBe(60_000);
}, 30_000);

test('each try has a token of its own; one that is refused is forgotten, once', async () => {
  const { read, asked } = await open([status(503), status(401), one]);
  expect(await read()).toEqual([['x']]);
  expect(asked.map(({ token }) => token)).toEqual(['Bearer 0#1', 'Bearer 0#2', 'Bearer 1#3']);

  const refused = await open([status(401)]);
  await expect(refused.read()).rejects.toMatchObject({ kind: 'auth', facts: { status: 401 } });
  expect(refused.asked).toHaveLength(2);
});

test.each(['InvalidAuthenticationToken', 'InvalidTokenError'])(
  'a token that is refused as 403 %s is forgotten, too',
  async (code) => {
    const refused: Reply = () =>
      new Response(JSON.stringify({ error: { code, message: 'It has expired.' } }), {
        status: 403,
      });
    const { read, asked } = await open([refused, one]);
    expect(await read()).toEqual([['x']]);
    expect(asked.map(({ token }) => token)).toEqual(['Bearer 0#1', 'Bearer 1#2']);
    await expect((await open([refused])).read()).rejects.toMatchObject({ kind: 'auth' });
  },
);

test('a token that is renewed on the last try leaves the tries bounded', async () => {
  const { read, asked } = await open([
    ...[503, 503, 503, 401].map((code) => status(code)),
    status(503),
  ]);
  await expect(read()).rejects.toMatchObject({ facts: { status: 503 } });
  expect(asked).toHaveLength(5);
}, 10_000);

test('a challenge is met by the SDK', async () => {
  const claims = Buffer.from('{"a":1}').toString('base64');
  const challenge = `Bearer authorization_uri="https://x", error="insufficient_claims", claims="${claims}"`;
  const { read, asked } = await open([status(401, { 'www-authenticate': challenge }), one]);
  expect(await read()).toEqual([['x']]);
  expect(asked.map(({ token }) => token)).toEqual(['Bearer 0#1', 'Bearer 0{"a":1}#2']);
});

test('Ctrl-C ends what waits and what is read, with its reason', async () => {
  const large = text(Array.from({ length: 3000 }, () => `["${'x'.repeat(100)}"]`).join());
  let isCancelled = false;
  const endless: Reply = () =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(Buffer.from(large.slice(0, -10))),
        cancel() {
          isCancelled = true;
        },
      }),
    );
  const { read, interrupt } = await open([endless]);
  const reads = Array.from({ length: 6 }, () => read().catch((error: unknown) => error));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const reason = new Error('Ctrl-C');
  interrupt.abort(reason);
  expect(await Promise.all(reads)).toEqual(Array(6).fill(reason));
  expect(isCancelled).toBe(true);
});
