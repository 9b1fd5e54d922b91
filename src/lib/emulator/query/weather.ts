import { Dropped, logsFault } from '../answers.js';
import { drawsFrom } from '../scoring/random.js';
import type { Behaviour } from '../state/state.js';
import { throttled } from './admission.js';

/**
 * What happens to one request on its way: answered late, refused for no reason of its own, or its connection
 * breaks. Of bad requests one in five each is refused with 429 and a time, with 429 and none, with 503, loses its
 * connection before the answer, or within.
 */
export interface Weather {
  /**
   * @returns after how many bytes the answer breaks off; undefined: it does not
   * @throws {Refusal | Dropped} instead of an answer
   */
  next(behaviour: Behaviour['query'], signal: AbortSignal): Promise<number | undefined>;
}

export function createWeather(): Weather {
  let requests = 0;
  return {
    async next({ latencyMs, faults }, signal) {
      const draws = drawsOf(faults.seed, requests++);
      if (latencyMs > 0) await delay(latencyMs, signal);
      if (draws() >= faults.rate) return undefined;
      switch (Math.floor(draws() * 5)) {
        case 0:
          throw throttled('Rate limit of a bad day is exceeded.', 0, 1);
        case 1:
          throw throttled('Rate limit of a bad day is exceeded.', 0);
        case 2:
          throw logsFault({
            status: 503,
            code: 'ServiceUnavailable',
            message: 'The service is temporarily unavailable',
          });
        case 3:
          throw new Dropped();
        default: // anything from the first bytes to some megabytes
          return Math.floor(2 ** (draws() * 22));
      }
    },
  };
}

/** With a seed the same requests, in the same order, meet the same weather. */
function drawsOf(seed: string | null, request: number): () => number {
  if (seed === null) return Math.random;
  return drawsFrom(`${seed}/weather/${request}`).next;
}

function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** The pieces up to a number of bytes, or without the end if they are fewer; then the connection breaks. */
export async function* breakOff(
  pieces: AsyncIterable<Uint8Array>,
  afterBytes: number,
): AsyncGenerator<Uint8Array> {
  let left = afterBytes;
  let held: Uint8Array | undefined;
  for await (const piece of pieces) {
    if (held) yield held;
    held = piece;
    left -= piece.length;
    if (left <= 0) break;
  }
  if (held) yield held.subarray(0, Math.min(held.length - 1, held.length + left));
  throw new Dropped();
}
