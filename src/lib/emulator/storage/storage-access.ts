import { storageFault } from '../answers.js';
import { LOCAL_CONNECTION } from '../connection.js';
import type { Call } from '../router.js';
import { assertAllowed } from '../sign-in/allowed-actions.js';
import { authorize } from '../sign-in/authorize.js';
import { accountSasText, isSigned, serviceSasText, sharedKeyText } from './signatures.js';
import { findStorageAccount, type StorageAccount } from './storage-account.js';

/** What a request is about to do, and to what. */
export interface StorageNeed {
  readonly account: string;
  /** Absent: the account's list of containers. */
  readonly container?: string;
  /** Absent: the container itself. */
  readonly name?: string;
  readonly verb: 'list' | 'read' | 'create' | 'append' | 'delete';
}

/** What a signature's `sp` has to hold, any letter being enough, and what a role has to allow. */
const GRANTS = {
  list: { letters: 'l', action: 'read' },
  read: { letters: 'r', action: 'read' },
  create: { letters: 'cw', action: 'write' },
  append: { letters: 'aw', action: 'add/action' },
  delete: { letters: 'd', action: 'delete' },
} as const;

/**
 * Lets a request pass that carries a key's signature, a shared access signature or a bearer token that is good for
 * what it needs. Without any of these nothing is public.
 *
 * Contract: authorization of the Blob service; error codes of Azure Storage.
 * Known from: documented (authorize requests to Azure Storage, status and error codes).
 */
export async function authorizeStorage(call: Call, need: StorageNeed): Promise<void> {
  await assertAdmitted(call, need);
  await call.admitted();
}

async function assertAdmitted(call: Call, need: StorageNeed): Promise<void> {
  const state = await call.cloud.store.read();
  const account = findStorageAccount(state, need.account);
  if (!account) {
    const message = 'The specified resource does not exist.';
    throw storageFault({ status: 404, code: 'ResourceNotFound', message });
  }
  if (!account.isOpen) throw forbidden('AuthorizationFailure', '');
  const authorization = call.request.headers.get('authorization') ?? '';
  const [scheme = ''] = authorization.split(' ', 1);
  if (scheme.toLowerCase() === 'sharedkey') return checkSharedKey(call, account, authorization);
  if (authorization === '' && call.url.searchParams.has('sig'))
    return checkSas(call, account, need);
  if (authorization === '' && (call.request.headers.get('x-ms-version') ?? '') < '2019-12-12') {
    // Only newer clients understand what a bearer challenge is.
    const message = 'Public access is not permitted on this storage account.';
    throw storageFault({ status: 409, code: 'PublicAccessNotPermitted', message });
  }
  const { tid } = await authorize(call, 'storage');
  if (tid !== LOCAL_CONNECTION.tenantId) {
    throw storageFault({
      status: 401,
      code: 'InvalidAuthenticationInfo',
      message: `${NOT_AUTHENTICATED} Please refer to the information in the www-authenticate header.`,
      detail: 'Issuer validation failed. Issuer did not match.',
    });
  }
  assertAllowed(state, dataAction(need), () =>
    forbidden('AuthorizationPermissionMismatch', ' using this permission'),
  );
}

/** Whoever may read blobs may list them. */
function dataAction({ container, name, verb }: StorageNeed): string {
  const isOfBlobs = name !== undefined || (verb === 'list' && container !== undefined);
  const type = `Microsoft.Storage/storageAccounts/blobServices/containers${isOfBlobs ? '/blobs' : ''}`;
  return `${type}/${GRANTS[verb].action}`;
}

const NOT_AUTHENTICATED = 'Server failed to authenticate the request.';

function checkSharedKey(call: Call, account: StorageAccount, authorization: string): void {
  if (!account.allowsKeys) throw keysNotPermitted();
  const [, name, signature = ''] = /^SharedKey +([^:]+):(.+)$/i.exec(authorization) ?? [];
  // As it was sent: an account that is found by its host has no path of its own.
  const { method, headers, url } = call.request;
  const text = sharedKeyText({ method, headers, url: new URL(url) }, account.name);
  if (name === account.name && isSigned(text, signature, account.keys)) return;
  throw notAuthenticated(
    'Make sure the value of Authorization header is formed correctly including the signature.',
    `The MAC signature found in the HTTP request '${signature}' is not the same as any computed signature. Server used following string to sign: '${text}'.`,
  );
}

function checkSas(call: Call, account: StorageAccount, need: StorageNeed): void {
  if (!account.allowsKeys) throw keysNotPermitted();
  const query = call.url.searchParams;
  const { container = '', name = '' } = need;
  const isAccounts = query.has('srt');
  const text = isAccounts
    ? accountSasText(account.name, query)
    : serviceSasText({ account: account.name, container, name }, query);
  const formed =
    'Make sure the value of Authorization header is formed correctly including the signature.';
  if (!isSigned(text, query.get('sig') ?? '', account.keys)) {
    throw notAuthenticated(
      formed,
      `Signature did not match. String to sign used was ${text.replaceAll('\n', ' ')}`,
    );
  }
  const [start, expiry] = [query.get('st'), query.get('se')];
  const time = call.now.getTime();
  // A date that cannot be read compares as false, and so is refused.
  const isDue = start === null || Date.parse(start) <= time;
  if (!isDue || !(Date.parse(expiry ?? '') > time)) {
    const [from, to] = [start, expiry].map((at) => new Date(at ?? 0).toUTCString());
    throw notAuthenticated(
      formed,
      `Signature not valid in the specified time frame: Start [${from}] - Expiry [${to}] - Current [${call.now.toUTCString()}]`,
    );
  }
  if (isAccounts) {
    if (!query.get('ss')?.includes('b')) {
      throw forbidden('AuthorizationServiceMismatch', ' using this service');
    }
    const level = need.container === undefined ? 's' : need.name === undefined ? 'c' : 'o';
    if (!query.get('srt')?.includes(level)) {
      throw forbidden('AuthorizationResourceTypeMismatch', ' using this resource type');
    }
  }
  const granted = query.get('sp') ?? '';
  // A signature of a container grants what is in it, not the container's own properties.
  const isOwn = !isAccounts && need.name === undefined && need.verb !== 'list';
  if (isOwn || ![...GRANTS[need.verb].letters].some((letter) => granted.includes(letter))) {
    throw forbidden('AuthorizationPermissionMismatch', ' using this permission');
  }
}

function notAuthenticated(advice: string, detail: string) {
  return storageFault({
    status: 403,
    code: 'AuthenticationFailed',
    message: `${NOT_AUTHENTICATED} ${advice}`,
    detail,
  });
}

function forbidden(code: string, by: string) {
  const message = `This request is not authorized to perform this operation${by}.`;
  return storageFault({ status: 403, code, message });
}

function keysNotPermitted() {
  const message = 'Key based authentication is not permitted on this storage account.';
  return storageFault({ status: 403, code: 'KeyBasedAuthenticationNotPermitted', message });
}
