import { CliError } from '../errors.js';
import type { Answer } from './wire/http.js';
import { readServiceError } from './wire/service-error.js';

export const POLL_MS = 5000;
/** How long another change is waited for. */
export const BUSY_TIMEOUT_MS = 30 * 60_000;

/**
 * Codes of ARM's that come with 409 and stay until a person does something.
 *
 * Known from: documented, "Resolve common Azure deployment errors", "Lock your resources".
 */
const LASTING = new Set([
  'scopelocked',
  'readonlydisabledsubscription',
  'missingsubscriptionregistration',
  'resourcegroupbeingdeleted',
]);

/** Whether an answer refuses a change for good, with the status that else means another change under way. */
export function isLastingConflict({ status, body }: Pick<Answer, 'status' | 'body'>): boolean {
  return status === 409 && LASTING.has(readServiceError(body).code?.toLowerCase() ?? '');
}

/** @param refusal how Azure refused the change last, if it was asked */
export function busyForTooLong(name: string, refusal?: CliError): CliError {
  const minutes = BUSY_TIMEOUT_MS / 60_000;
  const message = `"${name}" was still busy with another change after ${minutes} minutes.`;
  return new CliError('timeout', message, refusal?.facts, refusal);
}
