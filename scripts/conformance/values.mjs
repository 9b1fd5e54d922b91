// Values of an answer in the forms that the records hold them in.

const UNIX_EPOCH_TICKS = 621_355_968_000_000_000n;

/** As JSON: times as text with seven digits, longs that JSON would round as text, dynamic parsed. */
export function plain(cell, type) {
  if (cell === null) return null;
  if (type === 'datetime') return datetimeText(cell);
  if (type === 'timespan') return timespanText(cell);
  if (type === 'decimal') return Number(cell);
  if (type === 'dynamic') return JSON.parse(cell);
  if (type === 'long') return Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell);
  if (type === 'real' && !Number.isFinite(cell)) return String(cell);
  return cell;
}

export function cellText(cell, type) {
  if (cell === null) return '';
  if (type === 'datetime') return datetimeText(cell);
  if (type === 'timespan') return timespanText(cell);
  return String(cell);
}

/** Reals to nine digits. `asSets`: arrays in any order. */
export function isSameValue(one, other, asSets) {
  if (one === other) return true;
  if (isNumeric(one) && isNumeric(other)) return isNear(Number(one), Number(other), 1e-9);
  if (Array.isArray(one) && Array.isArray(other)) return isSameArray(one, other, asSets);
  if (!isObject(one) || !isObject(other)) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => name in other && isSameValue(one[name], other[name], asSets))
  );
}

function isSameArray(one, other, asSets) {
  if (one.length !== other.length) return false;
  if (one.every((item, index) => isSameValue(item, other[index], asSets))) return true;
  const rest = [...other];
  return (
    asSets &&
    one.every((item) => {
      const place = rest.findIndex((candidate) => isSameValue(item, candidate, asSets));
      if (place >= 0) rest.splice(place, 1);
      return place >= 0;
    })
  );
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A number, or a long or a decimal that the record holds as text. */
function isNumeric(value) {
  return typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));
}

function isNear(one, other, tolerance) {
  const size = Math.max(Math.abs(one), Math.abs(other), 1e-12);
  return one === other || Math.abs(one - other) <= tolerance * size;
}

/**
 * Whether a cell is what a page shows. Markup, spaces, quotes around a dynamic string and the look of
 * numbers and times are not held against it.
 */
export function isSameText(cell, type, shown) {
  const got = cellText(cell, type).replaceAll('`', '').trim();
  const text = shown.replaceAll(/<br\s*\/?>|`/g, '').trim();
  if (got === text || (cell === null && /^(\(?null\)?)?$/.test(text))) return true;
  switch (type) {
    case 'bool':
      return got.toLowerCase() === text.toLowerCase() || String(Number(cell)) === text;
    case 'datetime':
      return instant(got) === instant(text);
    case 'timespan':
      return clock(got) === clock(text);
    case 'int':
    case 'long':
    case 'real':
    case 'decimal': {
      const number = Number(text.replaceAll(',', ''));
      if (text !== '' && !Number.isNaN(number)) return isNear(Number(got), number, 1e-6);
      return /nan/i.test(text) ? got === 'NaN' : /∞|inf/i.test(text) && /Infinity/.test(got);
    }
    default:
      return isSameJson(got, text) || squashed(got) === squashed(text) || got === `"${text}"`;
  }
}

function isSameJson(one, other) {
  try {
    return isSameValue(JSON.parse(one), JSON.parse(other.replaceAll('\\_', '_')), true);
  } catch {
    return false; // not JSON: the texts decide
  }
}

function squashed(text) {
  return text.replaceAll(/[\s\\]/g, '');
}

function instant(text) {
  const at = Date.parse(/Z$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(at) ? text : new Date(at).toISOString();
}

function clock(text) {
  return text
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
    .replace(/^0\./, '');
}

function datetimeText(ticks) {
  const fraction = ticks % 10_000_000n;
  const ms = Number((ticks - fraction - UNIX_EPOCH_TICKS) / 10_000n);
  return `${new Date(ms).toISOString().slice(0, 19)}.${String(fraction).padStart(7, '0')}Z`;
}

function timespanText(ticks) {
  const size = ticks < 0n ? -ticks : ticks;
  const seconds = size / 10_000_000n;
  const two = (value) => String(value).padStart(2, '0');
  const days = seconds / 86_400n > 0n ? `${seconds / 86_400n}.` : '';
  const time = [(seconds / 3600n) % 24n, (seconds / 60n) % 60n, seconds % 60n].map(two).join(':');
  const fraction = size % 10_000_000n;
  const tail = fraction > 0n ? `.${String(fraction).padStart(7, '0')}` : '';
  return `${ticks < 0n ? '-' : ''}${days}${time}${tail}`;
}
