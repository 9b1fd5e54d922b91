import type { Aggregation, Dimensions, Metric } from './definitions.js';
import { type MetricsQuery, seriesOf } from './metrics-query.js';
import type { Sample } from './samples.js';

/** A line of the chart: values of an interval each; an interval without any has none. */
export interface Series {
  readonly dimensions: Dimensions;
  readonly points: readonly Point[];
}

export interface Point {
  readonly at: Date;
  readonly values: Partial<Readonly<Record<Aggregation, number>>>;
}

const MINUTE_MS = 60_000;

/** What happened, with the dimensions of the series that it belongs to. */
interface Event {
  readonly at: number;
  readonly value: number;
}

/** The series of one metric, the busiest first; without conditions always one. */
export function seriesOfMetric(
  metric: Metric,
  samples: readonly Sample[],
  query: MetricsQuery,
): readonly Series[] {
  const found = new Map<string, { readonly dimensions: Dimensions; readonly events: Event[] }>();
  if (query.conditions.length === 0) found.set('{}', { dimensions: {}, events: [] });
  for (const sample of samples) {
    for (const { value, dimensions } of eventsOf(metric, sample)) {
      const own = seriesOf({ deployment: sample.deployment, ...dimensions }, query);
      if (!own) continue;
      const key = JSON.stringify(own);
      const series = found.get(key) ?? { dimensions: own, events: [] };
      series.events.push({ at: sample.at.getTime(), value });
      found.set(key, series);
    }
  }
  return [...found.values()]
    .sort((a, b) => b.events.length - a.events.length)
    .slice(0, query.top)
    .map(({ dimensions, events }) => ({ dimensions, points: pointsOf(metric, events, query) }));
}

function eventsOf(
  { measure }: Metric,
  sample: Sample,
): readonly { readonly value: number; readonly dimensions: Dimensions }[] {
  switch (measure.kind) {
    case 'values':
    case 'percentile':
      return [{ value: measure.of(sample), dimensions: {} }];
    case 'rate':
      return measure.of(sample).map((dimensions) => ({ value: 1, dimensions }));
    case 'nothing':
      return [];
  }
}

function pointsOf(
  metric: Metric,
  events: readonly Event[],
  { from, to, intervalMs, aggregations }: MetricsQuery,
): readonly Point[] {
  const byMinute = new Map<number, number[]>();
  for (const { at, value } of events) {
    const minute = Math.floor(at / MINUTE_MS) * MINUTE_MS;
    const values = byMinute.get(minute) ?? [];
    values.push(value);
    byMinute.set(minute, values);
  }
  const points: Point[] = [];
  for (let at = from.getTime(); at < to.getTime(); at += intervalMs) {
    const end = Math.min(at + intervalMs, to.getTime());
    const values: number[] = [];
    for (let minute = at; minute < end; minute += MINUTE_MS) {
      values.push(...valuesOfMinute(metric, byMinute.get(minute) ?? []));
    }
    const wanted = aggregations ?? metric.aggregations.slice(0, 1);
    points.push({ at: new Date(at), values: aggregate(values, wanted) });
  }
  return points;
}

/** What is stored of a metric for each minute. */
function valuesOfMinute({ measure }: Metric, values: readonly number[]): readonly number[] {
  switch (measure.kind) {
    case 'percentile': {
      const sorted = values.toSorted((a, b) => a - b);
      const nearest = sorted[Math.max(0, Math.ceil((measure.rank / 100) * sorted.length) - 1)];
      return nearest === undefined ? [] : [nearest];
    }
    case 'rate':
      return [values.length];
    default:
      return values;
  }
}

function aggregate(values: readonly number[], wanted: readonly Aggregation[]): Point['values'] {
  if (values.length === 0) return {};
  const total = values.reduce((sum, value) => sum + value, 0);
  const all: Readonly<Record<Aggregation, number>> = {
    Average: total / values.length,
    Minimum: values.reduce((a, b) => Math.min(a, b)),
    Maximum: values.reduce((a, b) => Math.max(a, b)),
    Total: total,
    Count: values.length,
  };
  return Object.fromEntries(wanted.map((name) => [name, all[name]]));
}
