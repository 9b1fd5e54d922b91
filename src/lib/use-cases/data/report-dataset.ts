import type { Dataset } from '../../datasets/datasets.js';
import type { Report } from '../../host.js';

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
    report.warn(
      `${lines} left out: the data is in another file that is not here; "data download" brings such files.`,
    );
  }
}
