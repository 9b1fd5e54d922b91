import type { Operand } from '../operand.js';
import { quoteText } from '../print-sql.js';
import type { CallFacts, Rule } from '../rule.js';

/** Parts of `format_datetime`'s pictures, as `strftime` writes them. */
const PICTURES: Readonly<Record<string, string>> = {
  yyyy: '%Y',
  yy: '%y',
  MM: '%m',
  M: '%-m',
  dd: '%d',
  d: '%-d',
  HH: '%H',
  H: '%-H',
  hh: '%I',
  h: '%-I',
  mm: '%M',
  m: '%-M',
  ss: '%S',
  s: '%-S',
  tt: '%p',
};

function formatDatetime([time, picture]: readonly Operand[], call: CallFacts): string {
  if (!time || typeof picture?.literal !== 'string')
    return call.refuse('a computed format', call.span);
  const parts = picture.literal.match(/([a-zA-Z])\1*|[^a-zA-Z]+/g) ?? [];
  const pieces = parts.map((part) => {
    if (/^[^a-zA-Z]/.test(part)) {
      return /^[ /\-:,._[\]]+$/.test(part)
        ? quoteText(part)
        : call.refuse(`the format "${part}"`, call.span);
    }
    const digits = `lpad(CAST(${time.sql} % 10000000 AS VARCHAR), 7, '0')`;
    if (/^f{1,7}$/.test(part)) return `left(${digits}, ${part.length})`;
    if (/^F{1,7}$/.test(part)) return `rtrim(left(${digits}, ${part.length}), '0')`;
    const strftime = PICTURES[part] ?? call.refuse(`the format "${part}"`, call.span);
    return `strftime(kql_timestamp(${time.sql}), ${quoteText(strftime)})`;
  });
  return `(${pieces.join(' || ') || "''"})`;
}

/** Percent encoding as .NET's: hexadecimal digits are small. DuckDB keeps only letters, digits and `-_.~`. */
function escaped(kept: string): string {
  return `array_to_string(list_transform(string_split($1, ''),
    lambda kql_item: CASE WHEN regexp_full_match(kql_item, '${kept}') THEN kql_item
    ELSE regexp_replace(lower(hex(encode(kql_item))), '(..)', '%\\1', 'g') END), '')`;
}

export const FORMATS: Readonly<Record<string, Rule>> = {
  format_datetime: { args: ['datetime', 'string'], sql: formatDatetime },
  url_encode: { args: ['string'], sql: `replace(${escaped('[-A-Za-z0-9_.!*() ]')}, ' ', '+')` },
  url_encode_component: { args: ['string'], sql: escaped('[-A-Za-z0-9_.~]') },
  url_decode: { args: ['string'], sql: "url_decode(replace($1, '+', ' '))" },
  hash_md5: { args: ['string'], sql: 'md5($1)' },
  hash_sha1: { args: ['string'], sql: 'sha1($1)' },
  hash_sha256: { args: ['string'], sql: 'sha256($1)' },
  base64_encode_tostring: { args: ['string'], sql: 'base64(encode($1))' },
  base64_decode_tostring: { args: ['string'], sql: "coalesce(TRY(decode(from_base64($1))), '')" },
};
