import { convert } from '../convert.js';
import type { Operand } from '../operand.js';
import type { CallFacts, Rule } from '../rule.js';

/** The bits of an address that a prefix of that length keeps. */
const kept = (address: string, length: string) => `(${address} >> (32 - ${length}))`;

/** Two addresses under the shortest of their prefixes and the given one. */
function compare(make: (one: string, other: string) => string): Rule {
  return {
    args: ['string', 'string', 'long'],
    sql: ([one, other, prefix], call) => {
      if (!one || !other) return call.refuse(call.name, call.span);
      const lengths = [one, other].map(({ sql }) => `kql_ipv4_suffix(${sql})`);
      const length = `least(${[...lengths, prefix?.sql ?? '32'].join(', ')})`;
      const [a = '', b = ''] = [one, other].map(({ sql }) => kept(`kql_ipv4(${sql})`, length));
      return make(a, b);
    },
  };
}

const isMatch = compare((one, other) => `(${one} = ${other})`);

/** Whether the address lies in one of the ranges. */
function inRanges([address, ...ranges]: readonly Operand[], call: CallFacts): string {
  if (!address) return call.refuse(call.name, call.span);
  const tests = ranges.map((range) => {
    if (range.type !== 'dynamic') return inRange(address.sql, range.sql);
    const list = `list_transform(kql_elements(${range.sql}), lambda x: kql_dynamic_text(x))`;
    return `list_contains(list_transform(${list}, lambda kql_item: ${inRange(address.sql, 'kql_item')}), true)`;
  });
  return `(${tests.join(' OR ') || 'false'})`;
}

function inRange(address: string, range: string): string {
  const length = `kql_ipv4_suffix(${range})`;
  return `(${kept(`kql_ipv4(${address})`, length)} = ${kept(`kql_ipv4(${range})`, length)})`;
}

/** Known from: RFC 1918. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

function isPrivate([address]: readonly Operand[], call: CallFacts): string {
  if (!address) return call.refuse(call.name, call.span);
  return `(${PRIVATE.map((range) => inRange(address.sql, `'${range}'`)).join(' OR ')})`;
}

/** The address of a text or number, with zeros where a prefix cuts it off. */
function format([address, prefix]: readonly Operand[], call: CallFacts): string {
  if (!address) return call.refuse(call.name, call.span);
  const isText = address.type === 'string';
  const number = isText ? `kql_ipv4(${address.sql})` : convert(address, 'long').sql;
  const own = isText ? `kql_ipv4_suffix(${address.sql})` : '32';
  const length = prefix ? `least(${convert(prefix, 'long').sql}, ${own})` : own;
  const cut = `(${kept(number, length)} << (32 - ${length}))`;
  const octets = [24, 16, 8, 0].map((shift) => `CAST((${cut} >> ${shift}) & 255 AS VARCHAR)`);
  const text = octets.join(` || '.' || `);
  const suffix = call.name === 'format_ipv4_mask' ? ` || '/' || CAST(${length} AS VARCHAR)` : '';
  return `CASE WHEN ${length} BETWEEN 0 AND 32 AND ${number} BETWEEN 0 AND 4294967295 THEN ${text}${suffix} END`;
}

/** The first address under the prefix of a text; with 1 the last. */
function border(text: Operand | undefined, end: 0 | 1): string {
  const length = `kql_ipv4_suffix(${text?.sql})`;
  return `(((${kept(`kql_ipv4(${text?.sql})`, length)} + ${end}) << (32 - ${length})) - ${end})`;
}

/** Addresses of the Internet, version 4. What is none gives null, for texts ''. */
export const NETWORKS: Readonly<Record<string, Rule>> = {
  Ipv4First: { args: ['string'], sql: ([text]) => border(text, 0) },
  Ipv4Last: { args: ['string'], sql: ([text]) => border(text, 1) },
  parse_ipv4: {
    args: ['string'],
    sql: ([text], call) => {
      if (!text) return call.refuse(call.name, call.span);
      const length = `kql_ipv4_suffix(${text.sql})`;
      return `(${kept(`kql_ipv4(${text.sql})`, length)} << (32 - ${length}))`;
    },
  },
  parse_ipv4_mask: {
    args: ['string', 'long'],
    sql: ([text, length]) =>
      `(${kept(`kql_ipv4(${text?.sql})`, length?.sql ?? '32')} << (32 - ${length?.sql}))`,
  },
  format_ipv4: { args: ['any'], sql: format },
  format_ipv4_mask: { args: ['any'], sql: format },
  ipv4_compare: compare((one, other) => `CAST(sign(${one} - ${other}) AS BIGINT)`),
  ipv4_is_in_range: { args: ['string'], sql: inRanges },
  ipv4_is_in_any_range: { args: ['string', 'any'], sql: inRanges },
  ipv4_is_match: isMatch,
  ipv4_is_private: { args: ['string'], sql: isPrivate },
  ipv4_netmask_suffix: { args: ['string'], sql: 'kql_ipv4_suffix($1)' },
};
