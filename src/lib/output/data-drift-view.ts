import type { Distribution, DriftStatus, FeatureDrift, Metric } from '../model/drift.js';
import { barChart } from './chart/bar-chart.js';
import { type ChartSpace, LEAST_WIDTH } from './chart/chart.js';
import { type FigureColumn, figureTable } from './chart/figure-table.js';
import { glyphsFor } from './chart/glyphs.js';
import { valueText } from './chart/number-text.js';
import { seriesPaint } from './chart/palette.js';
import { sparkline } from './chart/sparkline.js';
import { escapeControls } from './escape.js';
import { factLines } from './fact-lines.js';
import { type RowsInWords, rowsHeading } from './rows-heading.js';
import type { Style } from './style.js';
import { cutToWidth, textWidth } from './text-width.js';
import type { ViewColumn, WholeView } from './view.js';

/** What the two sides are, in words. */
export interface DriftSides {
  readonly baseline: RowsInWords;
  readonly target: RowsInWords;
}

/** Features for people: a line each, the worst first, with both distributions; of a single one all that is known. */
export function dataDriftView(sides: DriftSides): WholeView<FeatureDrift> {
  return {
    whole(features, { style, width, unicode }) {
      const space = { style, width: Math.max(LEAST_WIDTH, width), glyphs: glyphsFor(unicode) };
      const [first] = features;
      const heading = headingLines(sides, first, space);
      if (first && features.length === 1) return [...heading, '', ...detail(first, space)];
      const table = figureTable(tableOf(features, space), features, space);
      return [...heading, '', ...table, ...remarks(features, space)];
    },
    columns: PLAIN,
    empty: 'No feature.',
  };
}

function headingLines(
  { baseline, target }: DriftSides,
  first: FeatureDrift | undefined,
  { style, width }: ChartSpace,
): readonly string[] {
  const lines = (side: string, words: RowsInWords, rows = 0) =>
    rowsHeading(`${side.padEnd(8)}  `, rows, words, width).map((line) => style.bold(line));
  return [
    ...lines('baseline', baseline, first?.baseline.rows),
    ...lines('target', target, first?.target.rows),
  ];
}

const STATUS_TEXT: Readonly<Record<DriftStatus, string>> = {
  drift: 'DRIFT',
  quality: 'QUALITY',
  ok: 'ok',
  'not-compared': '-',
};

function paintStatus(text: string, status: DriftStatus, style: Style): string {
  if (status === 'drift') return style.red(text);
  return status === 'quality' ? style.yellow(text) : text;
}

/** A figure that is past its threshold has a mark; color says it again. */
function metricColumn(
  heading: string,
  metric: Metric,
  rank: number,
  style: Style,
  show = figureText,
): FigureColumn<FeatureDrift> {
  return {
    heading,
    rank,
    cell: (feature) => {
      const value = feature[metric];
      if (value === null) return '';
      return `${show(value)}${feature.violations.includes(metric) ? '!' : ' '}`;
    },
    paint: (text, { violations }) => (violations.includes(metric) ? style.red(text) : text),
  };
}

function figureText(value: number): string {
  if (value === 0) return '0';
  return Math.abs(value) < 1e-3 ? value.toExponential(0) : valueText(Number(value.toPrecision(3)));
}

function percentText(value: number): string {
  const percent = value * 100;
  return percent > 0 && percent < 0.1 ? '<0.1' : valueText(Number(percent.toFixed(1)));
}

function tableOf(features: readonly FeatureDrift[], space: ChartSpace) {
  const { style } = space;
  const most = Math.max(
    'baseline'.length,
    ...features.map(({ distribution }) => distribution?.baseline.length ?? 0),
  );
  const half = (width: number) => Math.min(most, MOST_COLUMNS, Math.floor((width - 2) / 2));
  const columns: readonly FigureColumn<FeatureDrift>[] = [
    {
      heading: 'status',
      cell: ({ status }) => STATUS_TEXT[status],
      paint: (text, { status }) => paintStatus(text, status, style),
      align: 'left',
      rank: 0,
    },
    { heading: 'kind', cell: ({ kind }) => kind?.slice(0, 3) ?? '', align: 'left', rank: 6 },
    metricColumn('JS ', 'jensen_shannon_distance', 1, style),
    metricColumn('Wass ', 'normalized_wasserstein_distance', 1, style),
    metricColumn('PSI ', 'population_stability_index', 3, style),
    metricColumn('KS p ', 'two_sample_kolmogorov_smirnov_test', 5, style),
    metricColumn('chi2 p ', 'pearsons_chi_squared_test', 5, style),
    metricColumn('null % ', 'null_value_rate', 2, style, percentText),
    metricColumn('type % ', 'data_type_error_rate', 4, style, percentText),
    metricColumn('out % ', 'out_of_bounds_rate', 2, style, percentText),
  ];
  return {
    name: ({ feature }: FeatureDrift) => escapeControls(feature) || '(no name)',
    columns,
    rest: {
      least: 18,
      heading: (width: number) => `${'baseline'.padEnd(half(width))}  target`,
      draw: ({ distribution }: FeatureDrift, width: number) =>
        distribution === null ? '' : pairOf(distribution, half(width), space),
    },
  };
}

