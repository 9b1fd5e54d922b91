import { joinKql, type Kql, kql, quoteDatetime, quoteTimespan } from '../../kql/quote.js';
import { LEVELS } from '../../model/telemetry.js';
import type { TimeRange } from '../../model/time-range.js';
import {
  CLASSIC,
  isNameless,
  isOfService,
  serviceOfRow,
  type TelemetryNames,
  WORKSPACE,
} from '../telemetry-kql.js';

export const METRIC_TABLES = ['requests', 'dependencies', 'exceptions', 'traces'] as const;
export type MetricTable = (typeof METRIC_TABLES)[number];

export const GROUPINGS = [
  'name',
  'resultCode',
  'target',
  'type',
  'problem',
  'level',
  'service',
  'role',
  'instance',
] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Names of a component's tables, or of those of the workspace that stores them. */
export type Schema = 'classic' | 'workspace';

export interface MetricsWish {
  readonly schema: Schema;
  readonly time: TimeRange;
  readonly binMs: number;
  readonly service?: string | undefined;
  /** With `service`: rows, too, that name none. */
  readonly loose?: boolean | undefined;
  readonly by?: Grouping | undefined;
}

interface Source extends TelemetryNames {
  readonly table: Kql;
  readonly groupings: Partial<Readonly<Record<Grouping, Kql>>>;
  /** Undefined: nothing in the table succeeds or fails, or takes time. */
  readonly call?: { readonly failed: Kql; readonly ms: Kql };
}

/** The columns of an answer of `buildMetrics`. `Span` is `bin`, `range` or, of rows left out, `nameless`. */
export type MetricColumn =
  | 'Span'
  | 'At'
  | 'Key'
  | 'Count'
  | 'Stored'
  | 'Failed'
  | 'MeanMs'
  | 'P50'
  | 'P95'
  | 'P99';

/** Whether the rows of a table can be told apart by that. */
export function canGroup(table: MetricTable, by: Grouping): boolean {
  return SOURCES.classic[table].groupings[by] !== undefined;
}

/**
 * The KQL for the figures of one table, those of every bin and those of the whole time in one answer: percentiles
 * of bins cannot be added up. A row stands for `itemCount` items, so each is weighed by that.
 */
export function buildMetrics(wish: MetricsWish, table: MetricTable): string {
  const { time, binMs, service, loose, schema } = wish;
  const source = SOURCES[schema][table];
  const { call } = source;
  const by = wish.by ?? (table === 'traces' ? 'level' : undefined);
  const key = (by && source.groupings[by]) ?? kql`""`;
  const fields = [
    kql`At = ${source.time}`,
    kql`Key = ${key}`,
    kql`Weight = coalesce(tolong(${source.weight}), 1)`,
    ...(call ? [kql`Fails = ${call.failed}`, kql`Ms = ${call.ms}`] : []),
    ...(service === undefined ? [] : [kql`IsOf = ${isOf(service, loose === true, source)}`]),
    ...(service === undefined || loose ? [] : [kql`IsNameless = ${isNameless(source)}`]),
  ];
  const from = kql`where ${source.time} >= ${quoteDatetime(time.from)}`;
  const within = kql`${from} and ${source.time} < ${quoteDatetime(time.to)}`;
  const all = joinKql([source.table, within, kql`project ${joinKql(fields, ', ')}`], '\n| ');
  const rows = service === undefined ? kql`Rows` : kql`Rows | where IsOf`;
  const figures = figuresOf(call !== undefined);
  const bins = kql`${rows} | summarize ${figures} by At = bin(At, ${quoteTimespan(binMs)}), Key`;
  const range = kql`${rows} | summarize ${figures} by Key`;
  const nameless = kql`Rows | where IsNameless | summarize Count = sum(Weight) | where Count > 0`;
  const answers = [
    kql`(${bins} | extend Span = "bin")`,
    kql`(${range} | extend Span = "range")`,
    ...(service === undefined || loose ? [] : [kql`(${nameless} | extend Span = "nameless")`]),
  ];
  return kql`let Rows = materialize(${all});\nunion ${joinKql(answers, ', ')}`.kql;
}

function figuresOf(isCall: boolean): Kql {
  const counts = kql`Count = sum(Weight), Stored = count()`;
  if (!isCall) return counts;
  const mean = kql`MeanMs = sum(Ms * Weight) / sumif(Weight, isnotnull(Ms))`;
  const percentiles = kql`(P50, P95, P99) = percentilesw(Ms, Weight, 50, 95, 99)`;
  return kql`${counts}, Failed = sumif(Weight, Fails), ${mean}, ${percentiles}`;
}

