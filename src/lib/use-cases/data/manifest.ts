import { CliError } from '../../errors.js';
import { told, unlessMissing } from '../../file-errors.js';
import type { Files } from '../../host.js';
import type { CollectedFile } from '../../model/collected-file.js';
import { type ByteRange, withRange } from './byte-ranges.js';
import type { NameChange } from './safe-paths.js';

/** Whose data a folder holds. */
export interface DataOwner {
  /** Resource id of the ML workspace, in lower case. */
  readonly workspace: string;
  readonly service: string;
}

/** A blob, in whatever account. Its name is untrusted text. */
export type BlobAddress = Pick<CollectedFile, 'accountName' | 'containerName' | 'name'>;

/** What a blob was at one time. */
export type BlobState = Pick<CollectedFile, 'etag' | 'sizeBytes'>;

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
/** `modified` is that of the list, `fetched` the instant at which it was whole here. */
export type Whole = BlobState & { readonly modified: Date; readonly fetched: Date };

/** What a line of collected data names instead of holding it. */
export interface Reference {
  /** As the line has it, but for what is behind a `?`: that may be a secret. */
  readonly text: string;
  /** The payload; null if it may not be fetched. */
  readonly to: Placed | null;
}

/**
 * What a download has brought into a folder. What is said to it counts at once, and is on the disk once it is
 * committed.
 */
export interface Manifest {
  readonly owner: () => DataOwner | undefined;
  readonly placed: () => Iterable<Placed>;
  readonly find: (blob: BlobAddress) => Placed | undefined;
  readonly references: () => Iterable<Reference>;
  readonly begin: (owner: DataOwner) => void;
  readonly place: (place: Pick<Placed, 'blob' | 'facts' | 'path' | 'change'>) => Placed;
  /** What was placed as a payload turns out to be collected too. */
  readonly setFacts: (blob: BlobAddress, facts: CollectedFacts) => void;
  /** A part file is begun anew, with these bytes in it. */
  readonly beginPart: (blob: BlobAddress, state: BlobState, ranges: readonly ByteRange[]) => void;
  readonly addRange: (blob: BlobAddress, range: ByteRange) => void;
  readonly finish: (blob: BlobAddress, whole: Whole) => void;
  readonly setSearched: (blob: BlobAddress, bytes: number) => void;
  readonly refer: (text: string, to: BlobAddress | null) => void;
  readonly commit: () => Promise<void>;
  /** Writes it anew, without what has been overtaken, if that is worth it. Only who has the folder's lock may. */
  readonly tidy: () => Promise<void>;
}

type Entry =
  | ({ readonly kind: 'download'; readonly version: 1 } & DataOwner)
  | ({ readonly kind: 'blob' } & Pick<Placed, 'id' | 'blob' | 'path' | 'change'> & {
        readonly facts: FactsText | null;
      })
  | { readonly kind: 'facts'; readonly id: number; readonly facts: FactsText }
  | ({
      readonly kind: 'part';
      readonly id: number;
      readonly ranges: readonly ByteRange[];
    } & BlobState)
  | { readonly kind: 'range'; readonly id: number; readonly range: ByteRange }
  | ({ readonly kind: 'whole'; readonly id: number } & Dated<Whole>)
  | { readonly kind: 'searched'; readonly id: number; readonly bytes: number }
  | { readonly kind: 'reference'; readonly text: string; readonly to: number | null };

type Dated<T> = { readonly [Name in keyof T]: T[Name] extends Date ? string : T[Name] };
type FactsText = Dated<CollectedFacts>;

/**
 * Reads the manifest of a folder: lines of JSON, only ever added to. A line that a killed process left unfinished
 * counts for nothing.
 *
 * @throws {CliError} `usage` if the file is no manifest of this version
 */
