import type { Column, Row, Table } from '../../model/table.js';
import { dateToTicks } from '../../model/ticks.js';
import type { TimeRange } from '../../model/time-range.js';
import type { Figures, MetricSeries, Metrics } from './read-metrics.js';

const COLUMNS: readonly Column[] = [
  { name: 'table', type: 'string' },
  { name: 'group', type: 'string' },
  { name: 'span', type: 'string' },
  { name: 'from', type: 'datetime' },
  { name: 'to', type: 'datetime' },
  { name: 'count', type: 'long' },
  { name: 'perSecond', type: 'real' },
  { name: 'failed', type: 'long' },
  { name: 'failurePercent', type: 'real' },
  { name: 'meanMs', type: 'real' },
  { name: 'p50Ms', type: 'real' },
  { name: 'p95Ms', type: 'real' },
  { name: 'p99Ms', type: 'real' },
  { name: 'stored', type: 'long' },
  { name: 'retainedPercent', type: 'real' },
];

/** The figures as rows: of each series the one of the whole time (`range`), then its bins (`bin`). */
export function metricsTable(metrics: Metrics): Table {
  return { columns: COLUMNS, rows: rows(metrics) };
}

async function* rows({ time, bins, series }: Metrics): AsyncGenerator<Row> {
  for (const each of series) {
    yield row(each, 'range', time, each.total);
    for (const [index, bin] of bins.entries()) {
      const figures = each.bins[index];
      if (figures) yield row(each, 'bin', bin, figures);
    }
  }
}

function row(
  { table, group }: MetricSeries,
  span: 'range' | 'bin',
  { from, to }: TimeRange,
  figures: Figures,
): Row {
  return [
    ...[table, group, span],
    ...[dateToTicks(from), dateToTicks(to)],
    ...[figures.count, figures.perSecond, figures.failed, figures.failurePercent],
    ...[figures.meanMs, figures.p50Ms, figures.p95Ms, figures.p99Ms],
    ...[figures.stored, figures.retainedPercent],
  ];
}
