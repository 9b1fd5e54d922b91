import { json } from '../answers.js';
import { type Call, type Route, route } from '../router.js';
import { findTenant } from '../sign-in/directory.js';
import { openSigningKey, publicJwk } from '../sign-in/tokens.js';

/**
 * Where to sign in: OpenID discovery, and the instance discovery that MSAL asks for unless told not to.
 *
 * Contract: OpenID Connect Discovery 1.0; `/{tenant}[/v2.0]/.well-known/openid-configuration`, `/adfs/…`.
 * Known from: documented (Microsoft identity platform, OpenID Connect), SDK source (msal-node 5).
 */
export const openIdRoutes: readonly Route[] = [
  route('GET', '/adfs/.well-known/openid-configuration', (call) => adfsConfiguration(call)),
  route('GET', '/{tenant}/v2.0/.well-known/openid-configuration', configuration),
  route('GET', '/{tenant}/.well-known/openid-configuration', configuration),
  route('GET', '/{tenant}/discovery/v2.0/keys', keys),
  route('GET', '/{tenant}/discovery/keys', keys),
  route('GET', '/common/discovery/instance', instance),
];

async function configuration(call: Call, { tenant = '' }: Readonly<Record<string, string>>) {
  const { facts } = await call.cloud.store.read();
  const id = findTenant(call, facts, tenant);
  // `common` stays in the addresses: whoever asked for any tenant goes on to sign in to any.
  const base = `${call.origin}/${id.toLowerCase() === tenant.toLowerCase() ? id : tenant}`;
  const issuer = tenant === id ? id : '{tenantid}';
  return json({
    ...COMMON,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    issuer: `${call.origin}/${issuer}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    tenant_region_scope: null,
    cloud_instance_name: new URL(call.origin).host,
  });
}

/** As an AD FS server answers: the Azure CLI takes this way to a private cloud. */
function adfsConfiguration({ origin }: Call) {
  const base = `${origin}/adfs`;
  return json({
    ...COMMON,
    issuer: base,
    authorization_endpoint: `${base}/oauth2/authorize/`,
    token_endpoint: `${base}/oauth2/token/`,
    jwks_uri: `${base}/discovery/keys`,
    device_authorization_endpoint: `${base}/oauth2/devicecode`,
    end_session_endpoint: `${base}/oauth2/logout`,
  });
}

const COMMON = {
  token_endpoint_auth_methods_supported: [
    'client_secret_post',
    'client_secret_basic',
    'private_key_jwt',
  ],
  response_modes_supported: ['query', 'fragment', 'form_post'],
  response_types_supported: ['code', 'id_token', 'code id_token'],
  subject_types_supported: ['pairwise'],
  id_token_signing_alg_values_supported: ['RS256'],
  scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
  claims_supported: [
    'sub',
    'iss',
    'aud',
    'exp',
    'iat',
    'nonce',
    'preferred_username',
    'name',
    'tid',
    'oid',
  ],
};

async function keys({ cloud }: Call) {
  return json({ keys: [publicJwk(await openSigningKey(cloud.folder))] });
}

function instance({ origin }: Call) {
  const { host } = new URL(origin);
  return json({
    tenant_discovery_endpoint: `${origin}/common/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  });
}
