import type { CollectedFile } from '../../model/collected-file.js';
import { type BlobState, canGrow, isSame } from './blob-state.js';
import { openDataFolder } from './data-folder.js';
import type { Fetched, FetchPorts, FetchRequest } from './fetch-collected.js';
import { localPlace } from './local-place.js';
import type { Placed } from './manifest.js';
import { createOutcomeTally } from './outcome-tally.js';

/**
 * What `fetchCollected` would do now, but for what the files that are not here refer to. Writes nothing.
 *
 * @throws {CliError} `usage` for a folder that holds other data; what listing throws
 */
export async function planFetch(
  collected: AsyncIterable<CollectedFile>,
  { folder: path, owner }: Pick<FetchRequest, 'folder' | 'owner'>,
  { files, progress }: Pick<FetchPorts, 'files' | 'progress'>,
): Promise<Fetched> {
  const folder = await openDataFolder(path, owner, files);
  const planned = createOutcomeTally();
  let bytes = 0;
  for await (const file of collected) {
    progress.onListed(file);
    const placed = await folder.place(...localPlace(file));
    const have = (await folder.has(placed)) ? placed.whole : null;
    const outcome = outcomeOf(have, file);
    if (outcome !== 'kept') bytes += file.sizeBytes - bytesHere(placed, file, have);
    planned.add(placed, { outcome, error: null });
  }
  const payloads = createOutcomeTally().total();
  return { files: planned.total(), payloads, bytes, folder, tables: [] };
}

function outcomeOf(have: BlobState | null, file: CollectedFile): 'kept' | 'grown' | 'fetched' {
  if (have === null) return 'fetched';
  if (isSame(have, file)) return 'kept';
  return canGrow(have, { state: file, isAppend: file.isAppend }) ? 'grown' : 'fetched';
}

function bytesHere({ partial }: Placed, file: CollectedFile, have: BlobState | null): number {
  const wanted = { state: file, isAppend: file.isAppend };
  if (partial && (partial.etag === file.etag || canGrow(partial, wanted))) {
    return partial.ranges.reduce((sum, [from, to]) => sum + to - from, 0);
  }
  return have && canGrow(have, wanted) ? have.sizeBytes : 0;
}
