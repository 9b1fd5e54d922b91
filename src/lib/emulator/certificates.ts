import { createPrivateKey, type KeyObject, webcrypto } from 'node:crypto';
import { join } from 'node:path';
import { createFileOnce, readText } from './state/files.js';

/** What an HTTPS server needs, and the file that its clients have to trust. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
  readonly caFile: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const ROOT_NAME = 'CN=aml-monitor local cloud';

/**
 * A fresh certificate for this machine's loopback names, signed by the state folder's own root. The root
 * stays the same from start to start, so trust in it does too; its key never leaves the folder.
 */
export async function openCertificate(folder: string, now: Date): Promise<ServerCertificate> {
  // The library needs the polyfill to be there when it loads.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto);
  const caFile = join(folder, 'tls', 'root.pem');
  const rootKeyFile = join(folder, 'tls', 'root.key');

  const generate = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const span = (days: number) => ({
    notBefore: new Date(now.getTime() - DAY_MS),
    notAfter: new Date(now.getTime() + days * DAY_MS),
  });

  const createKey = async () =>
    createFileOnce(rootKeyFile, await exportPem((await generate()).privateKey));
  const rootKeys = await importKeys(
    createPrivateKey((await readText(rootKeyFile)) ?? (await createKey())),
  );
  const createRoot = async () => {
    const root = await x509.X509CertificateGenerator.createSelfSigned({
      name: ROOT_NAME,
      keys: rootKeys,
      signingAlgorithm: ALGORITHM,
      ...span(3650),
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
          true,
        ),
        await x509.SubjectKeyIdentifierExtension.create(rootKeys.publicKey),
      ],
    });
    return `${root.toString('pem')}\n`;
  };
  const rootPem =
    (await readText(caFile)) ?? (await createFileOnce(caFile, await createRoot(), 0o644));
  const root = new x509.X509Certificate(rootPem);

  const keys = await generate();
  const leaf = await x509.X509CertificateGenerator.create({
    subject: 'CN=localhost',
    issuer: root.subject,
    publicKey: keys.publicKey,
    signingKey: rootKeys.privateKey,
    signingAlgorithm: ALGORITHM,
    ...span(365),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'dns', value: '*.localhost' },
        { type: 'dns', value: '*.blob.localhost' },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(root),
    ],
  });
  const pem = await exportPem(keys.privateKey);
  return { key: pem, cert: `${leaf.toString('pem')}\n${rootPem}`, caFile };
}

async function importKeys(key: KeyObject): Promise<webcrypto.CryptoKeyPair> {
  const der = key.export({ type: 'pkcs8', format: 'der' });
  const privateKey = await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, true, ['sign']);
  const { d: _, key_ops: __, ...jwk } = await webcrypto.subtle.exportKey('jwk', privateKey);
  const publicKey = await webcrypto.subtle.importKey('jwk', jwk, ALGORITHM, true, ['verify']);
  return { privateKey, publicKey };
}

async function exportPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${der.replace(/(.{64})(?!$)/g, '$1\n')}\n-----END PRIVATE KEY-----\n`;
}
