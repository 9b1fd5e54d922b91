import { type Script, script } from './script.js';

const ABSOLUTE =
  /^([a-z][a-z\d+.-]*):\/\/(?:([^:@/?#]*)(?::([^@/?#]*))?@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/is;

/** The parts of a URL. What has no scheme is a path. */
function parseUrl(url: string): string {
  const [, scheme = '', username = '', password = '', host = '', port = '', ...rest] =
    ABSOLUTE.exec(url) ?? [
      '',
      '',
      '',
      '',
      '',
      '',
      ...(/^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(url)?.slice(1) ?? []),
    ];
  const [path = '', query = '', fragment = ''] = rest;
  return JSON.stringify({
    Scheme: scheme,
    Host: host,
    Port: port,
    Path: path,
    Username: username,
    Password: password,
    'Query Parameters': parameters(query),
    Fragment: fragment,
  });
}

/** Names and values as they stand there. Of a name met twice the first counts. */
function parameters(query: string): Readonly<Record<string, string>> {
  const pairs = query.split('&').flatMap((pair): (readonly [string, string])[] => {
    if (pair === '') return [];
    const at = pair.indexOf('=');
    return [at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]];
  });
  const names = new Set<string>();
  return Object.fromEntries(pairs.filter(([name]) => !names.has(name) && names.add(name)));
}

export const URLS: Readonly<Record<string, Script>> = {
  parse_url: script(['string'], 'dynamic', parseUrl),
  parse_urlquery: script(['string'], 'dynamic', (query) =>
    JSON.stringify({ 'Query Parameters': parameters(query.replace(/^\?/, '')) }),
  ),
};
