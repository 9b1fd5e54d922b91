import type { CollectedFile } from '../../model/collected-file.js';

/**
 * What the local file of a blob would be called, untrusted: deployment, or model and version; collection; the
 * folders of time and the file as the blob has them.
 */
export function localSegments(file: CollectedFile): readonly string[] {
  const { part, model, modelVersion, collection, name, from } = file;
  const segments = name.split('/');
  const year = String(from.getUTCFullYear()).padStart(4, '0');
  const time = segments.lastIndexOf(year, -2);
  const rest = time === -1 ? segments.slice(-1) : segments.slice(time);
  return [...[part, model, modelVersion].filter((one) => one !== null), collection, ...rest];
}
