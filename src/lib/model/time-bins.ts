import { CliError } from '../errors.js';
import { dateToTicks, TICKS_PER_MILLISECOND, ticksToMs } from './ticks.js';
import { durationText, type TimeRange } from './time-range.js';

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;
/** Lengths that clocks and calendars divide into. */
const STEPS = [
  ...[S, 2 * S, 5 * S, 10 * S, 15 * S, 30 * S],
  ...[M, 2 * M, 5 * M, 10 * M, 15 * M, 30 * M],
  ...[H, 2 * H, 3 * H, 6 * H, 12 * H],
  ...[D, 7 * D, 28 * D],
] as const;
/** As many as a terminal of 80 columns shows. */
const MOST_CHOSEN = 60;
const MOST_ASKED = 10_000;

/** The length of the bins for a range whose bins nobody chose: about 30 to 60 of them. */
export function chooseBin({ from, to }: TimeRange): number {
  const length = to.getTime() - from.getTime();
  return STEPS.find((step) => length <= step * MOST_CHOSEN) ?? 28 * D;
}

/**
 * The bins of a range as KQL's `bin` makes them: they begin at multiples of their length since the year 1. The first
 * and the last are cut to the range.
 *
 * @throws {CliError} `usage` if they are too many
 */
export function timeBins({ from, to }: TimeRange, stepMs: number): readonly TimeRange[] {
  const step = BigInt(stepMs) * TICKS_PER_MILLISECOND;
  const first = dateToTicks(from) / step;
  const last = (dateToTicks(to) - 1n) / step;
  const count = Number(last - first) + 1;
  if (count > MOST_ASKED) {
    const message = `Bins of ${durationText(stepMs)} are ${count} for this time, and ${MOST_ASKED} at most are shown.`;
    throw new CliError('usage', message, { hint: 'Give a longer --bin, or a shorter time.' });
  }
  return Array.from({ length: count }, (_, index) => {
    const start = ticksToMs((first + BigInt(index)) * step);
    return {
      from: new Date(Math.max(start, from.getTime())),
      to: new Date(Math.min(start + stepMs, to.getTime())),
    };
  });
}

/** Which of the bins an instant of `bin` begins; it may lie before the range, as the first bin may. */
export function binIndex(ticks: bigint, { from }: TimeRange, stepMs: number): number {
  const step = BigInt(stepMs) * TICKS_PER_MILLISECOND;
  return Number(ticks / step - dateToTicks(from) / step);
}
