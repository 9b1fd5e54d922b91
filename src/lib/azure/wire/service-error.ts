import { CliError, type ErrorDetail, type ErrorFacts, type ErrorKind } from '../../errors.js';
import { isObject, readAny, readArray } from '../payload.js';

const MACHINE_LEARNING_ROLE = 'AzureML Data Scientist';

/** What Azure says about a failure, in whichever of its shapes. */
export interface ServiceError {
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly details: readonly ErrorDetail[];
  readonly correlationId: string | undefined;
}

export interface FailedAnswer {
  readonly status: number;
  readonly headers: { readonly get: (name: string) => string | undefined };
  readonly text: string;
}

/**
 * Reads an error out of a body: ARM's envelope `{error: {…}}`, the flat `{code, statusCode, message}` of
 * v1, or the same un-wrapped with details, as the v2 services sometimes send it.
 *
 * Known from: SDK source, azureml-core 1.51; documented, "Troubleshoot online endpoints".
 */
export function readServiceError(body: unknown): ServiceError {
  const wrapped = readAny(body, 'error');
  const error = isObject(wrapped) ? wrapped : body;
  const code = text(error, 'code');
  const message = unescapeTwice(text(error, 'message'));
  const details = readArray(error, 'details', { ifAbsent: [] })
    .filter(isObject)
    .map((detail) => ({
      code: text(detail, 'code') ?? '',
      message: unescapeTwice(text(detail, 'message')) ?? '',
    }));
  // v1 says `Conflict` twice, and the reason in its first detail.
  const isEmpty = message === undefined || letters(message) === letters(code ?? '');
  return {
    code,
    message: (isEmpty && details.find((detail) => detail.message)?.message) || message,
    details,
    correlationId: text(error, 'correlationId') ?? correlationOf(error),
  };
}

/**
 * The `CliError` for an answer from 400 up.
 *
 * @param role what to ask for if a right is missing
 */
export function toCliError(answer: FailedAnswer, role = MACHINE_LEARNING_ROLE): CliError {
  const { status, headers } = answer;
  const error = readServiceError(parse(answer.text));
  const facts = factsOf(error, answer);
  if (error.code === 'InvalidAuthenticationTokenTenant') {
    const tenant = /authorization_uri="[^"]*\/([^"/]+)\/?"/i.exec(
      headers.get('www-authenticate') ?? '',
    )?.[1];
    return new CliError('auth', 'The sign-in is for another tenant than the subscription.', {
      ...facts,
      ...originalOf(error.message),
      hint: `Sign in to the subscription's tenant: --tenant ${tenant ?? 'TENANT'}.`,
    });
  }
  const message = sentence(error.message ?? `Azure answered ${status} without a reason.`);
  const original = originalOf(error.message, message);
  return new CliError(kindOf(status), message, {
    ...facts,
    ...original,
    ...hintFor(status, error, role),
  });
}

/** What Azure said, as a fact of an error whose message does not say all of it. */
export function originalOf(text: string | undefined, message = ''): Pick<ErrorFacts, 'original'> {
  if (text === undefined || message.includes(text.trim())) return {};
  return { original: text };
}

/** The facts that scripts and support ask for. */
export function factsOf(
  { code, details, correlationId }: ServiceError,
  { status, headers }: Omit<FailedAnswer, 'text'>,
): ErrorFacts {
  const id = correlationId ?? headers.get('x-ms-correlation-request-id');
  return {
    status,
    ...(code === undefined ? {} : { code }),
    ...(details.length === 0 ? {} : { details }),
    ...(id === undefined ? {} : { correlationId: id }),
  };
}

/** Ends a message of Azure's as a sentence, without the lines that some append. */
export function sentence(message: string): string {
  const first = message.trim().split(/\r?\n/, 1)[0] ?? '';
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

function kindOf(status: number): ErrorKind {
  if (status === 401 || status === 403) return 'auth';
  if (status === 404) return 'not-found';
  if (status === 408 || status === 504) return 'timeout';
  return status === 501 ? 'unsupported' : 'service';
}

function hintFor(status: number, { code, message }: ServiceError, role: string): { hint?: string } {
  if (status === 401) return { hint: 'Sign in again: aml-monitor login.' };
  if (code === 'SubscriptionNotFound') {
    return {
      hint: 'Check --subscription, and --tenant: a token sees the subscriptions of one tenant.',
    };
  }
  if (status !== 403) return {};
  if (
    /private ?(link|endpoint)|public network|firewall|not allowed.*ip/i.test(`${code} ${message}`)
  ) {
    return { hint: 'It answers only inside its virtual network: run this from a machine there.' };
  }
  return { hint: `Ask for the role ${role}, or Reader where you only look.` };
}

function text(value: unknown, name: string): string | undefined {
  const found = readAny(value, name);
  if (typeof found === 'string' && found !== '') return found;
  return typeof found === 'number' ? String(found) : undefined;
}

function letters(text: string): string {
  return text.replace(/[^a-z]/gi, '').toLowerCase();
}

/** Azure ML puts the ids of a failure under `additionalInfo`. */
function correlationOf(error: unknown): string | undefined {
  for (const info of readArray(error, 'additionalInfo', { ifAbsent: [] })) {
    if (readAny(info, 'type') === 'Correlation') {
      return text(info, 'info.value.request') ?? text(info, 'info.request');
    }
  }
  return undefined;
}

/** v1's messages can be escaped twice: a JSON string's inside, inside a JSON string. */
function unescapeTwice(message: string | undefined): string | undefined {
  if (message === undefined || !/\\["nrt\\]/.test(message)) return message;
  return message.replace(/\\+(["nrt])/g, (_, character: string) =>
    character === '"' ? '"' : character === 't' ? '\t' : '\n',
  );
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // A proxy's page, or nothing: the status has to say it.
  }
}
