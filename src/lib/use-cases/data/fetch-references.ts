import type { BlobContainer } from '../../azure/gateways.js';
import { CliError } from '../../errors.js';
import type { CollectedFile } from '../../model/collected-file.js';
import { isUrl, withoutQuery } from '../../model/reference-text.js';
import { forEachConcurrently } from '../for-each-concurrently.js';
import type { FindDatastore } from './datastores.js';
import { FILES_A_REQUEST, fetchPlaced, type PlacedWork } from './fetch-placed.js';
import { addressOf, findReferences, placeBeside } from './find-references.js';
import { type BlobAddress, keyOf, type Manifest, type Placed, type Reference } from './manifest.js';
import { createOutcomeTally, type Outcome, type OutcomeTally } from './outcome-tally.js';

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
    const key = withoutQuery(text);
    const known = manifest.reference(key);
    if (known?.to && known.lines === linesOf(key, known, file)) continue;
    const named = await addressOf(text, file, getDatastore).catch(unlessUnknown);
    if (named instanceof CliError) return named;
    if (named) await folder.place(plain(named), null, segmentsOf(named));
    // Another file may have had it noted meanwhile.
    const lines = linesOf(key, manifest.reference(key), file);
    manifest.refer(key, named ? plain(named) : null, lines);
  }
  manifest.setSearched(file, searchedBytes);
  return null;
}

/** The lines beside which a payload may lie that one more file refers to. */
function linesOf(
  text: string,
  known: Reference | undefined,
  file: CollectedFile,
): BlobAddress | null {
  if (known?.lines === null) return null;
  const there = known?.lines && besideOf({ text, lines: known.lines });
  const here = besideOf({ text, lines: file });
  if (known?.lines && (!here || (there && keyOf(there) === keyOf(here)))) return known.lines;
  // Lines of two collections may name a payload alike: then neither is it.
  return there ? null : file;
}

/** Where the payload may lie if it is not where the line says. */
function besideOf({ text, lines }: Pick<Reference, 'text' | 'lines'>): BlobAddress | undefined {
  const name = lines ? placeBeside(text, lines.name) : undefined;
  return lines && name !== undefined ? { ...plain(lines), name } : undefined;
}

/** A datastore that is not there, or not of blobs, is nowhere to fetch from. One that may not be looked at may be. */
function unlessUnknown(error: unknown): CliError | undefined {
  if (!(error instanceof CliError)) throw error;
  return ['not-found', 'unsupported'].includes(error.kind) ? undefined : error;
}

/**
 * Has the files searched anew that may hold a reference whose payload is not here and of which it is not noted whose it
 * is, so that it is looked for beside them.
 */
export function searchAgain(manifest: Manifest): void {
  const isUnclear = ({ text, to, lines }: Reference) =>
    lines === undefined && to !== null && to.whole === null && !isUrl(text);
  if (![...manifest.references()].some(isUnclear)) return;
  for (const { blob, searchedBytes } of manifest.placed()) {
    if (searchedBytes > 0) manifest.setSearched(blob, 0);
  }
}

/**
 * Fetches the payloads that data in the folder refer to, those that are not here: from where the lines say, and if they
 * are not there, from beside the lines.
 */
export async function fetchPayloads(work: PlacedWork): Promise<OutcomeTally> {
  const { manifest, folder } = work;
  const wanted = new Map<number, Placed>();
  for (const { to } of manifest.references()) if (to?.facts === null) wanted.set(to.id, to);
  const missing = new Map<number, Outcome>();
  const done = createOutcomeTally();
  await fetchEach(wanted.values(), work, (to, outcome) => {
    if (outcome.error?.kind === 'not-found') missing.set(to.id, outcome);
    else done.add(to, outcome);
  });

  const beside = new Map<number, { readonly placed: Placed; readonly of: Reference[] }>();
  for (const reference of [...manifest.references()]) {
    const address = reference.to && missing.has(reference.to.id) && besideOf(reference);
    if (!address || address.name === reference.to?.blob.name) continue;
    const placed = await folder.place(address, null, segmentsOf(address));
    const known = beside.get(placed.id) ?? { placed, of: [] };
    known.of.push(reference);
    beside.set(placed.id, known);
  }
  const places = [...beside.values()].map(({ placed }) => placed);
  await fetchEach(places, work, (placed, outcome) => {
    if (outcome.error?.kind === 'not-found') return;
    if (!wanted.has(placed.id)) done.add(placed, outcome);
    for (const { text, to, lines } of beside.get(placed.id)?.of ?? []) {
      if (to) missing.delete(to.id);
      if (!outcome.error) manifest.refer(text, placed.blob, lines ?? null);
    }
  });
  for (const [id, outcome] of missing) done.add(manifest.get(id), outcome);
  return done.total();
}

async function fetchEach(
  payloads: Iterable<Placed>,
  work: PlacedWork,
  onDone: (placed: Placed, outcome: Outcome) => void,
): Promise<void> {
  async function* each() {
    yield* payloads;
  }
  await forEachConcurrently(
    each(),
    { limit: FILES_A_REQUEST * work.parallel, signal: work.signal },
    async (placed, signal) => {
      const wanted = { state: undefined, isAppend: false };
      onDone(placed, await fetchPlaced(placed, wanted, { ...work, signal }));
    },
  );
}

function plain({ accountName, containerName, name }: BlobAddress): BlobAddress {
  return { accountName, containerName, name };
}

function segmentsOf({ containerName, name }: BlobAddress): readonly string[] {
  return ['references', containerName, ...name.split('/')];
}
