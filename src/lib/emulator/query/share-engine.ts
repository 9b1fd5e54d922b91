import type { Engine } from '../../engine/engine.js';

/** So long an engine that nobody uses is kept: opening one takes longer than a small query. */
const IDLE_MS = 5000;

interface Shared {
  readonly engine: Promise<Engine>;
  users: number;
  closing: NodeJS.Timeout | undefined;
}

/** Lets all that is asked at the same time, or soon after, have one engine, whose memory is bounded. Each closes its own. */
export function shareEngine(open: () => Promise<Engine>, idleMs = IDLE_MS): () => Promise<Engine> {
  let current: Shared | undefined;

  function leave(shared: Shared) {
    shared.users -= 1;
    if (shared.users > 0) return;
    shared.closing = setTimeout(() => {
      if (current === shared) current = undefined;
      shared.engine.then((engine) => engine.close()).catch(() => undefined); // it never opened
    }, idleMs);
    shared.closing.unref();
  }

  return async () => {
    current ??= { engine: open(), users: 0, closing: undefined };
    const shared = current;
    shared.users += 1;
    clearTimeout(shared.closing);
    const engine = await shared.engine.catch((error: unknown) => {
      if (current === shared) current = undefined;
      throw error;
    });
    let isMine = true;
    return {
      ...engine,
      async close() {
        if (isMine) leave(shared);
        isMine = false;
      },
    };
  };
}
