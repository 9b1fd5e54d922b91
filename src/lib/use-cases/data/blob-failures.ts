import { CliError } from '../../errors.js';

/** Of the errors of a blob that has another ETag, or fewer bytes, than before. */
const CHANGED_CODES: readonly string[] = ['ConditionNotMet', 'InvalidRange'];

export function hasChanged(error: unknown): error is CliError {
  return error instanceof CliError && CHANGED_CODES.includes(error.facts.code ?? '');
}

/** No answer, or a service that is ill or busy. What it says against one blob, such as an archived one, is not. */
export function mayBeEverybodys(error: CliError): boolean {
  if (error.kind !== 'service') return error.kind === 'timeout';
  const { status } = error.facts;
  return status === undefined ? !hasChanged(error) : status >= 500 || status === 429;
}

/** False for what another blob would meet, too. */
export function isItsOwn(error: unknown): error is CliError {
  return error instanceof CliError && error.kind !== 'auth' && !mayBeEverybodys(error);
}
