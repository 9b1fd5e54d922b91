import type { Datasets } from '../../datasets/datasets.js';
import { CliError } from '../../errors.js';
import type { Report } from '../../host.js';
import {
  type FeatureDrift,
  type FeatureKind,
  type Judgement,
  judge,
  type Metric,
} from '../../model/drift.js';
import { assertColumns } from './assert-columns.js';
import type { OpenedData } from './open-data.js';
import { overlap } from './rows-of-span.js';

export interface CompareRequest {
  readonly baseline: OpenedData;
  readonly target: OpenedData;
  /** Empty: every feature. */
  readonly columns: readonly string[];
  readonly kinds: ReadonlyMap<string, FeatureKind>;
  readonly judgement: Judgement;
}

/**
 * How far each feature of the target has moved from the baseline, the worst first.
 *
 * @throws {CliError} `not-found` for a column that neither side has
 */
export async function compareData(
  { baseline, target, columns, kinds, judgement }: CompareRequest,
  { datasets, report, signal }: { datasets: Datasets; report: Report; signal: AbortSignal },
): Promise<readonly FeatureDrift[]> {
  sayWhatIsShared({ baseline, target }, report);
  assertColumns([...columns, ...kinds.keys()], [baseline.dataset, target.dataset]);
  const progress = report.progress('Comparing the features');
  try {
    const features = await datasets.compare(
      { baseline: baseline.dataset, target: target.dataset },
      {
        columns: columns.length > 0 ? columns : undefined,
        kinds,
        signal,
      },
    );
    sayEmptySides(features, report);
    return judge(features, judgement);
  } finally {
    progress.done();
  }
}

/** What makes the comparison another one than it looks like. */
function sayWhatIsShared(
  { baseline, target }: Pick<CompareRequest, 'baseline' | 'target'>,
  { note, warn }: Pick<Report, 'note' | 'warn'>,
): void {
  for (const of of ['collection', 'model'] as const) {
    const [before, now] = [baseline[of], target[of]];
    if (before !== undefined && now !== undefined && before !== now) {
      note(`The ${of} of the baseline is ${before}, that of the target ${now}.`);
    }
  }
  if (!overlap(baseline.span, target.span)) return;
  const paths = new Set(baseline.files.map(({ path }) => path));
  const blobs = new Set(baseline.files.map(({ blob }) => blob));
  const shared = target.files.filter(
    ({ path, blob }) => paths.has(path) || (blob !== undefined && blobs.has(blob)),
  ).length;
  if (shared === 0) return;
  const { length } = target.files;
  const which = shared === length ? `All ${length}` : `${shared} of ${length}`;
  const files = length === 1 ? 'The file of the target is' : `${which} files of the target are`;
  warn(`${files} in the baseline too: ${length === 1 ? 'its' : 'their'} rows are on both sides.`);
}

function sayEmptySides(features: Parameters<typeof judge>[0], report: Report): void {
  const [first] = features;
  if (first === undefined) return;
  if (first.baseline.rows === 0) report.warn('There is no row in the baseline.');
  if (first.target.rows === 0) report.warn('There is no row in the target.');
}

/** What a check may fail on: any drift, any loss of quality, or one metric. */
export type Alarm = 'drift' | 'quality' | Metric;

/**
 * @throws {CliError} `check-failed` if one of the alarms goes off; `incomplete` if nothing could be compared, so that a
 * check says nothing
 */
export function assertNoAlarm(features: readonly FeatureDrift[], alarms: readonly Alarm[]): void {
  if (alarms.length === 0) return;
  const failed = features.filter(({ status, violations }) =>
    alarms.some((alarm) => {
      if (alarm === 'drift') return status === 'drift';
      if (alarm === 'quality') return violations.some((metric) => metric.endsWith('_rate'));
      return violations.includes(alarm);
    }),
  );
  if (failed.length > 0) {
    const names = failed.slice(0, MOST_NAMES).map(({ feature }) => `"${feature}"`);
    const rest = failed.length - names.length;
    const more = rest > 0 ? ` and ${rest} more` : '';
    const noun = failed.length === 1 ? 'feature is' : 'features are';
    const message = `${failed.length} ${noun} past a threshold: ${names.join(', ')}${more}.`;
    throw new CliError('check-failed', message);
  }
  if (features.every(({ status }) => status === 'not-compared')) {
    throw new CliError('incomplete', 'No feature could be compared, so nothing was checked.');
  }
}

const MOST_NAMES = 5;
