/** What file systems take in one name; of a file, with room for what it ends in while it is being written. */
const LONGEST = { folder: 254, file: 214 };
const PIECE = /.{1,200}/g;

/**
 * The file of a blob: one folder a segment, marked by a `+`, which no encoded name contains, so that the
 * blobs `a` and `a/b` can be neighbours. A segment too long for one name goes on, after `++`, in a name that begins
 * with `+`.
 */
export function blobSegments(name: string): string[] {
  const segments = name.split('/').map(encodeSegment);
  const leaf = segments.pop() ?? '';
  const folders = segments.flatMap((segment) => inPieces(segment, LONGEST.folder, '+'));
  return [...folders, ...inPieces(leaf, LONGEST.file, '')];
}

function inPieces(segment: string, longest: number, end: string): string[] {
  const pieces = segment.length > longest ? (segment.match(PIECE) ?? []) : [segment];
  return pieces.map((piece, at) => {
    const isLast = at === pieces.length - 1;
    return `${at === 0 ? '' : '+'}${piece}${isLast ? end : '++'}`;
  });
}

/** What a segment has begun with, where this name and those above it in `begun` are not the end of it. */
export function beginningIn(entry: string, begun: string): string | undefined {
  return entry.endsWith('++') ? begun + entry.replace(/^\+/, '').slice(0, -2) : undefined;
}

/**
 * What a file or folder adds to the name of the blobs in it, after what its segment has begun with. A folder's ends in
 * a slash, and so sorts as they do.
 */
export function nameOfEntry(entry: string, begun: string): string {
  const whole = begun + entry.replace(/^\+/, '');
  return whole.endsWith('+') ? `${decodeSegment(whole.slice(0, -1))}/` : decodeSegment(whole);
}

/**
 * Upper case is encoded too: blob names tell case apart, some file systems do not. So is what files that are being
 * written end in.
 */
export function encodeSegment(segment: string): string {
  const hex = (text: string) => `%${text.charCodeAt(0).toString(16).toUpperCase()}`;
  const encoded = encodeURIComponent(segment)
    .replace(/[!'()*]/g, hex)
    .replace(/%[0-9A-F]{2}|[A-Z]/g, (found) => (found.length === 1 ? hex(found) : found))
    .replace(/^\.+|\.+$/g, (dots) => '%2E'.repeat(dots.length))
    .replace(/\.tmp$/, '%2Etmp');
  return encoded === '' ? '%' : encoded;
}

export function decodeSegment(segment: string): string {
  return segment === '%' ? '' : decodeURIComponent(segment);
}
