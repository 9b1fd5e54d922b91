/** Exit status of each kind of failure. Scripts rely on the numbers: append, never renumber. */
export const EXIT_STATUS = {
  usage: 2, // the command line or the settings are wrong
  'not-found': 3, // the named thing does not exist, or the caller may not see it
  auth: 4, // no sign-in, or it was refused
  service: 5, // Azure refused, failed, or sent something unreadable
  timeout: 6, // Azure did not finish in time
  unsupported: 7, // valid, but this version or Azure cannot do it
  incomplete: 8, // the answer was cut, or some of several things failed
  'check-failed': 9, // a check that the user asked for
} as const; // 0 is success, 1 a bug, 130 and 143 an interrupt

export type ErrorKind = keyof typeof EXIT_STATUS;

/** One of the reasons that Azure gives under its error. */
export interface ErrorDetail {
  readonly code: string;
  readonly message: string;
}

/** A place in a text: offsets of its first character and of the one behind its last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What is known beside the message. */
export interface ErrorFacts {
  /** The next step, as a sentence or a command. */
  readonly hint?: string;
  /** Azure's or Kusto's own code, such as `Conflict`, `AADSTS7000215` or `KS142`. */
  readonly code?: string;
  /** The HTTP status. */
  readonly status?: number;
  readonly correlationId?: string;
  readonly details?: readonly ErrorDetail[];
  /** What the service said, word for word, where the message is ours or only its first line. */
  readonly original?: string;
  /** The KQL that is wrong, and where: shown as that line with a caret under the word. */
  readonly kql?: { readonly text: string; readonly span: Span };
}

/** A failure that the user can understand and act on. The message is one sentence. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly kind: ErrorKind;
  readonly facts: ErrorFacts;

  constructor(kind: ErrorKind, message: string, facts: ErrorFacts = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.facts = facts;
  }
}

/** Ctrl-C or SIGTERM: the reason of the host's `signal`. The message may say what was and was not done. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  /** The exit status: 130 after Ctrl-C, 143 after SIGTERM. */
  readonly status: 130 | 143;

  constructor(status: 130 | 143, message = 'Interrupted.') {
    super(message);
    this.status = status;
  }
}
