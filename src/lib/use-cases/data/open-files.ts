import type { Dataset, Datasets } from '../../datasets/datasets.js';
import type { Report } from '../../host.js';

export interface FilesPorts {
  readonly datasets: Datasets;
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly report: Report;
}

/**
 * Files of this machine as one table; what was made of them is noted.
 *
 * @throws {CliError} as `Datasets.find` and `Datasets.open` do
 */
export async function openFiles(
  patterns: readonly string[],
  { datasets, cwd, signal, report }: FilesPorts,
): Promise<Dataset> {
  const dataset = await datasets.open(await datasets.find(patterns, cwd), signal);
  reportDataset(dataset, report);
  return dataset;
}

/** Says what files did not say themselves, and what in them is no row. */
export function reportDataset(
  { notes, counts: { rejected, unresolved } }: Dataset,
  report: Pick<Report, 'note' | 'warn'>,
): void {
  for (const note of notes) report.note(note);
  const broken = rejected - unresolved;
  if (broken > 0) {
    const lines = broken === 1 ? '1 line is no row' : `${broken} lines are no rows`;
    report.warn(`${lines}, and left out: "aml-monitor data head --rejected --files …" shows them.`);
  }
  if (unresolved > 0) {
    const lines = unresolved === 1 ? '1 line is' : `${unresolved} lines are`;
    report.warn(`${lines} left out: the data is in another file, which "data download" brings.`);
  }
}
