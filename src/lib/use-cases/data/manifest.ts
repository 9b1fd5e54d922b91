import type { Files } from '../../host.js';
import type { CollectedFile } from '../../model/collected-file.js';
import type { BlobState } from './blob-state.js';
import { type ByteRange, withRange } from './byte-ranges.js';
import {
  type BlobChange,
  type Entry,
  entryLine,
  factsText,
  readEntries,
  readFacts,
  readState,
  stateText,
  wholeText,
  writeEntries,
} from './manifest-file.js';
import type { NameChange } from './safe-paths.js';

/** Whose data a folder holds. */
export interface DataOwner {
  /** Resource id of the ML workspace, in lower case. */
  readonly workspace: string;
  readonly service: string;
}

/** A blob, in whatever account. Its name is untrusted text. */
export type BlobAddress = Pick<CollectedFile, 'accountName' | 'containerName' | 'name'>;

/** A blob with its place in the folder. */
export interface Placed {
  readonly id: number;
  readonly blob: BlobAddress;
  /** What its place and name say; null for a payload that collected data refer to. */
  readonly facts: CollectedFacts | null;
  /** Below the folder, with `/` between its segments. No other blob has it. */
  readonly path: string;
  readonly change: NameChange | null;
  /** What is in the file of that path, all of it. */
  readonly whole: Whole | null;
  /** What is in its part file so far, and of which state. */
  readonly partial: (BlobState & { readonly ranges: readonly ByteRange[] }) | null;
  /** What its lines up to here refer to is known. */
  readonly searchedBytes: number;
}

export type CollectedFacts = Omit<CollectedFile, keyof BlobAddress | keyof Whole>;
/** `modified` is that of the list. */
export type Whole = BlobState & { readonly modified: Date };

/** What a line of collected data names instead of holding it. */
export interface Reference {
  /** As the line has it, but for what is behind a `?`: that may be a secret. */
  readonly text: string;
  /** The payload; null if it may not be fetched. */
  readonly to: Placed | null;
  /** A file whose line has it; null: beside each of several is another place of that name. Undefined: nobody noted it. */
  readonly lines: BlobAddress | null | undefined;
}

/**
 * What a download has brought into a folder. What is said to it counts at once, and is on the disk once it is
 * committed.
 */
export interface Manifest {
  readonly owner: () => DataOwner | undefined;
  readonly placed: () => Iterable<Placed>;
  readonly find: (blob: BlobAddress) => Placed | undefined;
  readonly get: (id: number) => Placed;
  readonly references: () => Iterable<Reference>;
  /** Undefined if nothing is known of it. */
  readonly reference: (text: string) => Reference | undefined;
  /** Sizes that a table has at this path if it is as a merge left it; none if no merge wrote one. */
  readonly tableSizes: (path: string) => readonly number[];
  /** False: merges of an earlier version may have written tables without a word here. */
  readonly knowsTables: () => boolean;
  readonly begin: (owner: DataOwner) => void;
  readonly place: (place: Pick<Placed, 'blob' | 'facts' | 'path' | 'change'>) => Placed;
  /** What its place says of it now: what was placed as a payload may turn out to be collected, too. */
  readonly setFacts: (blob: BlobAddress, facts: CollectedFacts) => void;
  /** A part file is begun anew, with these bytes in it. */
  readonly beginPart: (blob: BlobAddress, state: BlobState, ranges: readonly ByteRange[]) => void;
  readonly addRange: (blob: BlobAddress, range: ByteRange) => void;
  readonly finish: (blob: BlobAddress, whole: Whole) => void;
  readonly setSearched: (blob: BlobAddress, bytes: number) => void;
  readonly refer: (text: string, to: BlobAddress | null, lines: BlobAddress | null) => void;
  /** Null: it is there no more. With a size before, that of one that is about to be replaced. */
  readonly setTable: (path: string, sizeBytes: number | null, sizeBefore?: number) => void;
  readonly commit: () => Promise<void>;
  /** Writes it anew, without what has been overtaken, if that is worth it. Only who has the folder's lock may. */
  readonly tidy: () => Promise<void>;
}

/**
 * Reads the manifest of a folder: a file of lines that are only ever added to.
 *
 * @throws {CliError} `usage` if the file is no manifest of this version
 */
