// What a user would write: every blob below a prefix, one after another, with the SDK.

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';

const [connectionString, container, prefix, folder] = process.argv.slice(2);
const client =
  BlobServiceClient.fromConnectionString(connectionString).getContainerClient(container);
for await (const { name } of client.listBlobsFlat({ prefix })) {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  await client.getBlobClient(name).downloadToFile(path);
}
