// The least that lists blobs: their names below a prefix, with the SDK.

import { BlobServiceClient } from '@azure/storage-blob';

const [connectionString, container, prefix] = process.argv.slice(2);
const client =
  BlobServiceClient.fromConnectionString(connectionString).getContainerClient(container);
const names = [];
for await (const { name } of client.listBlobsFlat({ prefix })) names.push(name);
console.log(names.length);