export async function openManifest(path: string, files: Files): Promise<Manifest> {
  /** By their ids; what did not get to the disk leaves gaps. */
  const placed: (Placed | undefined)[] = [];
  const containers = new Map<string, Container>();
  const knownFacts = new Map<string, CollectedFacts>();
  const references = new Map<string, ReferenceEntry>();
  const tables = new Map<string, TableEntry>();
  let knowsTables = false;
  let owner: DataOwner | undefined;

  function containerOf({ accountName, containerName }: BlobAddress): Container {
    const key = `${accountName}/${containerName}`;
    const known = containers.get(key) ?? { accountName, containerName, ids: new Map() };
    containers.set(key, known);
    return known;
  }

  /** Most files share what is known of them with many others. */
  function shared(facts: CollectedFacts): CollectedFacts {
    const key = JSON.stringify(facts);
    const known = knownFacts.get(key) ?? facts;
    knownFacts.set(key, known);
    return known;
  }

  function apply(entry: Entry): void {
    if (entry.kind === 'download') {
      owner = { workspace: entry.workspace, service: entry.service };
      knowsTables = entry.knowsTables ?? false;
    } else if (entry.kind === 'reference') {
      references.set(entry.text, entry);
    } else if (entry.kind === 'table') {
      if (entry.sizeBytes === null) tables.delete(entry.path);
      else tables.set(entry.path, entry);
    } else if (entry.kind === 'blob') {
      const { id, blob, path: place, change } = entry;
      const { accountName, containerName, ids } = containerOf(blob);
      placed[id] = {
        id,
        blob: { accountName, containerName, name: blob.name },
        facts: entry.facts && shared(readFacts(entry.facts)),
        path: place,
        change,
        whole: null,
        partial: null,
        searchedBytes: 0,
      };
      ids.set(blob.name, id);
    } else {
      const before = placed[entry.id];
      if (before) placed[entry.id] = { ...before, ...changed(before, entry) };
    }
  }

  function changed({ partial, searchedBytes }: Placed, change: BlobChange): Partial<Placed> {
    switch (change.kind) {
      case 'facts':
        return { facts: shared(readFacts(change.facts)) };
      case 'part':
        return { partial: { ...readState(change), ranges: change.ranges } };
      case 'range':
        return {
          partial: partial && { ...partial, ranges: withRange(partial.ranges, change.range) },
        };
      case 'whole': {
        const whole = { ...readState(change), modified: new Date(change.modified) };
        return { whole, partial: null, searchedBytes: Math.min(searchedBytes, whole.sizeBytes) };
      }
      case 'searched':
        return { searchedBytes: change.bytes };
    }
  }

  function* present(): Generator<Placed> {
    for (const one of placed) if (one) yield one;
  }

  let entryCount = 0;
  const { isTorn } = await readEntries(path, files, (entry) => {
    entryCount += 1;
    apply(entry);
  });

  function* live(): Generator<Entry> {
    if (owner) yield { kind: 'download', version: 1, ...owner, knowsTables };
    for (const one of present()) yield* entriesOf(one);
    yield* references.values();
    yield* tables.values();
  }

  let pending = '';
  let last = Promise.resolve();
  let next: Promise<void> | undefined;

  function add(entry: Entry): void {
    apply(entry);
    pending += entryLine(entry);
  }

  /** What is said while the disk is busy goes to it together. */
  function commit(): Promise<void> {
    next ??= last = last.then(async () => {
      const now = pending;
      pending = '';
      next = undefined;
      if (now !== '') await files.append(path, now);
    });
    // Whoever waits is told; that nobody does is no fault.
    next.catch(() => {});
    return next;
  }

  const find = (blob: BlobAddress) => placed[containerOf(blob).ids.get(blob.name) ?? -1];
  const get = (id: number): Placed => {
    const found = placed[id];
    if (found) return found;
    throw new Error(`Nothing has the place ${id}.`);
  };
  const idOf = (blob: BlobAddress): number => get(find(blob)?.id ?? -1).id;
  const referenceOf = ({ text, to, lines }: ReferenceEntry): Reference => ({
    text,
    to: placed[to ?? -1] ?? null,
    lines: lines === undefined ? undefined : (placed[lines ?? -1]?.blob ?? null),
  });

  return {
    owner: () => owner,
    placed: present,
    find,
    get,
    *references() {
      for (const entry of references.values()) yield referenceOf(entry);
    },
    reference(text) {
      const known = references.get(text);
      return known && referenceOf(known);
    },
    tableSizes(table) {
      const { sizeBytes, sizeBefore } = tables.get(table) ?? {};
      return [sizeBytes, sizeBefore].filter((size) => typeof size === 'number');
    },
    knowsTables: () => knowsTables || tables.size > 0,
    begin: (wished) => add({ kind: 'download', version: 1, ...wished, knowsTables: true }),
    place({ blob, facts, path: place, change }) {
      const id = placed.length;
      add({ kind: 'blob', id, blob, path: place, change, facts: facts && factsText(facts) });
      return get(id);
    },
    setFacts(blob, facts) {
      const id = idOf(blob);
      if (get(id).facts !== shared(facts)) add({ kind: 'facts', id, facts: factsText(facts) });
    },
    beginPart: (blob, state, ranges) =>
      add({ kind: 'part', id: idOf(blob), ...stateText(state), ranges }),
    addRange: (blob, range) => add({ kind: 'range', id: idOf(blob), range }),
    finish: (blob, whole) => add({ kind: 'whole', id: idOf(blob), ...wholeText(whole) }),
    setSearched: (blob, bytes) => add({ kind: 'searched', id: idOf(blob), bytes }),
    refer: (text, to, lines) =>
      add({ kind: 'reference', text, to: to && idOf(to), lines: lines && idOf(lines) }),
    setTable: (table, sizeBytes, sizeBefore) =>
      add({ kind: 'table', path: table, sizeBytes, sizeBefore }),
    commit,
    async tidy() {
      let liveCount = 0;
      for (const _ of live()) liveCount += 1;
      if (isTorn || entryCount >= 2 * liveCount + 100) await writeEntries(path, files, live());
    },
  };
}

type ReferenceEntry = Extract<Entry, { readonly kind: 'reference' }>;
type TableEntry = Extract<Entry, { readonly kind: 'table' }>;

interface Container extends Omit<BlobAddress, 'name'> {
  /** Places by the names of the blobs. */
  readonly ids: Map<string, number>;
}

export function keyOf({ accountName, containerName, name }: BlobAddress): string {
  return `${accountName}/${containerName}/${name}`;
}

function entriesOf({ id, blob, path, change, facts, ...state }: Placed): readonly Entry[] {
  const { whole, partial, searchedBytes } = state;
  return [
    { kind: 'blob', id, blob, path, change, facts: facts && factsText(facts) },
    ...(whole ? [{ kind: 'whole', id, ...wholeText(whole) } as const] : []),
    ...(partial
      ? [{ kind: 'part', id, ...stateText(partial), ranges: partial.ranges } as const]
      : []),
    ...(searchedBytes > 0 ? [{ kind: 'searched', id, bytes: searchedBytes } as const] : []),
  ];
}
