/** An open or closed span; null is open. */
export interface Span {
  readonly from: Date | null;
  readonly to: Date | null;
}

export const EVER: Span = { from: null, to: null };

/**
 * Azure Monitor's `timespan`: `PT1H`, `start/end`, `start/PT1H`, `PT1H/end`. Accepts what real clients send:
 * percent-encoding once too often and times without a zone (az), `PT3600.0S` (Python), nothing at all.
 *
 * @returns undefined if it is none of these
 */
export function parseTimespan(sent: string | null | undefined, now: Date): Span | undefined {
  const text = decode(sent ?? '').trim();
  if (text === '') return EVER;
  const [first = '', second] = text.split('/');
  if (second === undefined) {
    const ms = durationMs(first);
    return ms === undefined ? undefined : { from: new Date(now.getTime() - ms), to: now };
  }
  const [fromMs, toMs] = [durationMs(first), durationMs(second)];
  const [from, to] = [instant(first), instant(second)];
  if (from && to) return { from, to };
  if (from && toMs !== undefined) return { from, to: new Date(from.getTime() + toMs) };
  if (to && fromMs !== undefined) return { from: new Date(to.getTime() - fromMs), to };
  return undefined;
}

/** What lies in both. */
export function intersect(a: Span, b: Span): Span {
  const later = (one: Date, other: Date) => (one > other ? one : other);
  const earlier = (one: Date, other: Date) => (one < other ? one : other);
  return {
    from: a.from && b.from ? later(a.from, b.from) : (a.from ?? b.from),
    to: a.to && b.to ? earlier(a.to, b.to) : (a.to ?? b.to),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function instant(text: string): Date | undefined {
  if (!/^\d{4}-\d\d-\d\d([T ][\d:.]+)?(Z|[+-]\d\d:?\d\d)?$/.test(text)) return undefined;
  const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(text.slice(10))
    ? text
    : `${text}${text.length > 10 ? 'Z' : ''}`;
  const date = new Date(zoned.replace(' ', 'T'));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

const DAY_MS = 86_400_000;

/** ISO 8601; a month counts 30 days and a year 365, as in the service. */
function durationMs(text: string): number | undefined {
  const match =
    /^P(?=.)(?:([\d.]+)Y)?(?:([\d.]+)M)?(?:([\d.]+)W)?(?:([\d.]+)D)?(?:T(?=.)(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?$/.exec(
      text,
    );
  if (!match) return undefined;
  const units = [365 * DAY_MS, 30 * DAY_MS, 7 * DAY_MS, DAY_MS, 3_600_000, 60_000, 1000];
  return units.reduce((sum, unit, at) => sum + Number(match[at + 1] ?? 0) * unit, 0);
}