export async function openManifest(path: string, files: Files): Promise<Manifest> {
  const placed = new Map<number, Placed>();
  const ids = new Map<string, number>();
  const references = new Map<string, number | null>();
  let owner: DataOwner | undefined;

  function apply(entry: Entry): void {
    if (entry.kind === 'download') {
      owner = { workspace: entry.workspace, service: entry.service };
    } else if (entry.kind === 'reference') {
      references.set(entry.text, entry.to);
    } else if (entry.kind === 'blob') {
      const { kind: _, facts, ...place } = entry;
      const empty = { whole: null, partial: null, searchedBytes: 0 };
      placed.set(entry.id, { ...place, facts: facts && readFacts(facts), ...empty });
      ids.set(keyOf(entry.blob), entry.id);
    } else {
      const before = placed.get(entry.id);
      if (before) placed.set(entry.id, { ...before, ...changed(before, entry) });
    }
  }

  let entryCount = 0;
  const { isTorn } = await readLines(path, files, (line) => {
    entryCount += 1;
    apply(readEntry(line, path));
  });

  function* live(): Generator<Entry> {
    if (owner) yield { kind: 'download', version: 1, ...owner };
    for (const one of placed.values()) yield* entriesOf(one);
    for (const [text, to] of references) yield { kind: 'reference', text, to };
  }

  let pending = '';
  let last = Promise.resolve();
  let next: Promise<void> | undefined;

  function add(entry: Entry): void {
    apply(entry);
    pending += `${JSON.stringify(entry)}\n`;
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

  const get = (blob: BlobAddress): Placed => {
    const found = placed.get(ids.get(keyOf(blob)) ?? -1);
    if (found) return found;
    throw new Error(`"${blob.name}" has no place.`);
  };

  return {
    owner: () => owner,
    placed: () => placed.values(),
    find: (blob) => placed.get(ids.get(keyOf(blob)) ?? -1),
    *references() {
      for (const [text, to] of references) yield { text, to: placed.get(to ?? -1) ?? null };
    },
    begin: (wished) => add({ kind: 'download', version: 1, ...wished }),
    place({ blob, facts, path: place, change }) {
      const id = placed.size;
      add({ kind: 'blob', id, blob, path: place, change, facts: facts && factsText(facts) });
      return get(blob);
    },
    setFacts: (blob, facts) => add({ kind: 'facts', id: get(blob).id, facts: factsText(facts) }),
    beginPart: (blob, { etag, sizeBytes }, ranges) =>
      add({ kind: 'part', id: get(blob).id, etag, sizeBytes, ranges }),
    addRange: (blob, range) => add({ kind: 'range', id: get(blob).id, range }),
    finish: (blob, whole) => add({ kind: 'whole', id: get(blob).id, ...wholeText(whole) }),
    setSearched: (blob, bytes) => add({ kind: 'searched', id: get(blob).id, bytes }),
    refer: (text, to) => add({ kind: 'reference', text, to: to && get(to).id }),
    commit,
    async tidy() {
      let liveCount = 0;
      for (const _ of live()) liveCount += 1;
      if (isTorn || entryCount >= 2 * liveCount + 100) await writeEntries(path, files, live());
    },
  };
}

export function keyOf({ accountName, containerName, name }: BlobAddress): string {
  return `${accountName}/${containerName}/${name}`;
}

function changed(
  { partial, searchedBytes }: Placed,
  entry: Exclude<Entry, { kind: 'download' | 'blob' | 'reference' }>,
): Partial<Placed> {
  switch (entry.kind) {
    case 'facts':
      return { facts: readFacts(entry.facts) };
    case 'part': {
      const { etag, sizeBytes, ranges } = entry;
      return { partial: { etag, sizeBytes, ranges } };
    }
    case 'range':
      return { partial: partial && { ...partial, ranges: withRange(partial.ranges, entry.range) } };
    case 'whole': {
      const { kind: _, id: __, modified, fetched, ...state } = entry;
      const whole = { ...state, modified: new Date(modified), fetched: new Date(fetched) };
      return { whole, partial: null, searchedBytes: Math.min(searchedBytes, whole.sizeBytes) };
    }
    case 'searched':
      return { searchedBytes: entry.bytes };
  }
}

function entriesOf({ id, blob, path, change, facts, ...state }: Placed): readonly Entry[] {
  const { whole, partial, searchedBytes } = state;
  return [
    { kind: 'blob', id, blob, path, change, facts: facts && factsText(facts) },
    ...(whole ? [{ kind: 'whole', id, ...wholeText(whole) } as const] : []),
    ...(partial ? [{ kind: 'part', id, ...partial } as const] : []),
    ...(searchedBytes > 0 ? [{ kind: 'searched', id, bytes: searchedBytes } as const] : []),
  ];
}

function factsText({ from, to, ...facts }: CollectedFacts): FactsText {
  return { ...facts, from: from.toISOString(), to: to.toISOString() };
}

function readFacts({ from, to, ...facts }: FactsText): CollectedFacts {
  return { ...facts, from: new Date(from), to: new Date(to) };
}

function wholeText({ etag, sizeBytes, modified, fetched }: Whole): Dated<Whole> {
  return { etag, sizeBytes, modified: modified.toISOString(), fetched: fetched.toISOString() };
}

/** A line at a time: a manifest may have more bytes than a string can. The last one is torn if nothing ends it. */
async function readLines(
  path: string,
  files: Files,
  onLine: (line: string) => void,
): Promise<{ readonly isTorn: boolean }> {
  let rest: Uint8Array = new Uint8Array();
  const read = async () => {
    for await (const piece of files.readBytes(path)) {
      const bytes = Buffer.concat([rest, piece]);
      const end = bytes.lastIndexOf('\n') + 1;
      for (const line of bytes.toString('utf8', 0, end).split('\n')) if (line) onLine(line);
      rest = bytes.subarray(end);
    }
  };
  await told(path, 'read', unlessMissing(read()));
  return { isTorn: rest.length > 0 };
}

const WRITE_CHARACTERS = 1 << 18;

async function writeEntries(path: string, files: Files, entries: Iterable<Entry>): Promise<void> {
  const file = await files.create(path);
  try {
    let text = '';
    for (const entry of entries) {
      text += `${JSON.stringify(entry)}\n`;
      if (text.length < WRITE_CHARACTERS) continue;
      await file.write(text);
      text = '';
    }
    await file.write(text);
    await file.keep();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

function readEntry(line: string, path: string): Entry {
  const value = parsed(line);
  if (isEntry(value)) return value;
  throw new CliError('usage', `The file "${path}" is not the manifest of a download.`, {
    hint: 'Give another folder, or remove that file: everything is fetched again then.',
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const KINDS = ['download', 'blob', 'facts', 'part', 'range', 'whole', 'searched', 'reference'];

/** The tool's own file: its kinds and version are looked at, not each of its members. */
function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  const isKnown = KINDS.includes(String(value.kind));
  return isKnown && (value.kind !== 'download' || ('version' in value && value.version === 1));
}
