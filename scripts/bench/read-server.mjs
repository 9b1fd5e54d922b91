// A Log Analytics of one answer, with the sign-in of a cloud of its own, over HTTPS: as plain as it can be, so that
// what is measured is who reads. Started with a folder and the numbers of rows; sends its parent where it is.

import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { createReadStream, createWriteStream, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import * as x509 from '@peculiar/x509';
import { answerText } from './read-rows.mjs';

const [folder, ...sizes] = process.argv.slice(2);
const answers = {};
for (const rows of sizes.map(Number)) {
  const path = join(folder, `${rows}.json.gz`);
  let bytes = 0;
  async function* counted() {
    for (const text of answerText(rows)) {
      bytes += Buffer.byteLength(text);
      yield text;
    }
  }
  await pipeline(Readable.from(counted()), createGzip({ level: 4 }), createWriteStream(path));
  answers[rows] = { path, bytes, zipped: statSync(path).size };
}

const identity = await makeIdentity();
const caFile = join(folder, 'root.pem');
writeFileSync(caFile, identity.cert);
const server = createServer(identity, (request, response) => {
  request.resume().once('end', () => {
    const rows = /components\/rows-(\d+)\/query/.exec(request.url)?.[1];
    if (rows) sendAnswer(answers[rows], response);
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(other(request)));
  });
});
server.listen(0, '127.0.0.1', () => {
  const origin = `https://localhost:${server.address().port}`;
  process.send({ origin, caFile, answers });
});

function sendAnswer({ path }, response) {
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-encoding': 'gzip',
  });
  createReadStream(path, { highWaterMark: 262_144 }).pipe(response);
}

/** The cloud's description, the description of its sign-in, a token. */
function other({ url, headers }) {
  const origin = `https://${headers.host}`;
  if (url.startsWith('/metadata/')) {
    return {
      name: 'Bench',
      resourceManager: `${origin}/`,
      authentication: { loginEndpoint: `${origin}/`, audiences: [origin] },
      logAnalyticsResourceId: origin,
    };
  }
  const tenant = /^\/([^/]+)/.exec(url)?.[1];
  if (url.includes('/.well-known/')) {
    const base = `${origin}/${tenant}`;
    return {
      issuer: `${base}/v2.0`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      jwks_uri: `${base}/keys`,
    };
  }
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'none' })}.${part({ tid: tenant, oid: 'bench' })}.x`;
  return { token_type: 'Bearer', expires_in: 3599, access_token: token };
}

async function makeIdentity() {
  x509.cryptoProvider.set(webcrypto);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost',
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(Date.now() + 86_400_000),
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    cert: certificate.toString('pem'),
    key: x509.PemConverter.encode(key, 'PRIVATE KEY'),
  };
}
