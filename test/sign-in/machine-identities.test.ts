import 'reflect-metadata';
import { createPublicKey, verify, webcrypto, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/host.js';
import { localCloud } from '../support/local-cloud.js';
import { connect, entra, granted, refused, TENANT } from './entra.js';

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** At the local cloud, which judges by the contract and not by this code. */
async function whoAmI(auth: 'auto' | 'workload-identity', env: object) {
  const { connection, handle } = localCloud();
  const { origin, tenantId, clientId } = connection;
  const { gateways } = await connect({
    env: { AZURE_CLIENT_ID: clientId, ...env },
    settings: { auth, cloud: origin, tenantId },
    fetch: handle,
  });
  return { signedIn: gateways.signIn.whoAmI(), account: clientId, tenantId };
}

test('a workload shows the assertion that its cluster gave it', async () => {
  const path = join(await temporaryFolder(), 'token');
  const env = { AZURE_FEDERATED_TOKEN_FILE: path };
  const assertionOf = (sub: string) =>
    `${encode({ alg: 'RS256' })}.${encode({ iss: 'https://issuer.sample.example', sub })}.x`;
  writeFileSync(path, assertionOf('system:serviceaccount:default:aml-monitor'));
  const { signedIn, ...facts } = await whoAmI('auto', env);
  expect(await signedIn).toMatchObject({ ...facts, auth: 'workload-identity' });

  writeFileSync(path, assertionOf('somebody else'));
  const wrong = await whoAmI('workload-identity', env);
  await expect(wrong.signedIn).rejects.toMatchObject({
    kind: 'auth',
    facts: { code: 'AADSTS70021', original: expect.stringContaining('somebody else') },
  });
});

async function rsaCertificate(): Promise<{ readonly pem: string; readonly cert: string }> {
  x509.cryptoProvider.set(webcrypto);
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=a service principal',
    keys,
    signingAlgorithm: algorithm,
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  const cert = certificate.toString('pem');
  return { cert, pem: `${x509.PemConverter.encode(key, 'PRIVATE KEY')}\n${cert}\n` };
}

test('a service principal may sign with its certificate instead of showing a secret', async () => {
  const { pem, cert } = await rsaCertificate();
  const path = join(await temporaryFolder(), 'principal.pem');
  writeFileSync(path, pem);
  const env = { AZURE_CLIENT_ID: 'a-principal', AZURE_CLIENT_CERTIFICATE_PATH: path };
  const { fetch } = entra((form, url) => {
    const [header = '', payload = '', signature = ''] =
      form.get('client_assertion')?.split('.') ?? [];
    const parsed = JSON.parse(Buffer.from(header, 'base64url').toString());
    const scheme = parsed.alg === 'PS256' ? { padding: 6, saltLength: 32 } : {};
    const key = {
      key: createPublicKey(
        new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'pem' }),
      ),
      ...scheme,
    };
    const signed = Buffer.from(`${header}.${payload}`);
    expect(verify('sha256', signed, key, Buffer.from(signature, 'base64url'))).toBe(true);
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      iss: 'a-principal',
      sub: 'a-principal',
      aud: url.href.split('?')[0],
    });
    expect(form.has('client_secret')).toBe(false);
    return granted();
  });
  const { gateways } = await connect({ env, fetch });
  expect(await gateways.signIn.whoAmI()).toMatchObject({
    tenantId: TENANT,
    auth: 'service-principal',
  });

  const other = await connect({ env, fetch: entra(() => refused(700027, 'Not it.')).fetch });
  await expect(other.gateways.signIn.whoAmI()).rejects.toMatchObject({
    kind: 'auth',
    message: 'The certificate of the service principal is not the registered one.',
  });
  const gone = await connect({
    env: { ...env, AZURE_CLIENT_CERTIFICATE_PATH: '/gone.pem' },
    fetch,
  });
  await expect(gone.gateways.signIn.whoAmI()).rejects.toMatchObject({ name: 'CliError' });
});
