import { createHash } from 'node:crypto';
import { ClientSecretCredential, DeviceCodeCredential } from '@azure/identity';
import { beforeAll, describe, expect, test } from 'vitest';
import { LOCAL_CONNECTION, OTHER_TENANT_ID } from '../../src/lib/emulator/connection.js';
import { type Served, serve, tokenFor } from './served.js';

let served: Served;
beforeAll(async () => {
  served = await serve();
});

const { tenantId, clientId, clientSecret, subscriptionId } = LOCAL_CONNECTION;
const AZURE_CLI = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';

function authority() {
  return {
    authorityHost: served.origin,
    disableInstanceDiscovery: true,
    ...served.clientOptions,
  };
}

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

async function post(path: string, form: Record<string, string>) {
  const { origin } = LOCAL_CONNECTION;
  const body = new URLSearchParams(form).toString();
  const response = await served.cloud.handle(new Request(origin + path, { method: 'POST', body }));
  return { status: response.status, body: JSON.parse(await response.text()) };
}

function getSubscription(
  token: string,
  path = `/subscriptions/${subscriptionId}?api-version=2022-12-01`,
) {
  return served.cloud.handle(
    new Request(`${LOCAL_CONNECTION.origin}${path}`, {
      headers: { authorization: `Bearer ${token}` },
    }),
  );
}

