import { join } from 'node:path';
import { expect, test } from 'vitest';
import { realFiles, temporaryFolder } from '../support/host.js';
import { connect, entra, granted, OTHER_TENANT, PRINCIPAL, refused, TENANT } from './entra.js';

test('the variables of a service principal suffice: nothing else is asked', async () => {
  const { fetch, requests } = entra((form, url) => {
    expect(url.pathname).toBe(`/${TENANT}/oauth2/v2.0/token`);
    expect(form.get('client_id')).toBe(PRINCIPAL.AZURE_CLIENT_ID);
    expect(form.get('client_secret')).toBe(PRINCIPAL.AZURE_CLIENT_SECRET);
    expect(form.get('scope')).toBe('https://management.azure.com/.default');
    return granted();
  });
  const { gateways, said } = await connect({ env: PRINCIPAL, fetch });
  expect(await gateways.signIn.whoAmI()).toMatchObject({
    account: PRINCIPAL.AZURE_CLIENT_ID,
    tenantId: TENANT,
    objectId: 'oid-1',
    auth: 'service-principal',
  });
  expect(new Set(requests.map((request) => request.split(' ')[1]?.split('/')[0]))).toEqual(
    new Set(['login.microsoftonline.com']),
  );
  expect(said.join('\n')).not.toContain('canary');
});

test('a refusal of the sign-in is one sentence with a next step', async () => {
  const cases = [
    [7000215, 'The client secret of the service principal is wrong.'],
    [7000222, 'The client secret of the service principal has expired.'],
    [700016, 'The tenant has no application with this client id.'],
    [90002, 'There is no such tenant in this cloud.'],
    [50034, 'This account does not exist in the tenant that was asked.'],
    [65001, 'Nobody has consented to this application in the tenant.'],
    [50076, 'The tenant asks for a second factor.'],
    [530003, "The tenant's conditional access policy does not allow this device."],
  ] as const;
  for (const [code, message] of cases) {
    const { fetch } = entra(() => refused(code, 'Invalid: canary.'));
    const { gateways } = await connect({ env: PRINCIPAL, fetch });
    await expect(gateways.signIn.whoAmI()).rejects.toMatchObject({
      kind: 'auth',
      message,
      facts: {
        code: `AADSTS${code}`,
        hint: expect.any(String),
        correlationId: '00000000-0000-0000-0000-0000000000f9',
      },
    });
  }
});

test('a code that nobody knows is said in the words of Entra', async () => {
  const { fetch } = entra(() => refused(7999999, 'Something new.'));
  const { gateways } = await connect({ env: PRINCIPAL, fetch });
  await expect(gateways.signIn.whoAmI()).rejects.toMatchObject({
    kind: 'auth',
    message: expect.stringMatching(/^The sign-in was refused: Something new\./),
  });
});

test('a token of another tenant than the one asked for is refused', async () => {
  const { fetch } = entra(() => granted({ tid: OTHER_TENANT }));
  const { gateways } = await connect({ env: PRINCIPAL, fetch });
  await expect(gateways.signIn.whoAmI()).rejects.toMatchObject({
    kind: 'auth',
    message: `The sign-in by service-principal is for tenant ${OTHER_TENANT}, not ${TENANT}.`,
  });
});

test('a missing variable is named', async () => {
  const { gateways } = await connect({
    env: { AZURE_CLIENT_ID: 'x' },
    settings: { auth: 'service-principal' },
    fetch: entra(() => granted()).fetch,
  });
  await expect(gateways.signIn.whoAmI()).rejects.toMatchObject({
    kind: 'usage',
    message: '--auth service-principal needs AZURE_CLIENT_SECRET, which is not set.',
  });
});

test('an unreachable sign-in is said as what it is', async () => {
  const fetch = async () => {
    throw Object.assign(new Error('x'), { code: 'ENOTFOUND' });
  };
  const { gateways } = await connect({ env: PRINCIPAL, fetch });
  await expect(gateways.signIn.whoAmI()).rejects.toMatchObject({
    kind: 'service',
    message: 'The host login.microsoftonline.com cannot be found.',
  });
});

test('workload identity hands in the token of its file', async () => {
  const path = join(await temporaryFolder(), 'token');
  await realFiles.write(path, 'federated-token');
  const { fetch } = entra((form) => {
    expect(form.get('client_assertion')).toBe('federated-token');
    return granted();
  });
  const env = { AZURE_CLIENT_ID: PRINCIPAL.AZURE_CLIENT_ID, AZURE_FEDERATED_TOKEN_FILE: path };
  const { gateways } = await connect({ env, fetch });
  expect(await gateways.signIn.whoAmI()).toMatchObject({ auth: 'workload-identity' });
});

test('each cloud signs in at its own host, for its own management', async () => {
  const { fetch, requests } = entra((form) => {
    expect(form.get('scope')).toBe('https://management.chinacloudapi.cn/.default');
    return granted();
  });
  const settings = { cloud: 'azurechinacloud' };
  const { gateways } = await connect({ env: PRINCIPAL, settings, fetch });
  await gateways.signIn.whoAmI();
  expect(requests.at(-1)).toMatch(/^POST login\.(partner\.)?(chinacloudapi|microsoftonline)\.cn/);
});

test('a secret goes to the sign-in of the cloud alone, whatever its configuration names', async () => {
  const asked: string[] = [];
  const fetch = async (request: Request) => {
    asked.push(`${request.method} ${new URL(request.url).host}`);
    return Response.json({
      issuer: 'https://login.own.example/t/v2.0',
      authorization_endpoint: 'https://evil.example/authorize',
      token_endpoint: 'https://evil.example/token',
      jwks_uri: 'https://evil.example/keys',
    });
  };
  const env = { ...PRINCIPAL, AZURE_AUTHORITY_HOST: 'https://login.own.example' };
  const { gateways } = await connect({ env, fetch });
  await expect(gateways.signIn.whoAmI()).rejects.toMatchObject({ name: 'CliError' });
  expect(new Set(asked)).toEqual(new Set(['GET login.own.example']));
});
