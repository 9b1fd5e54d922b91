import type { Cloud } from '../cloud.js';

/** Text to append to a blob; `header` goes first where the blob is new. */
export interface BlobText {
  readonly container: string;
  readonly name: string;
  readonly header: string;
  readonly text: string;
  readonly at: Date;
}

/** Which lines are appended: all, or those that a blob does not have. */
export type BlobLines = 'all' | 'missing';

const WRITERS = 8;

/** Appends texts to the blobs of a storage account in their order, several blobs at a time. */
export async function appendToBlobs(
  cloud: Cloud,
  account: string,
  files: readonly BlobText[],
  lines: BlobLines,
): Promise<void> {
  const append = lines === 'all' ? cloud.blobs.write : cloud.blobs.complete;
  const blobs = new Map<string, { readonly last: BlobText; readonly texts: string[] }>();
  for (const file of files) {
    const key = `${file.container}/${file.name}`;
    const texts = blobs.get(key)?.texts ?? [];
    texts.push(file.text);
    blobs.set(key, { last: file, texts });
  }
  const left = [...blobs.values()];
  const write = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const { container, name, header, at } = next.last;
      await append({ account, container, name }, header, next.texts.join(''), at);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
}
