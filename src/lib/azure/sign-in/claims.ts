import { isObject, readAny } from '../payload.js';

/** What an access token says about its bearer; it is read, not verified: that is the service's part. */
export interface Claims {
  readonly tenantId: string | null;
  readonly account: string | null;
  readonly objectId: string | null;
}

const ACCOUNT = ['upn', 'preferred_username', 'unique_name', 'email', 'appid', 'azp'];

/** The claims of a JWT; nothing is known of any other token. */
export function readClaims(token: string): Claims {
  const payload = decode(token.split('.')[1] ?? '');
  const claim = (name: string) => {
    const value = readAny(payload, name);
    return typeof value === 'string' && value !== '' ? value : null;
  };
  return {
    tenantId: claim('tid'),
    account: ACCOUNT.map(claim).find((name) => name !== null) ?? null,
    objectId: claim('oid'),
  };
}

function decode(part: string): unknown {
  try {
    const payload: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isObject(payload) ? payload : {};
  } catch {
    return {}; // Not a JWT: services may send tokens that only they can read.
  }
}
