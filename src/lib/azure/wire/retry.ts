/** How a request may be repeated: a query is a read that is never sent again after 504. */
export type RequestKind = 'read' | 'query' | 'write';

/** How often a request is sent again. */
export const RETRIES = 3;
const PASSING_STATUS = new Set([408, 429, 500, 502, 503, 504, 530]);
/** Whoever asks to wait for longer is given up on. */
const LONGEST_WAIT_MS = 120_000;

interface Refused {
  readonly status: number;
  readonly headers: { readonly get: (name: string) => string | undefined };
}

/** How many milliseconds to wait before the request is sent again, undefined if it must not be. */
export function waitAfter(
  { status, headers }: Refused,
  kind: RequestKind,
  attempt: number,
  now: Date,
): number | undefined {
  const asked = retryAfter(headers, now);
  if (kind === 'write') {
    if ((status !== 429 && status !== 503) || asked === undefined) return undefined;
  } else if (!PASSING_STATUS.has(status) || (kind === 'query' && status === 504)) {
    return undefined;
  }
  // Some ask for no wait at all, and all tries would be over at once.
  const waitMs = Math.max(asked ?? 0, backoff(attempt));
  return waitMs > LONGEST_WAIT_MS ? undefined : waitMs;
}

/** Doubles from one second, less up to half of it, so that many do not come back at once. */
export function backoff(attempt: number): number {
  return 1000 * 2 ** attempt * (1 - Math.random() / 2);
}

/** How many milliseconds an answer asks to wait, in any of the ways that Azure's services use. */
export function retryAfter(headers: Refused['headers'], now: Date): number | undefined {
  for (const name of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const ms = headers.get(name)?.trim();
    if (ms && NUMBER.test(ms)) return Number(ms);
  }
  const asked = headers.get('retry-after')?.trim();
  if (!asked) return undefined;
  if (NUMBER.test(asked)) return Number(asked) * 1000;
  // Without a word in it, what looks like a date to the parser is none: `-1`, `1,5`.
  const date = /[a-z]{3}/i.test(asked) ? Date.parse(asked) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}

const NUMBER = /^\d+(\.\d+)?$/;
