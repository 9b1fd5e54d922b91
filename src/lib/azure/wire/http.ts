import {
  bearerTokenAuthenticationPolicy,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  type HttpMethods,
  setClientRequestIdPolicy,
} from '@azure/core-rest-pipeline';
import { CliError } from '../../errors.js';
import type { Clock } from '../../host.js';
import { isObject, readAny, readArray, readString } from '../payload.js';
import type { AzureCredential } from '../sign-in/credential.js';
import { retryAfter } from './retry.js';
import { originalOf, readServiceError, sentence, toCliError } from './service-error.js';

export interface Answer {
  readonly status: number;
  readonly headers: { readonly get: (name: string) => string | undefined };
  /** Exactly as it was sent. */
  readonly text: string;
  /** The JSON of it, undefined if it is none. */
  readonly body: unknown;
}

export interface SendOptions {
  readonly body?: string;
  readonly contentType?: string;
  /** Statuses from 400 up that are answers, not errors. */
  readonly allow?: readonly number[];
  /** The role that has the right, where Azure Machine Learning's have not: for the hint of a refusal. */
  readonly role?: string;
}

export interface WaitOptions {
  readonly timeoutMs: number;
  /** What is being done, as the subject of an error: `The change of "churn"`. */
  readonly what: string;
}

/** One API of Azure over HTTP, with a token. */
export interface AzureHttp {
  /** @throws {CliError} for a status from 400 up that is not allowed */
  send(method: HttpMethods, url: string, options?: SendOptions): Promise<Answer>;
  /** The items of all pages. */
  list(url: string, options?: Pick<SendOptions, 'role'>): AsyncGenerator<unknown>;
  /** Polls an operation until it ends. @throws {CliError} with its error, or `timeout` */
  waitFor(url: string, options: WaitOptions): Promise<void>;
}

export interface AzureHttpOptions {
  readonly client: HttpClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Without, no token is sent. */
  readonly credential?: AzureCredential;
  readonly scope?: string;
}

const POLL_MS = 5000;
const MOST_PAGES = 10_000;

export function createAzureHttp(options: AzureHttpOptions): AzureHttp {
  const { client, clock, signal, credential, scope } = options;
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(setClientRequestIdPolicy());
  if (credential && scope) {
    pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes: scope }));
  }

  async function send(
    method: HttpMethods,
    url: string,
    { body, contentType = 'application/json', allow = [], role }: SendOptions = {},
  ): Promise<Answer> {
    const headers = createHttpHeaders({ accept: 'application/json', 'accept-encoding': 'gzip' });
    if (body !== undefined) headers.set('content-type', contentType);
    const request = createPipelineRequest({
      url,
      method,
      headers,
      abortSignal: signal,
      ...(body === undefined ? {} : { body }),
    });
    const response = await pipeline.sendRequest(client, request);
    const { status } = response;
    const text = response.bodyAsText ?? '';
    const answer = { status, headers: response.headers, text, body: parseJson(text) };
    if (status >= 400 && !allow.includes(status)) throw toCliError(answer, role);
    if (status >= 300 && status < 400) {
      throw new CliError('service', `${new URL(url).host} redirects instead of answering.`, {
        status,
      });
    }
    return answer;
  }

  return {
    send,
    async *list(url, options) {
      const seen = new Set<string>();
      let next: string | undefined = url;
      while (next !== undefined && next !== '') {
        if (seen.has(next) || seen.size > MOST_PAGES) {
          throw new CliError('service', `The list at ${new URL(url).host} does not end.`);
        }
        seen.add(next);
        const { body }: Answer = await send('GET', next, options);
        yield* readArray(body, 'value');
        next = readString(body, 'nextLink', { ifAbsent: '' });
      }
    },
    async waitFor(url, { timeoutMs, what }) {
      const deadline = clock.now().getTime() + timeoutMs;
      for (;;) {
        const { body, headers } = await send('GET', url);
        const state = readString(body, 'state').toLowerCase();
        if (state === 'succeeded') return;
        if (state === 'failed' || state === 'cancelled' || state === 'timedout') {
          throw operationError(body, what, state);
        }
        const pauseMs = retryAfter(headers, clock.now()) ?? POLL_MS;
        if (clock.now().getTime() + pauseMs > deadline) throw tooLate(what, timeoutMs);
        await clock.sleep(pauseMs, signal);
      }
    },
  };
}

/** The error of an operation that Azure ended without success, with its code, message and details. */
export function operationError(body: unknown, what: string, state: string): CliError {
  const error = readAny(body, 'error');
  const { code, message, details, correlationId } = readServiceError(isObject(error) ? body : {});
  const reason = message === undefined ? '.' : `: ${sentence(message)}`;
  const whole = `${what} ended as ${state}${reason}`;
  return new CliError('service', whole, {
    ...originalOf(message, whole),
    ...(code === undefined ? {} : { code }),
    ...(details.length === 0 ? {} : { details }),
    ...(correlationId === undefined ? {} : { correlationId }),
  });
}

/** @param look the command that shows how far it is */
export function tooLate(what: string, timeoutMs: number, look = 'show'): CliError {
  return new CliError('timeout', `${what} was not over after ${timeoutMs / 60_000} minutes.`, {
    hint: `It goes on in Azure: look again with aml-monitor ${look}.`,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not every answer is JSON; whoever reads a member of it says so.
  }
}
