// Microsoft's storage emulator as a child process: a server that was not written here.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(
  new URL('../../node_modules/azurite/dist/src/blob/main.js', import.meta.url),
);

/** Starts one with an account of that name; `connectionString` has it at any port, such as that of a proxy. */
export async function startAzurite(folder, accountName) {
  const accountKey = randomBytes(64).toString('base64');
  const port = await freePort();
  const flags = [
    '--silent',
    '--skipApiVersionCheck',
    '--disableTelemetry',
    '--inMemoryPersistence',
  ];
  const server = spawn(process.execPath, [MAIN, ...flags, '--blobPort', String(port)], {
    cwd: folder,
    env: { AZURITE_ACCOUNTS: `${accountName}:${accountKey}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve, reject) => {
    server.stdout.on('data', (text) => String(text).includes('successfully listens') && resolve());
    server.once('exit', (status) => reject(new Error(`Azurite ended with ${status}.`)));
  });
  return {
    port,
    connectionString: (at) =>
      `DefaultEndpointsProtocol=http;AccountName=${accountName};AccountKey=${accountKey};` +
      `BlobEndpoint=http://127.0.0.1:${at}/${accountName};`,
    close: () => server.kill('SIGKILL'),
  };
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
