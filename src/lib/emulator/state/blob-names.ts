/**
 * The file of a blob: one folder a segment, marked by a `+`, which no encoded name contains, so that the
 * blobs `a` and `a/b` can be neighbours.
 */
export function blobSegments(name: string): string[] {
  const segments = name.split('/').map(encodeSegment);
  const leaf = segments.pop() ?? '';
  return [...segments.map((segment) => `${segment}+`), leaf];
}

/** What a file or folder adds to the name of the blobs in it. A folder's ends in a slash, and so sorts as they do. */
export function nameOfEntry(entry: string): string {
  return entry.endsWith('+') ? `${decodeSegment(entry.slice(0, -1))}/` : decodeSegment(entry);
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
