import { CliError } from '../errors.js';
import type { Clock } from '../host.js';
import { durationText } from '../model/time-range.js';

export interface Deadline {
  /** Aborted as the given one is, or with a `timeout` once the time is over. */
  readonly signal: AbortSignal;
  /** The work is done: nothing waits for the deadline any more. */
  readonly stop: () => void;
}

/** How much later than Azure the caller gives up: what Azure says of it is worth waiting for. */
const GRACE_MS = 5000;
/** What Azure gives a query at most, and without being asked. */
const LONGEST_MS = 600_000;
const USUAL = '3 minutes';

/**
 * @param limitMs how long the work may take; undefined: as long as it likes
 * @param who on this machine nobody else ends it
 */
export function startDeadline(
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  limitMs: number | undefined,
  who: 'azure' | 'here',
): Deadline {
  if (limitMs === undefined) return { signal, stop: () => {} };
  const over = new AbortController();
  const stopped = new AbortController();
  clock.sleep(limitMs + (who === 'azure' ? GRACE_MS : 0), stopped.signal).then(
    () => over.abort(tooLate(limitMs)),
    () => undefined, // stopped in time
  );
  return { signal: AbortSignal.any([signal, over.signal]), stop: () => stopped.abort() };
}

/** @throws {CliError} `usage` for more than Azure gives a query */
export function assertAllowed(limitMs: number): void {
  if (limitMs <= LONGEST_MS) return;
  throw new CliError('usage', `Azure ends a query after ${durationText(LONGEST_MS)}.`, {
    hint: 'Give --timeout 10m or less; aml-monitor export copies in pieces what takes longer.',
  });
}

/** Azure's own end of a query, which knows nothing of `--timeout`, as the sentence for it; other errors as they are. */
export function explainTimeout(error: unknown, limitMs: number | undefined): unknown {
  if (!(error instanceof CliError && error.kind === 'timeout' && isGatewayTimeout(error))) {
    return error;
  }
  return tooLate(limitMs, error);
}

function isGatewayTimeout({ facts: { status } }: CliError): boolean {
  return status === 408 || status === 504;
}

function tooLate(limitMs: number | undefined, answer?: CliError): CliError {
  const { hint: _, ...facts } = answer?.facts ?? {};
  const [message, hint] =
    limitMs === undefined
      ? [
          `The query took longer than the ${USUAL} that Azure gives it.`,
          'Allow it more, up to --timeout 10m, or narrow what it reads, such as the time range.',
        ]
      : [
          `The query did not finish within ${durationText(limitMs)}.`,
          limitMs < LONGEST_MS
            ? 'Narrow what it reads, such as the time range, or allow more with --timeout.'
            : 'Narrow what it reads; aml-monitor export copies in pieces what takes longer.',
        ];
  return new CliError('timeout', message, { ...facts, hint }, answer);
}
