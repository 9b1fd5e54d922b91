import { CliError } from '../../errors.js';
import { told, unlessMissing } from '../../file-errors.js';
import type { Files } from '../../host.js';
import type { BlobState } from './blob-state.js';
import type { ByteRange } from './byte-ranges.js';
import type { CollectedFacts, DataOwner, Placed, Whole } from './manifest.js';

/** A line of a manifest. What an earlier version of the tool wrote may lack what is optional here. */
export type Entry =
  | ({
      readonly kind: 'download';
      readonly version: 1;
      readonly knowsTables?: boolean;
    } & DataOwner)
  | ({ readonly kind: 'blob'; readonly facts: FactsText | null } & Pick<
      Placed,
      'id' | 'blob' | 'path' | 'change'
    >)
  | BlobChange
  | {
      readonly kind: 'reference';
      readonly text: string;
      readonly to: number | null;
      readonly lines?: number | null;
    }
  /** Null: it is removed. Where a merge was killed, that of the time before may be there still. */
  | {
      readonly kind: 'table';
      readonly path: string;
      readonly sizeBytes: number | null;
      readonly sizeBefore?: number | undefined;
    };

/** What is new of a blob that has a place. */
export type BlobChange = { readonly id: number } & (
  | { readonly kind: 'facts'; readonly facts: FactsText }
  | ({ readonly kind: 'part'; readonly ranges: readonly ByteRange[] } & StateText)
  | { readonly kind: 'range'; readonly range: ByteRange }
  | ({ readonly kind: 'whole'; readonly modified: string } & StateText)
  | { readonly kind: 'searched'; readonly bytes: number }
);

type FactsText = Omit<CollectedFacts, 'from' | 'to'> & {
  readonly from: string;
  readonly to: string;
};
type StateText = Omit<BlobState, 'created'> & { readonly created?: string | null };

export function factsText({ from, to, ...facts }: CollectedFacts): FactsText {
  return { ...facts, from: from.toISOString(), to: to.toISOString() };
}

export function readFacts({ from, to, ...facts }: FactsText): CollectedFacts {
  return { ...facts, from: new Date(from), to: new Date(to) };
}

export function stateText({ etag, sizeBytes, created }: BlobState): StateText {
  return { etag, sizeBytes, created: created?.toISOString() ?? null };
}

export function readState({ etag, sizeBytes, created }: StateText): BlobState {
  return { etag, sizeBytes, created: created ? new Date(created) : null };
}

export function wholeText({
  modified,
  ...state
}: Whole): StateText & { readonly modified: string } {
  return { ...stateText(state), modified: modified.toISOString() };
}

export function entryLine(entry: Entry): string {
  return `${JSON.stringify(entry)}\n`;
}

/**
 * Reads lines of JSON one by one: a manifest may have more bytes than a string can. The last is torn, and counts for
 * nothing, if nothing ends it: a process was killed over it.
 *
 * @throws {CliError} `usage` if the file is no manifest of this version
 */
export async function readEntries(
  path: string,
  files: Files,
  onEntry: (entry: Entry) => void,
): Promise<{ readonly isTorn: boolean }> {
  let rest: Uint8Array = new Uint8Array();
  const read = async () => {
    for await (const piece of files.readBytes(path)) {
      const bytes = Buffer.concat([rest, piece]);
      const end = bytes.lastIndexOf('\n') + 1;
      for (const line of bytes.toString('utf8', 0, end).split('\n')) {
        if (line) onEntry(readEntry(line, path));
      }
      rest = bytes.subarray(end);
    }
  };
  await told(path, 'read', unlessMissing(read()));
  return { isTorn: rest.length > 0 };
}

const WRITE_CHARACTERS = 1 << 18;

export async function writeEntries(
  path: string,
  files: Files,
  entries: Iterable<Entry>,
): Promise<void> {
  const file = await files.create(path);
  try {
    let text = '';
    for (const entry of entries) {
      text += entryLine(entry);
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

const KINDS = [
  'download',
  'blob',
  'facts',
  'part',
  'range',
  'whole',
  'searched',
  'reference',
  'table',
];

/** The tool's own file: its kinds and version are looked at, not each of its members. */
function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  const isKnown = KINDS.includes(String(value.kind));
  return isKnown && (value.kind !== 'download' || ('version' in value && value.version === 1));
}
