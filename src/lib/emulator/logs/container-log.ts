import type { Cloud } from '../cloud.js';
import { logTable, type Serving } from '../scoring/serving.js';
import { apacheTime, commaTime, type LogEntry } from './log-lines.js';
import { startLines } from './start-lines.js';

const PROBE_MS = 10_000;

/**
 * The last lines of the running container: what it wrote at its start, what requests made it write, and
 * the probes of its host every ten seconds. A container that was replaced has taken its lines with it.
 */
export async function containerLines(
  cloud: Cloud,
  serving: Serving,
  now: Date,
  tail: number,
): Promise<readonly string[]> {
  const scored = (await cloud.segments.readLines(logTable(serving)))
    .map((line): LogEntry => {
      const { at, lines } = JSON.parse(line);
      return { at: new Date(at), lines };
    })
    .filter(({ at }) => at >= serving.since && at <= now);
  const entries = [...scored, ...probes(serving, now, tail)].sort(
    (a, b) => a.at.getTime() - b.at.getTime(),
  );
  const lines = [...startLines(serving), ...entries.flatMap((entry) => entry.lines)];
  return tail > 0 ? lines.slice(-tail) : [];
}

/** The last of them; they come two by two, for liveness and readiness. */
function probes(serving: Serving, now: Date, tail: number): readonly LogEntry[] {
  if (!serving.server.startsWith('azmlinfsrv')) return [];
  const count = Math.floor((now.getTime() - serving.since.getTime()) / PROBE_MS);
  const wanted = Math.max(0, Math.min(count, Math.ceil(tail / 2)));
  return Array.from({ length: wanted }, (_, index): LogEntry => {
    const at = new Date(serving.since.getTime() + (count - wanted + index + 1) * PROBE_MS);
    const line = (ms: number) => {
      const time = new Date(at.getTime() + ms);
      return `${commaTime(time)} I [78] gunicorn.access - 127.0.0.1 - - [${apacheTime(time)}] "GET / HTTP/1.0" 200 7 "-" "kube-probe/1.29"`;
    };
    return { at, lines: [line(0), line(1)] };
  });
}
