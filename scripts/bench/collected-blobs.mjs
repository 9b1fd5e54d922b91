import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { startAzurite } from './azurite.mjs';
import { ended, untilWritten } from './processes.mjs';
import { startSlowProxy } from './slow-proxy.mjs';

/** The sample workspace of the local cloud; its storage is Azurite here. */
const ACCOUNT = 'sampleml0storage';
export const CONTAINER = 'azureml-blobstore-0c9d2b7e-61f4-4a3d-8b58-e2f7c1a9d406';
export const SERVICE = 'fraud';
export const COLLECTION = 'modelDataCollector/fraud/blue/model_inputs/';

/** A local cloud and Azurite, which `connectionString` reaches through a proxy that lets each request wait. */
export async function openWorkspace({ bin, folder, delayMs }) {
  const azurite = await startAzurite(folder, ACCOUNT);
  const proxy = await startSlowProxy(azurite.port, delayMs);
  const cloudFolder = join(folder, 'cloud');
  const env = { PATH: process.env.PATH, HOME: folder, AML_MONITOR_LOCAL_DIR: cloudFolder };
  const launch = (args, own = {}) =>
    spawn(process.execPath, args, { cwd: folder, env: { ...env, ...own } });
  const envFile = join(folder, 'local.env');
  const cloud = launch([bin, 'local', 'start', '-e', envFile]);
  return {
    proxy,
    connectionString: azurite.connectionString(proxy.port),
    launch,
    collect: (sizes) => collect(azurite.connectionString(azurite.port), sizes),
    /** What leads other processes to the local cloud, once that is open. */
    variables: () => untilWritten(envFile),
    async close() {
      cloud.kill('SIGINT');
      await ended(cloud, { mayFail: true });
      proxy.close();
      azurite.close();
    },
  };
}

/** Puts blobs of these sizes there, lines of JSON that v2 would collect. Answers them by their names below the collection. */
async function collect(connectionString, sizes) {
  const client =
    BlobServiceClient.fromConnectionString(connectionString).getContainerClient(CONTAINER);
  await client.create();
  const blobs = new Map();
  const left = sizes.entries();
  const put = async () => {
    for (const [index, size] of left) {
      const [day, hour] = [1 + (index % 28), index % 24].map((n) => String(n).padStart(2, '0'));
      const name = `2026/10/${day}/${hour}/${index}.jsonl`;
      const line = `${JSON.stringify({ id: index, data: [{ amount: index * 1.5 }] })}\n`;
      const content = Buffer.alloc(size, line);
      await client.getBlockBlobClient(COLLECTION + name).upload(content, size);
      blobs.set(name, { bytes: size, hash: hashOf(content) });
    }
  };
  await Promise.all(Array.from({ length: 8 }, put));
  return blobs;
}

export function hashOf(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}
