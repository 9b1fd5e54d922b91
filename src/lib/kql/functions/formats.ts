import type { Operand } from '../operand.js';
import { quoteText } from '../print-sql.js';
import type { CallFacts, Rule } from '../rule.js';

/** Parts of `format_datetime`'s pictures, as `strftime` writes them. Longer runs of a letter are several parts. */
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
  const parts: readonly string[] = picture.literal.match(PARTS) ?? [];
  const pieces = parts.map((part) => {
    if (isDelimiter(part)) return quoteText(part);
    if (/^[fF]/.test(part)) return fraction(time.sql, part);
    if (part === 'y') return `CAST(year(kql_timestamp(${time.sql})) % 100 AS VARCHAR)`;
    const strftime = PICTURES[part] ?? unknown(part, call);
    return `strftime(kql_timestamp(${time.sql}), ${quoteText(strftime)})`;
  });
  return `(${pieces.join(' || ') || "''"})`;
}

const PARTS = /yyyy|yy?|MM?|dd?|HH?|hh?|mm?|ss?|tt|f{1,7}|F{1,7}|[ /\-:,._[\]]+|./gs;
const SPAN_PARTS = /d{1,8}|HH?|hh?|mm?|ss?|f{1,7}|F{1,7}|[ /\-:,._[\]]+|./gs;

function unknown(part: string, call: CallFacts): never {
  return call.reject(`${call.name}() does not know the format "${part}".`, call.span);
}

function isDelimiter(part: string): boolean {
  return /^[ /\-:,._[\]]+$/.test(part);
}

const TICKS_AND_SIZE: Readonly<Record<string, readonly [number, number]>> = {
  d: [864_000_000_000, 100_000_000],
  h: [36_000_000_000, 24],
  H: [36_000_000_000, 24],
  m: [600_000_000, 60],
  s: [10_000_000, 60],
};

/** As many digits as there are letters, or more if the number has them. */
function formatTimespan([time, picture]: readonly Operand[], call: CallFacts): string {
  if (!time || typeof picture?.literal !== 'string')
    return call.refuse('a computed format', call.span);
  const parts: readonly string[] = picture.literal.match(SPAN_PARTS) ?? [];
  const pieces = parts.map((part) => {
    if (isDelimiter(part)) return quoteText(part);
    if (/^[fF]/.test(part)) return fraction(`abs(${time.sql})`, part);
    const [ticks, size] = TICKS_AND_SIZE[part.charAt(0)] ?? unknown(part, call);
    const number = `CAST(abs(${time.sql}) // ${ticks} % ${size} AS VARCHAR)`;
    return part.length === 1
      ? number
      : `lpad(${number}, greatest(${part.length}, length(${number}))::INTEGER, '0')`;
  });
  return `(CASE WHEN ${time.sql} < 0 THEN '-' ELSE '' END || ${pieces.join(' || ') || "''"})`;
}

/** The first digits of a second's fraction; with capital letters without the zeros at their end. */
function fraction(ticks: string, part: string): string {
  const digits = `left(lpad(CAST(${ticks} % 10000000 AS VARCHAR), 7, '0'), ${part.length})`;
  return part.startsWith('f') ? digits : `rtrim(${digits}, '0')`;
}

/** Percent encoding as .NET's: hexadecimal digits are small. DuckDB keeps only letters, digits and `-_.~`. */
function escaped(kept: string): string {
  return `array_to_string(list_transform(string_split($1, ''),
    lambda kql_item: CASE WHEN regexp_full_match(kql_item, '${kept}') THEN kql_item
    ELSE regexp_replace(lower(hex(encode(kql_item))), '(..)', '%\\1', 'g') END), '')`;
}

const BYTE_UNITS = ['Bytes', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** In the asked unit, or the largest that the number fills. */
function formatBytes([size, precision, unit]: readonly Operand[], call: CallFacts): string {
  if (!size) return call.refuse(call.name, call.span);
  const asked = unit && unit.literal !== '' ? unit.literal : undefined;
  if (unit && typeof unit.literal !== 'string') return call.refuse('a computed unit', call.span);
  const power = asked === undefined ? undefined : BYTE_UNITS.indexOf(String(asked));
  if (power === -1) return call.refuse(`the unit "${asked}"`, call.span);
  const texts = BYTE_UNITS.map((name, index) => {
    const number = `round(${size.sql} / pow(1024e0, ${index}), ${precision?.sql ?? '0'})`;
    return `regexp_replace(CAST(${number} AS VARCHAR), '[.]0$', '') || ' ${name}'`;
  });
  if (power !== undefined) return texts[power] ?? "''";
  const steps = texts.map(
    (text, index) => `WHEN abs(${size.sql}) < pow(1024e0, ${index + 1}) THEN ${text}`,
  );
  return `CASE ${steps.join(' ')} END`;
}

export const FORMATS: Readonly<Record<string, Rule>> = {
  format_bytes: { args: ['real', 'long', 'string'], sql: formatBytes },
  format_timespan: { args: ['timespan', 'string'], sql: formatTimespan },
  format_datetime: { args: ['datetime', 'string'], sql: formatDatetime },
  url_encode: { args: ['string'], sql: `replace(${escaped('[-A-Za-z0-9_.!*() ]')}, ' ', '+')` },
  url_encode_component: { args: ['string'], sql: escaped('[-A-Za-z0-9_.~]') },
  url_decode: { args: ['string'], sql: "url_decode(replace($1, '+', ' '))" },
};
