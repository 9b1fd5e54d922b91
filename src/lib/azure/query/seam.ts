import { addAbortSignal, Readable } from 'node:stream';
import type { HttpClient, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import { CliError } from '../../errors.js';
import type { Clock } from '../../host.js';
import type { QueryOptions } from '../gateways.js';
import { isObject, readAny } from '../payload.js';
import { connectionError, faultCode, mayPass } from '../wire/faults.js';
import { backoff, retryAfter, waitAfter } from '../wire/retry.js';
import { type OpenAnswer, openAnswer } from './answer-reader.js';
import type { QueryLimiter } from './limiter.js';
import { queryError } from './query-error.js';

export interface SeamOptions {
  readonly client: HttpClient;
  readonly clock: Clock;
  readonly limiter: QueryLimiter;
  readonly kql: string;
  readonly options: QueryOptions;
  readonly signal: AbortSignal;
  /** How often the query was sent before. */
  readonly attempt: number;
  /** Told when the answer is over, read or given up. */
  readonly onEnd: () => void;
}

/** Stands under the SDK for one try of a query. */
export interface Seam {
  readonly client: HttpClient;
  /** The answer, once the SDK has its own. */
  readonly answer: () => OpenAnswer;
  /** What Azure refused the token with; the SDK is shown it, and meets a challenge that is in it. */
  readonly refusal: () => CliError | undefined;
  /** Milliseconds after which the query may be sent again; undefined: it must not be. */
  readonly pauseMs: () => number | undefined;
}

/** All that the SDK ever sees of an answer. */
const FRAME = '{"tables":[]}';

export function createSeam(setting: SeamOptions): Seam {
  const { client, clock, limiter, kql, options, signal, attempt, onEnd } = setting;
  let answer: OpenAnswer | undefined;
  let refusal: CliError | undefined;
  let pauseMs: number | undefined;

  async function send(request: PipelineRequest): Promise<PipelineResponse> {
    refusal = undefined;
    const response = await client.sendRequest(withOptions(request, options));
    const { status, headers, bodyAsText, readableStreamBody: body } = response;
    if (status >= 300) {
      const error = queryError({ status, headers, text: bodyAsText ?? '' }, kql);
      const now = clock.now();
      pauseMs = waitAfter(response, 'query', attempt, now);
      const asked = status === 429 ? retryAfter(headers, now) : undefined;
      if (asked !== undefined && pauseMs !== undefined) limiter.holdBack(asked);
      // A token is refused with 403, too.
      if (error.facts.status !== 401) throw error;
      refusal = error;
      return { ...response, request };
    }
    // A workspace that never had data answers 204, or 200, with nothing.
    const bytes = body instanceof Readable ? body : Readable.from([]);
    answer = await openAnswer(guarded(bytes, signal, onEnd));
    const frame = answer.frame();
    if (isObject(readAny(frame, 'error')) && !Array.isArray(readAny(frame, 'tables'))) {
      throw queryError({ status, headers, text: JSON.stringify(frame) }, kql);
    }
    const { readableStreamBody: _, ...rest } = response;
    return { ...rest, request, status: 200, bodyAsText: FRAME };
  }

  return {
    client: {
      sendRequest: (request) =>
        send(request).catch((error: unknown) => {
          const code = faultCode(error);
          if (mayPass(code)) pauseMs = backoff(attempt);
          if (error instanceof CliError || code === undefined) throw error;
          const url = new URL(request.url);
          throw connectionError(error, { url, proxy: undefined, write: false });
        }),
    },
    answer() {
      if (answer === undefined) throw new Error('The SDK answers without asking.');
      return answer;
    },
    refusal: () => refusal,
    pauseMs: () => pauseMs,
  };
}

/** The SDK's request with exactly the time range that was asked for, and with what it has no option for. */
function withOptions(
  request: PipelineRequest,
  { timespan, includePermissions }: QueryOptions,
): PipelineRequest {
  const { timespan: _placeholder, ...body } = JSON.parse(String(request.body));
  const headers = request.headers;
  if (includePermissions) {
    const prefer = headers.get('prefer');
    headers.set('prefer', [prefer, 'include-permissions=true'].filter(Boolean).join(','));
  }
  return {
    ...request,
    headers,
    streamResponseStatusCodes: new Set([200]),
    body: JSON.stringify(timespan === undefined ? body : { ...body, timespan }),
  };
}

/** The bytes of an answer. However it ends, its connection is over then; whatever breaks it is a broken connection. */
async function* guarded(
  body: Readable,
  signal: AbortSignal,
  onEnd: () => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* addAbortSignal(signal, body);
  } catch (error) {
    signal.throwIfAborted();
    if (faultCode(error) !== undefined) throw error;
    throw Object.assign(new Error('the answer broke', { cause: error }), { code: 'ECONNRESET' });
  } finally {
    onEnd();
  }
}
