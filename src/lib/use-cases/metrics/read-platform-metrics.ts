import type { Gateways, PlatformSeries } from '../../azure/gateways.js';
import { CliError } from '../../errors.js';
import type { Report } from '../../host.js';
import type { Column, Row, Table } from '../../model/table.js';
import { parseTargetName } from '../../model/target.js';
import { dateToTicks } from '../../model/ticks.js';
import { durationText, type TimeRange } from '../../model/time-range.js';
import { findTargets } from '../find-targets.js';

/** One metric of one deployment over time. */
export interface PlatformMetric {
  readonly metric: string;
  readonly deployment: string;
  /** What else tells it apart: the class of the status, the collection, the reason. Empty if nothing does. */
  readonly group: string;
  readonly unit: string;
  readonly points: readonly { readonly from: Date; readonly value: number | null }[];
}

export interface PlatformMetrics {
  readonly time: TimeRange;
  readonly binMs: number;
  readonly metrics: readonly PlatformMetric[];
  /** What Azure could not tell, each with its reason. */
  readonly unanswered: readonly CliError[];
}

interface Question {
  readonly metrics: readonly string[];
  readonly dimensions: readonly string[];
  /** Whether nothing measured means zero. */
  readonly isCount: boolean;
}

/**
 * What is asked: metrics with the same dimensions go together.
 *
 * Known from: documented, "Supported metrics for Microsoft.MachineLearningServices/workspaces/onlineEndpoints".
 */
const QUESTIONS: readonly Question[] = [
  {
    metrics: ['', '_P50', '_P90', '_P95', '_P99'].map((end) => `RequestLatency${end}`),
    dimensions: ['deployment'],
    isCount: false,
  },
  { metrics: ['RequestsPerMinute'], dimensions: ['deployment', 'statusCodeClass'], isCount: true },
  { metrics: ['DataCollectionEventsPerMinute'], dimensions: ['deployment', 'type'], isCount: true },
  {
    metrics: ['DataCollectionErrorsPerMinute'],
    dimensions: ['deployment', 'type', 'reason'],
    isCount: true,
  },
];

const MINUTE = 60_000;
/** The lengths of bins that Azure Monitor has. */
const INTERVALS = [
  [MINUTE, 'PT1M'],
  [5 * MINUTE, 'PT5M'],
  [15 * MINUTE, 'PT15M'],
  [30 * MINUTE, 'PT30M'],
  [60 * MINUTE, 'PT1H'],
  [360 * MINUTE, 'PT6H'],
  [720 * MINUTE, 'PT12H'],
  [1440 * MINUTE, 'P1D'],
] as const;
const MOST_BINS = 60;

/**
 * What Azure Monitor measured of a v2 endpoint, or of one deployment of it.
 *
 * @param binMs undefined: one that makes 30 to 60 bins, if Azure Monitor has one
 * @throws {CliError} `unsupported` for a v1 service, `usage` for a bin that Azure Monitor does not have
 */
export async function readPlatformMetrics(
  gateways: Pick<Gateways, 'v1' | 'v2' | 'platformMetrics'>,
  request: {
    readonly service: string;
    readonly time: TimeRange;
    readonly binMs: number | undefined;
  },
  report: Report,
): Promise<PlatformMetrics> {
  const { time } = request;
  const [binMs, interval] = intervalFor(time, request.binMs);
  const { service, part } = parseTargetName(request.service);
  const targets = await findTargets(gateways, { services: [request.service] }, report);
  if (targets.some(({ api }) => api === 'v1')) {
    const message = `"${service}" is a v1 web service, and Azure Monitor measures v2 online endpoints alone.`;
    throw new CliError('unsupported', message, {
      hint: 'Without --source platform its figures come from Application Insights.',
    });
  }
  const only = part === undefined ? {} : { deployment: targets[0]?.part ?? part };
  const answers = await Promise.allSettled(
    QUESTIONS.map(async ({ metrics, dimensions, isCount }) => {
      const asked = { metrics, dimensions, only, ...time, interval };
      const series = await gateways.platformMetrics.read(targets[0]?.service ?? service, asked);
      return series.map((each) => toMetric(each, isCount));
    }),
  );
  const failures = answers.flatMap((answer) =>
    answer.status === 'rejected' ? [answer.reason] : [],
  );
  const unanswered = failures.filter((reason) => reason instanceof CliError);
  // A bug, an interrupt, or an answer for none: there is nothing to show.
  const bug = failures.find((reason) => !(reason instanceof CliError));
  if (bug !== undefined) throw bug;
  if (unanswered.length === QUESTIONS.length) throw unanswered[0];
  const metrics = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  return { time, binMs, metrics, unanswered };
}

function intervalFor(
  { from, to }: TimeRange,
  binMs: number | undefined,
): (typeof INTERVALS)[number] {
  const length = to.getTime() - from.getTime();
  const last = INTERVALS[INTERVALS.length - 1] ?? INTERVALS[0];
  if (binMs === undefined) return INTERVALS.find(([ms]) => length <= ms * MOST_BINS) ?? last;
  const known = INTERVALS.find(([ms]) => ms === binMs);
  if (known) return known;
  throw new CliError('usage', `Azure Monitor has no bins of ${durationText(binMs)}.`, {
    hint: '--bin takes 1m, 5m, 15m, 30m, 1h, 6h, 12h or 24h with --source platform.',
  });
}

function toMetric(
  { metric, unit, dimensions, points }: PlatformSeries,
  isCount: boolean,
): PlatformMetric {
  const { deployment = '', ...others } = dimensions;
  return {
    metric,
    unit,
    deployment,
    group: Object.values(others).join(', '),
    points: points.map(({ at, average }) => ({
      from: at,
      value: average ?? (isCount ? 0 : null),
    })),
  };
}

/** @throws {CliError} `incomplete` if Azure could not tell something */
export function assertAllMeasured({ unanswered: [first] }: PlatformMetrics): void {
  if (!first) return;
  const message = `Some metrics could not be read: ${first.message}`;
  throw new CliError('incomplete', message, first.facts, first);
}

const COLUMNS: readonly Column[] = [
  { name: 'metric', type: 'string' },
  { name: 'deployment', type: 'string' },
  { name: 'group', type: 'string' },
  { name: 'from', type: 'datetime' },
  { name: 'to', type: 'datetime' },
  { name: 'value', type: 'real' },
  { name: 'unit', type: 'string' },
];

/** A row for each bin of each metric. */
export function platformTable(metrics: PlatformMetrics): Table {
  return { columns: COLUMNS, rows: rows(metrics) };
}

async function* rows({ metrics, binMs }: PlatformMetrics): AsyncGenerator<Row> {
  for (const { metric, deployment, group, unit, points } of metrics) {
    for (const { from, value } of points) {
      const to = new Date(from.getTime() + binMs);
      yield [metric, deployment, group, dateToTicks(from), dateToTicks(to), value, unit];
    }
  }
}
