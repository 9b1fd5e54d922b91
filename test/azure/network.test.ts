import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { createGzip, gzipSync } from 'node:zlib';
import {
  createHttpHeaders,
  createPipelineRequest,
  type HttpMethods,
} from '@azure/core-rest-pipeline';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { createNetwork, isExempt } from '../../src/lib/azure/wire/network.js';
import { createTransport, type TransportOptions } from '../../src/lib/azure/wire/transport.js';
import { fakeClock, realFiles, temporaryFolder } from '../support/host.js';
import { type Identity, privateRoot } from './certificates.js';

let root: string;
let leaf: Identity;
let caFile: string;
const servers: Server[] = [];
const sockets = new Set<Socket>();

beforeAll(async () => {
  ({ root, leaf } = await privateRoot());
  caFile = join(await temporaryFolder(), 'root.pem');
  await realFiles.write(caFile, root);
});

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function listen<T extends Server>(server: T): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
const serveTls = (handler: Handler) => listen(createHttpsServer(leaf, handler));

function openTransport(options: Partial<TransportOptions> = {}) {
  return createTransport({
    clock: fakeClock(),
    signal: new AbortController().signal,
    report: { debug: () => {} },
    files: realFiles,
    env: {},
    caFile,
    ...options,
  });
}

async function get(
  url: string,
  options: Partial<TransportOptions> = {},
  method: HttpMethods = 'GET',
) {
  const transport = await openTransport(options);
  const headers = createHttpHeaders({ 'accept-encoding': 'gzip' });
  const request = createPipelineRequest({ url, method, headers });
  const response = await transport.client({ accepts: () => true }).sendRequest(request);
  return response.bodyAsText;
}

test('a private root is trusted beside the public ones, and named when it is missing', async () => {
  const port = await serveTls((_, response) => response.end('hello'));
  expect(await get(`https://localhost:${port}/`)).toBe('hello');
  await expect(get(`https://localhost:${port}/`, { caFile: undefined })).rejects.toMatchObject({
    kind: 'service',
    message: `The certificate of localhost:${port} is not trusted.`,
    facts: { hint: expect.stringContaining('--ca-file') },
  });
  await expect(get('https://localhost/', { caFile: '/nowhere.pem' })).rejects.toMatchObject({
    kind: 'usage',
    message: 'The CA file "/nowhere.pem" does not exist.',
  });
  const broken = `${caFile}.broken`;
  await realFiles.write(broken, root.replace(/[a-z]/g, '#'));
  await expect(get('https://localhost/', { caFile: broken })).rejects.toMatchObject({
    kind: 'usage',
  });
});

/** Tunnels to any port of this machine; `seen` has what was asked for. */
function tunnel(seen: string[]) {
  return (request: IncomingMessage, client: Socket) => {
    seen.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? ''}`);
    const port = Number(request.url?.split(':')[1]);
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  };
}

test('a proxy is gone through with its user and password; NO_PROXY goes past it', async () => {
  const port = await serveTls((_, response) => response.end('hello'));
  const seen: string[] = [];
  const proxy = createHttpServer();
  proxy.on('connect', tunnel(seen));
  const env = { HTTPS_PROXY: `http://somebody:p%40ss@localhost:${await listen(proxy)}` };
  expect(await get(`https://localhost:${port}/`, { env })).toBe('hello');
  expect(seen).toEqual([
    `CONNECT localhost:${port} Basic ${Buffer.from('somebody:p@ss').toString('base64')}`,
  ]);
  await get(`https://localhost:${port}/`, { env: { ...env, NO_PROXY: 'localhost' } });
  expect(seen).toHaveLength(1);
});

test('a proxy that is https, and ends the TLS of others, works with its private root', async () => {
  const seen: string[] = [];
  const inside = createHttpServer((request, response) => response.end(`read ${request.url}`));
  const proxy = createHttpsServer(leaf);
  proxy.on('connect', (request: IncomingMessage, client: Socket) => {
    seen.push(`${request.method} ${request.url}`);
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    inside.emit('connection', new TLSSocket(client, { isServer: true, ...leaf }));
  });
  const env = { HTTPS_PROXY: `https://localhost:${await listen(proxy)}` };
  expect(await get('https://localhost:9/secret?x=1', { env })).toBe('read /secret?x=1');
  expect(seen).toEqual(['CONNECT localhost:9']);
});

test('a proxy that refuses is named', async () => {
  const proxy = createHttpServer();
  proxy.on('connect', (_: IncomingMessage, client: Socket) => {
    client.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
  });
  const port = await listen(proxy);
  const env = { HTTPS_PROXY: `http://localhost:${port}` };
  await expect(get('https://localhost:9/', { env })).rejects.toMatchObject({
    message: `The connection to localhost:9 through the proxy localhost:${port} was refused (407).`,
    facts: { hint: expect.stringContaining('USER:PASSWORD') },
  });
  await expect(
    get('https://localhost/', { env: { HTTPS_PROXY: 'nonsense' } }),
  ).rejects.toMatchObject({
    kind: 'usage',
  });
});

