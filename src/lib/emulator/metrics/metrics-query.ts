import { flatFault } from '../answers.js';
import { parseTimespan } from '../query/timespan.js';
import type { Aggregation, Dimensions, Metric } from './definitions.js';

/** What a client asks of the metrics of one resource. */
export interface MetricsQuery {
  readonly metrics: readonly Metric[];
  readonly from: Date;
  readonly to: Date;
  readonly interval: keyof typeof INTERVALS;
  readonly intervalMs: number;
  /** Undefined: of each metric its first. */
  readonly aggregations: readonly Aggregation[] | undefined;
  readonly conditions: readonly Condition[];
  /** Dimensions, of those in conditions, that do not make series of their own. */
  readonly rolledUp: readonly string[];
  /** Most series of a metric. */
  readonly top: number;
}

/** A dimension that is one of some values, or any: each of them is a series of its own. */
export interface Condition {
  readonly dimension: string;
  readonly isOne: (value: string) => boolean;
}

const MINUTE_MS = 60_000;
const INTERVALS = {
  PT1M: MINUTE_MS,
  PT5M: 5 * MINUTE_MS,
  PT15M: 15 * MINUTE_MS,
  PT30M: 30 * MINUTE_MS,
  PT1H: 60 * MINUTE_MS,
  PT6H: 360 * MINUTE_MS,
  PT12H: 720 * MINUTE_MS,
  P1D: 1440 * MINUTE_MS,
} as const;
export const TIME_GRAINS = Object.keys(INTERVALS);

const AGGREGATIONS: readonly Aggregation[] = ['Average', 'Minimum', 'Maximum', 'Total', 'Count'];

/**
 * Reads `timespan`, `interval`, `metricnames`, `aggregation`, `$filter`, `rollupby` and `top`.
 *
 * Known from: documented (REST reference, Metrics - List); the words of refusals from issues of clients.
 * @throws {Refusal} 400
 */
export function readMetricsQuery(
  params: URLSearchParams,
  known: readonly Metric[],
  { type, now }: { readonly type: string; readonly now: Date },
): MetricsQuery {
  const wanted = listOf(params.get('metricnames'));
  const metrics =
    wanted.length > 0 ? wanted.map((name) => find(name, known, type)) : known.slice(0, 1);
  const span = parseTimespan(params.get('timespan') || 'PT1H', now);
  if (!span?.from || !span.to || span.from >= span.to) {
    throw badRequest(`Invalid time interval input: ${params.get('timespan')}`);
  }
  const interval = intervalOf(params);
  const intervalMs = INTERVALS[interval];
  const aggregations = listOf(params.get('aggregation')).map(aggregationOf);
  const conditions = conditionsOf(params.get('$filter') ?? '', metrics);
  return {
    metrics,
    from: new Date(Math.floor(span.from.getTime() / intervalMs) * intervalMs),
    to: span.to,
    interval,
    intervalMs,
    aggregations: aggregations.length > 0 ? aggregations : undefined,
    conditions,
    rolledUp: listOf(params.get('rollupby')).map((name) => name.toLowerCase()),
    top: Number(params.get('top') ?? 10),
  };
}

function listOf(text: string | null): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function find(name: string, known: readonly Metric[], type: string): Metric {
  const metric = known.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (metric) return metric;
  const valid = known.map((one) => one.name).join(',');
  throw badRequest(
    `Failed to find metric configuration for provider: Microsoft.MachineLearningServices, resource Type: ${type}, metric: ${name}, Valid metrics: ${valid}`,
  );
}

function isInterval(text: string): text is keyof typeof INTERVALS {
  return Object.hasOwn(INTERVALS, text);
}

function intervalOf(params: URLSearchParams): keyof typeof INTERVALS {
  const asked = params.get('interval') ?? 'PT1M';
  if (isInterval(asked)) return asked;
  const same = { PT60M: 'PT1H', PT24H: 'P1D' }[asked];
  if (same && isInterval(same)) return same;
  if (params.get('AutoAdjustTimegrain') === 'true') return 'PT1M';
  const message = `Detected invalid time grain input: ${asked}, supported ones are: ${TIME_GRAINS.join(',')}`;
  throw badRequest(message);
}

function aggregationOf(name: string): Aggregation {
  const known = AGGREGATIONS.find((one) => one.toLowerCase() === name.toLowerCase());
  return known ?? refuse(`Invalid aggregation type: ${name}`);
}

/** `deployment eq 'blue' and (statusCodeClass eq '4xx' or statusCodeClass eq '5xx')`; `'*'` is any value. */
function conditionsOf(filter: string, metrics: readonly Metric[]): readonly Condition[] {
  if (filter.trim() === '') return [];
  return filter.split(/\s+and\s+/i).map((part) => {
    const tests = part.replace(/^\s*\(|\)\s*$/g, '').split(/\s+or\s+/i);
    const parsed = tests.map((test) => {
      const [, name = '', operator = '', value = ''] =
        /^\s*(\w+)\s+(eq|ne|sw)\s+'((?:[^']|'')*)'\s*$/i.exec(test) ??
        refuse(`Invalid filter expression: ${filter}`);
      return { name, operator: operator.toLowerCase(), value: value.replaceAll("''", "'") };
    });
    const [first] = parsed;
    const dimension = first?.name ?? '';
    if (parsed.some(({ name }) => name.toLowerCase() !== dimension.toLowerCase())) {
      refuse(`Invalid filter expression, 'or' stands between values of one dimension: ${filter}`);
    }
    for (const { name, dimensions } of metrics) {
      if (dimensions.some((one) => one.toLowerCase() === dimension.toLowerCase())) continue;
      refuse(`Metric: ${name} does not support requested dimension combination: ${dimension}`);
    }
    return { dimension: dimension.toLowerCase(), isOne: (value) => parsed.some(holdsFor(value)) };
  });
}

function holdsFor(value: string) {
  const given = value.toLowerCase();
  return (test: { readonly operator: string; readonly value: string }) => {
    const wanted = test.value.toLowerCase();
    if (test.operator === 'ne') return given !== wanted;
    if (test.operator === 'sw') return given.startsWith(wanted);
    return wanted === '*' || given === wanted;
  };
}

/** Of the dimensions that conditions name those that tell series apart; undefined: a condition does not hold. */
export function seriesOf(
  dimensions: Dimensions,
  { conditions, rolledUp }: Pick<MetricsQuery, 'conditions' | 'rolledUp'>,
): Dimensions | undefined {
  const folded = new Map(
    Object.entries(dimensions).map(([name, value]) => [name.toLowerCase(), value]),
  );
  if (!conditions.every(({ dimension, isOne }) => isOne(folded.get(dimension) ?? ''))) {
    return undefined;
  }
  const apart = conditions.filter(({ dimension }) => !rolledUp.includes(dimension));
  return Object.fromEntries(apart.map(({ dimension }) => [dimension, folded.get(dimension) ?? '']));
}

function refuse(message: string): never {
  throw badRequest(message);
}

function badRequest(message: string) {
  return flatFault({ status: 400, code: 'BadRequest', message });
}
