import type { Dataset, Datasets } from '../../datasets/datasets.js';
import type { Report } from '../../host.js';
import type { ColumnStatistics } from '../../model/column-statistics.js';
import { assertColumns } from './assert-columns.js';

export interface DescribeRequest {
  readonly dataset: Dataset;
  /** Empty: every feature. */
  readonly columns: readonly string[];
}

/**
 * Figures of the columns of collected data, or of any other.
 *
 * @throws {CliError} `not-found` for a column that is not there
 */
export async function describeData(
  { dataset, columns }: DescribeRequest,
  { datasets, report, signal }: { datasets: Datasets; report: Report; signal: AbortSignal },
): Promise<readonly ColumnStatistics[]> {
  assertColumns(columns, [dataset]);
  const progress = report.progress('Describing the columns');
  try {
    const described = await datasets.describe(dataset, {
      columns: columns.length > 0 ? columns : undefined,
      signal,
    });
    const marks = dataset.columns.filter(({ role }) => role === 'mark').length;
    if (columns.length === 0 && marks > 0) {
      report.verbose(
        `${marks} columns that tell of the request are left out; --column names them.`,
      );
    }
    return described;
  } finally {
    progress.done();
  }
}
