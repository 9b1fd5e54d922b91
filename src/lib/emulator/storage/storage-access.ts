import { storageFault } from '../answers.js';
import { LOCAL_CONNECTION } from '../connection.js';
import type { Call } from '../router.js';
import { assertAllowed } from '../sign-in/allowed-actions.js';
import { authorize } from '../sign-in/authorize.js';
import { forbidden, NOT_AUTHENTICATED } from './refusals.js';
import { assertSharedAccess } from './shared-access.js';
import { assertSharedKey } from './shared-key.js';
import { findStorageAccount } from './storage-account.js';

/** What a request is about to do, and to what. */
export interface StorageNeed {
  readonly account: string;
  /** Absent: the account's list of containers. */
  readonly container?: string;
  /** Absent: the container itself. */
  readonly name?: string;
  readonly verb: 'list' | 'read' | 'create' | 'append' | 'delete';
}

export interface StorageAccess {
  /** Whether what is created may take the place of a blob: a signature may grant new ones only. */
  readonly mayOverwrite: boolean;
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
export async function authorizeStorage(call: Call, need: StorageNeed): Promise<StorageAccess> {
  const access = await admit(call, need);
  await call.admitted();
  return access;
}

async function admit(call: Call, need: StorageNeed): Promise<StorageAccess> {
  const state = await call.cloud.store.read();
  const account = findStorageAccount(state, need.account);
  if (!account) {
    const message = 'The specified resource does not exist.';
    throw storageFault({ status: 404, code: 'ResourceNotFound', message });
  }
  if (!account.isOpen) throw forbidden('AuthorizationFailure', '');
  const authorization = call.request.headers.get('authorization') ?? '';
  const [scheme = ''] = authorization.split(' ', 1);
  if (scheme.toLowerCase() === 'sharedkey') {
    assertSharedKey(call, account);
    return { mayOverwrite: true };
  }
  if (authorization === '' && call.url.searchParams.has('sig')) {
    const isList = need.verb === 'list';
    assertSharedAccess(call, account, { ...need, isList, letters: GRANTS[need.verb].letters });
    return { mayOverwrite: call.url.searchParams.get('sp')?.includes('w') ?? false };
  }
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
  return { mayOverwrite: true };
}

/** Whoever may read blobs may list them. */
function dataAction({ container, name, verb }: StorageNeed): string {
  const isOfBlobs = name !== undefined || (verb === 'list' && container !== undefined);
  const type = `Microsoft.Storage/storageAccounts/blobServices/containers${isOfBlobs ? '/blobs' : ''}`;
  return `${type}/${GRANTS[verb].action}`;
}
