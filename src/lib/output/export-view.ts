import type { Clock } from '../host.js';
import type { Exported } from '../use-cases/export/export-tables.js';
import type { ExportProgress } from '../use-cases/export/export-work.js';
import { escapeControls } from './escape.js';
import {
  countText,
  durationText,
  firstThatFits,
  type ProgressPlace,
  pacedProgress,
  shareText,
} from './paced-progress.js';
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
  return `${countText(rows)} ${rows === 1 ? 'row' : 'rows'}, ${size(bytes)}`;
}

function fileCount(files: readonly string[]): string {
  return files.length === 1 ? escapeControls(files[0] ?? '') : `${files.length} files`;
}

/** How far an export is, in the line of what is being waited for. */
export function exportProgress(
  report: ProgressPlace['report'],
  clock: Clock,
  stderr: ProgressPlace['stderr'],
): ExportProgress & { readonly done: () => void } {
  let state = { source: '', rows: 0, before: 0, came: 0, bytes: 0, since: clock.now().getTime() };
  const { tick, sayNow, step, done } = pacedProgress(
    'Asking Application Insights',
    (now, width) => progressText(state, now, width),
    { report, clock, stderr },
  );
  return {
    start(source, { rows, done: before }) {
      state = { source, rows, before, came: 0, bytes: 0, since: clock.now().getTime() };
      sayNow();
    },
    onRows(rows) {
      state.came += rows;
      tick();
    },
    onBytes(bytes) {
      state.bytes += bytes;
      tick();
    },
    step,
    done,
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
  const perSecond = (came * 1000) / Math.max(1, now - since);
  // Behind the last row nothing tells how long its file takes.
  const isTold = perSecond > 0 && here < rows && now - since > 1000;
  const done = [
    `${source}${width === undefined ? ':' : ''} ${shareText(share, width)}`,
    `${countText(here)} of ${countText(rows)} rows`,
  ];
  const inFiles = bytes > 0 ? [size(bytes)] : [];
  const rate = perSecond > 0 ? [`${countText(Math.round(perSecond))} rows/s`] : [];
  const left = isTold ? [`${durationText((rows - here) / perSecond)} left`] : [];
  const texts = [[...inFiles, ...rate], inFiles, []].map((more) =>
    [...done, ...more, ...left].join('  '),
  );
  return firstThatFits(texts, width);
}

function size(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000;
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
