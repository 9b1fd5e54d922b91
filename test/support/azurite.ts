import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { AppendBlobClient, BlobServiceClient, BlockBlobClient } from '@azure/storage-blob';
import { afterAll } from 'vitest';
import { temporaryFolder } from './host.js';

/** Microsoft's own storage emulator, as the judge of what talks to storage. */
export interface Azurite {
  readonly accountName: string;
  readonly accountKey: string;
  /** Of the blob service, without a slash at its end. */
  readonly endpoint: string;
  readonly connectionString: string;
  readonly client: BlobServiceClient;
  /** Makes a container of these blobs: block blobs of a text, append blobs of one append a text. */
  readonly fill: (
    container: string,
    blobs: Readonly<Record<string, string | readonly string[]>>,
  ) => Promise<void>;
}

const MAIN = fileURLToPath(
  new URL('../../node_modules/azurite/dist/src/blob/main.js', import.meta.url),
);

const running: ChildProcess[] = [];

afterAll(() => {
  for (const server of running.splice(0)) server.kill('SIGKILL');
});

/** Starts one with an account of that name, on a port and in a folder of its own; it ends with the test file. */
export async function startAzurite(accountName = 'samplestore'): Promise<Azurite> {
  const accountKey = randomBytes(64).toString('base64');
  const [port, folder] = await Promise.all([freePort(), temporaryFolder()]);
  const flags = ['--silent', '--skipApiVersionCheck', '--disableTelemetry'];
  const place = ['--location', folder, '--blobHost', '127.0.0.1', '--blobPort', String(port)];
  const server = spawn(process.execPath, [MAIN, ...flags, ...place], {
    env: { AZURITE_ACCOUNTS: `${accountName}:${accountKey}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(server);
  await new Promise<void>((resolve, reject) => {
    server.stdout.on('data', (text) => String(text).includes('successfully listens') && resolve());
    server.once('error', reject);
    server.once('exit', (status) => reject(new Error(`Azurite ended with ${status}.`)));
  });
  const endpoint = `http://127.0.0.1:${port}/${accountName}`;
  const connectionString = `DefaultEndpointsProtocol=http;AccountName=${accountName};AccountKey=${accountKey};BlobEndpoint=${endpoint};`;
  const client = BlobServiceClient.fromConnectionString(connectionString);

  async function fill(
    container: string,
    blobs: Readonly<Record<string, string | readonly string[]>>,
  ): Promise<void> {
    const { credential } = client;
    await client.getContainerClient(container).createIfNotExists();
    const left = Object.entries(blobs);
    const put = async () => {
      for (let next = left.shift(); next; next = left.shift()) {
        const [name, content] = next;
        // The clients that a container gives take `..` in a name for a way to another container.
        const url = `${endpoint}/${container}/${encodeURIComponent(name)}`;
        if (typeof content === 'string') {
          await new BlockBlobClient(url, credential).upload(content, Buffer.byteLength(content));
        } else {
          const blob = new AppendBlobClient(url, credential);
          await blob.create();
          for (const text of content) await blob.appendBlock(text, Buffer.byteLength(text));
        }
      }
    };
    await Promise.all(Array.from({ length: 16 }, put));
  }

  return { accountName, accountKey, endpoint, connectionString, client, fill };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}
