import { CliError } from '../errors.js';
import { joinKql, type Kql, kql, quoteDatetime, quoteTimespan } from '../kql/quote.js';
import { LEVELS, type Level, type TelemetryTable } from '../model/telemetry.js';
import type { TimeWish } from '../model/time-range.js';
import { arrivedWithin } from './arrivals.js';
import { CLASSIC, isNameless, isOfService } from './telemetry-kql.js';

/** What the flags of `query` ask for, without KQL. */
export interface BuiltQuery {
  readonly table: TelemetryTable;
  /** Undefined: all of it. */
  readonly time: TimeWish | ArrivedWish | undefined;
  readonly contains?: string | undefined;
  readonly service?: string | undefined;
  /** With `service`: keep the rows, too, that name no service. */
  readonly loose?: boolean | undefined;
  /** The lowest level. */
  readonly level?: Level | undefined;
  readonly limit: number;
}

/** What arrived within so many milliseconds, whatever its own time. */
export interface ArrivedWish {
  readonly arrivedMs: number;
  /** Only rows whose own time is earlier. */
  readonly before?: Date | undefined;
}

/**
 * The KQL for it, newest rows first, one step a line.
 *
 * @throws {CliError} `usage` if the table has no levels
 */
export function buildQuery(query: BuiltQuery): string {
  const kept = query.service === undefined ? [] : [ofService(query.service, query.loose === true)];
  const steps = [...source(query), ...kept, kql`top ${query.limit} by timestamp desc`];
  return joinKql(steps, '\n| ').kql;
}

/** The KQL that counts the rows which `service` leaves out because they name no service. */
export function buildCountOfNameless(query: BuiltQuery): string {
  return joinKql([...source(query), kql`where ${NAMELESS}`, kql`count`], '\n| ').kql;
}

const TABLES: Readonly<Record<TelemetryTable, Kql>> = {
  traces: kql`traces`,
  requests: kql`requests`,
  exceptions: kql`exceptions`,
  dependencies: kql`dependencies`,
  customEvents: kql`customEvents`,
  customMetrics: kql`customMetrics`,
  pageViews: kql`pageViews`,
  availabilityResults: kql`availabilityResults`,
  browserTimings: kql`browserTimings`,
  performanceCounters: kql`performanceCounters`,
};

/** Where `--contains` looks. A text in `customDimensions` is escaped there, so what was printed is asked for itself. */
const SEARCHED: Readonly<Record<TelemetryTable, readonly Kql[]>> = {
  traces: [
    kql`message`,
    kql`customDimensions`,
    kql`tostring(customDimensions.Content)`,
    kql`tostring(customDimensions.Contents)`,
  ],
  requests: [kql`name`, kql`url`, kql`tostring(customDimensions["Response Value"])`],
  exceptions: [kql`type`, kql`message`, kql`outerMessage`, kql`innermostMessage`],
  dependencies: [kql`name`, kql`data`],
  customEvents: [kql`name`, kql`customDimensions`],
  customMetrics: [kql`name`, kql`customDimensions`],
  pageViews: [kql`name`, kql`url`],
  availabilityResults: [kql`name`, kql`message`],
  browserTimings: [kql`name`, kql`url`],
  performanceCounters: [kql`name`, kql`counter`],
};

const WITH_LEVELS: readonly TelemetryTable[] = ['traces', 'exceptions'];

/** The rows before `--service` is looked at. */
function source({ table, time, contains, level }: BuiltQuery): readonly Kql[] {
  const steps = [TABLES[table], ...timeSteps(time)];
  if (level !== undefined) {
    if (!WITH_LEVELS.includes(table)) {
      const message = `The rows of ${table} have no level.`;
      throw new CliError('usage', message, {
        hint: `--level is for ${WITH_LEVELS.join(' and ')}.`,
      });
    }
    steps.push(kql`where severityLevel >= ${LEVELS.indexOf(level)}`);
  }
  if (contains !== undefined) {
    const tests = SEARCHED[table].map((field) => kql`${field} contains ${contains}`);
    steps.push(kql`where ${joinKql(tests, ' or ')}`);
  }
  return steps;
}

function timeSteps(time: BuiltQuery['time']): readonly Kql[] {
  if (time === undefined) return [];
  if ('arrivedMs' in time) {
    const arrived = arrivedWithin(time.arrivedMs, 'timestamp');
    const { before } = time;
    return before ? [arrived, kql`where timestamp < ${quoteDatetime(before)}`] : [arrived];
  }
  if ('sinceMs' in time) return [kql`where timestamp > ago(${quoteTimespan(time.sinceMs)})`];
  const from = kql`where timestamp >= ${quoteDatetime(time.from)}`;
  return time.to === null ? [from] : [kql`${from} and timestamp < ${quoteDatetime(time.to)}`];
}

const NAMELESS = isNameless(CLASSIC);

function ofService(service: string, loose: boolean): Kql {
  const isOf = isOfService(service, CLASSIC);
  return loose ? kql`where ${isOf} or (${NAMELESS})` : kql`where ${isOf}`;
}
