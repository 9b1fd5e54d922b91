import { armFault, flatFault, logsFault, storageFault } from '../answers.js';
import { LOCAL_CONNECTION } from '../connection.js';
import type { Call } from '../router.js';
import { actionOf, assertAllowed } from './allowed-actions.js';
import { type Claims, openSigningKey, readToken } from './tokens.js';

type Plane = 'arm' | 'v1' | 'logs' | 'storage';

/** What is wrong with a token; each plane says it in its own shape. */
interface Refused {
  readonly code: string;
  readonly message: string;
}

const FAULT = { arm: armFault, v1: flatFault, logs: logsFault, storage: storageFault };

/**
 * The claims of the caller's token, or the refusal that this plane of Azure answers: no token, not ours,
 * expired, or meant for another audience.
 *
 * Contract: 401 with `WWW-Authenticate`; Log Analytics answers 403 to a token that is not good.
 * Known from: documented (Azure Monitor, `logs/api/timeouts`), SDK source (core-rest-pipeline).
 */
export async function authorize(call: Call, plane: Plane): Promise<Claims> {
  const { request, cloud, now } = call;
  const token = /^Bearer +(.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  if (!token) {
    throw refuse(call, plane, {
      code: plane === 'storage' ? 'NoAuthenticationInformation' : 'AuthenticationFailed',
      message: "Authentication failed. The 'Authorization' header is missing.",
    });
  }
  const claims = readToken(await openSigningKey(cloud.folder), token);
  if (!claims) {
    const code = plane === 'storage' ? 'InvalidAuthenticationInfo' : 'InvalidAuthenticationToken';
    throw refuse(call, plane, { code, message: 'The access token is invalid.' });
  }
  if (claims.exp * 1000 <= now.getTime()) {
    const code = plane === 'storage' ? 'InvalidAuthenticationInfo' : 'ExpiredAuthenticationToken';
    const expiry = new Date(claims.exp * 1000).toISOString();
    const message = `The access token expiry UTC time '${expiry}' is earlier than current UTC time '${now.toISOString()}'.`;
    throw refuse(call, plane, { code, message });
  }
  const allowed = audiences(call, plane);
  if (!allowed.includes(claims.aud)) {
    const code =
      plane === 'storage' ? 'InvalidAuthenticationInfo' : 'InvalidAuthenticationTokenAudience';
    const list = allowed.map((audience) => `'${audience}'`).join(',');
    const message = `The access token has been obtained from wrong audience or resource '${claims.aud}'. It should exactly match (including forward slash) with one of the allowed audiences ${list}.`;
    throw refuse(call, plane, { code, message });
  }
  return claims;
}

/** As `authorize`, and the caller's directory has to be the one that the subscription trusts; of ARM, its role has
 * to allow what the request does. */
export async function authorizeSubscription(call: Call, plane: Plane): Promise<Claims> {
  const claims = await authorize(call, plane);
  const { tenantId } = LOCAL_CONNECTION;
  if (claims.tid === tenantId) {
    if (plane === 'arm') await assertRole(call, claims);
    await call.admitted();
    return claims;
  }
  const issuer = (id: string) => `'https://sts.windows.net/${id}/'`;
  throw refuse(call, plane, {
    code: 'InvalidAuthenticationTokenTenant',
    message: `The access token is from the wrong issuer ${issuer(claims.tid)}. It must match the tenant ${issuer(tenantId)} associated with this subscription. Please use the authority (URL) '${call.origin}/${tenantId}' to get the token.`,
  });
}

async function assertRole({ request, url, cloud }: Call, { appid, oid }: Claims): Promise<void> {
  const path = decodeURIComponent(url.pathname);
  const action = actionOf(request.method, path);
  assertAllowed(await cloud.store.read(), action, () =>
    armFault({
      status: 403,
      code: 'AuthorizationFailed',
      message: `The client '${appid}' with object id '${oid}' does not have authorization to perform action '${action}' over scope '${path}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    }),
  );
}

function refuse(call: Call, plane: Plane, { code, message }: Refused) {
  const missing = code === 'AuthenticationFailed' || code === 'NoAuthenticationInformation';
  // As documented for Log Analytics: only a missing token is 401 there.
  const status = plane === 'logs' && !missing && code !== 'ExpiredAuthenticationToken' ? 403 : 401;
  const authority = `${call.origin}/${LOCAL_CONNECTION.tenantId}`;
  const challenge =
    plane === 'storage'
      ? `Bearer authorization_uri=${authority}/oauth2/authorize resource_id=https://storage.azure.com`
      : `Bearer authorization_uri="${authority}", error="invalid_token", error_description="${message.replaceAll('"', "'")}"`;
  return FAULT[plane]({ status, code, message, headers: { 'www-authenticate': challenge } });
}

/** Azure's own names count too where a client was configured for them. */
function audiences({ origin, url }: Call, plane: Plane): readonly string[] {
  if (plane === 'storage') {
    const account = /^(.+)\.blob\./.exec(url.hostname)?.[1] ?? url.pathname.split('/')[2];
    const hosts = ['https://storage.azure.com', `https://${account}.blob.${new URL(origin).host}`];
    return hosts.flatMap((host) => [host, `${host}/`]);
  }
  const port = url.port && `:${url.port}`;
  const loopback = ['localhost', '127.0.0.1', '[::1]'].map((host) => `https://${host}${port}`);
  const names = loopback.includes(origin) ? loopback : [origin];
  if (origin === 'https://management.azure.com') names.push('https://management.core.windows.net');
  return names.flatMap((name) => [name, `${name}/`]);
}
