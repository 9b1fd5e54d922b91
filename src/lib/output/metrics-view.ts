import type { Row } from '../model/table.js';
import type { Figures, MetricSeries, Metrics } from '../use-cases/metrics/read-metrics.js';
import type { ChartSpace, Point } from './chart/chart.js';
import { LEAST_WIDTH } from './chart/chart.js';
import { columnChart, columnScale } from './chart/column-chart.js';
import { frameFor } from './chart/frame.js';
import { glyphsFor } from './chart/glyphs.js';
import { lineChart, lineScale } from './chart/line-chart.js';
import { valueText } from './chart/number-text.js';
import { sparkline } from './chart/sparkline.js';
import { stripChart } from './chart/strip-chart.js';
import { spanText } from './chart/time-scale.js';
import { type TrendTable, trendTable } from './chart/trend-table.js';
import { escapeControls } from './escape.js';
import { cutToWidth, textWidth } from './text-width.js';
import type { WholeView } from './view.js';

const HEIGHT = { rate: 6, duration: 9 } as const;
/** Groups that one plot can show, and those that are drawn at all. */
const MOST_LINES = 3;
const MOST_GROUPS = 12;

export interface MetricsHeading {
  /** Undefined: all services. */
  readonly service: string | undefined;
  /** What the groups have in common; undefined: nothing. */
  readonly by: string | undefined;
}

/** Figures for people: a line for each series with its trend, and charts of the first table that has any. */
export function metricsView(metrics: Metrics, heading: MetricsHeading): WholeView<Row> {
  return {
    whole(_, { style, width, unicode }) {
      const space = { style, width: Math.max(LEAST_WIDTH, width), glyphs: glyphsFor(unicode) };
      return [
        ...headingLines(metrics, heading, space),
        '',
        ...trendTable(summary(metrics.series, heading), space),
        ...chartLines(metrics, heading, space),
      ];
    },
  };
}

function headingLines(
  { time, bins }: Metrics,
  { service, by }: MetricsHeading,
  { style, width }: ChartSpace,
): readonly string[] {
  const what = service === undefined ? 'All services' : escapeControls(service);
  const which = by === undefined ? what : `${what} by ${by}`;
  const [first] = bins.slice(1, 2);
  const bin = first ? `, bins of ${lengthText(first.to.getTime() - first.from.getTime())}` : '';
  const when = `${spanText(time.from.getTime(), time.to.getTime())}${bin}`;
  const isOneLine = textWidth(which) + 2 + when.length <= width;
  if (isOneLine) return [`${style.bold(which)}  ${when}`];
  return [style.bold(cutToWidth(which, width)), cutToWidth(when, width)];
}

