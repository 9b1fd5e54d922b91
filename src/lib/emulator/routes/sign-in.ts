import { randomBytes } from 'node:crypto';
import { escapeXml, json } from '../answers.js';
import { LOCAL_CONNECTION } from '../connection.js';
import { type Call, type Route, route } from '../router.js';
import { assertClient, audienceOf, entraFault, findTenant } from '../sign-in/directory.js';
import type { Grant } from '../state/state.js';

type Path = Readonly<Record<string, string>>;

/**
 * The parts of signing in that a person sees: device codes and the authorization page. The one user of
 * the directory is signed in to the browser already, so the authorization page goes back at once.
 *
 * A device code is approved by `POST /devicelogin` with `user_code=…` (the page at the verification URL has
 * a button for it) or, without anybody's doing, `behaviour.deviceCodeSeconds` after it was issued.
 *
 * Contract: OAuth 2.0 device authorization grant and authorization code with PKCE, v2.0 and AD FS routes.
 * Known from: documented (Microsoft identity platform), SDK source (msal-node 5).
 */
export const signInRoutes: readonly Route[] = [
  route('POST', '/adfs/oauth2/devicecode', (call) => deviceCode(call, { tenant: 'adfs' })),
  route('POST', '/{tenant}/oauth2/v2.0/devicecode', deviceCode),
  route('POST', '/{tenant}/oauth2/devicecode', deviceCode),
  route('GET', '/devicelogin', devicePage),
  route('POST', '/devicelogin', approve),
  route('GET', '/adfs/oauth2/authorize', (call) => authorizePage(call, { tenant: 'adfs' })),
  route('GET', '/{tenant}/oauth2/v2.0/authorize', authorizePage),
  route('GET', '/{tenant}/oauth2/authorize', authorizePage),
  route('GET', '/{tenant}/oauth2/v2.0/logout', () => page('You are signed out.')),
];

async function deviceCode(call: Call, { tenant = '' }: Path): Promise<Response> {
  const form = new URLSearchParams(await call.request.text());
  const scope = form.get('scope') ?? '';
  audienceOf(call, scope, form.get('resource') ?? '');
  const grant = await openGrant(call, tenant, {
    kind: 'device',
    clientId: form.get('client_id') ?? '',
    scope: form.get('resource') ? `${form.get('resource')}/.default offline_access` : scope,
  });
  const verification = `${call.origin}/devicelogin`;
  return json({
    user_code: grant.userCode,
    device_code: grant.code,
    verification_uri: verification,
    verification_url: verification,
    expires_in: 900,
    interval: 1,
    message: `To sign in, use a web browser to open the page ${verification} and enter the code ${grant.userCode} to authenticate.`,
  });
}

async function openGrant(
  call: Call,
  tenant: string,
  facts: Partial<Grant> & Pick<Grant, 'kind' | 'clientId' | 'scope'>,
): Promise<Grant> {
  return call.cloud.store.update((state) => {
    const tenantId = findTenant(call, state.facts, tenant);
    assertClient(call, state.facts, facts.clientId, tenantId);
    const grant: Grant = {
      code: randomBytes(32).toString('base64url'),
      userCode: randomUserCode(),
      tenantId,
      issuedAt: call.now.toISOString(),
      expiresAt: new Date(call.now.getTime() + 900_000).toISOString(),
      approvedAt: null,
      redirectUri: '',
      challenge: '',
      nonce: '',
      ...facts,
    };
    const open = state.facts.grants.filter((one) => new Date(one.expiresAt) > call.now);
    state.facts.grants = [...open, grant];
    return grant;
  });
}

/** Without letters that look alike. */
function randomUserCode(): string {
  const letters = 'BCDFGHJKLMNPQRSTVWXZ23456789';
  return Array.from(randomBytes(9), (byte) => letters[byte % letters.length]).join('');
}

function devicePage({ url }: Call): Response {
  const code = escapeXml(url.searchParams.get('user_code') ?? '');
  return page(
    `<form method="post"><label>Code <input name="user_code" value="${code}"></label> <button>Sign in</button></form>`,
  );
}

async function approve(call: Call): Promise<Response> {
  const form = new URLSearchParams(await call.request.text());
  const userCode = form.get('user_code')?.trim().toUpperCase();
  const found = await call.cloud.store.update(({ facts }) => {
    const grant = facts.grants.find((one) => one.kind === 'device' && one.userCode === userCode);
    if (grant) grant.approvedAt = call.now.toISOString();
    return grant !== undefined;
  });
  if (found) return page('You are signed in. You may close this window.');
  return page('There is no such code, or it has expired.', 400);
}

async function authorizePage(call: Call, { tenant = '' }: Path): Promise<Response> {
  const asked = call.url.searchParams;
  const redirectUri = asked.get('redirect_uri') ?? '';
  if (!isLoopback(redirectUri)) {
    const message = `The redirect URI '${redirectUri}' specified in the request does not match the redirect URIs configured for the application.`;
    throw entraFault(call, { status: 400, error: 'invalid_request', number: 50011, message });
  }
  const grant = await openGrant(call, tenant, {
    kind: 'authorization',
    clientId: asked.get('client_id') ?? '',
    scope: asked.get('scope') ?? '',
    redirectUri,
    challenge: asked.get('code_challenge') ?? '',
    nonce: asked.get('nonce') ?? '',
  });
  const answer = {
    code: grant.code,
    state: asked.get('state') ?? '',
    session_state: LOCAL_CONNECTION.tenantId,
  };
  if (asked.get('response_mode') === 'form_post') return formPost(redirectUri, answer);
  const target = new URL(redirectUri);
  for (const [name, value] of Object.entries(answer)) target.searchParams.set(name, value);
  return new Response(null, { status: 302, headers: { location: target.href } });
}

/** Codes go to this machine only. */
function isLoopback(uri: string): boolean {
  return URL.canParse(uri) && ['localhost', '127.0.0.1', '[::1]'].includes(new URL(uri).hostname);
}

function formPost(action: string, fields: Readonly<Record<string, string>>): Response {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escapeXml(value)}">`,
  );
  return page(
    `<form method="post" action="${escapeXml(action)}">${inputs.join('')}<noscript><button>Continue</button></noscript></form><script>document.forms[0].submit()</script>`,
  );
}

function page(body: string, status = 200): Response {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Local cloud</title><body>${body}</body></html>\n`;
  return new Response(html, { status, headers: { 'content-type': 'text/html; charset=utf-8' } });
}
