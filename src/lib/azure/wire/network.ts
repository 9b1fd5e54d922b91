import { X509Certificate } from 'node:crypto';
import type { Agent, IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { createSecureContext, rootCertificates } from 'node:tls';
import { createGunzip, createInflate } from 'node:zlib';
import {
  createDefaultHttpClient,
  createHttpHeaders,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import type { HttpsProxyAgent } from 'https-proxy-agent';
import { CliError } from '../../errors.js';

export interface NetworkOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** PEM text of private roots, trusted beside the public ones; undefined: Node's own trust. */
  readonly privateRoots: string | undefined;
}

const CONNECT_TIMEOUT_MS = 15_000;
/** A streamed answer of which nothing more comes for so long is given up. */
const STALLED_MS = 120_000;
const PEM = /-----BEGIN CERTIFICATE-----.*?(-----END CERTIFICATE-----|$)/gs;

/**
 * Sends one request over the network, once. The agent is ours: proxy and private roots together,
 * which the SDK's own policies cannot do.
 *
 * Answers are read here too: the SDK's client waits forever for the end of a compressed answer that
 * was cut.
 */
export function createNetwork({ env, privateRoots }: NetworkOptions): HttpClient {
  const client = createDefaultHttpClient();
  const proxy = proxyUrl(env);
  const secureContext = privateRoots === undefined ? undefined : trustAlso(privateRoots);
  const trust = secureContext === undefined ? {} : { secureContext };
  let direct: HttpsAgent | undefined;
  let tunnel: Promise<HttpsProxyAgent<string>> | undefined;

  async function agentFor(url: URL): Promise<Agent> {
    if (proxy !== undefined && !isExempt(url, env.NO_PROXY ?? env.no_proxy ?? '')) {
      tunnel ??= createTunnel(proxy, trust);
      return tunnel;
    }
    direct ??= createDirectAgent(trust);
    return direct;
  }

  return {
    async sendRequest(request) {
      const url = new URL(request.url);
      // Plain http is the managed identity endpoint of this machine: neither proxy nor roots.
      const secure = url.protocol === 'https:';
      // The SDK's own timer would keep the process alive after a failure; this one does not.
      const deadline = new AbortController();
      const timer =
        request.timeout > 0
          ? setTimeout(() => deadline.abort(), request.timeout).unref()
          : undefined;
      const own = request.abortSignal;
      const signals = [own, deadline.signal].filter((one) => one instanceof AbortSignal);
      const sent = {
        ...request,
        timeout: 0,
        abortSignal: AbortSignal.any(signals),
        headers: createHttpHeaders(),
        streamResponseStatusCodes: ANY_STATUS,
        agent: secure ? await agentFor(url) : undefined,
        requestOverrides: {
          ...request.requestOverrides,
          ...(secure ? { ...trust, servername: serverName(url) } : {}),
          headers: wireHeaders(request),
        },
      } as PipelineRequest;
      try {
        return await readResponse(request, await client.sendRequest(sent));
      } catch (error) {
        if (deadline.signal.aborted && !own?.aborted) throw fault('ANSWER_TIMEOUT', error);
        throw error;
      } finally {
        // What is streamed takes as long as it comes.
        clearTimeout(timer);
      }
    },
  };
}

/**
 * What TLS calls the host: nothing for an address. Node would find the same, but by compiling a pattern of all IPv6
 * addresses before the first request leaves, one part in six of its own start.
 */
function serverName({ hostname }: URL): string {
  return hostname.startsWith('[') || /^[\d.]+$/.test(hostname) ? '' : hostname;
}

/** @throws {CliError} `usage` if they are no certificates */
function trustAlso(privateRoots: string): ReturnType<typeof createSecureContext> {
  try {
    // TLS itself would pass over what it cannot read.
    for (const [pem] of privateRoots.matchAll(PEM)) new X509Certificate(pem);
    return createSecureContext({ ca: [...rootCertificates, privateRoots] });
  } catch (error) {
    const hint = 'Give --ca-file or AML_MONITOR_CA_FILE the PEM file of a root certificate.';
    throw new CliError('usage', 'The certificates of the CA file cannot be read.', { hint }, error);
  }
}

/** The proxy that the environment names for https, undefined if none. @throws {CliError} `usage` */
export function proxyUrl(env: NetworkOptions['env']): string | undefined {
  for (const name of ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy']) {
    const value = env[name];
    if (!value) continue;
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (url?.protocol === 'http:' || url?.protocol === 'https:') return url.href;
    throw new CliError('usage', `${name} is not the http or https URL of a proxy.`);
  }
  return undefined;
}

/** Whether NO_PROXY exempts a URL: `*`, or hosts with or without port, each with all below it. */
export function isExempt(url: URL, noProxy: string): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return noProxy.split(',').some((entry) => {
    const pattern = entry.trim().toLowerCase();
    if (pattern === '*') return true;
    const [, host = '', onlyPort] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(pattern) ?? [];
    if (host === '' || (onlyPort !== undefined && onlyPort !== port)) return false;
    return url.hostname === host || url.hostname.endsWith(`.${host}`);
  });
}