function lengthText(ms: number): string {
  const [unit, size] = UNITS.find(([, each]) => ms % each === 0) ?? ['ms', 1];
  return `${ms / size} ${unit}`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

interface SummaryColumn {
  readonly heading: string;
  readonly cell: (figures: Figures) => string;
  readonly isBad?: (figures: Figures) => boolean;
}

const orBlank = (value: number | null) => (value === null ? '' : valueText(value));

const COLUMNS: readonly SummaryColumn[] = [
  { heading: 'count', cell: ({ count }) => String(count) },
  { heading: '/min', cell: ({ perSecond }) => valueText(perSecond * 60) },
  {
    heading: 'fail %',
    cell: ({ failurePercent }) => orBlank(failurePercent),
    isBad: ({ failed }) => failed !== null && failed > 0n,
  },
  { heading: 'mean ms', cell: ({ meanMs }) => orBlank(meanMs) },
  { heading: 'p50', cell: ({ p50Ms }) => orBlank(p50Ms) },
  { heading: 'p95', cell: ({ p95Ms }) => orBlank(p95Ms) },
  { heading: 'p99', cell: ({ p99Ms }) => orBlank(p99Ms) },
];
const SAMPLED: SummaryColumn = {
  heading: 'kept %',
  cell: ({ retainedPercent }) => orBlank(retainedPercent),
};

/** A line for each series. What no series has is left out, and so is the share that was kept, if all was. */
function summary(series: readonly MetricSeries[], { by }: MetricsHeading): TrendTable {
  const isSampled = series.some(({ total }) => total.count !== total.stored);
  const columns = (isSampled ? [...COLUMNS, SAMPLED] : COLUMNS).filter(({ cell }) =>
    series.some(({ total }) => cell(total) !== ''),
  );
  return {
    headings: columns.map(({ heading }) => heading),
    trend: 'rate',
    rows: series.map((each) => ({
      name: seriesName(each, by),
      cells: columns.map(({ cell, isBad }) => ({
        text: cell(each.total),
        isBad: isBad?.(each.total) === true,
      })),
      values: each.bins.map(({ perSecond }) => perSecond),
    })),
  };
}

function seriesName({ table, group }: MetricSeries, by: string | undefined): string {
  const own = group === '' && by !== undefined ? '(none)' : escapeControls(group);
  return own === '' ? table : `${table} ${own}`;
}

function chartLines(
  metrics: Metrics,
  { by }: MetricsHeading,
  space: ChartSpace,
): readonly string[] {
  const busy = metrics.series.find(({ total }) => total.count > 0n);
  if (!busy || metrics.bins.length < 2) return [];
  const same = metrics.series.filter(({ table }) => table === busy.table);
  return same.length > 1 || by !== undefined
    ? groupCharts(metrics, same, space)
    : seriesCharts(metrics, busy, space);
}

/** How one series went: its rate, with what failed below, and how long it took. */
function seriesCharts(
  metrics: Metrics,
  { table, bins }: MetricSeries,
  space: ChartSpace,
): readonly string[] {
  const { style } = space;
  const span = { from: metrics.time.from.getTime(), to: metrics.time.to.getTime() };
  const rates = bins.map(({ perSecond }) => perSecond * 60);
  const rateScale = columnScale(rates, HEIGHT.rate);
  const durations = (['p50Ms', 'p95Ms', 'p99Ms'] as const).map((name) => ({
    name: name.replace('Ms', ''),
    points: pointsOf(metrics, bins, (figures) => figures[name]),
  }));
  const isTimed = durations.some(({ points }) => points.some(({ y }) => y !== null));
  const durationScale = lineScale({ series: durations, height: HEIGHT.duration });
  const frame = frameFor(isTimed ? [rateScale, durationScale] : [rateScale], space);
  const worst = bins.reduce((most, { failurePercent }) => Math.max(most, failurePercent ?? 0), 0);
  const failures = bins.map(({ failurePercent }) => failurePercent || null);
  const strips =
    worst > 0
      ? [
          {
            label: 'fail',
            line: (columns: number) => style.red(sparkline(failures, columns, space).trimEnd()),
          },
        ]
      : [];
  const failing =
    worst > 0 ? `, and the share that failed, up to ${valueText(worst)} % of a bin` : '';
  const title = cutToWidth(`${table} per minute${failing}`, space.width);
  return [
    ...['', style.bold(title)],
    ...columnChart(
      { values: rates, span, height: HEIGHT.rate, color: 0, scale: rateScale, frame, strips },
      space,
    ),
    ...(isTimed
      ? [
          ...['', style.bold(`duration of ${table}, ms`)],
          ...lineChart(
            { series: durations, x: 'time', height: HEIGHT.duration, span, frame },
            space,
          ),
        ]
      : []),
  ];
}

/** The groups of a table beside each other: a few as lines, more as strips. */
function groupCharts(
  metrics: Metrics,
  groups: readonly MetricSeries[],
  space: ChartSpace,
): readonly string[] {
  const shown = groups.slice(0, MOST_GROUPS);
  const [{ table } = { table: '' }] = groups;
  const more =
    groups.length > shown.length ? `, the ${MOST_GROUPS} largest of ${groups.length}` : '';
  const span = { from: metrics.time.from.getTime(), to: metrics.time.to.getTime() };
  const draw = (what: string, unit: string, value: (figures: Figures) => number | null) => {
    const most = Math.max(...shown.flatMap(({ bins }) => bins.map((bin) => value(bin) ?? 0)));
    if (most === 0) return [];
    const title = (scale: string) =>
      space.style.bold(cutToWidth(`${what}${unit}${scale}${more}`, space.width));
    if (shown.length > MOST_LINES) {
      const strips = shown.map(({ group, bins }) => ({ name: group, values: bins.map(value) }));
      const lines = stripChart({ strips, span, full: most }, space);
      return ['', title(`, each from 0 to ${valueText(most)}`), ...lines];
    }
    const series = shown.map(({ group, bins }) => ({
      name: group,
      points: pointsOf(metrics, bins, value),
    }));
    const lines = lineChart({ series, x: 'time', height: HEIGHT.duration, span }, space);
    return ['', title(''), ...lines];
  };
  return [
    ...draw(table, ' per minute', ({ perSecond }) => perSecond * 60),
    ...draw(`p95 of the duration of ${table}`, ', ms', ({ p95Ms }) => p95Ms),
  ];
}

/** A bin stands for its middle. */
function pointsOf(
  { bins: times }: Metrics,
  bins: readonly Figures[],
  value: (figures: Figures) => number | null,
): readonly Point[] {
  return bins.map((figures, index) => {
    const [from = 0, to = 0] = [times[index]?.from.getTime(), times[index]?.to.getTime()];
    return { x: (from + to) / 2, y: value(figures) };
  });
}
