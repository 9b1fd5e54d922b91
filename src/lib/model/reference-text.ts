/**
 * What tells in the text of a reference where it may have a signature. In any case of letters, and written so that
 * JavaScript and DuckDB read it alike: one writes references down, the other looks them up.
 */
export const REFERENCE_PATTERNS = {
  /** A scheme, or a host where one would be. */
  url: '^(?:[a-z][a-z0-9+.-]*:|//)',
  /** Of a URL: all behind its path. */
  query: '[?#][\\s\\S]*$',
  /** Of a path, in which a `?` may also be a letter. */
  signature: '(?:\\?|%3f)[\\s\\S]*(?:\\b|%26)sig(?:=|%3d)[\\s\\S]*$',
} as const;

const URL_BEGINNING = new RegExp(REFERENCE_PATTERNS.url, 'i');
const QUERY = new RegExp(REFERENCE_PATTERNS.query, 'i');
const SIGNATURE = new RegExp(REFERENCE_PATTERNS.signature, 'i');

/** Whether a reference is a URL, and no path. */
export function isUrl(reference: string): boolean {
  return URL_BEGINNING.test(reference);
}

/** What is behind a `?` may be a signature: it is neither used nor kept. */
export function withoutQuery(reference: string): string {
  return reference.replace(isUrl(reference) ? QUERY : SIGNATURE, '');
}
