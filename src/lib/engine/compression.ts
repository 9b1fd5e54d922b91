import { gunzipSync, inflateSync } from 'node:zlib';
import type { Script } from '../kql/scripts/script.js';

/** What of base64 cannot be unpacked, or holds no text, is nothing. */
function unpack(inflate: (bytes: Uint8Array) => Uint8Array): Script {
  return {
    args: ['string'],
    returns: 'string',
    run: ([text]) => {
      try {
        const bytes = inflate(Buffer.from(String(text), 'base64'));
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
      } catch {
        return ''; // how zlib and the decoder say no
      }
    },
  };
}

/** Scripts that need what only Node has. */
export const COMPRESSION: Readonly<Record<string, Script>> = {
  gzip_decompress: unpack((bytes) => gunzipSync(bytes)),
  zlib_decompress: unpack((bytes) => inflateSync(bytes)),
};
