import type { Gateways, LogOptions } from '../azure/gateways.js';
import { CliError } from '../errors.js';
import type { Report } from '../host.js';
import {
  interleave,
  isProbe,
  type LogLine,
  type LogSections,
  parseSections,
  timeText,
} from '../model/log-line.js';
import { type Target, targetName } from '../model/target.js';
import { mapConcurrently } from './map-concurrently.js';

/** One line of a target's log. The members are what `-o jsonl` prints. */
export interface LogEntry {
  readonly service: string;
  readonly part: string | null;
  /** `status` and `event`: how a managed deployment's instance started. */
  readonly section: 'log' | 'status' | 'event';
  /** The line's own time stamp in UTC, null if it carries none. */
  readonly timestamp: string | null;
  /** As sent, untrusted. */
  readonly line: string;
}

/** Which lines are shown; all of them without a wish. */
export interface LineFilter {
  readonly grep?: RegExp | undefined;
  readonly exclude?: RegExp | undefined;
  readonly probes: boolean;
}

export interface ReadLogsOptions extends LogOptions {
  readonly filter: LineFilter;
  /** Show the instance's status and events too. */
  readonly sections: boolean;
}

export interface LogsRead {
  readonly entries: readonly LogEntry[];
  /** The targets that gave no log, and why. */
  readonly failures: readonly { readonly target: Target; readonly error: CliError }[];
}

interface ReadLog {
  readonly target: Target;
  readonly sections: LogSections;
  /** Those of the log that the filter keeps. */
  readonly lines: readonly LogLine[];
}

/** Lines that are read where a filter picks from them; Azure's own tools read as many by default. */
export const WIDEST_TAIL = 5000;

/** As many calls at a time, and as many targets to follow. */
export const MOST_TARGETS = 16;

/** The last lines of each target that the filter keeps, in the order of time where several are asked. */
export async function readLogs(
  gateways: Pick<Gateways, 'v1' | 'v2'>,
  targets: readonly Target[],
  options: ReadLogsOptions,
  report: Report,
): Promise<LogsRead> {
  const answers = await mapConcurrently(targets, MOST_TARGETS, async (target) => ({
    target,
    answer: await readOne(gateways, target, options),
  }));
  const failures = answers.flatMap(({ target, answer }) =>
    answer instanceof CliError ? { target, error: answer } : [],
  );
  const read: readonly ReadLog[] = answers.flatMap(({ target, answer }) =>
    answer instanceof CliError
      ? []
      : {
          target,
          sections: answer,
          lines: keepLines(answer.log, options.filter).slice(-options.tail),
        },
  );
  for (const each of read) reportLog(each, options, report);
  const heads = options.sections
    ? read.flatMap(({ target, sections }) => sectionEntries(target, sections))
    : [];
  const logs = interleave(read).map(({ log, line }) => toEntry(log.target, line));
  return { entries: [...heads, ...logs], failures };
}

/** The failures as one error, thrown once what there is has been shown. @throws {CliError} */
export function assertAllRead({ failures }: LogsRead, targetCount: number): void {
  const [first] = failures;
  if (!first) return;
  const isAlike = failures.every(({ error }) => error.kind === first.error.kind);
  if (failures.length === targetCount && (isAlike || targetCount === 1)) throw first.error;
  const names = failures.map(({ target }) => `"${targetName(target)}"`).join(', ');
  throw new CliError('incomplete', `${failures.length} of ${targetCount} gave no log: ${names}.`, {
    details: failures.map(({ target, error }) => ({
      code: targetName(target),
      message: error.message,
    })),
  });
}

async function readOne(
  gateways: Pick<Gateways, 'v1' | 'v2'>,
  target: Target,
  options: ReadLogsOptions,
): Promise<LogSections | CliError> {
  try {
    const { container } = options;
    const tail = linesToRead(options);
    const sections = parseSections(
      await gateways[target.api].readLogs(target, { tail, container }),
    );
    if (sections.log.length === 0 && target.failure) return neverStarted(target, target.failure);
    return sections;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return target.failure ? neverStarted(target, target.failure, error) : error;
  }
}

/** Why a target has no log: what Azure says about its start. */
export function neverStarted(
  target: Target,
  { code, message }: NonNullable<Target['failure']>,
  cause?: unknown,
): CliError {
  const sentence = `"${targetName(target)}" did not start: ${message}`;
  const hint = 'See also its init container: add --init.';
  return new CliError('service', sentence, { code, hint }, cause);
}

function reportLog(
  { target, sections: { log, events }, lines }: ReadLog,
  { container, sections }: ReadLogsOptions,
  report: Report,
): void {
  const name = targetName(target);
  if (target.failure) report.warn(`"${name}" failed: ${target.failure.message}`);
  if (log.length === 0) {
    const what = container === 'init' ? 'The init container of' : 'The container of';
    const more =
      events.length > 0 && !sections ? ' --sections shows how far its start has come.' : '';
    report.note(`${what} "${name}" has logged nothing.${more}`);
  } else if (lines.length === 0) {
    report.note(`None of the last ${log.length} lines of "${name}" is one that you asked for.`);
  }
}

/** How many lines a call has to ask for, so that enough are left once they are filtered. */
export function linesToRead({ tail, filter: { grep, exclude, probes } }: ReadLogsOptions): number {
  return grep || exclude || !probes ? Math.max(tail, WIDEST_TAIL) : tail;
}

export function keepLines(lines: readonly LogLine[], filter: LineFilter): readonly LogLine[] {
  const { grep, exclude, probes } = filter;
  return lines.filter(
    (line) =>
      (grep?.test(line.text) ?? true) && !exclude?.test(line.text) && (probes || !isProbe(line)),
  );
}

export function sectionEntries(
  target: Target,
  { status, events }: LogSections,
): readonly LogEntry[] {
  return [
    ...status.map((text) => ({
      ...toEntry(target, { text, time: null }),
      section: 'status' as const,
    })),
    ...events.map((event) => ({ ...toEntry(target, event), section: 'event' as const })),
  ];
}

export function toEntry({ service, part }: Target, { text, time }: LogLine): LogEntry {
  const timestamp = time === null ? null : timeText(time);
  return { service, part, section: 'log', timestamp, line: text };
}
