import type { Fault } from './local-cloud.js';

/** The hosts of the v1 model management service cannot be reached. */
export const v1Unreachable: Fault = (request) => {
  if (!new URL(request.url).pathname.startsWith('/modelmanagement/')) return undefined;
  return new TypeError('fetch failed', {
    cause: Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }),
  });
};

/** This request is answered so, each time or only the first times. */
export function answerTo(
  method: string,
  path: RegExp,
  answer: (request: Request) => Response | Promise<Response>,
  times = Number.POSITIVE_INFINITY,
): Fault {
  let left = times;
  return (request) => {
    if (request.method !== method || !path.test(new URL(request.url).pathname)) return undefined;
    if (left <= 0) return undefined;
    left -= 1;
    return answer(request);
  };
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
}
