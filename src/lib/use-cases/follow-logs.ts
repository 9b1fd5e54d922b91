import type { Gateways } from '../azure/gateways.js';
import { CliError } from '../errors.js';
import { interleave, type LogLine, type LogSections, parseSections } from '../model/log-line.js';
import { type MergedWindow, mergeWindow, NOTHING_SEEN, type SeenLog } from '../model/log-window.js';
import { type Target, targetName } from '../model/target.js';
import { type PollPorts, waitForNextPoll } from './poll.js';
import {
  keepLines,
  type LogEntry,
  linesToRead,
  MOST_TARGETS,
  neverStarted,
  type ReadLogsOptions,
  sectionEntries,
  toEntry,
  WIDEST_TAIL,
} from './read-logs.js';

/** Lines of a poll: enough to overlap with the last one, while not much is written. */
const LEAST_TAIL = 100;
/** A line that claims to be later than this carries no time stamp of its own writing. */
const MOST_AHEAD_MS = 3_600_000;

interface Followed {
  readonly target: Target;
  readonly seen: SeenLog;
  readonly tail: number;
  readonly isFirst: boolean;
  readonly hasFailed: boolean;
  readonly knowsReplicas: boolean;
}

interface Poll {
  /** Undefined: the target is gone. */
  readonly next: Followed | undefined;
  readonly target: Target;
  readonly head: readonly LogEntry[];
  readonly lines: readonly LogLine[];
}

/**
 * The last lines of each target and then, every five seconds, what was written since. Azure has no stream of
 * logs: each poll reads the last lines of one replica, and `mergeWindow` tells what is new in them.
 *
 * Ends when `closed` is aborted; throws the reason of `signal`.
 *
 * @throws {CliError} `usage` for too many targets; what a call throws, if it cannot get better
 */
export async function* followLogs(
  gateways: Pick<Gateways, 'v1' | 'v2'>,
  targets: readonly Target[],
  options: ReadLogsOptions,
  ports: PollPorts,
): AsyncGenerator<LogEntry> {
  if (targets.length > MOST_TARGETS) {
    const message = `${targets.length} targets are too many to follow: ${MOST_TARGETS} at most.`;
    throw new CliError('usage', message, { hint: 'Name the ones to follow, as SERVICE/PART.' });
  }
  const tail = Math.max(linesToRead(options), LEAST_TAIL);
  let followed: readonly Followed[] = targets.map((target) => ({
    target,
    seen: NOTHING_SEEN,
    tail,
    isFirst: true,
    hasFailed: false,
    knowsReplicas: false,
  }));
  for (;;) {
    const isOnly = followed.length === 1;
    const polls = await Promise.all(
      followed.map((each) => poll(gateways, each, { ...options, isOnly }, ports)),
    );
    for (const { head } of polls) yield* head;
    for (const { log, line } of interleave(polls)) yield toEntry(log.target, line);
    followed = polls.flatMap(({ next }) => next ?? []);
    if (followed.length === 0) throw new CliError('not-found', 'Nothing is left to follow.');
    if (!(await waitForNextPoll(ports))) return;
  }
}

async function poll(
  gateways: Pick<Gateways, 'v1' | 'v2'>,
  followed: Followed,
  options: ReadLogsOptions & { readonly isOnly: boolean },
  { clock, report }: PollPorts,
): Promise<Poll> {
  const { target } = followed;
  const name = targetName(target);
  const widest = Math.max(WIDEST_TAIL, options.tail);

  async function look(tail: number): Promise<LogSections & MergedWindow> {
    const { container } = options;
    const content = await gateways[target.api].readLogs(target, { tail, container });
    const sections = parseSections(content);
    const lines = withoutFuture(sections.log, clock.now());
    const window = { lines, isWhole: sections.lineCount < tail, isWidest: tail >= widest };
    return { ...sections, ...mergeWindow(followed.seen, window) };
  }

  try {
    const narrow = await look(followed.tail);
    const looked = narrow.change === 'unclear' ? await look(widest) : narrow;
    if (followed.hasFailed) report.note(`${name}: the log can be read again.`);
    const { change, seen } = looked;
    const kept = keepLines(looked.fresh, options.filter);
    if (change === 'gap') {
      report.warn(
        `${name}: lines are missing here: more than ${widest} were written since the last look.`,
      );
    }
    if (change === 'restart') report.note(`${name}: the container started anew.`);
    if (change === 'other-replica' && !followed.knowsReplicas) {
      report.note(`${name}: another replica answers now; its earlier lines are not shown.`);
    }
    if (followed.isFirst && looked.log.length === 0 && target.failure) {
      report.warn(neverStarted(target, target.failure).message);
    }
    return {
      target,
      head: followed.isFirst && options.sections ? sectionEntries(target, looked) : [],
      lines: followed.isFirst ? kept.slice(-options.tail) : kept,
      next: {
        target,
        seen,
        // As much again as came this time, so that the next poll overlaps with this one.
        tail: Math.min(
          widest,
          Math.max(leastTail(options), followed.isFirst ? 0 : 2 * looked.fresh.length),
        ),
        isFirst: false,
        hasFailed: false,
        knowsReplicas: followed.knowsReplicas || change === 'other-replica',
      },
    };
  } catch (error) {
    const isGone = error instanceof CliError && error.kind === 'not-found';
    if (!canGetBetter(error) || (options.isOnly && (followed.isFirst || isGone))) throw error;
    const none = { target, head: [], lines: [] };
    if (isGone) {
      report.warn(`${name} is no longer followed: ${error.message}`);
      return { ...none, next: undefined };
    }
    if (!followed.hasFailed) report.warn(`${name}: ${error.message} Trying again.`);
    return { ...none, next: { ...followed, hasFailed: true } };
  }
}

function leastTail({ tail }: ReadLogsOptions): number {
  return Math.max(tail, LEAST_TAIL);
}

/** Whether a later call may well succeed, or at least the other targets go on. */
function canGetBetter(error: unknown): error is CliError {
  const kinds: readonly string[] = ['service', 'timeout', 'not-found'];
  return error instanceof CliError && kinds.includes(error.kind);
}

function withoutFuture(lines: readonly LogLine[], now: Date): readonly LogLine[] {
  const latest = BigInt(now.getTime() + MOST_AHEAD_MS) * 1_000_000n;
  return lines.map((line) =>
    line.time !== null && line.time > latest ? { ...line, time: null } : line,
  );
}
