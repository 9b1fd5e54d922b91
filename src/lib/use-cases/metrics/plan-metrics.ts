import { CliError } from '../../errors.js';
import type { Report } from '../../host.js';
import { ticksToMs } from '../../model/ticks.js';
import { chooseBin } from '../../model/time-bins.js';
import {
  durationText,
  parseDuration,
  parseTimeWish,
  type TimeRange,
  type TimeWish,
} from '../../model/time-range.js';
import { serviceName } from '../plan-query.js';
import type { QueriedFiles } from '../query-files.js';
import { runQuery } from '../run-query.js';
import {
  buildTimeRange,
  canGroup,
  GROUPINGS,
  type Grouping,
  METRIC_TABLES,
  type MetricsWish,
  type MetricTable,
} from './build-metrics.js';

/** What `metrics` was told by flags. Undefined: not typed. */
export interface MetricsFlags {
  readonly service?: string | undefined;
  readonly loose?: boolean | undefined;
  readonly table?: MetricTable | undefined;
  readonly by?: Grouping | undefined;
  readonly since?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly bin?: string | undefined;
  readonly component?: string | undefined;
}

export interface MetricsPlan extends MetricsWish {
  readonly tables: readonly MetricTable[];
}

const DEFAULT_SINCE_MS = 24 * 3_600_000;

/**
 * What will be asked of a component. Says on stderr what nobody asked for.
 *
 * @throws {CliError} `usage` if the flags contradict each other
 */
export function planMetrics(flags: MetricsFlags, now: Date, report: Report): MetricsPlan {
  return planWithin(flags, chooseTime(flags, now, report), METRIC_TABLES, report);
}

/** The time that was asked for, else the last 24 hours, which is said. */
export function chooseTime(flags: MetricsFlags, now: Date, report: Report): TimeRange {
  const wish = parseTimeWish(flags, now);
  if (wish !== null) return rangeOf(wish, now);
  const length = durationText(DEFAULT_SINCE_MS);
  report.note(`Figures of the last ${length}; --since and --from say otherwise.`);
  return rangeOf({ sinceMs: DEFAULT_SINCE_MS }, now);
}

/** As `planMetrics`, for files: those tables that they hold, and all of their time unless told otherwise. */
export async function planFileMetrics(
  files: QueriedFiles,
  flags: MetricsFlags,
  now: Date,
  report: Report,
): Promise<MetricsPlan> {
  const held = METRIC_TABLES.filter((table) => files.tables.includes(table));
  if (held.length === 0) {
    const names = new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(METRIC_TABLES);
    throw new CliError('not-found', `These files hold no ${names}.`, {
      hint: `They hold ${files.tables.join(', ') || 'no table'}.`,
    });
  }
  const wish = parseTimeWish(flags, now);
  const time = wish ? rangeOf(wish, now) : await timeOf(files, held, now);
  return planWithin(flags, time, held, report);
}

function planWithin(
  { table, by, bin, service, loose, component }: MetricsFlags,
  time: TimeRange,
  held: readonly MetricTable[],
  report: Report,
): MetricsPlan {
  if (loose && service === undefined) {
    throw new CliError('usage', '--loose says which rows SERVICE keeps: name one, too.');
  }
  const wanted = table === undefined ? held : [table];
  const tables = by === undefined ? wanted : wanted.filter((each) => canGroup(each, by));
  if (by !== undefined && tables.length === 0) {
    const fitting = GROUPINGS.filter((each) => wanted.some((name) => canGroup(name, each)));
    throw new CliError('usage', `The rows of ${wanted.join(' and ')} have no ${by}.`, {
      hint: `--by takes ${fitting.join(', ')} there.`,
    });
  }
  const left = wanted.filter((each) => !tables.includes(each));
  const names = new Intl.ListFormat('en-GB').format(left);
  if (left.length > 0) report.note(`Without ${names}, whose rows have no ${by}.`);
  return {
    tables,
    schema: isLogWorkspace(component) ? 'workspace' : 'classic',
    time,
    binMs: bin === undefined ? chooseBin(time) : parseDuration(bin),
    service: service === undefined ? undefined : serviceName(service),
    loose,
    by,
  };
}

/** In the scope of a Log Analytics workspace the tables have other names than in that of a component. */
function isLogWorkspace(resourceId: string | undefined): boolean {
  return /\/providers\/microsoft\.operationalinsights\/workspaces\//i.test(resourceId ?? '');
}

function rangeOf(wish: TimeWish, now: Date): TimeRange {
  if ('sinceMs' in wish) return { from: new Date(now.getTime() - wish.sinceMs), to: now };
  return { from: wish.from, to: wish.to ?? now };
}

/** The time of the rows that files hold. */
async function timeOf(
  files: QueriedFiles,
  tables: readonly MetricTable[],
  now: Date,
): Promise<TimeRange> {
  const kql = buildTimeRange(tables);
  const { table } = await runQuery(files, { kql, now, explainEmpty: false });
  for await (const [from, to] of table.rows) {
    if (typeof from !== 'bigint' || typeof to !== 'bigint') break;
    // The last instant is within.
    return { from: new Date(ticksToMs(from)), to: new Date(ticksToMs(to) + 1) };
  }
  return rangeOf({ sinceMs: DEFAULT_SINCE_MS }, now);
}
