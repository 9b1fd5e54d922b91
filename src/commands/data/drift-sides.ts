import { CliError } from '../../lib/errors.js';
import { durationText, parseDuration, parseTime } from '../../lib/model/time-range.js';
import { overlap } from '../../lib/use-cases/data/rows-of-span.js';
import { type DataOptions, dataWish } from './data-options.js';
import type { RowsWish } from './open-rows.js';

/** What was typed of both sides. */
export interface DriftOptions extends DataOptions {
  /** Of the target; undefined: a service. */
  readonly files?: readonly string[] | undefined;
  readonly baseline?: readonly string[] | undefined;
  readonly baselineService?: string | undefined;
  readonly baselineSince?: string | undefined;
  readonly baselineFrom?: string | undefined;
  readonly baselineTo?: string | undefined;
}

export interface DriftSides {
  readonly target: RowsWish;
  readonly baseline: RowsWish;
  /** What nobody typed. */
  readonly notes: readonly string[];
}

type Span = Pick<RowsWish, 'from' | 'to'>;

const DAY_MS = 86_400_000;
/** How Azure ML's monitor looks back where it runs once a day: at that day, and at a week before it. */
const TARGET_MS = DAY_MS;
const BASELINE_MS = 7 * DAY_MS;
const ALWAYS: Span = { from: null, to: null };

/**
 * Which rows are compared with which. Files are compared whole, unless a time is given; of a service the last 24 hours,
 * with the 7 days before the target. A baseline from the same data ends before the target begins.
 *
 * @throws {CliError} `usage` for what contradicts itself, sides that overlap, or files without a baseline
 */
export function driftSides(options: DriftOptions, now: Date): DriftSides {
  const { files, baseline: patterns, baselineService: service } = options;
  if (patterns !== undefined && service !== undefined) {
    throw new CliError('usage', '--baseline and --baseline-service name two baselines: give one.');
  }
  if (files !== undefined && service !== undefined) {
    throw new CliError(
      'usage',
      '--baseline-service is for a service: with --files give --baseline.',
    );
  }
  const isSame = patterns === undefined && service === undefined;
  const isTimed = isTyped(options.baselineSince, options.baselineFrom, options.baselineTo);
  const notes: string[] = [];
  const wish = { ...dataWish(options, now), join: false };
  const target = { ...wish, ...targetSpan(options, wish, now, notes), patterns: files };
  const span = isTimed
    ? baselineSpan(options, target, now)
    : defaultBaseline(target, { isSame, service }, notes);
  if (isSame) assertApart(span, target);
  // Of another service or of files all is compared, but for the collection of a service.
  const { collections } = wish;
  const baseline: RowsWish = isSame
    ? { ...target, ...span }
    : { collections: service === undefined ? undefined : collections, ...span, join: false };
  return {
    target,
    baseline: { ...baseline, patterns: patterns ?? baseline.patterns, service },
    notes,
  };
}

function isTyped(...texts: readonly (string | undefined)[]): boolean {
  return texts.some((text) => text !== undefined);
}

/** What is typed; else of files what is behind the baseline, of a service the last day as far as it is. */
function targetSpan(
  { files, baseline, baselineService, baselineTo, since, from }: DriftOptions,
  typed: Span,
  now: Date,
  notes: string[],
): Span {
  if (isTyped(since, from)) return { from: typed.from, to: typed.to };
  const isSame = baseline === undefined && baselineService === undefined;
  const behind = isSame && baselineTo !== undefined ? parseTime(baselineTo, now) : null;
  const day = files === undefined ? new Date(now.getTime() - TARGET_MS) : null;
  if (behind !== null && (day === null || behind > day)) {
    notes.push('The target is what follows the baseline: --from says otherwise.');
    return { from: behind, to: null };
  }
  if (day !== null) {
    notes.push(`The target is the last ${durationText(TARGET_MS)}: --since says otherwise.`);
  }
  return { from: day, to: null };
}

/** What is typed; without an end it goes up to the target. */
function baselineSpan(
  { baselineSince, baselineFrom, baselineTo }: DriftOptions,
  target: Span,
  now: Date,
): Span {
  if (baselineSince !== undefined) {
    if (isTyped(baselineFrom, baselineTo)) {
      const message = 'Give --baseline-since, or --baseline-from and --baseline-to, not both.';
      throw new CliError('usage', message);
    }
    const ms = parseDuration(baselineSince);
    if (target.from === null) {
      const message =
        '--baseline-since counts back from the beginning of the target, which is open.';
      throw new CliError('usage', message, {
        hint: 'Say where the target begins, with --since or --from; or give --baseline-from.',
      });
    }
    return { from: new Date(target.from.getTime() - ms), to: target.from };
  }
  const from = baselineFrom === undefined ? null : parseTime(baselineFrom, now);
  const to = baselineTo === undefined ? target.from : parseTime(baselineTo, now);
  if (from !== null && from >= (to ?? now)) {
    const end = baselineTo === undefined ? 'the target begins' : `--baseline-to ${baselineTo}`;
    throw new CliError('usage', `--baseline-from ${baselineFrom} is not before ${end}.`);
  }
  return { from, to };
}

/** Of the same data the week before the target, of another service the same time, of files all. */
function defaultBaseline(
  { from, to }: Span,
  { isSame, service }: { readonly isSame: boolean; readonly service: string | undefined },
  notes: string[],
): Span {
  if (service !== undefined) {
    notes.push('Both sides are of the same time.');
    return { from, to };
  }
  if (!isSame) return ALWAYS;
  if (from === null) {
    throw new CliError('usage', 'There is nothing to compare with.', {
      hint: 'Give a baseline: --baseline FILE; or a part of the files, such as up to --baseline-to.',
    });
  }
  const week = durationText(BASELINE_MS);
  notes.push(
    `The baseline is the ${week} before it: --baseline and --baseline-since say otherwise.`,
  );
  return { from: new Date(from.getTime() - BASELINE_MS), to: from };
}

/** @throws {CliError} `usage` if rows of the same data would be on both sides */
function assertApart(baseline: Span, target: Span): void {
  if (!overlap(baseline, target)) return;
  throw new CliError('usage', 'The baseline and the target overlap, and would share rows.', {
    hint: 'Let the baseline end before the target begins: --baseline-to and --from say where.',
  });
}
