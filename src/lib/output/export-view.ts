import type { Clock, Output, Report } from '../host.js';
import type { Exported } from '../use-cases/export/export-tables.js';
import type { ExportProgress } from '../use-cases/export/export-work.js';
import { escapeControls } from './escape.js';
import { textWidth } from './text-width.js';
import type { TextView } from './view.js';

/** What an export did, a line a table. */
export const exportView: TextView<Exported> = {
  text({ table, rows, bytes, files, isNew }, style) {
    const name = style.bold(escapeControls(table));
    if (!isNew) return `${name}: complete already, ${amount(rows, bytes)} in ${fileCount(files)}.`;
    if (rows === 0) return `${name}: no rows.`;
    return `${name}: ${amount(rows, bytes)} in ${fileCount(files)}, as many as the service counts.`;
  },
};

function amount(rows: number, bytes: number): string {
  return `${count(rows)} ${rows === 1 ? 'row' : 'rows'}, ${size(bytes)}`;
}

function fileCount(files: readonly string[]): string {
  return files.length === 1 ? escapeControls(files[0] ?? '') : `${files.length} files`;
}

const BAR = 16;
/** How often a line says how far it is where there is no terminal. */
const LINE_EVERY_MS = { terminal: 200, pipe: 15_000 };

/** How far an export is, in the line of what is being waited for. */
export function exportProgress(
  report: Pick<Report, 'progress'>,
  clock: Clock,
  stderr: Pick<Output, 'isTty' | 'columns'>,
): ExportProgress & { readonly done: () => void } {
  const shown = report.progress('Asking Application Insights');
  const everyMs = stderr.isTty ? LINE_EVERY_MS.terminal : LINE_EVERY_MS.pipe;
  const now = () => clock.now().getTime();
  // The spinner stands before it.
  const width = () => (stderr.isTty ? (stderr.columns() ?? 80) - 3 : undefined);
  let saidAt = now();
  let state = { source: '', rows: 0, before: 0, came: 0, bytes: 0, since: now() };

  function say(): void {
    if (now() - saidAt < everyMs) return;
    saidAt = now();
    shown.update(progressText(state, now(), width()));
  }

  return {
    start(source, { rows, done }) {
      state = { source, rows, before: done, came: 0, bytes: 0, since: now() };
      saidAt = now();
      shown.update(progressText(state, now(), width()));
    },
    onRows(rows) {
      state.came += rows;
      say();
    },
    onBytes(bytes) {
      state.bytes += bytes;
      say();
    },
    step: (message) => shown.update(message),
    done: shown.done,
  };
}

interface ExportState {
  readonly source: string;
  readonly rows: number;
  /** Rows that an earlier run left. */
  readonly before: number;
  readonly came: number;
  /** In files, of those that came. */
  readonly bytes: number;
  readonly since: number;
}

/**
 * `traces █████░░░░░░░░░░░  35 %  1,050,000 of 3,000,000 rows  84 MB  61,000 rows/s  32 s left`
 *
 * @param width what a line of the terminal holds: the rate, then the size, make room; undefined on a pipe
 */
export function progressText(
  { source, rows, before, came, bytes, since }: ExportState,
  now: number,
  width: number | undefined,
): string {
  const here = Math.min(rows, before + came);
  const share = rows === 0 ? 1 : here / rows;
  const filled = Math.floor(share * BAR);
  const bar = width === undefined ? ':' : ` ${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}`;
  const perSecond = (came * 1000) / Math.max(1, now - since);
  // Behind the last row nothing tells how long its file takes.
  const isTold = perSecond > 0 && here < rows && now - since > 1000;
  const done = [
    `${source}${bar} ${String(Math.floor(share * 100)).padStart(3)} %`,
    `${count(here)} of ${count(rows)} rows`,
  ];
  const inFiles = bytes > 0 ? [size(bytes)] : [];
  const rate = perSecond > 0 ? [`${count(Math.round(perSecond))} rows/s`] : [];
  const left = isTold ? [`${duration((rows - here) / perSecond)} left`] : [];
  const texts = [[...inFiles, ...rate], inFiles, []].map((more) =>
    [...done, ...more, ...left].join('  '),
  );
  const fits = (text: string) => width === undefined || textWidth(text) <= width;
  return texts.find(fits) ?? texts.at(-1) ?? '';
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

function count(rows: number): string {
  return rows.toLocaleString('en-US');
}

function size(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000;
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
