import { Readable } from 'node:stream';
import {
  createHttpHeaders,
  type HttpClient,
  type PipelineRequest,
} from '@azure/core-rest-pipeline';
import { CliError } from '../../errors.js';
import { faultCode } from './faults.js';

/** Hands each request to a function instead of the network: the local cloud, or a test's recording. */
export function createInProcess(fetch: (request: Request) => Promise<Response>): HttpClient {
  return {
    async sendRequest(request) {
      const response = await fetch(toRequest(request)).catch((error: unknown) => {
        throw asFault(error);
      });
      const { status, body } = response;
      const answer = {
        request,
        status,
        headers: createHttpHeaders(Object.fromEntries(response.headers)),
      };
      return body && request.streamResponseStatusCodes?.has(status)
        ? { ...answer, readableStreamBody: Readable.fromWeb(body) }
        : { ...answer, bodyAsText: await response.text() };
    },
  };
}

function toRequest({ url, method, headers, body, abortSignal }: PipelineRequest): Request {
  return new Request(url, {
    method,
    headers: headers.toJSON(),
    ...(typeof body === 'string' ? { body } : {}),
    ...(abortSignal instanceof AbortSignal ? { signal: abortSignal } : {}),
  });
}

/** A function that throws stands for a connection that breaks, unless it says what is wrong. */
function asFault(error: unknown): unknown {
  if (error instanceof CliError || faultCode(error) !== undefined) return error;
  if (error instanceof Error && error.name === 'AbortError') return error;
  return Object.assign(new Error('no answer', { cause: error }), { code: 'ECONNRESET' });
}
