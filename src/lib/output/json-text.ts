/**
 * Any value as JSON. Unlike `JSON.stringify` it takes bigints, as bare digits.
 *
 * @param indent spaces a level; 0 makes one line
 * @param depth levels that the value is already indented
 */
export function toJson(value: unknown, indent: 0 | 2, depth = 0): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (value instanceof Date) return JSON.stringify(value);
  const inner = indent === 0 ? '' : `\n${' '.repeat(indent * (depth + 1))}`;
  const outer = indent === 0 ? '' : `\n${' '.repeat(indent * depth)}`;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    const items = value.map((item) => inner + toJson(item, indent, depth + 1));
    return `[${items.join(',')}${outer}]`;
  }
  const colon = indent === 0 ? ':' : ': ';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined && typeof member !== 'function')
    .map(
      ([name, member]) => inner + JSON.stringify(name) + colon + toJson(member, indent, depth + 1),
    );
  return members.length === 0 ? '{}' : `{${members.join(',')}${outer}}`;
}

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** The first number in a JSON text that a JavaScript number would change; undefined if there is none. */
export function firstRounded(json: string): string | undefined {
  for (const [token] of json.matchAll(STRING_OR_NUMBER)) {
    if (token.startsWith('"') || token.length < 16) continue;
    if (digitsOf(token) !== digitsOf(String(Number(token)))) return token;
  }
  return undefined;
}

/** A number's value as sign, significant digits and exponent, whichever way it is written. */
function digitsOf(number: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  const scale = Number(exponent) - fraction.length + (digits.length - significant.length);
  return significant === '' ? '0' : `${sign}${significant}e${scale}`;
}
