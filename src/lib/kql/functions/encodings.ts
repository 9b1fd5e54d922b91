import { convert } from '../convert.js';
import type { Operand } from '../operand.js';
import type { CallFacts, Rule } from '../rule.js';

/** With a modulus the rest. That of a hash below zero is not documented: DuckDB stops, which is a refusal. */
function hash([value, modulus]: readonly Operand[], call: CallFacts): string {
  if (!value) return call.refuse(call.name, call.span);
  const whole = hashOf(value, call);
  if (!modulus) return whole;
  const size = convert(modulus, 'long').sql;
  const rest = `list_transform([${whole}], lambda h: CASE WHEN h < 0 THEN error('hash below zero') ELSE h % nullif(greatest(${size}, 0), 0) END)[1]`;
  return `CAST(${rest} AS BIGINT)`;
}

/** XXH64 of a text's bytes, or of the eight bytes of a long or a count of ticks. */
function hashOf(value: Operand, call: CallFacts): string {
  switch (value.type) {
    case 'string':
      return `script_hash_text(${value.sql})`;
    case 'long':
    case 'datetime':
    case 'timespan':
      return `script_hash_ticks(${value.sql})`;
    default:
      return call.refuse(`${call.name}() of ${value.type}`, call.span);
  }
}

/** A script of texts under its own name. */
function text(name: string): Rule {
  return { args: ['string'], sql: `script_${name}($1)` };
}

const encodeText: Rule = { args: ['string'], sql: 'base64(encode($1))' };
const decodeText: Rule = {
  args: ['string'],
  sql: "coalesce(TRY(decode(from_base64($1))), '')",
};
const hashRule: Rule = { args: ['any'], sql: hash };

export const ENCODINGS: Readonly<Record<string, Rule>> = {
  base64_decode_toarray: text('base64_decode_toarray'),
  base64_decode_toguid: {
    args: ['string'],
    sql: 'CAST(script_base64_decode_toguid($1) AS UUID)',
  },
  base64_decode_tostring: decodeText,
  base64_decodestring: decodeText,
  base64_encode_fromarray: {
    args: ['dynamic'],
    sql: "coalesce(script_base64_encode_fromarray($1), '')",
  },
  base64_encode_fromguid: {
    args: ['any'],
    sql: ([guid], call) => {
      if (guid?.type !== 'guid') return call.refuse('a guid that is none', call.span);
      return `script_base64_encode_fromguid(${convert(guid, 'string').sql})`;
    },
  },
  base64_encode_tostring: encodeText,
  base64_encodestring: encodeText,
  gzip_decompress_from_base64_string: text('gzip_decompress'),
  hash: hashRule,
  hash_md5: { args: ['string'], sql: 'md5($1)' },
  hash_sha1: { args: ['string'], sql: 'sha1($1)' },
  hash_sha256: { args: ['string'], sql: 'sha256($1)' },
  hash_xxhash64: hashRule,
  punycode_domain_from_string: text('punycode_domain_from_string'),
  punycode_domain_to_string: text('punycode_domain_to_string'),
  punycode_from_string: text('punycode_from_string'),
  punycode_to_string: text('punycode_to_string'),
  zlib_decompress_from_base64_string: text('zlib_decompress'),
};
