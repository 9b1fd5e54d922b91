import type { Clock, Output, Report } from '../host.js';
import { textWidth } from './text-width.js';

const BAR = 16;
/** How often a line says how far it is where there is no terminal. */
const LINE_EVERY_MS = { terminal: 200, pipe: 15_000 };

/** What is being waited for, told anew as it goes on, but not all the time. */
export interface PacedProgress {
  /** Something came: it is said if it is time. */
  readonly tick: () => void;
  readonly sayNow: () => void;
  /** Something else is being waited for. */
  readonly step: (message: string) => void;
  readonly done: () => void;
}

/**
 * @param textOf what is said, at an instant in milliseconds; `width` is what a line of the terminal holds, undefined on
 * a pipe
 */
export function pacedProgress(
  first: string,
  textOf: (now: number, width: number | undefined) => string,
  { report, clock, stderr }: ProgressPlace,
): PacedProgress {
  const shown = report.progress(first);
  const everyMs = stderr.isTty ? LINE_EVERY_MS.terminal : LINE_EVERY_MS.pipe;
  const now = () => clock.now().getTime();
  // The spinner stands before it.
  const width = () => (stderr.isTty ? (stderr.columns() ?? 80) - 3 : undefined);
  let saidAt = now();

  function sayNow(): void {
    saidAt = now();
    shown.update(textOf(saidAt, width()));
  }

  return {
    tick() {
      if (now() - saidAt >= everyMs) sayNow();
    },
    sayNow,
    step: (message) => shown.update(message),
    done: shown.done,
  };
}

export interface ProgressPlace {
  readonly report: Pick<Report, 'progress'>;
  readonly clock: Clock;
  readonly stderr: Pick<Output, 'isTty' | 'columns'>;
}

/** `█████░░░░░░░░░░░  35 %`; on a pipe without the bar. */
export function shareText(share: number, width: number | undefined): string {
  const filled = Math.floor(share * BAR);
  const bar = width === undefined ? '' : `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} `;
  return `${bar}${String(Math.floor(share * 100)).padStart(3)} %`;
}

/** The first text that a line holds, else the last. */
export function firstThatFits(texts: readonly string[], width: number | undefined): string {
  const fits = (text: string) => width === undefined || textWidth(text) <= width;
  return texts.find(fits) ?? texts.at(-1) ?? '';
}

export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** `32 s`, `12 min`, `2.5 h`. */
export function durationText(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
