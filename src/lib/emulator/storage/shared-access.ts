import type { Call } from '../router.js';
import { forbidden, keysNotPermitted, notAuthenticated } from './refusals.js';
import { accountSasText, isSigned, serviceSasText } from './signatures.js';
import type { StorageAccount } from './storage-account.js';

/** What the bearer of a shared access signature wants. */
export interface SharedNeed {
  readonly container?: string;
  readonly name?: string;
  /** Letters of `sp`, any of which is enough. */
  readonly letters: string;
  readonly isList: boolean;
}

/** The local cloud is reached from its own machine only. */
const CALLER = '127.0.0.1';

/** Signatures of before are made of other fields. */
const FIRST_VERSION = '2015-04-05';

const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,7})?)?(Z|[+-]\d\d:\d\d))?$/;

/**
 * Refuses a request whose shared access signature does not grant what it wants.
 *
 * Contract: account and service SAS, 2015-04-05 and later; containers have no stored access policies here.
 * Known from: documented (create an account SAS, create a service SAS, SAS error codes).
 */
export function assertSharedAccess(call: Call, account: StorageAccount, need: SharedNeed): void {
  if (!account.allowsKeys) throw keysNotPermitted();
  const query = call.url.searchParams;
  const isAccounts = query.has('srt');
  assertWellFormed(query, isAccounts);
  const { container = '', name = '' } = need;
  const text = isAccounts
    ? accountSasText(account.name, query)
    : serviceSasText({ account: account.name, container, name }, query);
  if (!isSigned(text, query.get('sig') ?? '', account.keys)) {
    const sent = text.replaceAll('\n', ' ');
    throw notAuthenticated(`Signature did not match. String to sign used was ${sent}`);
  }
  assertDue(query, call.now);
  assertFromHere(query.get('sip'));
  if (query.get('spr') === 'https' && call.url.protocol !== 'https:') {
    throw forbidden('AuthorizationProtocolMismatch', ' using this protocol');
  }
  if (isAccounts) assertWithinAccount(query, need);
  const granted = query.get('sp') ?? '';
  // A signature of a container grants what is in it, not the container's own properties.
  const isOwn = !isAccounts && need.name === undefined && !need.isList;
  if (isOwn || ![...need.letters].some((letter) => granted.includes(letter))) {
    throw forbidden('AuthorizationPermissionMismatch', ' using this permission');
  }
}

function assertWellFormed(query: URLSearchParams, isAccounts: boolean): void {
  const of = (name: string) => query.get(name) ?? '';
  if (of('si') !== '') throw notAuthenticated('Access policy not found.');
  for (const name of ['sv', ...(isAccounts ? ['ss'] : ['sr']), 'sp', 'se']) {
    if (of(name) === '') throw notAuthenticated(`${name} is mandatory. Cannot be empty`);
  }
  const isFormed =
    /^\d{4}-\d\d-\d\d$/.test(of('sv')) &&
    TIME.test(of('se')) &&
    (of('st') === '' || TIME.test(of('st'))) &&
    (of('spr') === '' || /^https(,http)?$/.test(of('spr'))) &&
    (of('sip') === '' || rangeOf(of('sip')) !== undefined) &&
    (isAccounts || /^[bc]$/.test(of('sr')));
  if (!isFormed) throw notAuthenticated('Signature fields not well formed.');
  if (of('sv') < FIRST_VERSION) {
    const known = `The local cloud knows signatures from version ${FIRST_VERSION} on.`;
    throw notAuthenticated(`sv=${of('sv')} is not supported. ${known}`);
  }
}

function assertDue(query: URLSearchParams, now: Date): void {
  const [start, expiry] = ['st', 'se'].map((name) => new Date(query.get(name) || 0));
  if (!start || !expiry || (start <= now && now < expiry)) return;
  const [from, to, current] = [start, expiry, now].map((at) => at.toUTCString());
  throw notAuthenticated(
    `Signature not valid in the specified time frame: Start [${from}] - Expiry [${to}] - Current [${current}]`,
  );
}

function assertFromHere(sip: string | null): void {
  if (!sip) return;
  const [first = 0, last = 0] = rangeOf(sip) ?? [];
  const caller = addressOf(CALLER) ?? 0;
  if (first <= caller && caller <= last) return;
  throw forbidden('AuthorizationSourceIPMismatch', ` using this source IP ${CALLER}`);
}

/** The first and the last of `ADDRESS` or `ADDRESS-ADDRESS`. */
function rangeOf(sip: string): readonly [number, number] | undefined {
  const [first, last = first, ...rest] = sip.split('-').map(addressOf);
  return first === undefined || last === undefined || rest.length > 0 ? undefined : [first, last];
}

/** An IPv4 address as a number. */
function addressOf(text: string): number | undefined {
  const parts = text.split('.');
  const isOne = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && +part < 256);
  return isOne ? parts.reduce((number, part) => number * 256 + Number(part), 0) : undefined;
}

function assertWithinAccount(query: URLSearchParams, { container, name }: SharedNeed): void {
  if (!query.get('ss')?.includes('b')) {
    throw forbidden('AuthorizationServiceMismatch', ' using this service');
  }
  const level = container === undefined ? 's' : name === undefined ? 'c' : 'o';
  if (!query.get('srt')?.includes(level)) {
    throw forbidden('AuthorizationResourceTypeMismatch', ' using this resource type');
  }
}
