import type { Clock, Report } from '../host.js';

const POLL_MS = 5000;

/** What following needs beside the gateways. */
export interface PollPorts {
  readonly clock: Clock;
  readonly report: Report;
  readonly signal: AbortSignal;
  /** Aborted once nobody reads what comes. */
  readonly closed: AbortSignal;
}

/** Answers false, at once, when nobody reads any more. Throws the reason of `signal`. */
export async function waitForNextPoll({ clock, signal, closed }: PollPorts): Promise<boolean> {
  if (closed.aborted) return false;
  try {
    await clock.sleep(POLL_MS, AbortSignal.any([signal, closed]));
    return true;
  } catch (error) {
    if (closed.aborted && !signal.aborted) return false;
    throw error;
  }
}
