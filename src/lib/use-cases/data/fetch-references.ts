import type { BlobContainer } from '../../azure/gateways.js';
import { CliError } from '../../errors.js';
import type { CollectedFile } from '../../model/collected-file.js';
import { withoutQuery } from '../../model/reference-text.js';
import { forEachConcurrently } from '../for-each-concurrently.js';
import type { FindDatastore } from './datastores.js';
import { FILES_A_REQUEST, fetchPlaced, type PlacedWork } from './fetch-placed.js';
import { addressOf, findReferences, placeBeside } from './find-references.js';
import type { BlobAddress } from './manifest.js';
import { createOutcomeTally, type OutcomeTally } from './outcome-tally.js';

/** Each datastore is asked for once. */
export function askingOnce(getDatastore: FindDatastore): FindDatastore {
  const asked = new Map<string, Promise<BlobContainer>>();
  return (named) => {
    const name = `${named.workspace}/${named.datastore}`;
    const known = asked.get(name) ?? getDatastore(named);
    asked.set(name, known);
    return known;
  };
}

/**
 * Has the manifest know what a file that is here refers to. Only new lines are looked at.
 *
 * @returns why that cannot be told now, null if it can
 */
export async function noteReferences(
  file: CollectedFile,
  work: PlacedWork,
  getDatastore: FindDatastore,
): Promise<CliError | null> {
  const { folder, manifest, files } = work;
  const placed = manifest.find(file);
  if (file.api !== 'v2' || !placed?.whole || placed.searchedBytes >= placed.whole.sizeBytes)
    return null;
  const { texts, searchedBytes } = await findReferences(
    folder.pathOf(placed),
    [placed.searchedBytes, placed.whole.sizeBytes],
    files,
  );
  for (const text of new Set(texts)) {
    const named = await addressOf(text, file, getDatastore).catch(unlessUnknown);
    if (named instanceof CliError) return named;
    const beside = named && (await findBeside(text, named, file, work));
    for (const address of beside ? [beside, named] : [named]) {
      if (address) await folder.place(plain(address), null, segmentsOf(address));
    }
    const key = withoutQuery(text);
    const known = manifest.reference(key);
    // Lines of two collections may name a payload alike: then neither is it.
    const isClear = !known || known.blob.name === beside?.name;
    const address = isClear ? (beside ?? named) : named;
    manifest.refer(key, address ? plain(address) : null);
  }
  manifest.setSearched(file, searchedBytes);
  return null;
}

/** A payload that lies beside the lines that name it, and not where they say. */
async function findBeside(
  text: string,
  named: BlobAddress,
  { accountName, containerName, name: lines }: CollectedFile,
  { blobs, signal }: PlacedWork,
): Promise<BlobAddress | undefined> {
  const name = placeBeside(text, lines);
  if (name === undefined || name === named.name) return undefined;
  const address = { accountName, containerName, name };
  for await (const found of blobs.list(address, name, signal)) {
    return found.name === name ? address : undefined;
  }
  return undefined;
}

/** A datastore that is not there, or not of blobs, is nowhere to fetch from. One that may not be looked at may be. */
function unlessUnknown(error: unknown): CliError | undefined {
  if (!(error instanceof CliError)) throw error;
  return ['not-found', 'unsupported'].includes(error.kind) ? undefined : error;
}

/** Fetches the payloads that data in the folder refer to, those that are not here. */
export async function fetchPayloads(work: PlacedWork): Promise<OutcomeTally> {
  const { manifest, parallel } = work;
  const wanted = new Set<number>();
  for (const { to } of manifest.references()) if (to && to.facts === null) wanted.add(to.id);
  const done = createOutcomeTally();
  async function* each() {
    yield* wanted;
  }
  await forEachConcurrently(
    each(),
    { limit: FILES_A_REQUEST * parallel, signal: work.signal },
    async (id, signal) => {
      const to = manifest.get(id);
      const outcome = await fetchPlaced(
        to,
        { state: undefined, isAppend: false },
        { ...work, signal },
      );
      done.add(to, outcome);
    },
  );
  return done.total();
}

function plain({ accountName, containerName, name }: BlobAddress): BlobAddress {
  return { accountName, containerName, name };
}

function segmentsOf({ containerName, name }: BlobAddress): readonly string[] {
  return ['references', containerName, ...name.split('/')];
}