const ANY_STATUS = new Set([Number.POSITIVE_INFINITY]);

function wireHeaders(request: PipelineRequest): Record<string, string | number> {
  const headers: Record<string, string | number> = request.headers.toJSON({ preserveCase: true });
  const { body } = request;
  if (typeof body === 'string') {
    for (const name of Object.keys(headers)) {
      if (name.toLowerCase() === 'content-length') delete headers[name];
    }
    headers['Content-Length'] = Buffer.byteLength(body);
  }
  return headers;
}

async function readResponse(
  request: PipelineRequest,
  response: PipelineResponse,
): Promise<PipelineResponse> {
  const { status, headers, readableStreamBody: raw } = response;
  const answer = { request, status, headers };
  if (raw === undefined) return answer;
  // The SDK types it as any readable stream; in Node it is the message itself.
  const message = raw as IncomingMessage;
  // What nobody asked to be zipped is kept so: a blob that is stored with that header, whose bytes are counted.
  const isZipped = request.headers.has('accept-encoding');
  const body = isZipped ? decompress(message, headers.get('content-encoding')) : message;
  const asked = request.streamResponseStatusCodes;
  if (asked?.has(status) || asked?.has(Number.POSITIVE_INFINITY)) {
    message.setTimeout(STALLED_MS, () => {
      // With bytes left, it is the reader that takes its time.
      if (body.readableLength === 0) body.destroy(fault('ANSWER_TIMEOUT'));
    });
    return { ...answer, readableStreamBody: body };
  }
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk));
  return { ...answer, bodyAsText: new TextDecoder().decode(Buffer.concat(chunks)) };
}

/** Unzipped so much at a time: with Node's 16 kB, handing them over takes longer than unzipping. */
const UNZIPPED_BYTES = 131_072;

/** Ends with an error if the answer does. */
function decompress(body: Readable, encoding: string | undefined): Readable {
  if (encoding !== 'gzip' && encoding !== 'deflate') return body;
  const options = { chunkSize: UNZIPPED_BYTES };
  const plain = encoding === 'gzip' ? createGunzip(options) : createInflate(options);
  return pipeline(body, plain, () => {});
}

type Trust = { readonly secureContext?: ReturnType<typeof createSecureContext> };

function createDirectAgent(trust: Trust): HttpsAgent {
  const agent = new HttpsAgent({ keepAlive: true, ...trust });
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const socket = connect(options, done);
    if (socket) {
      const timer = setTimeout(() => socket.destroy(fault('CONNECT_TIMEOUT')), CONNECT_TIMEOUT_MS);
      for (const event of ['secureConnect', 'close']) {
        socket.once(event, () => clearTimeout(timer));
      }
    }
    return socket;
  };
  return agent;
}

async function createTunnel(proxy: string, trust: Trust): Promise<HttpsProxyAgent<string>> {
  const { HttpsProxyAgent } = await import('https-proxy-agent');
  const agent = new HttpsProxyAgent(proxy, { keepAlive: true, ...trust });
  const connect = agent.connect.bind(agent);
  agent.connect = (request, options) => {
    const timer = setTimeout(() => request.destroy(fault('CONNECT_TIMEOUT')), CONNECT_TIMEOUT_MS);
    request.once('proxyConnect', ({ statusCode }: { statusCode: number }) => {
      if (statusCode !== 200) request.destroy(fault(`PROXY_${statusCode}`));
    });
    return connect(request, options).finally(() => clearTimeout(timer));
  };
  return agent;
}

function fault(code: string, cause?: unknown): Error {
  return Object.assign(new Error(code, { cause }), { code });
}
