/** One line of a container's log, as sent and without its line break: untrusted text. */
export interface LogLine {
  readonly text: string;
  /** Nanoseconds since 1970 UTC, from the line's own time stamp; null if it carries none. */
  readonly time: bigint | null;
}

/** What the logs of a container are made of. Only managed online endpoints send the first two. */
export interface LogSections {
  /** How far each step of the start has come: `UserContainerStart: Succeeded`. */
  readonly status: readonly string[];
  readonly events: readonly LogLine[];
  readonly log: readonly LogLine[];
  /** How many lines of the log came; the blank ones at its end, which `log` lacks, count. */
  readonly lineCount: number;
}

const STATUS = 'Instance status:\n';
const EVENTS = '\nContainer events:\n';
const LOG = '\nContainer logs:\n';

/**
 * Takes apart the text that Azure answers to `getLogs` and to v1's `/logs`.
 *
 * Contract: Microsoft.MachineLearningServices 2024-04-01 `getLogs`: three sections in one string for a managed
 * deployment, else the log alone. A log line that looks like a heading is part of the log.
 * Known from: observed answers (public recordings of 2020-03, 2021-11 and 2025-11).
 */
export function parseSections(content: string): LogSections {
  const text = content.replaceAll('\r\n', '\n');
  const logAt = text.startsWith(STATUS) ? text.indexOf(LOG) : -1;
  if (logAt < 0) return { status: [], events: [], ...parseLog(text) };
  const head = text.slice(STATUS.length, logAt + 1);
  const [status = '', events = ''] = head.split(EVENTS, 2);
  return {
    status: splitLines(status).filter((line) => line !== ''),
    events: splitLines(events)
      .filter((line) => line !== '')
      .map((line) => ({ text: line, time: parseEventTime(line) })),
    ...parseLog(text.slice(logAt + LOG.length)),
  };
}

function parseLog(text: string): Pick<LogSections, 'log' | 'lineCount'> {
  const log = splitLines(text).map((line) => ({ text: line, time: parseLogTime(line) }));
  return { log, lineCount: text === '' ? 0 : text.replace(/\n$/, '').split('\n').length };
}

/** The lines of a text; empty lines at its end are not lines. */
function splitLines(text: string): readonly string[] {
  const trimmed = text.replace(/\n+$/, '');
  return trimmed === '' ? [] : trimmed.split('\n');
}

const ISO =
  /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?\d*(Z|[+-]\d\d:?\d\d)?(?![\w:.,+-])/;
const ACCESS = /^\S+ \S+ \S+ \[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})\]/;
const EVENT = /\bTime: (\S+?),/;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/**
 * The instant that a line begins with, in nanoseconds since 1970; null if it begins with none.
 *
 * Scoring containers write four kinds beside bare text: s6 (`2020-03-12T13:34:44,500905616+00:00 - …`), Python
 * logging (`2021-11-23 16:55:00,900 | root | …` and `2025-11-04 09:35:42,615 I [13] …`: UTC, as the containers
 * are), access lines (`127.0.0.1 - - [12/Mar/2020:13:55:47 +0000] …`, to the second) and RFC 3339.
 * Known from: observed answers (public recordings of 2020-03, 2021-11 and 2025-11).
 */
export function parseLogTime(line: string): bigint | null {
  const [match, day, time, fraction = '', zone = 'Z'] = ISO.exec(line) ?? [];
  if (match) return toNanoseconds(`${day}T${time}`, zone, fraction);
  const [access, date, month = '', year, clock, offset = ''] = ACCESS.exec(line) ?? [];
  const monthNumber = MONTHS.indexOf(month) + 1;
  if (!access || monthNumber === 0) return null;
  return toNanoseconds(
    `${year}-${String(monthNumber).padStart(2, '0')}-${date}T${clock}`,
    offset,
    '',
  );
}

function parseEventTime(line: string): bigint | null {
  const [, time] = EVENT.exec(line) ?? [];
  return time === undefined ? null : parseLogTime(time);
}

function toNanoseconds(localTime: string, zone: string, fraction: string): bigint | null {
  const ms = Date.parse(localTime + zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(ms) ? null : BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** RFC 3339 in UTC, with as many digits as the time has, at least three. */
export function timeText(time: bigint): string {
  const iso = new Date(Number(time / 1_000_000n)).toISOString();
  const below = String(time % 1_000_000n)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return `${iso.slice(0, -1)}${below}Z`;
}

/** A call of a health probe: two every ten seconds, which drown the rest. */
export function isProbe(line: LogLine): boolean {
  return /"(?:GET|HEAD) \/\S* HTTP\/[\d.]+" \d{3} .*"kube-probe\/[^"]*"/.test(line.text);
}

/**
 * Several logs as one, by time. Each log keeps its own order, also where its time stamps step back, and a line
 * without a time stamp stays behind the one before it.
 */
export function interleave<Log extends { readonly lines: readonly LogLine[] }>(
  logs: readonly Log[],
): readonly { readonly log: Log; readonly line: LogLine }[] {
  const entries = logs.flatMap((log) => {
    let newest = -1n;
    return log.lines.map((line) => {
      if (line.time !== null && line.time > newest) newest = line.time;
      return { log, line, newest };
    });
  });
  return entries.sort((a, b) => (a.newest < b.newest ? -1 : Number(a.newest > b.newest)));
}
