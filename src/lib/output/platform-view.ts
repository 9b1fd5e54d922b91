import type { Row } from '../model/table.js';
import type {
  PlatformMetric,
  PlatformMetrics,
} from '../use-cases/metrics/read-platform-metrics.js';
import { type ChartSpace, LEAST_WIDTH, type Series } from './chart/chart.js';
import { glyphsFor } from './chart/glyphs.js';
import { lineChart } from './chart/line-chart.js';
import { valueText } from './chart/number-text.js';
import { spanText } from './chart/time-scale.js';
import { type TrendTable, trendTable } from './chart/trend-table.js';
import { escapeControls } from './escape.js';
import { cutToWidth } from './text-width.js';
import type { WholeView } from './view.js';

const HEIGHT = 9;
const LATENCY = /^RequestLatency_P(\d+)$/;
/** A line for one deployment in a plot with others. */
const MOST_LINES = 8;

/** Metrics of Azure Monitor for people: a line with its trend for each, and charts of latency and requests. */
export function platformView(metrics: PlatformMetrics, service: string): WholeView<Row> {
  return {
    empty: 'Azure Monitor measured nothing in this time.',
    whole(_, { style, width, unicode }) {
      const space = { style, width: Math.max(LEAST_WIDTH, width), glyphs: glyphsFor(unicode) };
      const when = spanText(metrics.time.from.getTime(), metrics.time.to.getTime());
      return [
        style.bold(cutToWidth(escapeControls(service), space.width)),
        cutToWidth(`${when}, as Azure Monitor measured it`, space.width),
        '',
        ...trendTable(summary(metrics.metrics), space),
        ...latencyCharts(metrics, space),
        ...requestChart(metrics, space),
      ];
    },
  };
}

/** Each metric with its mean, its largest value and how it went. Means of percentiles would say nothing. */
function summary(metrics: readonly PlatformMetric[]): TrendTable {
  return {
    headings: ['mean', 'most'],
    trend: 'over time',
    rows: metrics.map(({ metric, deployment, group, points }) => {
      const known = points.flatMap(({ value }) => (value === null ? [] : [value]));
      const sum = known.reduce((a, b) => a + b, 0);
      const most = known.reduce((a, b) => Math.max(a, b), 0);
      const hasMean = known.length > 0 && !LATENCY.test(metric);
      return {
        name: escapeControls([metric, deployment, group].filter(Boolean).join(' ')),
        cells: [
          { text: hasMean ? valueText(sum / known.length) : '' },
          { text: known.length > 0 ? valueText(most) : '' },
        ],
        values: points.map(({ value }) => value),
      };
    }),
  };
}

/** The percentiles of each deployment. */
function latencyCharts(metrics: PlatformMetrics, space: ChartSpace): readonly string[] {
  const all = metrics.metrics.filter(({ metric }) => LATENCY.test(metric));
  const deployments = [...new Set(all.map(({ deployment }) => deployment))];
  return deployments.flatMap((deployment) => {
    const own = all.filter((each) => each.deployment === deployment);
    const series = own.map((each) => toSeries(each, `p${LATENCY.exec(each.metric)?.[1]}`, metrics));
    const of = deployment === '' ? '' : ` of ${escapeControls(deployment)}`;
    return chart(`latency${of}, ms`, series, metrics, space);
  });
}

/** Requests by the class of their status, each deployment's own. */
function requestChart(metrics: PlatformMetrics, space: ChartSpace): readonly string[] {
  const own = metrics.metrics.filter(({ metric }) => metric === 'RequestsPerMinute');
  const series = own
    .slice(0, MOST_LINES)
    .map((each) =>
      toSeries(each, [each.deployment, each.group].filter(Boolean).join(' '), metrics),
    );
  const left = own.length - series.length;
  const more = left > 0 ? `, without ${left} more` : '';
  return chart(`requests per minute${more}`, series, metrics, space);
}

function toSeries({ points }: PlatformMetric, name: string, { binMs }: PlatformMetrics): Series {
  return {
    name,
    points: points.map(({ from, value }) => ({ x: from.getTime() + binMs / 2, y: value })),
  };
}

function chart(
  title: string,
  series: readonly Series[],
  { time }: PlatformMetrics,
  space: ChartSpace,
): readonly string[] {
  if (series.every(({ points }) => points.every(({ y }) => y === null))) return [];
  const span = { from: time.from.getTime(), to: time.to.getTime() };
  const lines = lineChart({ series, x: 'time', height: HEIGHT, span }, space);
  return ['', space.style.bold(cutToWidth(title, space.width)), ...lines];
}