function isOf(service: string, loose: boolean, names: TelemetryNames): Kql {
  const own = isOfService(service, names);
  return loose ? kql`${own} or (${isNameless(names)})` : own;
}

/** The KQL for the first and the last instant of some tables. */
export function buildTimeRange(tables: readonly MetricTable[]): string {
  const each = tables.map((table) => {
    const { table: name, time } = SOURCES.classic[table];
    return kql`(${name} | summarize From = min(${time}), To = max(${time}))`;
  });
  return kql`union ${joinKql(each, ', ')} | summarize From = min(From), To = max(To)`.kql;
}

/** A component has texts, "True" or "1", the workspace a bool. */
function failed(success: Kql): Kql {
  return kql`tolower(${success}) in ("false", "0")`;
}

/**
 * What scoring servers from 1.5 on say of a request: they open its span when it is over, so that the columns hold the
 * time of nothing and no result. Older ones say the same in both places.
 *
 * Known from: source of azureml-inference-server 1.5.1, `appinsights_client.py`.
 */
function said(dimension: Kql, column: Kql): Kql {
  return kql`coalesce(tostring(${dimension}), tostring(${column}))`;
}

/** Python writes `0:00:00.123456` for a length of time. */
function saidMs(dimension: Kql, column: Kql): Kql {
  const text = kql`tostring(${dimension})`;
  return kql`coalesce(iff(${text} contains ":", totimespan(${text}) / 1ms, todouble(${text})), ${column})`;
}

function level(severity: Kql): Kql {
  const cases = LEVELS.map((name, index) => kql`${severity} == ${index}, ${name}`);
  return kql`case(${joinKql(cases, ', ')}, "")`;
}

function sources(names: TelemetryNames, column: Columns): Readonly<Record<MetricTable, Source>> {
  const { dimensions, role, instance } = names;
  const shared = { service: serviceOfRow(names), role, instance };
  return {
    requests: {
      ...names,
      table: column.requests,
      call: {
        failed: failed(said(kql`${dimensions}.success`, column.success)),
        ms: saidMs(kql`${dimensions}.duration`, column.duration),
      },
      groupings: {
        ...shared,
        name: column.name,
        resultCode: said(kql`${dimensions}.resultCode`, column.resultCode),
      },
    },
    dependencies: {
      ...names,
      table: column.dependencies,
      call: { failed: failed(kql`tostring(${column.success})`), ms: column.duration },
      groupings: {
        ...shared,
        name: column.name,
        resultCode: column.resultCode,
        target: column.target,
        type: column.dependencyType,
      },
    },
    exceptions: {
      ...names,
      table: column.exceptions,
      groupings: { ...shared, type: column.exceptionType, problem: column.problem },
    },
    traces: {
      ...names,
      table: column.traces,
      groupings: { ...shared, level: level(column.severity) },
    },
  };
}

const CLASSIC_COLUMNS = {
  requests: kql`requests`,
  dependencies: kql`dependencies`,
  exceptions: kql`exceptions`,
  traces: kql`traces`,
  success: kql`success`,
  duration: kql`duration`,
  resultCode: kql`resultCode`,
  name: kql`name`,
  target: kql`target`,
  dependencyType: kql`type`,
  exceptionType: kql`type`,
  problem: kql`problemId`,
  severity: kql`severityLevel`,
} as const;

type Columns = Readonly<Record<keyof typeof CLASSIC_COLUMNS, Kql>>;

const WORKSPACE_COLUMNS: Columns = {
  requests: kql`AppRequests`,
  dependencies: kql`AppDependencies`,
  exceptions: kql`AppExceptions`,
  traces: kql`AppTraces`,
  success: kql`Success`,
  duration: kql`DurationMs`,
  resultCode: kql`ResultCode`,
  name: kql`Name`,
  target: kql`Target`,
  dependencyType: kql`DependencyType`,
  exceptionType: kql`ExceptionType`,
  problem: kql`ProblemId`,
  severity: kql`SeverityLevel`,
};

const SOURCES: Readonly<Record<Schema, Readonly<Record<MetricTable, Source>>>> = {
  classic: sources(CLASSIC, CLASSIC_COLUMNS),
  workspace: sources(WORKSPACE, WORKSPACE_COLUMNS),
};
