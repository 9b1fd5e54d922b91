import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { CliError } from '../errors.js';
import { hasCode } from '../file-errors.js';
import { openCertificate } from './certificates.js';
import type { LocalCloud, LocalServer } from './local-cloud.js';

export interface ListenOptions {
  readonly folder: string;
  readonly handle: LocalCloud['handle'];
  readonly now: () => Date;
  /** Any free one without it. */
  readonly port?: number;
}

/** Serves the local cloud over HTTPS, to this machine only. */
export async function listen({
  folder,
  handle,
  now,
  port = 0,
}: ListenOptions): Promise<LocalServer> {
  const { caFile, ...certificate } = await openCertificate(folder, now());
  const server = createServer(certificate, (incoming, outgoing) => {
    serve(handle, incoming, outgoing).catch(() => outgoing.destroy());
  });
  await bind(server, port);
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    origin: `https://localhost:${bound}`,
    caFile,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function bind(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const taken = hasCode(error, 'EADDRINUSE', 'EACCES');
      const message = `Port ${port} of this machine cannot be used.`;
      reject(
        taken ? new CliError('usage', message, { hint: 'Choose another: --port N' }, error) : error,
      );
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

/** One exchange: Node's messages on one side, Request and Response on the other. */
async function serve(
  handle: LocalCloud['handle'],
  incoming: IncomingMessage,
  outgoing: ServerResponse,
) {
  const gone = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) gone.abort();
  });
  const request = toRequest(incoming, gone.signal);
  const response = await handle(request);
  await Promise.all([answer(response, incoming, outgoing), readRest(request)]);
}

async function answer(response: Response, incoming: IncomingMessage, outgoing: ServerResponse) {
  const headers: Record<string, string | string[]> = Object.fromEntries(response.headers);
  outgoing.statusCode = response.status;
  const zips = shouldZip(incoming, response);
  if (zips) {
    headers['content-encoding'] = 'gzip';
    delete headers['content-length'];
  }
  headers.vary = 'Accept-Encoding';
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  if (!response.body) {
    outgoing.end();
    return;
  }
  const body = Readable.fromWeb(response.body);
  await (zips
    ? pipeline(body, createGzip({ level: constants.Z_BEST_SPEED }), outgoing)
    : pipeline(body, outgoing));
}

/** What stayed unread would stand before the next request of the connection. */
async function readRest({ body, bodyUsed }: Request): Promise<void> {
  if (body && !bodyUsed) await body.pipeTo(new WritableStream());
}

function toRequest(incoming: IncomingMessage, signal: AbortSignal): Request {
  const method = incoming.method ?? 'GET';
  // Some clients send two slashes at the start of a path; a URL would take the first name for a host.
  const url = `https://${incoming.headers.host ?? 'localhost'}${incoming.url ?? '/'}`;
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (name.startsWith(':') || value === undefined) continue;
    headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers, signal });
  const body = Readable.toWeb(incoming);
  return new Request(url, { method, headers, signal, body, duplex: 'half' });
}

/** As Azure does, JSON of any size worth it is sent zipped to those who take it. */
function shouldZip({ headers, method }: IncomingMessage, response: Response): boolean {
  const accepts = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return accepts && isJson && method !== 'HEAD' && response.body !== null;
}
