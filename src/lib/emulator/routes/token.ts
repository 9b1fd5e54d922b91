import { json } from '../answers.js';
import { LOCAL_CONNECTION } from '../connection.js';
import { type Call, type Route, route } from '../router.js';
import {
  assertClient,
  audienceOf,
  entraFault,
  findApplication,
  findTenant,
  sameSecret,
  sha256,
} from '../sign-in/directory.js';
import { applicationToken, userTokens } from '../sign-in/issue-token.js';
import { openSigningKey, parseClaims, readToken } from '../sign-in/tokens.js';
import type { Facts, Grant } from '../state/state.js';

type Path = Readonly<Record<string, string>>;

/**
 * The token endpoint: client credentials (secret or federated assertion), device code, authorization code,
 * refresh; and the endpoint that a managed identity asks.
 *
 * Contract: OAuth 2.0, `/{tenant}/oauth2/v2.0/token`, `/{tenant}/oauth2/token`, `/adfs/oauth2/token`; App
 * Service managed identity, api-version 2019-08-01.
 * Known from: documented (Microsoft identity platform; App Service overview-managed-identity).
 */
export const tokenRoutes: readonly Route[] = [
  route('POST', '/adfs/oauth2/token', (call) => answer(call, { tenant: 'adfs' })),
  route('POST', '/{tenant}/oauth2/v2.0/token', answer),
  route('POST', '/{tenant}/oauth2/token', answer),
  route('GET', '/msi/token', managedIdentity),
];

interface Asked {
  readonly call: Call;
  readonly facts: Facts;
  readonly form: URLSearchParams;
  readonly tenantId: string;
  readonly clientId: string;
}

async function answer(call: Call, { tenant = '' }: Path): Promise<Response> {
  const { facts } = await call.cloud.store.read();
  const form = new URLSearchParams(await call.request.text());
  const basic = /^Basic +(.+)$/i.exec(call.request.headers.get('authorization') ?? '')?.[1];
  const [id, secret] = Buffer.from(basic ?? '', 'base64')
    .toString()
    .split(':')
    .map(decodeURIComponent);
  if (secret !== undefined && !form.has('client_secret')) form.set('client_secret', secret);
  const clientId = form.get('client_id') || id || '';
  const tenantId = findTenant(call, facts, tenant);
  const asked: Asked = { call, facts, form, tenantId, clientId };
  assertClient(call, facts, clientId, tenantId);
  switch (form.get('grant_type')) {
    case 'client_credentials':
      return clientCredentials(asked);
    case 'urn:ietf:params:oauth:grant-type:device_code':
    case 'device_code':
      return deviceCode(asked);
    case 'authorization_code':
      return authorizationCode(asked);
    case 'refresh_token':
      return refresh(asked);
    default:
      throw entraFault(call, {
        status: 400,
        error: 'unsupported_grant_type',
        number: 70003,
        message: `The app requested an unsupported grant type '${form.get('grant_type')}'.`,
      });
  }
}

async function clientCredentials({
  call,
  facts,
  form,
  tenantId,
  clientId,
}: Asked): Promise<Response> {
  const application = findApplication(facts, clientId);
  const refuse = (number: number, message: string) =>
    entraFault(call, { status: 401, error: 'invalid_client', number, message });
  if (!application) {
    throw refuse(
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    );
  }
  const assertion = form.get('client_assertion');
  if (assertion !== null) {
    const { iss, sub } = parseClaims(assertion) ?? {};
    // Nobody here can check a foreign issuer's signature; the issuer and the subject have to fit.
    if (!application.federated.some(({ issuer, subject }) => issuer === iss && subject === sub)) {
      throw refuse(
        70021,
        `No matching federated identity record found for presented assertion. Assertion Issuer: '${iss}'. Assertion Subject: '${sub}'.`,
      );
    }
  } else if (!sameSecret(form.get('client_secret') ?? '', application.secret)) {
    throw refuse(
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
    );
  }
  const audience = audienceOf(call, form.get('scope') ?? '', form.get('resource') ?? '');
  return json(await applicationToken({ call, facts, tenantId }, audience, application), NO_STORE);
}

