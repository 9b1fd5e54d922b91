import { convert } from '../convert.js';
import type { Operand } from '../operand.js';
import type { CallFacts, Rule } from '../rule.js';
import { arrayOf } from './arrays.js';

/** Two addresses under the shortest of their prefixes and the given one. */
function compare(make: (comparison: string) => string): Rule {
  return {
    args: ['string', 'string', 'long'],
    sql: ([one, other, prefix]) =>
      make(`script_ipv6_compare(${one?.sql}, ${other?.sql}, ${prefix?.sql ?? '128'})`),
  };
}

/** Arguments that are texts, or arrays of them, as one array behind the first. */
function withList(script: string): Rule {
  return {
    args: ['any'],
    isTotal: true,
    sql: ([text, ...list], call) => {
      if (!text) return call.refuse(call.name, call.span);
      return `coalesce(script_${script}(${convert(text, 'string').sql}, ${arrayOf(list)}), false)`;
    },
  };
}

function isInAnyRange([address, ...ranges]: readonly Operand[], call: CallFacts): string {
  if (!address) return call.refuse(call.name, call.span);
  const { sql } = convert(address, 'string');
  return `script_ipv6_is_in_any_range(${sql}, ${arrayOf(ranges)})`;
}

/** Addresses of version 6, or of 4 as 6 maps them; and addresses that stand in a text. */
export const NETWORKS6: Readonly<Record<string, Rule>> = {
  has_any_ipv4: withList('has_any_ipv4'),
  has_any_ipv4_prefix: withList('has_any_ipv4_prefix'),
  has_ipv4: withList('has_any_ipv4'),
  has_ipv4_prefix: withList('has_any_ipv4_prefix'),
  ipv4_range_to_cidr_list: { args: ['string'], sql: 'script_ipv4_range_to_cidr_list($1, $2)' },
  ipv6_compare: compare((comparison) => comparison),
  ipv6_is_in_any_range: { args: ['any'], sql: isInAnyRange },
  Ipv6First: { args: ['string'], sql: 'script_ipv6_first($1)' },
  Ipv6Last: { args: ['string'], sql: 'script_ipv6_last($1)' },
  ipv6_is_in_range: { args: ['string'], sql: 'script_ipv6_is_in_range($1, $2)' },
  ipv6_is_match: compare((comparison) => `(${comparison} = 0)`),
  parse_ipv6: { args: ['string'], sql: 'script_parse_ipv6($1)' },
  parse_ipv6_mask: { args: ['string', 'long'], sql: 'script_parse_ipv6_mask($1, $2)' },
};
