import { CliError } from '../../errors.js';
import type { Clock } from '../../host.js';
import { mayBeEverybodys } from './blob-failures.js';
import { isSame, type WantedBlob } from './blob-state.js';
import type { DataFolder } from './data-folder.js';
import { fetchIntoPart } from './fetch-blob.js';
import type { BlobWork } from './fetch-ranges.js';
import type { Placed } from './manifest.js';
import type { Outcome } from './outcome-tally.js';

export interface PlacedWork extends BlobWork {
  readonly folder: DataFolder;
  readonly clock: Clock;
  /** Counts failures that may be everybody's. */
  readonly failures: { inTurn: number };
}

/** More files than requests are under way: some wait for the disk. */
export const FILES_A_REQUEST = 2;
/** What no other file is spared: with it, all ends. */
const FATAL_CODES = ['ENOSPC', 'EDQUOT', 'EROFS', 'EMFILE', 'ENFILE', 'EIO'];
/** So many failures one after another are not about single files. */
const MOST_FAILURES = 20;

/**
 * Brings a blob to its place in the folder, unless it is there already. A failure of its own is an outcome.
 *
 * @param wanted without a state, whatever is there already is fine
 * @throws {CliError} a failure that every other blob would have
 */
export async function fetchPlaced(
  placed: Placed,
  wanted: WantedBlob & { readonly modified?: Date },
  work: PlacedWork,
): Promise<Outcome> {
  const { signal, failures } = work;
  try {
    const outcome = await fetchOrKeep(placed, wanted, work);
    failures.inTurn = 0;
    return { outcome, error: null };
  } catch (error) {
    if (signal.aborted || !(error instanceof CliError) || isFatal(error, placed)) throw error;
    if (mayBeEverybodys(error)) failures.inTurn += 1;
    if (failures.inTurn >= MOST_FAILURES) throw error;
    return { outcome: 'failed', error };
  }
}

/** Data may refer to where its reader has no rights. */
function isFatal({ kind, facts }: CliError, placed: Placed): boolean {
  return (kind === 'auth' && placed.facts !== null) || FATAL_CODES.includes(facts.code ?? '');
}

async function fetchOrKeep(
  placed: Placed,
  wanted: WantedBlob & { readonly modified?: Date },
  work: PlacedWork,
): Promise<Exclude<Outcome['outcome'], 'failed'>> {
  const { folder, manifest, clock } = work;
  const { blob, whole, searchedBytes } = placed;
  const isHere = await folder.has(placed);
  if (isHere && whole && (!wanted.state || isSame(whole, wanted.state))) return 'kept';
  const committed = manifest.commit();
  const have = isHere ? folder.pathOf(placed) : undefined;
  const part = await fetchIntoPart(placed, wanted, { part: folder.partOf(placed), have }, work);
  // Whoever finds the file knows whose it is, and what is in it: a file that has its name is not fetched again.
  await committed;
  await folder.seal(placed);
  const { isGrown, ...state } = part;
  if (!isGrown && searchedBytes > 0) manifest.setSearched(blob, 0);
  manifest.finish(blob, { ...state, modified: wanted.modified ?? clock.now() });
  await manifest.commit();
  await folder.put(placed);
  return isGrown && whole ? 'grown' : 'fetched';
}
