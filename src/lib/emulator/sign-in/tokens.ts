import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  randomUUID,
  sign,
  verify,
} from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createFileOnce, readText } from '../state/files.js';

/** What a token of the local cloud says. Times are seconds since 1970. */
export interface Claims {
  readonly aud: string;
  readonly iss: string;
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  readonly tid: string;
  readonly oid: string;
  readonly sub: string;
  readonly appid: string;
  /** The user, absent for an application. */
  readonly upn?: string;
  readonly [claim: string]: unknown;
}

/** The key that signs all tokens, made once for a state folder: a restart leaves old tokens good. */
export async function openSigningKey(folder: string): Promise<KeyObject> {
  const path = join(folder, 'keys', 'tokens.pem');
  const known = await readText(path);
  if (known !== undefined) return parsedKey(known);
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return createPrivateKey(
    await createFileOnce(path, String(privateKey.export({ type: 'pkcs8', format: 'pem' }))),
  );
}

const parsed = new Map<string, KeyObject>();

/** Every request that brings a token needs the key. */
function parsedKey(pem: string): KeyObject {
  const key = parsed.get(pem) ?? createPrivateKey(pem);
  parsed.set(pem, key);
  return key;
}

/** The public half, as a `jwks_uri` answers it. */
export function publicJwk(key: KeyObject) {
  const { kty, n, e } = createPublicKey(key).export({ format: 'jwk' });
  const kid = createHash('sha256').update(String(n)).digest('base64url').slice(0, 27);
  return { kty, use: 'sig', alg: 'RS256', kid, n, e };
}

export function signToken(key: KeyObject, claims: object): string {
  const { kid } = publicJwk(key);
  const body = `${encode({ typ: 'JWT', alg: 'RS256', kid, x5t: kid })}.${encode({ ...claims, uti: randomUUID() })}`;
  return `${body}.${sign('RSA-SHA256', Buffer.from(body), key).toString('base64url')}`;
}

/** The claims if this key signed the token; it may have expired. */
export function readToken(key: KeyObject, token: string): Claims | undefined {
  const [header, payload, signature] = token.split('.');
  if (!header || !payload || !signature) return undefined;
  const body = Buffer.from(`${header}.${payload}`);
  const signed = Buffer.from(signature, 'base64url');
  if (!verify('RSA-SHA256', body, createPublicKey(key), signed)) return undefined;
  return parseClaims(token);
}

/** The claims of a token of anybody's, unchecked. */
export function parseClaims(token: string): Claims | undefined {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  } catch {
    return undefined;
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
