import { type InnerFault, logsFault } from '../answers.js';
import type { Behaviour } from '../state/state.js';

/**
 * Lets queries in, as the service does for one user: so many at once, others wait in their order, and only so many
 * in a span of time. What it counts is of this process alone, and gone with it.
 *
 * Known from: documented (Azure Monitor service limits, "Query API" and "User query throttling"); the body of a refusal
 * from a recording of 2016.
 */
export interface Admission {
  /**
   * @returns what the query calls when it is done
   * @throws {Refusal} 429 where there are too many; the signal's reason if that is aborted meanwhile
   */
  enter(limits: AdmissionLimits, now: Date, signal: AbortSignal): Promise<() => void>;
}

export type AdmissionLimits = Pick<Behaviour['query'], 'throttle' | 'queue'>;

interface Waiting {
  readonly start: () => void;
}

export function createAdmission(): Admission {
  const started: number[] = [];
  const waiting: Waiting[] = [];
  let running = 0;

  function leave() {
    const next = waiting.shift();
    if (next) next.start();
    else running -= 1;
  }

  function assertRate(throttle: AdmissionLimits['throttle'], now: Date) {
    if (!throttle) return;
    const { requests, seconds } = throttle;
    const since = now.getTime() - seconds * 1000;
    while ((started[0] ?? Number.POSITIVE_INFINITY) <= since) started.shift();
    const oldest = started[started.length - requests];
    if (oldest !== undefined) {
      const message = `Rate limit of ${requests} per ${seconds} seconds is exceeded.`;
      throw throttled(message, requests, Math.max(1, Math.ceil((oldest - since) / 1000)));
    }
    started.push(now.getTime());
  }

  function wait({ waitSeconds }: AdmissionLimits['queue'], signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = (reason: unknown) => {
        waiting.splice(waiting.indexOf(place), 1);
        end();
        reject(reason);
      };
      const aborted = () => giveUp(signal.reason);
      const message = `The query waited for more than ${waitSeconds} seconds to be run.`;
      const timer = setTimeout(() => giveUp(throttled(message, waitSeconds)), waitSeconds * 1000);
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', aborted);
      };
      const place = {
        start() {
          end();
          resolve();
        },
      };
      waiting.push(place);
      signal.addEventListener('abort', aborted, { once: true });
    });
  }

  return {
    async enter({ throttle, queue }, now, signal) {
      signal.throwIfAborted();
      assertRate(throttle, now);
      if (running < queue.running) running += 1;
      else if (waiting.length < queue.waiting) await wait(queue, signal);
      else throw throttled(`More than ${queue.waiting} queries are waiting.`, queue.waiting);
      let isIn = true;
      return () => {
        if (isIn) leave();
        isIn = false;
      };
    },
  };
}

/** @param retryAfterSeconds undefined: the answer does not say when to come again */
export function throttled(message: string, limitValue: number, retryAfterSeconds?: number) {
  const innererror: InnerFault = {
    code: 'ThrottledError',
    message,
    limitValue,
    moreInfo: 'https://aka.ms/api-limits',
  };
  return logsFault({
    status: 429,
    code: 'ThrottledError',
    message: 'Rate limit is exceeded',
    innererror,
    ...(retryAfterSeconds !== undefined && { headers: { 'retry-after': `${retryAfterSeconds}` } }),
  });
}
