import { createHmac, timingSafeEqual } from 'node:crypto';

/** The parts of a request that a signature may cover. */
export interface SignedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
}

/** Where a shared access signature is used. */
export interface SasTarget {
  readonly account: string;
  readonly container: string;
  /** Empty for the container itself. */
  readonly name: string;
}

const SIGNED_HEADERS = [
  ...['content-encoding', 'content-language', 'content-length', 'content-md5', 'content-type'],
  ...['date', 'if-modified-since', 'if-match', 'if-none-match', 'if-unmodified-since', 'range'],
];

/**
 * The text that `Authorization: SharedKey ACCOUNT:SIGNATURE` signs.
 *
 * Contract: Shared Key of the Blob service, 2009-09-19 and later, Content-Length as from 2015-02-21.
 * Known from: documented (authorize with Shared Key); measured, that blanks within a value stay as they are.
 */
export function sharedKeyText({ method, url, headers }: SignedRequest, account: string): string {
  const standard = SIGNED_HEADERS.map((name) => {
    const value = headers.get(name) ?? '';
    const isLeftOut =
      (name === 'content-length' && value === '0') || (name === 'date' && headers.has('x-ms-date'));
    return isLeftOut ? '' : value;
  });
  const own = [...headers]
    .filter(([name]) => name.startsWith('x-ms-'))
    .map(([name, value]) => ({ place: placeOf(name), line: `${name}:${value.trim()}` }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ line }) => line);
  const query = new Map<string, string[]>();
  for (const pair of url.search.slice(1).split('&')) {
    if (pair === '') continue;
    const [name = '', value = ''] = splitOnce(pair, '=').map(decode);
    query.set(name.toLowerCase(), [...(query.get(name.toLowerCase()) ?? []), value]);
  }
  const asked = [...query]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, values]) => `${name}:${values.sort().join(',')}`);
  const resource = [`/${account}${url.pathname}`, ...asked].join('\n');
  return [method, ...standard, ...own, resource].join('\n');
}

/** The characters of a header's name in Azure's order; hyphen and apostrophe stand in none. */
const ORDER = '!#$%&*.^_`|~+0123456789abcdefghijklmnopqrstuvwxyz';

/**
 * What a header's name is sorted by: as words are, so `a_b` before `a0` before `ab`, and by its hyphens only where
 * another has the same characters otherwise.
 *
 * Known from: measured (Azurite, and what the SDKs sign).
 */
function placeOf(name: string): string {
  const inOrder = [...name].flatMap((one) => {
    const at = ORDER.indexOf(one);
    return at < 0 ? [] : [String.fromCharCode(at + 1)];
  });
  return `${inOrder.join('')}\0${name.replace(/[^'-]/g, ' ')}`;
}

/**
 * The text that an account's shared access signature signs.
 *
 * Contract: account SAS, 2015-04-05 and later; encryption scopes from 2020-12-06.
 * Known from: documented (create an account SAS).
 */
export function accountSasText(account: string, query: URLSearchParams): string {
  const of = (name: string) => query.get(name) ?? '';
  const head = [account, ...['sp', 'ss', 'srt', 'st', 'se', 'sip', 'spr', 'sv'].map(of)];
  return [...head, ...(of('sv') >= '2020-12-06' ? [of('ses')] : []), ''].join('\n');
}

/**
 * The text that the shared access signature of a container or blob signs.
 *
 * Contract: service SAS, 2015-04-05 and later.
 * Known from: documented (create a service SAS).
 */
export function serviceSasText(target: SasTarget, query: URLSearchParams): string {
  const of = (name: string) => query.get(name) ?? '';
  const version = of('sv');
  const blob = of('sr') === 'c' ? '' : `/${target.name}`;
  const resource = `/blob/${target.account}/${target.container}${blob}`;
  return [
    ...[of('sp'), of('st'), of('se'), resource, of('si'), of('sip'), of('spr'), version],
    ...(version >= '2018-11-09' ? [of('sr'), query.get('snapshot') ?? ''] : []),
    ...(version >= '2020-12-06' ? [of('ses')] : []),
    ...['rscc', 'rscd', 'rsce', 'rscl', 'rsct'].map(of),
  ].join('\n');
}

/** Whether one of the keys has signed the text. */
export function isSigned(text: string, signature: string, keys: readonly string[]): boolean {
  const sent = Buffer.from(signature, 'base64');
  return keys.some((key) => {
    const expected = createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest();
    return sent.length === expected.length && timingSafeEqual(sent, expected);
  });
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
