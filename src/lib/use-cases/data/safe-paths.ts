import { createHash } from 'node:crypto';

/** Why a local path is not what the blob is called. */
export type NameChange = 'escaped' | 'shortened' | 'told-apart';

export interface SafePath {
  /** Relative, its segments joined by `/`. */
  readonly path: string;
  readonly change: NameChange | null;
}

/** Gives out paths of one folder, each once. */
export interface SafePaths {
  /** Marks a path that is given out already. */
  readonly take: (path: string) => void;
  /**
   * A path for a blob: below the folder on every system, hidden nowhere, and apart from all others even where upper and lower case or
   * ways to write a letter are the same.
   *
   * @param segments what it would be called: untrusted
   * @param identity tells the blob from all others
   */
  readonly place: (segments: readonly string[], identity: string) => SafePath;
}

/** Bytes of a segment that leave room for what tells it apart; file systems take 255. */
const MOST_SEGMENT_BYTES = 200;
/** Bytes of a path below the folder, which has its own before it; systems take 4096 in all. */
const MOST_PATH_BYTES = 1500;

export function createSafePaths(): SafePaths {
  const files = new Set<string>();
  const folders = new Set<string>();

  function take(path: string): void {
    const key = folded(path);
    // Most are the same, and need no room of their own.
    files.add(key === path ? path : key);
    const segments = key.split('/');
    for (let end = 1; end < segments.length; end++) folders.add(segments.slice(0, end).join('/'));
  }

  function place(segments: readonly string[], identity: string): SafePath {
    const safe = segments.map(safeSegment);
    const mark = createHash('sha256').update(identity).digest('hex');
    const short = shortened(safe, mark);
    const free: string[] = [];
    for (const [index, segment] of short.entries()) {
      const isLast = index === short.length - 1;
      const isTaken = (name: string) => {
        const path = folded([...free, name].join('/'));
        return files.has(path) || (isLast && folders.has(path));
      };
      // The mark grows until it is free: names that were made to meet end here, too.
      let [name, length] = [segment, 8];
      for (; isTaken(name) && length <= mark.length; length++) name = marked(segment, mark, length);
      if (isTaken(name)) throw new Error(`There is no path for ${identity}.`);
      free.push(name);
    }
    const path = free.join('/');
    take(path);
    const isSame = (a: readonly string[], b: readonly string[]) => a.join('/') === b.join('/');
    if (!isSame(free, short)) return { path, change: 'told-apart' };
    if (!isSame(short, safe)) return { path, change: 'shortened' };
    return { path, change: isSame(safe, segments) ? null : 'escaped' };
  }

  return { take, place };
}

/**
 * What no file should be called: control characters, those that turn or break a line, half a surrogate, and what
 * Windows refuses or a glob means something by.
 */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}\\/:*?"<>|[\]]/gu;
/** Windows has devices of these names, whatever comes behind a dot. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:\.|$)/i;

/** One name in a folder, and nothing else: no `..`, no hidden file. */
function safeSegment(segment: string): string {
  if (segment === '') return '_';
  const escaped = segment
    .replace(UNSAFE, percent)
    .replace(/^\./, percent)
    .replace(/[. ]$/, percent);
  return DEVICE.test(escaped) ? escaped.replace(/^./, percent) : escaped;
}

function percent(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}

/** Too long a segment loses its end, too long a path its middle; a mark stands for it. */
function shortened(segments: readonly string[], mark: string): readonly string[] {
  const short = segments.map((segment) =>
    Buffer.byteLength(segment) > MOST_SEGMENT_BYTES ? marked(segment, mark, 8) : segment,
  );
  if (Buffer.byteLength(short.join('/')) <= MOST_PATH_BYTES) return short;
  return [...short.slice(0, 2), mark.slice(0, 16), ...short.slice(-1)];
}

/** `inputs~3f9a01bc.csv`: the mark in front of the ending. */
function marked(segment: string, mark: string, length: number): string {
  const ending = /(?<!^)\.[A-Za-z0-9]{1,10}$/.exec(segment)?.[0] ?? '';
  const stem = segment.slice(0, segment.length - ending.length);
  return `${cut(stem, MOST_SEGMENT_BYTES - ending.length)}~${mark.slice(0, length)}${ending}`;
}

/** No letter is cut in two. */
function cut(text: string, mostBytes: number): string {
  let bytes = 0;
  let kept = '';
  for (const letter of text) {
    bytes += Buffer.byteLength(letter);
    if (bytes > mostBytes) break;
    kept += letter;
  }
  return kept;
}

/** The same text for names that some file system takes for one: more is taken for the same than any of them does. */
function folded(path: string): string {
  return path
    .normalize('NFKD')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKD');
}
