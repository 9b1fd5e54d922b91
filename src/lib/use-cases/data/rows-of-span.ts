import type { Dataset, Datasets, DatasetWithin, TimeSpan } from '../../datasets/datasets.js';
import type { Report } from '../../host.js';

/** Whether it has no end at all. */
export function isOpen({ from, to }: TimeSpan): boolean {
  return from === null && to === null;
}

export function overlap(one: TimeSpan, other: TimeSpan): boolean {
  const beginsBeforeEnd = (a: TimeSpan, b: TimeSpan) =>
    a.from === null || b.to === null || a.from < b.to;
  return beginsBeforeEnd(one, other) && beginsBeforeEnd(other, one);
}

/**
 * The rows that were scored in a span of time. Those that do not tell when are left out, which is said.
 *
 * @throws {CliError} `usage` if no row does
 */
export async function rowsOfSpan(
  dataset: Dataset,
  span: TimeSpan,
  ports: {
    readonly datasets: Datasets;
    readonly report: Pick<Report, 'warn'>;
    readonly signal: AbortSignal;
  },
): Promise<Dataset> {
  if (isOpen(span)) return dataset;
  const within = await ports.datasets.within(dataset, span, ports.signal);
  reportTimeless(within, ports.report);
  return within;
}

export function reportTimeless(
  { outside: { timeless } }: DatasetWithin,
  { warn }: Pick<Report, 'warn'>,
): void {
  if (timeless === 0) return;
  const rows = timeless === 1 ? '1 row does not tell its' : `${timeless} rows do not tell their`;
  warn(`${rows} time, and ${timeless === 1 ? 'is' : 'are'} left out.`);
}

/** For people; empty for all time. */
export function spanText({ from, to }: TimeSpan): string {
  const text = (date: Date) => date.toISOString().slice(0, 16).replace('T', ' ');
  if (from !== null && to !== null) return `${text(from)} to ${text(to)} UTC`;
  if (from !== null) return `since ${text(from)} UTC`;
  return to === null ? '' : `before ${text(to)} UTC`;
}
