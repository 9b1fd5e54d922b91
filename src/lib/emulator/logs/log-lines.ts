import { printed, type Scored, traceback } from '../scoring/scored.js';

/** Some lines that a container wrote at one moment. */
export interface LogEntry {
  readonly at: Date;
  readonly lines: readonly string[];
}

/**
 * What a container writes for one scoring request.
 *
 * Known from: recordings of `get_logs` on AKS (2020) and ACI (2021) and of getLogs on a managed
 * deployment (2025).
 */
export function scoringLines(scored: Scored): readonly string[] {
  switch (scored.serving.server) {
    case 'applicationinsights':
      return gunicornLines(scored);
    case 'opencensus':
      return rootLoggerLines(scored);
    default:
      return inferenceServerLines(scored);
  }
}

/** Bare text; only the access line carries a time. */
function gunicornLines(scored: Scored): readonly string[] {
  const { input, requestId, status, userAgent } = scored;
  const text = printed(scored);
  return [
    'Validation Request Content-Type',
    `Received input: ${input}`,
    'Headers passed in (total 5):',
    '\tHost: 10.0.0.4',
    '\tX-Real-Ip: 10.244.1.3',
    `\tUser-Agent: ${userAgent}`,
    '\tContent-Type: application/json',
    `\tX-Ms-Request-Id: ${requestId}`,
    'Scoring Timer is set to 60.0 seconds',
    ...(text === null ? ['Encountered Exception:', ...traceback(scored)] : [text]),
    String(status),
    accessLine(scored),
  ];
}

/** `time | root | INFO | text`; what the script prints is prefixed with the request id. */
function rootLoggerLines(scored: Scored): readonly string[] {
  const { at, requestId, status } = scored;
  const line = (level: string, text: string) => `${commaTime(at)} | root | ${level} | ${text}`;
  const text = printed(scored);
  return [
    line('INFO', 'Validation Request Content-Type'),
    line('INFO', 'Scoring Timer is set to 60.0 seconds'),
    ...(text === null
      ? [line('ERROR', 'Encountered Exception:'), ...traceback(scored)]
      : [`${requestId},${text}`]),
    line('INFO', String(status)),
    accessLine(scored),
  ];
}

function inferenceServerLines(scored: Scored): readonly string[] {
  const { at, status, durationMs, response } = scored;
  const line = (level: string, logger: string, text: string) =>
    `${commaTime(at)} ${level} [78] ${logger} - ${text}`;
  const text = printed(scored);
  return [
    ...(text === null
      ? [
          line('E', 'azmlinfsrv', `Encountered Exception: ${traceback(scored)[0]}`),
          ...traceback(scored).slice(1),
        ]
      : [line('I', 'azmlinfsrv.print', text)]),
    line('I', 'azmlinfsrv', `POST /score ${status} ${durationMs.toFixed(3)}ms ${response.length}`),
    line('I', 'gunicorn.access', accessLine(scored)),
  ];
}

function accessLine({ at, status, response, userAgent }: Scored): string {
  return `127.0.0.1 - - [${apacheTime(at)}] "POST /score HTTP/1.0" ${status} ${response.length} "-" "${userAgent}"`;
}

/** `2025-11-04 09:35:42,615` */
export function commaTime(at: Date): string {
  return at.toISOString().replace('T', ' ').replace('.', ',').slice(0, 23);
}

/** `2025-11-04T09:35:42,021671581+00:00` */
export function s6Time(at: Date, nanos: number): string {
  const fraction = String(nanos % 1_000_000).padStart(6, '0');
  return `${at.toISOString().replace('.', ',').replace('Z', fraction)}+00:00`;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `04/Nov/2025:09:35:58 +0000` */
export function apacheTime(at: Date): string {
  const [year, month, day] = at.toISOString().slice(0, 10).split('-');
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${at.toISOString().slice(11, 19)} +0000`;
}
