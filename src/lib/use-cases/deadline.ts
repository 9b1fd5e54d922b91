import { CliError } from '../errors.js';
import type { Clock } from '../host.js';
import { durationText } from '../model/time-range.js';

export interface Deadline {
  /** Aborted as the given one is, or with a `timeout` once the time is over. */
  readonly signal: AbortSignal;
  /** The work is done: nothing waits for the deadline any more. */
  readonly stop: () => void;
}

/** @param limitMs how long the work may take; undefined: as long as it likes */
export function startDeadline(
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  limitMs: number | undefined,
): Deadline {
  if (limitMs === undefined) return { signal, stop: () => {} };
  const over = new AbortController();
  const stopped = new AbortController();
  const late = new CliError(
    'timeout',
    `The query did not finish within ${durationText(limitMs)}.`,
    { hint: 'Narrow what it reads, such as the time range, or allow more with --timeout.' },
  );
  clock.sleep(limitMs, stopped.signal).then(
    () => over.abort(late),
    () => undefined, // stopped in time
  );
  return { signal: AbortSignal.any([signal, over.signal]), stop: () => stopped.abort() };
}
