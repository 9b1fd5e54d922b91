import type { Call } from '../router.js';
import type { Application, Facts } from '../state/state.js';
import { audienceOf, entraFault, sha256 } from './directory.js';
import { openSigningKey, signToken } from './tokens.js';

export interface Issuing {
  readonly call: Call;
  readonly facts: Facts;
  readonly tenantId: string;
}

/** The answer of a token endpoint to an application that acts for itself. */
export function applicationToken(issuing: Issuing, audience: string, application: Application) {
  const { appId: appid, objectId } = application;
  return accessToken(issuing, audience, { appid, oid: objectId, sub: objectId, idtyp: 'app' });
}

/** The answer of a token endpoint to a person: access, refresh and ID token. */
export async function userTokens(
  issuing: Issuing & { readonly clientId: string },
  scope: string,
  nonce: string,
) {
  const { call, facts, tenantId, clientId } = issuing;
  assertConditions(issuing);
  const { name, objectId, userPrincipalName } = facts.directory.user;
  const audience = audienceOf(call, scope, '');
  const person = { name, oid: objectId, sub: sha256(objectId + clientId).toString('base64url') };
  const key = await openSigningKey(call.cloud.folder);
  const refresh = { aud: 'refresh', appid: clientId, tid: tenantId, scope };
  const identity = {
    ...person,
    aud: clientId,
    iss: `${call.origin}/${tenantId}/v2.0`,
    tid: tenantId,
    preferred_username: userPrincipalName,
    upn: userPrincipalName,
    ...(nonce && { nonce }),
    ver: '2.0',
  };
  const access = await accessToken(issuing, audience, {
    ...person,
    appid: clientId,
    upn: userPrincipalName,
    unique_name: userPrincipalName,
    scp: 'user_impersonation',
    idtyp: 'user',
  });
  return {
    ...access,
    scope: scope || `${audience}/.default`,
    refresh_token: signToken(key, { ...lifetime(call.now, 90 * 86_400), ...refresh }),
    id_token: signToken(key, { ...lifetime(call.now, facts.behaviour.tokenSeconds), ...identity }),
    client_info: Buffer.from(JSON.stringify({ uid: objectId, utid: tenantId })).toString(
      'base64url',
    ),
  };
}

/** Conditional access concerns people only. */
function assertConditions({ call, facts }: Issuing): void {
  const { conditionalAccess } = facts.behaviour;
  if (conditionalAccess === null) return;
  throw entraFault(call, {
    status: 400,
    error: 'invalid_grant',
    number: conditionalAccess,
    message:
      'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
  });
}

async function accessToken({ call, facts, tenantId }: Issuing, audience: string, who: object) {
  const key = await openSigningKey(call.cloud.folder);
  const { tokenSeconds } = facts.behaviour;
  const life = lifetime(call.now, tokenSeconds);
  const iss = `https://sts.windows.net/${tenantId}/`;
  return {
    token_type: 'Bearer',
    expires_in: tokenSeconds,
    ext_expires_in: tokenSeconds,
    expires_on: String(life.exp),
    not_before: String(life.nbf),
    resource: audience,
    access_token: signToken(key, {
      aud: audience,
      iss,
      ...life,
      ...who,
      tid: tenantId,
      ver: '1.0',
    }),
  };
}

function lifetime(now: Date, seconds: number) {
  const iat = Math.floor(now.getTime() / 1000);
  return { iat, nbf: iat, exp: iat + seconds };
}
