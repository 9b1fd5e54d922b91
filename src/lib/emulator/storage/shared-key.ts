import type { Call } from '../router.js';
import { keysNotPermitted, notAuthenticated } from './refusals.js';
import { isSigned, sharedKeyText } from './signatures.js';
import type { StorageAccount } from './storage-account.js';

/** What is older may be somebody else's, sent again. */
const MAX_AGE_MS = 15 * 60_000;

/**
 * Refuses a request that neither key of the account has signed, or that was signed long ago.
 *
 * Contract: Shared Key of the Blob service: `x-ms-date`, else `Date`, at most 15 minutes old. One that is ahead of
 * the service's clock is not refused.
 * Known from: documented (authorize with Shared Key).
 */
export function assertSharedKey({ request, now }: Call, account: StorageAccount): void {
  if (!account.allowsKeys) throw keysNotPermitted();
  const { method, headers, url } = request;
  assertRecent(headers, now);
  const [, name, signature = ''] =
    /^SharedKey +([^:]+):(.+)$/i.exec(headers.get('authorization') ?? '') ?? [];
  // As it was sent: an account that is found by its host has no path of its own.
  const text = sharedKeyText({ method, headers, url: new URL(url) }, account.name);
  if (name === account.name && isSigned(text, signature, account.keys)) return;
  throw notAuthenticated(
    `The MAC signature found in the HTTP request '${signature}' is not the same as any computed signature. Server used following string to sign: '${text}'.`,
  );
}

function assertRecent(headers: Headers, now: Date): void {
  const text = headers.get('x-ms-date') ?? headers.get('date');
  if (!text) throw notAuthenticated('Request date header not specified');
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw notAuthenticated('The Date header in the request is incorrect.');
  if (now.getTime() - time > MAX_AGE_MS) {
    throw notAuthenticated(`Request date header too old: '${new Date(time).toUTCString()}'`);
  }
}