describe('an application', () => {
  test('gets a token that says whose it is and what it is for', async () => {
    const { token } = await served.credential.getToken(`${served.origin}//.default`);
    expect(claimsOf(token)).toMatchObject({
      tid: tenantId,
      appid: clientId,
      aud: `${served.origin}/`,
      idtyp: 'app',
    });
  });

  test('with a wrong secret is refused as Entra ID does', async () => {
    const wrong = new ClientSecretCredential(tenantId, clientId, 'wrong', authority());
    await expect(wrong.getToken(`${served.origin}/.default`)).rejects.toThrow(/AADSTS7000215/);
  });

  test('in an unknown directory is refused as Entra ID does', async () => {
    const path = '/11111111-2222-4333-8444-555555555555/oauth2/v2.0/token';
    expect(await post(path, { grant_type: 'client_credentials' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', error_codes: [90002] },
    });
  });

  test('of another directory gets a token that ARM refuses by name', async () => {
    const token = await tokenFor(served.cloud, 'https://localhost/.default', OTHER_TENANT_ID);
    const response = await getSubscription(token);
    expect(response.status).toBe(401);
    expect(JSON.parse(await response.text()).error).toMatchObject({
      code: 'InvalidAuthenticationTokenTenant',
      message: expect.stringContaining(tenantId),
    });
  });

  test('may show the assertion of a federated identity instead of a secret', async () => {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const assertion = (sub: string) =>
      `${encode({ alg: 'RS256' })}.${encode({ iss: 'https://issuer.sample.example', sub })}.x`;
    const form = (sub: string) => ({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_assertion: assertion(sub),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      scope: 'https://localhost/.default',
    });
    const path = `/${tenantId}/oauth2/v2.0/token`;
    const good = await post(path, form('system:serviceaccount:default:aml-monitor'));
    expect(claimsOf(good.body.access_token)).toMatchObject({ appid: clientId });
    expect(await post(path, form('somebody else'))).toMatchObject({ status: 401 });
  });
});

test('a managed identity asks with the header that it was given', async () => {
  const ask = (header: string) =>
    served.cloud.handle(
      new Request(
        'https://localhost/msi/token?api-version=2019-08-01&resource=https://localhost/',
        {
          headers: { 'x-identity-header': header },
        },
      ),
    );
  expect((await ask('wrong')).status).toBe(403);
  const good = JSON.parse(await (await ask('opens-only-the-local-cloud')).text());
  expect(claimsOf(good.access_token)).toMatchObject({ aud: 'https://localhost/', tid: tenantId });
});

describe('every call checks its token', () => {
  test('none', async () => {
    const response = await served.cloud.handle(
      new Request(`https://localhost/subscriptions?api-version=2022-12-01`),
    );
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('Bearer authorization_uri=');
    expect(JSON.parse(await response.text()).error.code).toBe('AuthenticationFailed');
  });

  test('meant for storage', async () => {
    const token = await tokenFor(served.cloud, 'https://storage.azure.com/.default');
    const response = await getSubscription(token);
    expect(JSON.parse(await response.text()).error.code).toBe('InvalidAuthenticationTokenAudience');
  });

  test('of somebody else', async () => {
    const [head, , signature] = (await tokenFor(served.cloud, 'https://localhost/.default')).split(
      '.',
    );
    const payload = Buffer.from(JSON.stringify({ tid: tenantId, exp: 9e9 })).toString('base64url');
    const response = await getSubscription(`${head}.${payload}.${signature}`);
    expect(JSON.parse(await response.text()).error.code).toBe('InvalidAuthenticationToken');
  });

  test('expired', async () => {
    const late = await serve('empty');
    const token = await tokenFor(late.cloud, 'https://localhost/.default');
    late.advance(3_601_000);
    const response = await late.cloud.handle(
      new Request(`https://localhost/subscriptions?api-version=2022-12-01`, {
        headers: { authorization: `Bearer ${token}` },
      }),
    );
    expect(response.status).toBe(401);
    expect(JSON.parse(await response.text()).error.code).toBe('ExpiredAuthenticationToken');
  });

  test('at the query API: a bad one is 403 there', async () => {
    const response = await served.cloud.handle(
      new Request(`https://localhost/v1${served.componentId}/query`, {
        method: 'POST',
        headers: { authorization: 'Bearer nonsense', 'content-type': 'application/json' },
        body: '{"query":"traces"}',
      }),
    );
    expect(response.status).toBe(403);
    expect(JSON.parse(await response.text()).error.code).toBe('InvalidAuthenticationToken');
  });
});

describe('a person', () => {
  test('signs in with a device code that time approves', async () => {
    await served.setBehaviour({ deviceCodeSeconds: 0 });
    const messages: string[] = [];
    const credential = new DeviceCodeCredential({
      tenantId,
      userPromptCallback: ({ message }) => void messages.push(message),
      ...authority(),
    });
    const { token } = await credential.getToken(`${served.origin}//.default`);
    expect(messages[0]).toContain(`${served.origin}/devicelogin`);
    expect(claimsOf(token)).toMatchObject({ tid: tenantId, upn: 'user@sample.example' });
  });

  test('is waited for until the code is approved on its page', async () => {
    await served.setBehaviour({ deviceCodeSeconds: null });
    const asked = await post(`/${tenantId}/oauth2/v2.0/devicecode`, {
      client_id: AZURE_CLI,
      scope: 'https://localhost//.default offline_access openid profile',
    });
    const poll = () =>
      post(`/${tenantId}/oauth2/v2.0/token`, {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        client_id: AZURE_CLI,
        device_code: asked.body.device_code,
      });
    expect(await poll()).toMatchObject({ status: 400, body: { error: 'authorization_pending' } });
    const approved = await served.cloud.handle(
      new Request('https://localhost/devicelogin', {
        method: 'POST',
        body: `user_code=${asked.body.user_code}`,
      }),
    );
    expect(approved.status).toBe(200);
    expect(await poll()).toMatchObject({ status: 200, body: { token_type: 'Bearer' } });
  });

  test('signs in with an authorization code, once, and only with its verifier; then refreshes', async () => {
    const verifier = 'a-verifier-that-is-long-enough-to-be-one-0123456789';
    const redirectUri = 'http://localhost:8400';
    const query = new URLSearchParams({
      client_id: AZURE_CLI,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: 'https://localhost//.default openid profile offline_access',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      state: 'xyz',
      nonce: 'n-1',
    });
    const authorize = async () => {
      const url = `https://localhost/${tenantId}/oauth2/v2.0/authorize?${query}`;
      const page = await served.cloud.handle(new Request(url));
      const target = new URL(page.headers.get('location') ?? '');
      expect([target.origin, target.searchParams.get('state')]).toEqual([redirectUri, 'xyz']);
      return target.searchParams.get('code') ?? '';
    };
    const redeem = (code: string, codeVerifier: string) =>
      post(`/${tenantId}/oauth2/v2.0/token`, {
        grant_type: 'authorization_code',
        client_id: AZURE_CLI,
        redirect_uri: redirectUri,
        code,
        code_verifier: codeVerifier,
      });
    expect(await redeem(await authorize(), 'another')).toMatchObject({ status: 400 });
    const code = await authorize();
    const good = await redeem(code, verifier);
    expect(claimsOf(good.body.id_token)).toMatchObject({
      nonce: 'n-1',
      tid: tenantId,
      aud: AZURE_CLI,
    });
    expect(await redeem(code, verifier)).toMatchObject({ body: { error: 'invalid_grant' } });

    const refreshed = await post(`/${OTHER_TENANT_ID}/oauth2/v2.0/token`, {
      grant_type: 'refresh_token',
      client_id: AZURE_CLI,
      refresh_token: good.body.refresh_token,
      scope: 'https://localhost//.default',
    });
    expect(claimsOf(refreshed.body.access_token)).toMatchObject({ tid: OTHER_TENANT_ID });
    const stolen = {
      grant_type: 'refresh_token',
      client_id: clientId,
      client_secret: clientSecret,
    };
    expect(
      await post(`/${tenantId}/oauth2/v2.0/token`, {
        ...stolen,
        refresh_token: good.body.refresh_token,
      }),
    ).toMatchObject({ status: 400 });
  });

  test('may want the code in a form', async () => {
    const url = `https://localhost/${tenantId}/oauth2/v2.0/authorize?client_id=${AZURE_CLI}&response_mode=form_post&redirect_uri=http://localhost:1/&state=%22%3E`;
    const page = await (await served.cloud.handle(new Request(url))).text();
    expect(page).toContain('<form method="post" action="http://localhost:1/">');
    expect(page).toContain('name="state" value="&quot;&gt;"');
  });

  test('is never sent a code outside this machine', async () => {
    const url = `https://localhost/${tenantId}/oauth2/v2.0/authorize?client_id=${AZURE_CLI}&redirect_uri=https://evil.example/`;
    expect((await served.cloud.handle(new Request(url))).status).toBe(400);
  });

  test('can be stopped by conditional access', async () => {
    await served.setBehaviour({ deviceCodeSeconds: 0, conditionalAccess: 530003 });
    const asked = await post(`/${tenantId}/oauth2/v2.0/devicecode`, {
      client_id: AZURE_CLI,
      scope: 'https://localhost//.default',
    });
    const answer = await post(`/${tenantId}/oauth2/v2.0/token`, {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      client_id: AZURE_CLI,
      device_code: asked.body.device_code,
    });
    expect(answer.body.error_description).toMatch(/^AADSTS530003: /);
    await served.setBehaviour({ conditionalAccess: null });
  });
});

test('OpenID discovery names every endpoint that MSAL needs, for each kind of authority', async () => {
  for (const path of [`/${tenantId}/v2.0`, `/common/v2.0`, `/organizations/v2.0`, '/adfs']) {
    const response = await served.cloud.handle(
      new Request(`https://localhost${path}/.well-known/openid-configuration`),
    );
    expect(JSON.parse(await response.text())).toMatchObject({
      authorization_endpoint: expect.stringContaining('https://localhost/'),
      token_endpoint: expect.stringContaining('https://localhost/'),
      device_authorization_endpoint: expect.stringContaining('https://localhost/'),
      issuer: expect.stringContaining('https://localhost/'),
      jwks_uri: expect.stringContaining('https://localhost/'),
    });
  }
});

test('the cloud describes itself, today and in the shape of 2015', async () => {
  const read = async (version: string) => {
    const url = `${served.origin}/metadata/endpoints?api-version=${version}`;
    return JSON.parse(await (await served.cloud.handle(new Request(url))).text());
  };
  expect(await read('2022-09-01')).toMatchObject({
    resourceManager: `${served.origin}/`,
    logAnalyticsResourceId: served.origin,
    authentication: {
      loginEndpoint: `${served.origin}/`,
      audiences: [`${served.origin}/`, served.origin],
    },
    suffixes: { storage: new URL(served.origin).host },
  });
  expect(await read('2015-01-01')).toMatchObject({
    authentication: { loginEndpoint: `${served.origin}/adfs`, audiences: [`${served.origin}/`] },
  });
});
