import { CliError } from '../errors.js';

export const POLL_MS = 5000;
/** How long another change is waited for. */
export const BUSY_TIMEOUT_MS = 30 * 60_000;

export function busyForTooLong(name: string): CliError {
  const minutes = BUSY_TIMEOUT_MS / 60_000;
  return new CliError(
    'timeout',
    `"${name}" was still busy with another change after ${minutes} minutes.`,
  );
}
