import { CliError } from '../../lib/errors.js';
import { durationText, parseDuration, parseTime } from '../../lib/model/time-range.js';
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
  /** The baseline is of the same kind as the target; else files of its own. */
  readonly isBaselineCollected: boolean;
  /** What nobody typed. */
  readonly note: string | undefined;
}

const DAY_MS = 86_400_000;
/** How Azure ML's monitor looks back where it runs once a day: at that day, and at a week before it. */
const TARGET_MS = DAY_MS;
const BASELINE_MS = 7 * DAY_MS;

/**
 * Which rows are compared with which. Files are compared whole, unless a time is given; of a service the last 24 hours,
 * with the 7 days before the target.
 *
 * @throws {CliError} `usage` for what contradicts itself, or files without a baseline
 */
export function driftSides(options: DriftOptions, now: Date): DriftSides {
  const { files, baseline: patterns, baselineService } = options;
  const wish = dataWish(options, now);
  const isTimed = [options.since, options.from, options.to].some((each) => each !== undefined);
  const isBaselineTimed = [options.baselineSince, options.baselineFrom, options.baselineTo].some(
    (each) => each !== undefined,
  );
  if (patterns !== undefined && baselineService !== undefined) {
    throw new CliError('usage', '--baseline and --baseline-service name two baselines: give one.');
  }
  if (files !== undefined && baselineService !== undefined) {
    throw new CliError(
      'usage',
      '--baseline-service is for a service: with --files give --baseline.',
    );
  }
  const isDay = files === undefined && !isTimed;
  const from = isDay ? new Date(now.getTime() - TARGET_MS) : wish.from;
  const target = { ...wish, from, patterns: files, join: false };
  const aside = { ...everything(wish), join: false };
  const day = isDay
    ? `The target is the last ${durationText(TARGET_MS)}: --since says otherwise.`
    : '';

  if (isBaselineTimed) {
    const range = baselineRange(options, { from, to: wish.to }, now);
    const named = patterns ?? (baselineService === undefined ? files : undefined);
    // Of the same service the same is compared, of another what was collected of it.
    const of = baselineService === undefined ? wish : aside;
    const baseline = { ...of, ...range, join: false, patterns: named, service: baselineService };
    return { target, baseline, isBaselineCollected: patterns === undefined, note: noteOf(day) };
  }
  if (patterns !== undefined) {
    const baseline = { ...everything({ collections: undefined }), patterns };
    return { target, baseline, isBaselineCollected: false, note: noteOf(day) };
  }
  if (baselineService !== undefined) {
    const baseline = { ...aside, from, to: wish.to, service: baselineService };
    return {
      target,
      baseline,
      isBaselineCollected: true,
      note: noteOf(day, 'Both sides are of the same time.'),
    };
  }
  if (files !== undefined || from === null) {
    throw new CliError('usage', 'There is nothing to compare with.', {
      hint: 'Give a baseline: --baseline FILE, or --baseline-from and --baseline-to.',
    });
  }
  const baseline = {
    ...wish,
    from: new Date(from.getTime() - BASELINE_MS),
    to: from,
    join: false,
    patterns: undefined,
  };
  const week = `The baseline is the ${durationText(BASELINE_MS)} before it: --baseline and --baseline-since say otherwise.`;
  return { target, baseline, isBaselineCollected: true, note: noteOf(day, week) };
}

/** Without time, deployment and model, which are those of the target. */
function everything({ collections }: Pick<RowsWish, 'collections'>): RowsWish {
  return { from: null, to: null, collections, join: false };
}

function noteOf(...parts: readonly string[]): string | undefined {
  const said = parts.filter((part) => part !== '');
  return said.length > 0 ? said.join(' ') : undefined;
}

function baselineRange(
  { baselineSince, baselineFrom, baselineTo }: DriftOptions,
  target: { readonly from: Date | null; readonly to: Date | null },
  now: Date,
): { readonly from: Date | null; readonly to: Date | null } {
  const end = target.from ?? now;
  if (baselineSince !== undefined) {
    if (baselineFrom !== undefined || baselineTo !== undefined) {
      const message = 'Give --baseline-since, or --baseline-from and --baseline-to, not both.';
      throw new CliError('usage', message);
    }
    return { from: new Date(end.getTime() - parseDuration(baselineSince)), to: end };
  }
  const from = baselineFrom === undefined ? null : parseTime(baselineFrom, now);
  const to = baselineTo === undefined ? target.from : parseTime(baselineTo, now);
  if (from !== null && from >= (to ?? now)) {
    throw new CliError('usage', `--baseline-from ${baselineFrom} is not before its end.`);
  }
  return { from, to };
}
