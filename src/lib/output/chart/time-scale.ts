import type { Scale } from './scale.js';

/** An axis of time: its ticks stand at full minutes, hours or days of UTC. */
export interface TimeScale extends Scale {
  readonly texts: readonly string[];
}

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[S, 2 * S, 5 * S, 10 * S, 15 * S, 30 * S],
  ...[M, 2 * M, 5 * M, 10 * M, 15 * M, 30 * M],
  ...[H, 2 * H, 3 * H, 6 * H, 12 * H],
  ...[D, 2 * D, 7 * D, 14 * D],
] as const;
const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Milliseconds since 1970, from the first to the last instant, with ticks that find room.
 *
 * @param columns of the terminal that the axis takes
 */
export function timeScale(from: number, to: number, columns: number): TimeScale {
  const end = to > from ? to : from + S;
  const room = (stepMs: number, width: number) => (stepMs / (end - from)) * columns >= width + 2;
  const step = STEPS.find((each) => room(each, labelWidth(each)));
  if (step === undefined) return monthScale(from, end, columns);
  const ticks = fixedTicks(from, end, step);
  const texts = ticks.map((tick) => tickText(tick, step));
  return { from, to: end, ticks, texts };
}

function fixedTicks(from: number, to: number, step: number): readonly number[] {
  // Days count from 1970-01-01, a Thursday; weeks begin on Monday.
  const origin = step >= 7 * D ? 4 * D : 0;
  const first = Math.ceil((from - origin) / step);
  const count = Math.floor((to - origin) / step) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => origin + (first + i) * step);
}

/** Ticks at the beginning of months, or of years, where their names are enough. */
function monthScale(from: number, to: number, columns: number): TimeScale {
  const monthOf = (ms: number) => new Date(ms).getUTCFullYear() * 12 + new Date(ms).getUTCMonth();
  const span = Math.max(1, monthOf(to) - monthOf(from));
  const step = MONTH_STEPS.find((each) => (each / span) * columns >= 10) ?? 1200;
  const first = Math.ceil(monthOf(from) / step) * step;
  const months = Array.from({ length: Math.floor(span / step) + 2 }, (_, i) => first + i * step);
  // Date.UTC takes a year below 100 for one of the 20th century.
  const instants = months.map((month) => Date.UTC(1970, month - 1970 * 12));
  const ticks = instants.filter((tick) => tick >= from && tick <= to);
  const length = step % 12 === 0 ? 4 : 7;
  const texts = ticks.map((tick) => new Date(tick).toISOString().slice(0, length));
  return { from, to, ticks, texts };
}

function labelWidth(step: number): number {
  if (step < S) return 12;
  return step < M ? 8 : 6;
}

function tickText(ms: number, step: number): string {
  const date = new Date(ms);
  const clock = date.toISOString().slice(11, 23);
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
  if (step >= D || (ms % D === 0 && step >= M)) return day;
  if (step < S) return clock;
  return clock.slice(0, step < M ? 8 : 5);
}

/** A span of time for people: `2026-11-21 08:30 to 09:45 UTC`. */
export function spanText(from: number, to: number): string {
  const [start, end] = [new Date(from).toISOString(), new Date(to).toISOString()];
  const isFine = to - from < 10 * M || from % M !== 0 || to % M !== 0;
  const clock = (text: string) => text.slice(11, isFine ? 19 : 16);
  const sameDay = start.slice(0, 10) === end.slice(0, 10);
  const last = sameDay ? clock(end) : `${end.slice(0, 10)} ${clock(end)}`;
  return `${start.slice(0, 10)} ${clock(start)} to ${last} UTC`;
}
