import type { HttpClient, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import { CliError } from '../../errors.js';
import type { Clock, Files, Report } from '../../host.js';
import { connectionError, faultCode, mayPass, wasRefused } from './faults.js';
import { createInProcess } from './in-process.js';
import { createNetwork, proxyUrl } from './network.js';
import { redactUrl } from './redact.js';
import { backoff, RETRIES, type RequestKind, waitAfter } from './retry.js';

export interface ClientRules {
  /** Whether this client's token or secret may go to a URL. Anything else is refused before it is sent. */
  readonly accepts: (url: URL) => boolean;
  /** True: every request is checked, for its body is the secret. Else those with a token. */
  readonly always?: boolean;
  /** True: a server that the user named, outside the cloud; the network leads there whatever replaces it. */
  readonly isOutside?: boolean;
  /** By default what is not GET or HEAD is a write. */
  readonly kindOf?: (request: PipelineRequest) => RequestKind;
}

/** The only way out of the process: proxy, roots, retries, where secrets may go, `--debug` lines. */
export interface Transport {
  /** An `httpClient` for SDK clients, credentials and our own calls. */
  readonly client: (rules: ClientRules) => HttpClient;
}

export interface TransportOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly report: Pick<Report, 'debug'>;
  readonly files: Pick<Files, 'read'>;
  /** Names the proxy and further roots. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly caFile: string | undefined;
  /** Replaces the network inside the cloud. */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined;
}

const ANSWER_TIMEOUT_MS = 120_000;

/** @throws {CliError} `usage` if the CA file or the proxy is not one */
export async function createTransport(options: TransportOptions): Promise<Transport> {
  const { clock, signal, report, env, fetch } = options;
  let network: Promise<HttpClient> | undefined;
  const openNetwork = () => {
    network ??= readPrivateRoots(options).then((privateRoots) =>
      createNetwork({ env, privateRoots }),
    );
    return network;
  };
  const inside = fetch ? createInProcess(fetch) : await openNetwork();

  async function once(wire: HttpClient, request: PipelineRequest): Promise<PipelineResponse> {
    const start = clock.now().getTime();
    const tell = (outcome: string | number, response?: PipelineResponse) => {
      const duration = clock.now().getTime() - start;
      const ids = response ? requestIds(response) : '';
      report.debug(`${request.method} ${redactUrl(request.url)} ${outcome} ${duration} ms${ids}`);
    };
    try {
      const response = await wire.sendRequest(request);
      tell(response.status, response);
      return response;
    } catch (error) {
      tell(faultCode(error) ?? (error instanceof Error ? error.name : 'failed'));
      throw error;
    }
  }

  async function send(
    wire: HttpClient,
    request: PipelineRequest,
    kind: RequestKind,
  ): Promise<PipelineResponse> {
    for (let attempt = 0; ; attempt++) {
      signal.throwIfAborted();
      // A query is sent again by its gateway, which knows how much of the answer came.
      const last = attempt === RETRIES || kind === 'query' || !isRepeatable(request);
      let waitMs: number | undefined;
      try {
        const response = await once(wire, bounded(request, kind, signal));
        waitMs = last ? undefined : waitAfter(response, kind, attempt, clock.now());
        if (waitMs === undefined) return response;
        discard(response);
      } catch (error) {
        signal.throwIfAborted();
        if (request.abortSignal?.aborted || error instanceof CliError) throw error;
        const code = faultCode(error);
        if (code === undefined) throw error;
        const repeat = kind === 'write' ? wasRefused(code) : mayPass(code);
        if (last || !repeat) {
          const url = new URL(request.url);
          const proxy = fetch && wire === inside ? undefined : proxyUrl(env);
          throw connectionError(error, { url, proxy, write: kind === 'write' });
        }
        waitMs = backoff(attempt);
      }
      await clock.sleep(waitMs, signal);
    }
  }

  return {
    client: ({ accepts, always = false, isOutside = false, kindOf = kindByMethod }) => ({
      async sendRequest(request) {
        const guarded = always || request.headers.has('authorization');
        if (guarded) assertAccepted(request.url, request.url, accepts);
        const wire = isOutside ? await openNetwork() : inside;
        const response = await send(wire, request, kindOf(request));
        const location = response.headers.get('location');
        if (guarded && response.status >= 300 && response.status < 400 && location) {
          assertAccepted(location, request.url, accepts);
        }
        // SDK clients look their operation up by the request that they made.
        return { ...response, request };
      },
    }),
  };
}

/**
 * Refuses a URL that must not see a token: a `nextLink`, poll URL or redirect that points elsewhere.
 *
 * @throws {CliError} `service`
 */
export function assertAccepted(url: string, base: string, accepts: ClientRules['accepts']): void {
  const target = URL.canParse(url, base) ? new URL(url, base) : undefined;
  if (target && accepts(target)) return;
  const host = target ? target.host : 'an unreadable address';
  throw new CliError(
    'service',
    `The request to ${host} was not sent: it is not a host of this cloud.`,
    {
      code: 'ForeignHost',
      hint: 'A token would have gone there. Check --cloud and the workspace.',
    },
  );
}

function kindByMethod({ method }: PipelineRequest): RequestKind {
  return method === 'GET' || method === 'HEAD' ? 'read' : 'write';
}

function isRepeatable({ body }: PipelineRequest): boolean {
  return body === undefined || body === null || typeof body === 'string';
}

/** A copy that ends with the program's signal. A query's time is limited by the service itself. */
function bounded(
  request: PipelineRequest,
  kind: RequestKind,
  signal: AbortSignal,
): PipelineRequest {
  const own = request.abortSignal;
  const abortSignal = own instanceof AbortSignal ? AbortSignal.any([own, signal]) : signal;
  return { ...request, abortSignal, timeout: kind === 'query' ? 0 : ANSWER_TIMEOUT_MS };
}

function discard({ readableStreamBody: body }: PipelineResponse): void {
  if (body && 'destroy' in body && typeof body.destroy === 'function') body.destroy();
}

/** The ids that Microsoft's support asks for. */
function requestIds({ headers }: PipelineResponse): string {
  return ['x-ms-request-id', 'x-ms-correlation-request-id', 'x-request-id']
    .flatMap((name) => {
      const id = headers.get(name)?.replace(/[^\w:.|-]/g, '');
      return id ? [` ${name}=${id}`] : [];
    })
    .join('');
}

async function readPrivateRoots(options: TransportOptions): Promise<string | undefined> {
  if (options.caFile === undefined) return undefined;
  const roots = await readPem(options.caFile, 'The CA file', options.files);
  // Our own list of roots replaces Node's, which has these.
  const extra = options.env.NODE_EXTRA_CA_CERTS;
  const extraRoots = extra ? await options.files.read(extra) : undefined;
  return extraRoots === undefined ? roots : `${roots}\n${extraRoots}`;
}

async function readPem(path: string, what: string, files: Pick<Files, 'read'>): Promise<string> {
  const text = await files.read(path);
  if (text?.includes('-----BEGIN CERTIFICATE-----')) return text;
  const problem = text === undefined ? 'does not exist' : 'holds no PEM certificate';
  throw new CliError('usage', `${what} "${path}" ${problem}.`, {
    hint: 'Give --ca-file or AML_MONITOR_CA_FILE the PEM file of a root certificate.',
  });
}
