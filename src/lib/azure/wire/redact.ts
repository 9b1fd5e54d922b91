/** Query parameters whose values say nothing secret. Any other value is hidden: signatures, codes, tokens, keys. */
const SHOWN = new Set([
  'api-version',
  'comp',
  'computetype',
  'expand',
  'include',
  'init',
  'maxresults',
  'prefix',
  'restype',
  'tail',
]);

/** A URL as it may be shown: without user, password and the values of unknown query parameters. */
export function redactUrl(text: string): string {
  if (!URL.canParse(text)) return '(not a URL)';
  const url = new URL(text);
  url.username = '';
  url.password = '';
  url.hash = '';
  const query = [...url.searchParams].map(
    ([name, value]) =>
      `${encodeURIComponent(name)}=${SHOWN.has(name.toLowerCase()) ? encodeURIComponent(value) : '…'}`,
  );
  return `${url.origin}${url.pathname}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}