async function deviceCode(asked: Asked): Promise<Response> {
  const { call, facts, form } = asked;
  const code = form.get('device_code') ?? form.get('code');
  const grant = facts.grants.find((one) => one.kind === 'device' && one.code === code);
  const refuse = (error: string, number: number, message: string) =>
    entraFault(call, { status: 400, error, number, message });
  if (!grant || grant.tenantId !== asked.tenantId) {
    throw refuse(
      'bad_verification_code',
      7000012,
      'The grant was issued for a different tenant, or is not known.',
    );
  }
  if (new Date(grant.expiresAt) <= call.now) {
    throw refuse('expired_token', 70019, 'Verification code expired.');
  }
  if (!isApproved(grant, facts, call.now)) {
    const pending =
      'Pending end-user authorization. The user has not finished signing in to the device code flow.';
    throw refuse('authorization_pending', 70016, pending);
  }
  return json(await userTokens(asked, grant.scope, ''), NO_STORE);
}

/** By somebody, or by the time that has passed since it was issued. */
function isApproved({ approvedAt, issuedAt }: Grant, { behaviour }: Facts, now: Date): boolean {
  if (approvedAt !== null) return true;
  const { deviceCodeSeconds } = behaviour;
  if (deviceCodeSeconds === null) return false;
  return now.getTime() >= new Date(issuedAt).getTime() + deviceCodeSeconds * 1000;
}

async function authorizationCode(asked: Asked): Promise<Response> {
  const { call, form, clientId } = asked;
  const refuse = (number: number, message: string) =>
    entraFault(call, { status: 400, error: 'invalid_grant', number, message });
  // A code is good once: it is taken out of the state before it is looked at.
  const grant = await call.cloud.store.update(({ facts }) => {
    const found = facts.grants.find(
      (one) => one.kind === 'authorization' && one.code === form.get('code'),
    );
    facts.grants = facts.grants.filter((one) => one !== found);
    return found;
  });
  if (!grant || new Date(grant.expiresAt) <= call.now || grant.clientId !== clientId) {
    throw refuse(
      70008,
      'The provided authorization code or refresh token has expired, was used already or was issued to another client.',
    );
  }
  if (grant.redirectUri !== (form.get('redirect_uri') ?? '')) {
    throw refuse(
      500112,
      'The reply address does not match the reply address that was given when the code was requested.',
    );
  }
  const verifier = form.get('code_verifier') ?? '';
  if (grant.challenge && sha256(verifier).toString('base64url') !== grant.challenge) {
    throw refuse(
      501481,
      'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
    );
  }
  return json(await userTokens(asked, form.get('scope') || grant.scope, grant.nonce), NO_STORE);
}

async function refresh(asked: Asked): Promise<Response> {
  const { call, form, clientId } = asked;
  const token = readToken(await openSigningKey(call.cloud.folder), form.get('refresh_token') ?? '');
  const good =
    token?.aud === 'refresh' && token.exp * 1000 > call.now.getTime() && token.appid === clientId;
  if (!good) {
    const message =
      'The provided authorization code or refresh token has expired, was used already or was issued to another client.';
    throw entraFault(call, { status: 400, error: 'invalid_grant', number: 70008, message });
  }
  const resource = form.get('resource');
  const scope = resource ? `${resource}/.default` : (form.get('scope') ?? String(token.scope));
  return json(await userTokens(asked, scope, ''), NO_STORE);
}

async function managedIdentity(call: Call): Promise<Response> {
  const { facts } = await call.cloud.store.read();
  const application = facts.directory.applications[0];
  const header = call.request.headers.get('x-identity-header');
  if (!application || header !== application.identityHeader) {
    return json(
      { statusCode: 403, message: 'The identity header is missing or wrong.' },
      { status: 403 },
    );
  }
  const audience = audienceOf(call, '', call.url.searchParams.get('resource') ?? '');
  const { tenantId } = LOCAL_CONNECTION;
  return json(await applicationToken({ call, facts, tenantId }, audience, application), NO_STORE);
}

const NO_STORE = { headers: { 'cache-control': 'no-store', pragma: 'no-cache' } };
