import { type Script, script } from './script.js';

/** An address of the Internet, version 6: 128 bits and how many of them count. */
interface Address {
  readonly bits: bigint;
  readonly length: number;
}

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

function parseIpv4(text: string): bigint | undefined {
  const octets = IPV4.exec(text)?.slice(1).map(Number);
  if (!octets || octets.some((octet) => octet > 255)) return undefined;
  return octets.reduce((bits, octet) => bits * 256n + BigInt(octet), 0n);
}

/** An address of version 4 stands for the one of version 6 that maps it. */
function parseAddress(text: string): Address | undefined {
  const [, host = '', suffix] = /^\s*([^/\s]+)(?:\/(\d{1,3}))?\s*$/.exec(text) ?? [];
  const ipv4 = parseIpv4(host);
  const bits = ipv4 === undefined ? parseGroups(host) : (0xffffn << 32n) | ipv4;
  const length = suffix === undefined ? 128 : Number(suffix) + (ipv4 === undefined ? 0 : 96);
  return bits === undefined || length > 128 ? undefined : { bits, length };
}

/** Eight groups of hexadecimal digits, of which `::` leaves zeros out; the last two may be an IPv4 address. */
function parseGroups(host: string): bigint | undefined {
  const [, head = '', tail] = /^(.*:)(\d+(?:\.\d+){3})$/.exec(host) ?? [];
  const ipv4 = tail === undefined ? undefined : parseIpv4(tail);
  if (tail !== undefined && ipv4 === undefined) return undefined;
  const text =
    ipv4 === undefined
      ? host
      : `${head}${(ipv4 >> 16n).toString(16)}:${(ipv4 & 0xffffn).toString(16)}`;
  const parts = text.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const [left = [], right] = parts;
  const missing = 8 - left.length - (right?.length ?? 0);
  if (parts.length > 2 || (right ? missing < 1 : missing !== 0)) return undefined;
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...(right ?? [])];
  if (groups.some((group) => !/^[\da-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

function cut({ bits }: Address, length: number): bigint {
  return bits >> BigInt(128 - length);
}

function print({ bits, length }: Address): string {
  const kept = cut({ bits, length }, length) << BigInt(128 - length);
  return (kept.toString(16).padStart(32, '0').match(/.{4}/g) ?? []).join(':');
}

/** -1, 0 or 1 under the shortest prefix; null of what is no address. */
function compare(one: string, other: string, prefix: bigint): bigint | null {
  const [a, b] = [parseAddress(one), parseAddress(other)];
  if (!a || !b || prefix < 0n || prefix > 128n) return null;
  const length = Math.min(a.length, b.length, Number(prefix));
  const [left, right] = [cut(a, length), cut(b, length)];
  return left === right ? 0n : left < right ? -1n : 1n;
}

function isInRange(address: string, range: string): boolean | null {
  const [a, b] = [parseAddress(address), parseAddress(range)];
  if (!a || !b) return null;
  return cut(a, b.length) === cut(b, b.length);
}

/** The fewest prefixes that cover all from one address to another. */
function toPrefixes(start: string, end: string): string | null {
  const last = parseIpv4(end.trim());
  let first = parseIpv4(start.trim());
  if (first === undefined || last === undefined || first > last) return null;
  const prefixes: string[] = [];
  while (first <= last) {
    let free = 0n;
    while (free < 32n && first % (2n << free) === 0n && first + (2n << free) - 1n <= last) free++;
    const octets = [24n, 16n, 8n, 0n].map((shift) => ((first ?? 0n) >> shift) & 255n);
    prefixes.push(`${octets.join('.')}/${32n - free}`);
    first += 1n << free;
  }
  return JSON.stringify(prefixes);
}

/** Addresses of a text that stand between characters other than letters and digits. */
function addressesIn(text: string): readonly string[] {
  const found = text.match(/(?<![\p{L}\p{N}])\d{1,3}(?:\.\d{1,3}){3}(?![\p{L}\p{N}])/gu) ?? [];
  return found.filter((address) => parseIpv4(address) !== undefined);
}

function has(text: string, address: string): boolean {
  return parseIpv4(address) !== undefined && addressesIn(text).includes(address);
}

/** A prefix is an address, or some of its octets with the dot behind them. */
function hasPrefix(text: string, prefix: string): boolean {
  if (parseIpv4(prefix) !== undefined) return has(text, prefix);
  const isPrefix = /^(\d{1,3}\.){1,3}$/.test(prefix);
  return isPrefix && addressesIn(text).some((address) => address.startsWith(prefix));
}

function any(test: (text: string, wanted: string) => boolean) {
  return (text: string, list: string): boolean => texts(list).some((wanted) => test(text, wanted));
}

function texts(json: string): readonly string[] {
  const value: unknown = JSON.parse(json);
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
}

export const ADDRESSES: Readonly<Record<string, Script>> = {
  parse_ipv6: script(['string'], 'string', (text) => {
    const address = parseAddress(text);
    return address ? print(address) : '';
  }),
  parse_ipv6_mask: script(['string', 'long'], 'string', (text, prefix) => {
    const address = parseAddress(text);
    if (!address || prefix < 0n || prefix > 128n) return '';
    return print({ ...address, length: Math.min(address.length, Number(prefix)) });
  }),
  ipv6_compare: script(['string', 'string', 'long'], 'long', compare),
  ipv6_is_in_range: script(['string', 'string'], 'bool', isInRange),
  ipv6_is_in_any_range: script(['string', 'dynamic'], 'bool', (address, ranges) =>
    parseAddress(address) ? texts(ranges).some((range) => isInRange(address, range)) : null,
  ),
  ipv6_first: script(['string'], 'string', (text) => {
    const address = parseAddress(text);
    return address ? print(address) : null;
  }),
  ipv6_last: script(['string'], 'string', (text) => {
    const address = parseAddress(text);
    if (!address) return null;
    const free = (1n << BigInt(128 - address.length)) - 1n;
    return print({ bits: address.bits | free, length: 128 });
  }),
  ipv4_range_to_cidr_list: script(['string', 'string'], 'dynamic', toPrefixes),
  has_any_ipv4: script(['string', 'dynamic'], 'bool', any(has)),
  has_any_ipv4_prefix: script(['string', 'dynamic'], 'bool', any(hasPrefix)),
};
