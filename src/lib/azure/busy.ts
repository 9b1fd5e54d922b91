import { CliError } from '../errors.js';

export const POLL_MS = 5000;
/** How long another change is waited for. */
export const BUSY_TIMEOUT_MS = 30 * 60_000;

/** @param refusal how Azure refused the change last, if it was asked */
export function busyForTooLong(name: string, refusal?: CliError): CliError {
  const minutes = BUSY_TIMEOUT_MS / 60_000;
  const message = `"${name}" was still busy with another change after ${minutes} minutes.`;
  return new CliError('timeout', message, refusal?.facts, refusal);
}
