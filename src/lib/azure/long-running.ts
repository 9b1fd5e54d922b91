import { createHttpPoller, type RawResponse } from '@azure/core-lro';
import { CliError } from '../errors.js';
import type { Clock } from '../host.js';
import { POLL_MS } from './busy.js';
import { readString } from './payload.js';
import { type Answer, type AzureHttp, operationError, tooLate } from './wire/http.js';
import { retryAfter } from './wire/retry.js';

export interface LongRunningOptions {
  readonly http: AzureHttp;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** What is being done, as the subject of an error. */
  readonly what: string;
  /** The command that shows how far it is; default `show`. */
  readonly look?: string;
}

/**
 * Follows the operation that a change has begun until it ends: by its `Azure-AsyncOperation` or `Location`, else by
 * the resource's own state.
 *
 * Contract: ARM asynchronous operations; Azure ML's status is a provisioning state until it is a final one.
 * Known from: recorded update of azure-ai-ml 1.26.0.
 *
 * @throws {CliError} with Azure's code, message and details, or `timeout`
 */
export async function followChange(
  url: string,
  accepted: Answer,
  { http, clock, signal, timeoutMs, what, look }: LongRunningOptions,
): Promise<void> {
  let last = accepted;
  const poller = await createHttpPoller(
    {
      // What begins with a PATCH is followed in the same way.
      requestMethod: 'PUT',
      requestPath: url,
      sendInitialRequest: async () => toLro(accepted),
      sendPollRequest: async (pollUrl) => {
        last = await http.send('GET', pollUrl);
        return toLro(last);
      },
    },
    { resourceLocationConfig: 'original-uri', resolveOnUnsuccessful: true },
  );
  const deadline = clock.now().getTime() + timeoutMs;
  while (!poller.isDone()) {
    // The SDK would wait by a timer of its own.
    const pauseMs = retryAfter(last.headers, clock.now()) ?? POLL_MS;
    if (clock.now().getTime() + pauseMs > deadline) throw tooLate(what, timeoutMs, look);
    await clock.sleep(pauseMs, signal);
    try {
      await poller.poll();
    } catch (error) {
      // The poller ends with a read of the resource, which may be behind: what succeeded has.
      if (!(error instanceof CliError) || !hasSucceeded(last.body)) throw error;
      return;
    }
  }
  const { status } = poller.getOperationState();
  if (status !== 'succeeded') throw operationError(last.body, what, status);
}

function hasSucceeded(operation: unknown): boolean {
  return readString(operation, 'status', { ifAbsent: '' }).toLowerCase() === 'succeeded';
}

function toLro({ status, headers, body }: Answer) {
  const names = ['azure-asyncoperation', 'operation-location', 'location', 'retry-after'];
  const sent = names.flatMap((name) => {
    const value = headers.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const rawResponse: RawResponse = {
    statusCode: status,
    headers: Object.fromEntries(sent),
    body,
  };
  return { flatResponse: body, rawResponse };
}
