import { createHash } from 'node:crypto';
import { BlobServiceClient } from '@azure/storage-blob';

/** The sample workspace of the local cloud; its storage is Azurite here. */
export const ACCOUNT = 'sampleml0storage';
export const CONTAINER = 'azureml-blobstore-0c9d2b7e-61f4-4a3d-8b58-e2f7c1a9d406';
export const SERVICE = 'fraud';
export const COLLECTION = 'modelDataCollector/fraud/blue/model_inputs/';

/** Puts blobs of these sizes there, lines of JSON that v2 would collect. Answers them by their names below the collection. */
export async function collect(connectionString, sizes) {
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
