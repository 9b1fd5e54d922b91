import type { Clock } from '../../host.js';
import { untilAborted } from '../until-aborted.js';

/** Keeps the queries of this process within what Log Analytics allows one user. */
export interface QueryLimiter {
  /** Waits for its turn, first come, first served. Call the answer when the query is over. */
  readonly enter: (signal: AbortSignal) => Promise<() => void>;
  /** Lets no further query start for so long. */
  readonly holdBack: (ms: number) => void;
}

/** Contract: 5 queries of a user run at once, 200 start in 30 seconds. Known from: documented, "Azure Monitor service limits". */
const MOST_AT_ONCE = 5;
const MOST_STARTS = 200;
const WINDOW_MS = 30_000;

export function createQueryLimiter(clock: Clock): QueryLimiter {
  let running = 0;
  /** The instants of the last starts, oldest first. */
  let starts: readonly number[] = [];
  let heldUntil = 0;
  /** Over when whoever came before has started or given up. */
  let queue = Promise.resolve();
  let onLeave = () => {};

  function pauseMs(): number {
    const now = clock.now().getTime();
    const [first = 0] = starts;
    const full = starts.length < MOST_STARTS ? 0 : Math.min(first + WINDOW_MS - now, WINDOW_MS);
    return Math.max(heldUntil - now, full);
  }

  function start(): () => void {
    let isRunning = true;
    running += 1;
    starts = [...starts, clock.now().getTime()].slice(-MOST_STARTS);
    return () => {
      if (isRunning) running -= 1;
      isRunning = false;
      onLeave();
    };
  }

  return {
    async enter(signal) {
      const before = queue;
      let letNext = () => {};
      queue = new Promise((resolve) => {
        letNext = resolve;
      });
      try {
        await untilAborted(before, signal);
        while (running >= MOST_AT_ONCE) {
          const left = new Promise<void>((resolve) => {
            onLeave = resolve;
          });
          await untilAborted(left, signal);
        }
        for (let ms = pauseMs(); ms > 0; ms = pauseMs()) await clock.sleep(ms, signal);
        signal.throwIfAborted();
        return start();
      } finally {
        void before.then(letNext);
      }
    },
    holdBack(ms) {
      heldUntil = Math.max(heldUntil, clock.now().getTime() + ms);
    },
  };
}
