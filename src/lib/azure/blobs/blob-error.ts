import { isRestError } from '@azure/core-rest-pipeline';
import { CliError, type ErrorFacts } from '../../errors.js';
import { sentence } from '../wire/service-error.js';
import type { StorageWay } from './access.js';

/** What was asked for. */
export interface Asked {
  readonly accountName: string;
  readonly containerName: string;
  /** Of the blob, if one was meant. */
  readonly name?: string;
}

/**
 * What the SDK threw, as a `CliError` if the storage answered.
 *
 * Contract: Blob service errors: a code in `x-ms-error-code`, and code and message in an XML body.
 * Known from: documented, "Common REST API error codes", "Blob service error codes".
 */
export function blobError(error: unknown, asked: Asked, way: StorageWay): unknown {
  const { accountName, containerName, name } = asked;
  if (isUnreadable(error)) {
    const message = `The answer of the storage account "${accountName}" cannot be read.`;
    const hint = 'Is there a proxy on the way that answers in its place?';
    return new CliError('service', message, { hint }, error);
  }
  if (!isRestError(error) || error.response === undefined) return error;
  const { status, headers, bodyAsText } = error.response;
  const body = bodyAsText ?? '';
  const code = headers.get('x-ms-error-code') ?? element(body, 'Code') ?? error.code;
  const original = element(body, 'Message');
  const id = headers.get('x-ms-request-id');
  const facts: ErrorFacts = {
    status,
    ...(code === undefined ? {} : { code }),
    ...(original === undefined ? {} : { original }),
    ...(id === undefined ? {} : { correlationId: id }),
  };
  const account = `the storage account "${accountName}"`;
  if (status === 404) {
    const message =
      code === 'ContainerNotFound' || name === undefined
        ? `There is no container "${containerName}" in ${account}.`
        : `There is no blob "${name}" in "${containerName}".`;
    return new CliError('not-found', message, facts);
  }
  if (status === 412) {
    return new CliError('service', `The blob "${name}" has changed.`, {
      ...facts,
      code: 'ConditionNotMet',
    });
  }
  if (status === 401 || status === 403) return refusal(code, accountName, way, facts);
  const said = original ?? `The storage account "${accountName}" answered ${status}.`;
  const kind = status === 408 || status === 504 ? 'timeout' : 'service';
  return new CliError(kind, sentence(said), facts);
}

/** What the SDK throws over an answer that is no XML, or lacks what every answer has. */
function isUnreadable(error: unknown): boolean {
  if (error instanceof RangeError || error instanceof TypeError) return true;
  return isRestError(error) && error.response !== undefined && error.response.status < 300;
}

/** Why a way in is closed, and what opens it. */
function refusal(
  code: string | undefined,
  account: string,
  { secret }: StorageWay,
  facts: ErrorFacts,
): CliError {
  const refuse = (message: string, hint: string) =>
    new CliError('auth', message, { ...facts, hint });
  if (isClosedNetwork(code, facts.original)) {
    return refuse(
      `The storage account "${account}" does not answer this machine.`,
      'Its firewall or private endpoint lets only some networks in: run this from one of them.',
    );
  }
  switch (code) {
    case 'KeyBasedAuthenticationNotPermitted':
      return refuse(
        `The storage account "${account}" takes no account keys.`,
        `Use the sign-in, --auth-mode login, with the role ${ROLE} on the account.`,
      );
    case 'AuthorizationSourceIPMismatch':
    case 'AuthorizationProtocolMismatch':
    case 'AuthorizationServiceMismatch':
    case 'AuthorizationResourceTypeMismatch':
      return refuse(
        `The SAS is not for reading blobs of "${account}" from here.`,
        'It has to allow read and list of containers and objects of the blob service, over https.',
      );
  }
  switch (secret.kind) {
    case 'token':
      return facts.status === 401
        ? refuse(
            `The storage account "${account}" does not accept the sign-in.`,
            'Sign in to the tenant of the subscription: aml-monitor login --tenant TENANT.',
          )
        : refuse(
            `The sign-in may not read the blobs of the storage account "${account}".`,
            `Ask for the role ${ROLE} on it; Reader, Contributor and Owner do not hold it. Or --auth-mode key.`,
          );
    case 'key':
      return refuse(
        `The storage account "${account}" does not accept the account key.`,
        'It may have been rotated, or be that of another account.',
      );
    case 'sas':
      return refuse(
        `The storage account "${account}" does not accept the SAS.`,
        'It may be over, or lack read and list, or be for another account or container.',
      );
  }
}

/** Azurite says a wrong key with the same code. */
function isClosedNetwork(code: string | undefined, message = ''): boolean {
  return code === 'AuthorizationFailure' && !/failed to authenticate/i.test(message);
}

const ROLE = 'Storage Blob Data Reader';

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&amp;': '&',
};

/** The first line of an element's text. Below it are the request's id and time. */
function element(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  const line = text?.split(/\r?\n/, 1)[0]?.trim();
  return line ? line.replace(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity) : undefined;
}