test('a connection that is refused is tried again, then said', async () => {
  const clock = fakeClock();
  const start = clock.now().getTime();
  await expect(get('https://localhost:9/', { clock })).rejects.toMatchObject({
    kind: 'service',
    message: 'The host localhost:9 refuses connections.',
    facts: { code: 'ECONNREFUSED' },
  });
  expect(clock.now().getTime()).toBeGreaterThan(start + 3000);
});

test('half an answer, compressed or not, is read again; a write is not sent again', async () => {
  const whole = 'x'.repeat(50_000);
  for (const encoding of ['gzip', 'identity']) {
    let asked = 0;
    const port = await serveTls((_, response) => {
      asked += 1;
      const body =
        encoding === 'gzip' ? gzipSync(Buffer.from(whole + Math.random())) : Buffer.from(whole);
      response.writeHead(200, { 'content-encoding': encoding, 'content-length': body.length });
      if (asked % 2 === 0) return void response.end(body);
      response.write(body.subarray(0, body.length / 2));
      setTimeout(() => response.socket?.destroy(), 20);
    });
    expect(await get(`https://localhost:${port}/`)).toContain(whole);
    expect(asked).toBe(2);
    await expect(get(`https://localhost:${port}/`, {}, 'PUT')).rejects.toMatchObject({
      facts: { hint: expect.stringContaining('may have been made') },
    });
    expect(asked).toBe(3);
  }
});

test('a byte order mark is no part of an answer', async () => {
  const port = await serveTls((_, response) => response.end('\uFEFF{}'));
  expect(await get(`https://localhost:${port}/`)).toBe('{}');
});

test('Ctrl-C ends a request that is under way', async () => {
  const port = await serveTls(() => {});
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error('stopped')), 50);
  await expect(get(`https://localhost:${port}/`, { signal: stop.signal })).rejects.toThrow(
    'stopped',
  );
});

test('what is streamed may come for longer than its beginning may', async () => {
  const port = await serveTls((_, response) => {
    response.write('begun ');
    setTimeout(() => response.end('ended'), 400);
  });
  const network = createNetwork({ env: {}, privateRoots: root });
  const request = createPipelineRequest({
    url: `https://localhost:${port}/`,
    timeout: 200,
    streamResponseStatusCodes: new Set([200]),
  });
  const { readableStreamBody = [] } = await network.sendRequest(request);
  let text = '';
  for await (const chunk of readableStreamBody) text += chunk;
  expect(text).toBe('begun ended');
  const whole = createPipelineRequest({ url: request.url, timeout: 200 });
  await expect(network.sendRequest(whole)).rejects.toMatchObject({ code: 'ANSWER_TIMEOUT' });
});

test('NO_PROXY takes hosts, domains, ports and a star', () => {
  const url = new URL('https://api.loganalytics.io/v1');
  for (const yes of [
    '*',
    'loganalytics.io',
    '.loganalytics.io',
    '*.loganalytics.io',
    'x, api.loganalytics.io:443',
  ]) {
    expect(isExempt(url, yes), yes).toBe(true);
  }
  for (const no of [
    '',
    'analytics.io',
    'api.loganalytics.io:8443',
    'api',
    'loganalytics.io.evil',
  ]) {
    expect(isExempt(url, no), no).toBe(false);
  }
});

test('a streamed answer waits for its reader, and its connection ends when it is left', async () => {
  const written = { bytes: 0 };
  let gone: () => void = () => {};
  const closed = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const port = await serveTls((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    const zip = createGzip({ level: 0 });
    zip.pipe(response);
    const more = () => {
      written.bytes += 100_000;
      if (!response.destroyed) zip.write(Buffer.alloc(100_000, 'x'), () => setImmediate(more));
    };
    response.once('close', gone);
    more();
  });
  const transport = await openTransport();
  const headers = createHttpHeaders({ 'accept-encoding': 'gzip' });
  const request = createPipelineRequest({ url: `https://localhost:${port}/`, headers });
  const response = await transport
    .client({ accepts: () => true })
    .sendRequest({ ...request, streamResponseStatusCodes: new Set([200]) });
  const body = response.readableStreamBody;
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > 1_000_000) break;
    // The service cannot run ahead of who reads: only what buffers on the way hold.
    if (bytes < 200_000) await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(written.bytes).toBeLessThan(60_000_000);
  await closed;
}, 5000);
