import { isRestError } from '@azure/core-rest-pipeline';
import { toCliError } from './service-error.js';

/** What an SDK client threw: a `CliError` if a service answered, else the thing itself. */
export function fromSdk(error: unknown): unknown {
  if (!isRestError(error) || error.response === undefined) return error;
  const { status, headers, bodyAsText } = error.response;
  return toCliError({ status, headers, text: bodyAsText ?? '' });
}
