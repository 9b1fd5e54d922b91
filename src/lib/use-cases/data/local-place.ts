import type { CollectedFile } from '../../model/collected-file.js';
import type { DataFolder } from './data-folder.js';
import type { CollectedFacts } from './manifest.js';

/** What a folder has to know to place a collected file. */
export function localPlace(file: CollectedFile): Parameters<DataFolder['place']> {
  const { accountName, containerName, name } = file;
  return [{ accountName, containerName, name }, factsOf(file), segmentsOf(file)];
}

function factsOf(file: CollectedFile): CollectedFacts {
  const { api, service, part, model, modelVersion, collection, isAppend, from, to } = file;
  return { api, service, part, model, modelVersion, collection, isAppend, from, to };
}

/**
 * What the local file would be called, untrusted: deployment, or model and version; collection; the folders of time
 * and the file as the blob has them.
 */
function segmentsOf({ part, model, modelVersion, collection, name, from }: CollectedFile) {
  const segments = name.split('/');
  const year = String(from.getUTCFullYear()).padStart(4, '0');
  const time = segments.lastIndexOf(year, -2);
  const rest = time === -1 ? segments.slice(-1) : segments.slice(time);
  return [...[part, model, modelVersion].filter((one) => one !== null), collection, ...rest];
}
