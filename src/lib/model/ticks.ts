/**
 * Times as Kusto holds them: counts of 100 ns; a datetime counts from 0001-01-01T00:00:00Z.
 */
export const TICKS_PER_MILLISECOND = 10_000n;
export const TICKS_PER_SECOND = 10_000_000n;
export const TICKS_PER_MINUTE = 60n * TICKS_PER_SECOND;
export const TICKS_PER_HOUR = 60n * TICKS_PER_MINUTE;
export const TICKS_PER_DAY = 24n * TICKS_PER_HOUR;
export const UNIX_EPOCH_TICKS = 621_355_968_000_000_000n;
/** 9999-12-31T23:59:59.9999999Z */
export const MAX_DATETIME_TICKS = 3_155_378_975_999_999_999n;

export function dateToTicks(date: Date): bigint {
  return BigInt(date.getTime()) * TICKS_PER_MILLISECOND + UNIX_EPOCH_TICKS;
}

/** Milliseconds since 1970, as a Date counts; what is finer is dropped. */
export function ticksToMs(ticks: bigint): number {
  return Number((ticks - UNIX_EPOCH_TICKS) / TICKS_PER_MILLISECOND);
}

const DATETIME =
  /^(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/** Reads ISO 8601 as Kusto does, UTC unless it says otherwise; undefined if it is something else. */
export function parseDatetime(text: string): bigint | undefined {
  const match = DATETIME.exec(text.trim());
  if (!match) return parseOtherDate(text);
  const [, year, month, day = '1', hour = '0', minute = '0', second = '0', fraction = '', zone] =
    match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  const isReal =
    date.getUTCMonth() === Number(month) - 1 &&
    date.getUTCDate() === Number(day) &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60;
  if (!isReal) return undefined;
  const ticks = dateToTicks(date) + BigInt(fraction.slice(0, 7).padEnd(7, '0'));
  const utc = ticks - offsetTicks(zone);
  return utc >= 0n && utc <= MAX_DATETIME_TICKS ? utc : undefined;
}

function offsetTicks(zone: string | undefined): bigint {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0n;
  const [hours, minutes] = [zone.slice(1, 3), zone.slice(-2)];
  const ticks = BigInt(hours) * TICKS_PER_HOUR + BigInt(minutes) * TICKS_PER_MINUTE;
  return zone.startsWith('-') ? -ticks : ticks;
}

const OTHER_DATES = [
  /^(?:[a-z]{3,9},\s*)?\d{1,2}[ -][a-z]{3}[ -]\d{2,4} \d{2}:\d{2}(:\d{2})?( GMT| UTC)?$/i, // RFC 822, 850
  /^\d{1,2}\/\d{1,2}\/\d{4}(?: \d{1,2}:\d{2}(:\d{2})?)?$/,
];

function parseOtherDate(text: string): bigint | undefined {
  const trimmed = text.trim();
  if (/^\d{4}$/.test(trimmed)) return parseDatetime(`${trimmed}-01-01`);
  if (!OTHER_DATES.some((pattern) => pattern.test(trimmed))) return undefined;
  const date = new Date(/GMT|UTC/i.test(trimmed) ? trimmed : `${trimmed} UTC`);
  return Number.isNaN(date.getTime()) ? undefined : dateToTicks(date);
}

const UNIT_TICKS: readonly (readonly [RegExp, bigint])[] = [
  [/^(d|days?)$/, TICKS_PER_DAY],
  [/^(h|hr|hrs|hours?)$/, TICKS_PER_HOUR],
  [/^(m|min|mins|minutes?)$/, TICKS_PER_MINUTE],
  [/^(s|sec|secs|seconds?)$/, TICKS_PER_SECOND],
  [/^(ms|milli|millis|millisec|milliseconds?)$/, TICKS_PER_MILLISECOND],
  [/^(micro|micros|microsec|microseconds?)$/, 10n],
  [/^(nano|nanos|nanosec|nanoseconds?)$/, 0n],
  [/^(tick|ticks)$/, 1n],
];

/** Days come last: `00:00:10` has none. */
const CLOCK = /^(-)?(?:(\d+)[.:])??(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?$/;
const WITH_UNIT = /^(-)?(\d+)(?:\.(\d+))?\s*([a-z]+)$/;

/** Reads `1.02:03:04.5`, `1d`, `1.5h`, `3` (days); undefined if it is something else. */
export function parseTimespan(text: string): bigint | undefined {
  const trimmed = text.trim().toLowerCase();
  if (/^-?\d+$/.test(trimmed)) return BigInt(trimmed) * TICKS_PER_DAY;
  const clock = CLOCK.exec(trimmed);
  if (clock) {
    const [, sign, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = ''] = clock;
    if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
    const ticks =
      BigInt(days) * TICKS_PER_DAY +
      BigInt(hours) * TICKS_PER_HOUR +
      BigInt(minutes) * TICKS_PER_MINUTE +
      BigInt(seconds) * TICKS_PER_SECOND +
      BigInt(fraction.padEnd(7, '0'));
    return sign ? -ticks : ticks;
  }
  const match = WITH_UNIT.exec(trimmed);
  if (!match) return undefined;
  const [, sign, whole = '0', fraction = '', unit = ''] = match;
  const perUnit = UNIT_TICKS.find(([pattern]) => pattern.test(unit))?.[1];
  if (perUnit === undefined) return undefined;
  const ticks =
    BigInt(whole) * perUnit + (BigInt(fraction || '0') * perUnit) / 10n ** BigInt(fraction.length);
  return sign ? -ticks : ticks;
}

/** `2020-01-01T00:00:00.0000000Z`, always with seven digits. */
export function formatDatetime(ticks: bigint): string {
  const sinceEpoch = ticks - UNIX_EPOCH_TICKS;
  const fraction = ((sinceEpoch % TICKS_PER_SECOND) + TICKS_PER_SECOND) % TICKS_PER_SECOND;
  const seconds = (sinceEpoch - fraction) / TICKS_PER_SECOND;
  const text = new Date(Number(seconds) * 1000).toISOString();
  return `${text.slice(0, 19)}.${fraction.toString().padStart(7, '0')}Z`;
}

/** .NET's "c" form: `[-][d.]hh:mm:ss[.fffffff]`. */
export function formatTimespan(ticks: bigint): string {
  const size = ticks < 0n ? -ticks : ticks;
  const days = size / TICKS_PER_DAY;
  const parts = [
    (size / TICKS_PER_HOUR) % 24n,
    (size / TICKS_PER_MINUTE) % 60n,
    (size / TICKS_PER_SECOND) % 60n,
  ].map((part) => part.toString().padStart(2, '0'));
  const fraction = size % TICKS_PER_SECOND;
  const tail = fraction === 0n ? '' : `.${fraction.toString().padStart(7, '0')}`;
  return `${ticks < 0n ? '-' : ''}${days > 0n ? `${days}.` : ''}${parts.join(':')}${tail}`;
}
