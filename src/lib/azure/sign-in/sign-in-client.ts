import type { HttpClient, PipelineResponse } from '@azure/core-rest-pipeline';
import { CliError } from '../../errors.js';
import type { AuthKind } from '../../settings.js';
import type { Cloud } from '../cloud.js';
import { sentence } from '../wire/service-error.js';
import type { Transport } from '../wire/transport.js';
import { entraAnswerError, entraTextError } from './entra-error.js';

/**
 * The way to the sign-in service. The SDK's errors hide what went wrong on the wire, so the last failure is
 * kept: the transport's own, or the refusal of the service.
 */
export function createSignInClient(
  transport: Transport,
  cloud: Cloud,
  env: Readonly<Record<string, string | undefined>>,
  kind: AuthKind,
): { readonly client: HttpClient; readonly lastFailure: () => CliError | undefined } {
  const accepts = kind === 'managed-identity' ? identityEndpoint(env) : cloud.accepts.signIn;
  // Its requests carry secrets in their bodies; asking for a token again does no harm.
  const wire = transport.client({ accepts, always: true, kindOf: () => 'read' });
  let failure: CliError | undefined;
  return {
    lastFailure: () => failure,
    client: {
      async sendRequest(request) {
        failure = undefined;
        try {
          const response = await wire.sendRequest(request);
          failure = refusalOf(response);
          return response;
        } catch (error) {
          if (error instanceof CliError) failure = error;
          throw error;
        }
      },
    },
  };
}

/** The error to show for a failed sign-in: the most telling of what is known. */
export function explainFailure(
  error: unknown,
  kind: AuthKind,
  wireFailure: CliError | undefined,
): unknown {
  if (error instanceof CliError) return error;
  if (wireFailure) return wireFailure;
  if (!(error instanceof Error)) return error;
  const known = entraTextError(error.message);
  if (known) return known;
  switch (error.name) {
    case 'CredentialUnavailableError':
    case 'AuthenticationError':
      return unavailable(error, kind);
    case 'AuthenticationRequiredError':
      return new CliError(
        'auth',
        'The saved sign-in no longer gives tokens.',
        { hint: 'Sign in again: aml-monitor login.' },
        error,
      );
  }
  return new CliError(
    'auth',
    `The sign-in by ${kind} failed: ${sentence(error.message)}`,
    {},
    error,
  );
}

function unavailable(error: Error, kind: AuthKind): CliError {
  const fail = (message: string, hint: string) => new CliError('auth', message, { hint }, error);
  if (kind === 'az') {
    const challenge = /az login --claims-challenge.*/.exec(error.message)?.[0];
    if (challenge) return fail('The tenant asks to sign in again.', `Run: ${challenge}`);
    return fail(
      'The Azure CLI gives no token.',
      'Install it and run az login, or use another --auth.',
    );
  }
  if (kind === 'managed-identity') {
    return fail(
      'This machine gives no token of a managed identity.',
      'Assign one to it, and set AZURE_CLIENT_ID if it is user-assigned.',
    );
  }
  return new CliError(
    'auth',
    `The sign-in by ${kind} failed: ${sentence(error.message)}`,
    {},
    error,
  );
}

function refusalOf({ status, bodyAsText }: PipelineResponse): CliError | undefined {
  if (status < 400) return undefined;
  try {
    return entraAnswerError(JSON.parse(bodyAsText ?? ''));
  } catch {
    return undefined;
  }
}

/** The endpoints that a machine's own environment names, and Azure's fixed one. */
function identityEndpoint(env: Readonly<Record<string, string | undefined>>) {
  const hosts = [env.IDENTITY_ENDPOINT, env.MSI_ENDPOINT, 'http://169.254.169.254']
    .filter((url) => url !== undefined && URL.canParse(url))
    .map((url) => new URL(url ?? '').host);
  return (url: URL) => hosts.includes(url.host);
}