/** More columns than bins say nothing more. */
const MOST_COLUMNS = 25;

/** Both distributions as shares of their side, on one scale. */
function pairOf(distribution: Distribution, width: number, space: ChartSpace): string {
  const [baseline, target] = sharesOf(distribution);
  const full = Math.max(...baseline, ...target);
  const line = (shares: readonly number[], series: number) => {
    const values = shares.map((share) => share || null);
    const drawn = sparkline(values, Math.min(width, values.length), space, full);
    return (
      seriesPaint(space.style, series)(drawn) + ' '.repeat(Math.max(0, width - textWidth(drawn)))
    );
  };
  return `${line(baseline, 0)}  ${line(target, 1)}`.trimEnd();
}

function sharesOf({ baseline, target }: Distribution) {
  const shares = (counts: readonly number[]) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count) => (total === 0 ? 0 : count / total));
  };
  return [shares(baseline), shares(target)] as const;
}

/** What no column of the table shows. */
function remarks(features: readonly FeatureDrift[], { width }: ChartSpace): readonly string[] {
  const lines = features.flatMap(({ feature, note }) =>
    note === null ? [] : [cutToWidth(`${escapeControls(feature)}: ${note}`, width)],
  );
  return lines.length > 0 ? ['', ...lines] : [];
}

function detail(feature: FeatureDrift, space: ChartSpace): readonly string[] {
  const { style } = space;
  const { distribution, violations, note, baseline, target, kind, status } = feature;
  const figures = FIGURES.map(
    (name) => [name, plain((each) => each[name])(feature), violationOf(name, violations)] as const,
  );
  const facts = [
    ['feature', feature.feature || '(no name)', null],
    ['status', STATUS_TEXT[status], null],
    ['compared', kind ?? 'no', null],
    ['type', `${baseline.type ?? 'absent'}, ${target.type ?? 'absent'}`, null],
    ['nulls', `${baseline.nulls}, ${target.nulls}`, null],
    ...(baseline.mean !== null && target.mean !== null
      ? [['mean', `${valueText(baseline.mean)}, ${valueText(target.mean)}`, null] as const]
      : []),
    ...figures.filter(([, text]) => text !== ''),
    ...(note === null ? [] : [['note', note, null] as const]),
  ] as const;
  return [
    ...factLines(
      facts.map(
        ([name, text, mark]) => [name, mark === null ? text : `${text}  ${mark}`, null] as const,
      ),
      style,
    ),
    ...(distribution === null
      ? []
      : ['', style.bold('% of each side'), ...bars(distribution, space)]),
  ];
}

function violationOf(heading: string, violations: readonly Metric[]): string | null {
  return violations.some((metric) => metric === heading) ? '! past its threshold' : null;
}

function bars(distribution: Distribution, space: ChartSpace): readonly string[] {
  const { edges, categories, others } = distribution;
  const [baseline, target] = sharesOf(distribution);
  const names =
    edges.length > 0
      ? edges.slice(0, baseline.length).map((edge) => `from ${valueText(edge)}`)
      : [...categories, ...(others > 0 ? [`${others} others`] : [])];
  const percent = (share: number | undefined) => Number(((share ?? 0) * 100).toPrecision(3));
  return barChart(
    {
      measures: ['baseline', 'target'],
      categories: names.map((name, index) => ({
        name,
        values: [percent(baseline[index]), percent(target[index])],
      })),
    },
    space,
  );
}

/** Off a terminal: six digits that count. */
function plain(of: (feature: FeatureDrift) => number | null) {
  return (feature: FeatureDrift) => {
    const value = of(feature);
    return value === null ? '' : String(Number(value.toPrecision(6)));
  };
}

const FIGURES = [
  'normalized_wasserstein_distance',
  'jensen_shannon_distance',
  'population_stability_index',
  'ks_statistic',
  'two_sample_kolmogorov_smirnov_test',
  'chi_squared_statistic',
  'chi_squared_degrees_of_freedom',
  'pearsons_chi_squared_test',
  'null_value_rate',
  'data_type_error_rate',
  'out_of_bounds_rate',
] as const;

const PLAIN: readonly ViewColumn<FeatureDrift>[] = [
  { heading: 'feature', cell: ({ feature }) => feature },
  { heading: 'kind', cell: ({ kind }) => kind ?? '' },
  { heading: 'status', cell: ({ status }) => status },
  ...FIGURES.map((name): ViewColumn<FeatureDrift> => {
    return { heading: name, cell: plain((feature) => feature[name]), align: 'right' };
  }),
  { heading: 'note', cell: ({ note }) => note ?? '' },
];
