import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { createConnection } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect, test } from 'vitest';
import { listen } from '../../src/lib/emulator/listen.js';
import { CliError } from '../../src/lib/errors.js';
import { temporaryFolder } from '../support/host.js';

const now = () => new Date();

function get(url: string, ca: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: Buffer }>(
    (resolve, reject) => {
      request(url, { ca, headers, method: 'POST', agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      })
        .on('error', reject)
        .end('hello');
    },
  );
}

test('a request reaches the function with its address, headers and body, and the answer comes back', async () => {
  const handle = async (incoming: Request) =>
    new Response(JSON.stringify([incoming.method, incoming.url, await incoming.text()]), {
      status: 207,
      headers: {
        'content-type': 'application/json',
        'x-seen': incoming.headers.get('x-sent') ?? '',
      },
    });
  const server = await listen({ folder: await temporaryFolder(), handle, now });
  const ca = await readFile(server.caFile, 'utf8');
  const answer = await get(`${server.origin}//two?a=%2F`, ca, { 'x-sent': 'yes' });
  expect(answer).toMatchObject({ status: 207, headers: { 'x-seen': 'yes' } });
  expect(JSON.parse(answer.body.toString())).toEqual([
    'POST',
    `${server.origin}//two?a=%2F`,
    'hello',
  ]);
  const zipped = await get(server.origin, ca, { 'accept-encoding': 'gzip' });
  expect(zipped.headers['content-encoding']).toBe('gzip');
  await server.close();
});

test('a body that nobody reads is in the way of no later request of its connection', async () => {
  const handle = async () => new Response('refused', { status: 501 });
  const server = await listen({ folder: await temporaryFolder(), handle, now });
  const ca = await readFile(server.caFile, 'utf8');
  const agent = new Agent({ ca, keepAlive: true, maxSockets: 1 });
  const put = (body: Buffer) =>
    new Promise((resolve, reject) => {
      const sent = request(server.origin, { method: 'PUT', agent }, (response) => {
        response.resume().on('end', () => resolve([response.statusCode, sent.reusedSocket]));
      });
      sent.on('error', reject).end(body);
    });
  expect(await put(Buffer.alloc(2_000_000))).toEqual([501, false]);
  for (let time = 0; time < 4; time++) {
    expect(await put(Buffer.alloc(2_000_000))).toEqual([501, true]);
  }
  agent.destroy();
  await server.close();
});

test('trust in the root outlives a restart; its key is for the owner alone', async () => {
  const folder = await temporaryFolder();
  const handle = async () => new Response('ok');
  const first = await listen({ folder, handle, now });
  const ca = await readFile(first.caFile, 'utf8');
  await first.close();
  const second = await listen({ folder, handle, now });
  expect(await readFile(second.caFile, 'utf8')).toBe(ca);
  for (const host of ['localhost', '127.0.0.1']) {
    expect((await get(second.origin.replace('localhost', host), ca)).status).toBe(200);
  }
  await expect(get(second.origin, '')).rejects.toThrow(/certificate/);
  expect((await stat(join(folder, 'tls', 'root.key'))).mode & 0o777).toBe(0o600);
  await second.close();
});

test('the certificate is for loopback names, and signed by a root that may sign nothing else', async () => {
  const server = await listen({
    folder: await temporaryFolder(),
    handle: async () => new Response(),
    now,
  });
  const ca = new X509Certificate(await readFile(server.caFile));
  const leaf = await new Promise<X509Certificate>((resolve, reject) => {
    const socket = connect(
      {
        host: '127.0.0.1',
        port: Number(new URL(server.origin).port),
        ca: ca.toString(),
        servername: 'acct.blob.localhost',
      },
      () => {
        const certificate = socket.getPeerX509Certificate();
        socket.end();
        if (certificate) resolve(certificate);
      },
    ).on('error', reject);
  });
  expect(
    leaf.checkHost('localhost') &&
      leaf.checkHost('acct.blob.localhost') &&
      leaf.checkIP('127.0.0.1'),
  ).toBeTruthy();
  expect(leaf.checkHost('example.com')).toBeUndefined();
  expect([ca.ca, leaf.ca, leaf.verify(ca.publicKey)]).toEqual([true, false, true]);
  await server.close();
});

test('only this machine can reach it', async () => {
  const server = await listen({
    folder: await temporaryFolder(),
    handle: async () => new Response(),
    now,
  });
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4');
  const reached = await new Promise((resolve) => {
    const port = Number(new URL(server.origin).port);
    createConnection({ host: outside?.address ?? '127.0.0.2', port })
      .on('connect', () => resolve(true))
      .on('error', () => resolve(false));
  });
  expect(reached).toBe(false);
  await server.close();
});

test('a client that hangs up aborts the request', async () => {
  let aborted: (() => void) | undefined;
  const seen = new Promise<void>((resolve) => {
    aborted = resolve;
  });
  let arrived: (() => void) | undefined;
  const inside = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const handle = (incoming: Request) =>
    new Promise<Response>((resolve) => {
      arrived?.();
      incoming.signal.addEventListener('abort', () => {
        aborted?.();
        resolve(new Response());
      });
    });
  const server = await listen({ folder: await temporaryFolder(), handle, now });
  const ca = await readFile(server.caFile, 'utf8');
  const client = request(server.origin, { ca, method: 'POST', agent: false }).on('error', () => {});
  client.end();
  await inside;
  client.destroy();
  await seen;
  await server.close();
});

test('a port that is taken is said in one sentence', async () => {
  const folder = await temporaryFolder();
  const handle = async () => new Response();
  const first = await listen({ folder, handle, now });
  const port = Number(new URL(first.origin).port);
  await expect(listen({ folder, handle, now, port })).rejects.toThrow(CliError);
  await first.close();
});
