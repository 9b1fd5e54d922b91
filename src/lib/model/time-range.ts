import { CliError } from '../errors.js';

/** A span of time from `from` (inclusive) to `to` (exclusive). */
export interface TimeRange {
  readonly from: Date;
  readonly to: Date;
}

/** What the user asked for: the time up to now, or two instants (`to` null: still open). */
export type TimeWish =
  | { readonly sinceMs: number }
  | { readonly from: Date; readonly to: Date | null };

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const ISO_DURATION =
  /^P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i;
const ISO_TIME =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

/**
 * Milliseconds of `100ms`, `30s`, `15m`, `24h`, `7d` or an ISO 8601 duration such as `PT10M`.
 *
 * @throws {CliError} `usage`; months and years too, which have no fixed length
 */
export function parseDuration(text: string): number {
  const short = /^(\d+(?:\.\d+)?)(ms|[smhd])$/.exec(text);
  if (short) return wholeMs(text, Number(short[1]) * UNIT_MS[short[2] as keyof typeof UNIT_MS]);
  const iso = ISO_DURATION.exec(text);
  if (iso && /\d/.test(text) && !/T$/i.test(text)) {
    const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = iso
      .slice(1)
      .map((part) => Number(part ?? 0));
    const { d, h, m, s } = UNIT_MS;
    return wholeMs(text, (weeks * 7 + days) * d + hours * h + minutes * m + seconds * s);
  }
  const months = /^P(\d+)M$/i.exec(text);
  if (months) {
    const hint = `Minutes are PT${months[1]}M or ${months[1]}m; for months give days, such as 30d.`;
    throw new CliError('usage', `"${text}" means ${months[1]} months, not minutes.`, { hint });
  }
  const years = /^P(?=.*\d[YM])(?:\d+Y)?(?:\d+M)?/i.test(text);
  const hint = years
    ? 'Months and years have no fixed length: give days, such as 30d.'
    : 'Give a number with a unit, such as 30s, 15m, 24h or 7d, or ISO 8601, such as PT10M.';
  throw new CliError('usage', `"${text}" is not a length of time.`, { hint });
}

function wholeMs(text: string, ms: number): number {
  const whole = Math.round(ms);
  if (whole > 0 && whole <= 100 * 365 * UNIT_MS.d) return whole;
  const message = `"${text}" is not a length of time between 1 ms and 100 years.`;
  throw new CliError('usage', message);
}

/**
 * An instant: ISO 8601 (UTC if no offset is given), `now`, or a duration before now such as `-2h`.
 * Digits below the millisecond are dropped.
 *
 * @throws {CliError} `usage`
 */
export function parseTime(text: string, now: Date): Date {
  if (text === 'now') return now;
  if (/^-\s*[P\d]/i.test(text))
    return new Date(now.getTime() - parseDuration(text.slice(1).trim()));
  const [match, day, minutes = '00:00', seconds = '00', fraction = '', zone = 'Z'] =
    ISO_TIME.exec(text) ?? [];
  const ms = fraction.slice(0, 3).padEnd(3, '0');
  const offset = /^[+-]\d\d$/.test(zone)
    ? `${zone}:00`
    : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  const time = new Date(match ? `${day}T${minutes}:${seconds}.${ms}${offset.toUpperCase()}` : '');
  // Date would take February 30 for March 2.
  const isReal = !Number.isNaN(time.getTime()) && isDay(day ?? '');
  if (isReal) return time;
  const hint =
    'Give ISO 8601, such as 2026-11-22T08:00Z, or now, or a time before now such as -2h.';
  throw new CliError('usage', `"${text}" is not a time.`, { hint });
}

function isDay(day: string): boolean {
  return new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) === day;
}

/**
 * What `--since`, `--from` and `--to` say together; null if none was typed.
 *
 * @throws {CliError} `usage` if they contradict each other
 */
export function parseTimeWish(
  typed: {
    readonly since?: string | undefined;
    readonly from?: string | undefined;
    readonly to?: string | undefined;
  },
  now: Date,
): TimeWish | null {
  const { since, from, to } = typed;
  if (since !== undefined && (from !== undefined || to !== undefined)) {
    throw new CliError('usage', 'Give --since, or --from and --to, not both.');
  }
  if (since !== undefined) return { sinceMs: parseDuration(since) };
  if (from === undefined) {
    if (to === undefined) return null;
    throw new CliError('usage', '--to needs --from.', { hint: 'Such as --from -2h --to -1h.' });
  }
  const range = { from: parseTime(from, now), to: to === undefined ? null : parseTime(to, now) };
  if (range.from >= (range.to ?? now)) {
    const end = to === undefined ? 'now' : `--to ${to}`;
    throw new CliError('usage', `--from ${from} is not before ${end}.`);
  }
  return range;
}

/** Azure Monitor's ISO 8601 text for it: `PT3600S`, or start and end. */
export function toTimespan(wish: TimeWish, now: Date): string {
  if ('sinceMs' in wish) return `PT${wish.sinceMs / 1000}S`;
  return `${wish.from.toISOString()}/${(wish.to ?? now).toISOString()}`;
}

/** A length for people: `24 h`, `90 s`, `7 d`, in the largest unit that holds it. */
export function durationText(ms: number): string {
  const { d, h, m, s } = UNIT_MS;
  if (ms % d === 0 && ms > d) return `${ms / d} d`;
  if (ms % h === 0) return `${ms / h} h`;
  return ms % m === 0 ? `${ms / m} min` : `${ms / s} s`;
}
