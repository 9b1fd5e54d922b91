import { CliError, type ErrorFacts, type ErrorKind, Interrupted } from '../errors.js';

/** Why a change failed, as plain data. */
export interface Failure extends Omit<ErrorFacts, 'kql'> {
  readonly kind: ErrorKind;
  readonly message: string;
}

/** One of several changes. */
export interface NamedOutcome {
  readonly name: string;
  readonly error: Failure | null;
}

export function failureOf({ kind, message, facts: { kql: _, ...facts } }: CliError): Failure {
  return { kind, message, ...facts };
}

/** Fails if a change did: with the error itself if there was but one, else as `failureOfSome` has it. */
export function assertNoneFailed(outcomes: readonly NamedOutcome[]): void {
  const failed = outcomes.filter(({ error }) => error !== null);
  const [first] = failed;
  if (!first?.error) return;
  if (outcomes.length > 1) throw failureOfSome(outcomes);
  const { kind, message, ...facts } = first.error;
  throw new CliError(kind, message, facts);
}

/** The error of changes of which one failed at least: of their kind if all failed alike, else `incomplete`. */
export function failureOfSome(outcomes: readonly NamedOutcome[]): CliError {
  const failed = outcomes.flatMap(({ name, error }) => (error ? [{ name, error }] : []));
  const isAll = failed.length === outcomes.length;
  const kinds = new Set(failed.map(({ error }) => error.kind));
  const message = isAll
    ? `None of the ${outcomes.length} changes was made.`
    : `${failed.length} of ${outcomes.length} changes ${failed.length > 1 ? 'were' : 'was'} not made.`;
  const details = failed.flatMap(({ name, error }) => [
    { code: name, message: error.message },
    ...(error.details ?? []).map(({ code, message }) => ({ code: `${name}: ${code}`, message })),
  ]);
  const hints = new Set(failed.map(({ error }) => error.hint));
  const [kind] = kinds;
  const [hint] = hints;
  const facts = { details, ...(hints.size === 1 && hint !== undefined ? { hint } : {}) };
  return new CliError(isAll && kinds.size === 1 && kind ? kind : 'incomplete', message, facts);
}

/** How far several changes came, by their names. */
export interface Stand {
  readonly changed: readonly string[];
  readonly halfway: readonly string[];
  readonly untouched: readonly string[];
}

/** The interrupt that says what was and was not done. */
export function interrupted(
  { status }: Interrupted,
  { changed, halfway, untouched }: Stand,
): Interrupted {
  const parts = [
    changed.length > 0 ? `changed ${changed.join(', ')}` : 'nothing is known to be changed',
    halfway.length > 0 && `the change of ${halfway.join(', ')} may be under way`,
    untouched.length > 0 && `did not begin with ${untouched.join(', ')}`,
  ];
  return new Interrupted(status, `Interrupted: ${parts.filter(Boolean).join('; ')}.`);
}
