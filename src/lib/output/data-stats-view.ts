import type { ColumnStatistics, Figure, ValueCount } from '../model/column-statistics.js';
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
import { cutToWidth } from './text-width.js';
import type { ViewColumn, WholeView } from './view.js';

/** Columns for people: a line each with how its values are spread; of a single one all that is known. */
export function dataStatsView(words: RowsInWords): WholeView<ColumnStatistics> {
  return {
    whole(columns, { style, width, unicode }) {
      const space = { style, width: Math.max(LEAST_WIDTH, width), glyphs: glyphsFor(unicode) };
      const [first] = columns;
      const heading = rowsHeading('', first?.rows ?? 0, words, width).map((line) =>
        style.bold(line),
      );
      if (first && columns.length === 1) return [...heading, '', ...detail(first, space)];
      const table = figureTable(tableOf(space), columns, space);
      return [...heading, '', ...table, ...remarks(columns)];
    },
    columns: PLAIN,
    empty: 'No column.',
  };
}

function figure(of: (column: ColumnStatistics) => Figure | null) {
  return (column: ColumnStatistics) => {
    const value = of(column);
    if (value === null) return '';
    if (typeof value === 'bigint') return String(value);
    return typeof value === 'number' ? valueText(value) : timeText(value, spanOf(column));
  };
}

const DAY_MS = 86_400_000;

/** How much time lies between the first and the last of a column. */
function spanOf({ min, max }: ColumnStatistics): number {
  return Date.parse(String(max)) - Date.parse(String(min));
}

/** Of a long time the day, of a short one the minute too. */
function timeText(iso: string, spanMs: number): string {
  return spanMs >= 3 * DAY_MS ? iso.slice(0, 10) : `${iso.slice(5, 10)} ${iso.slice(11, 16)}`;
}

const distinct = ({ distinct, distinctIsApproximate }: ColumnStatistics) =>
  `${distinctIsApproximate ? '~' : ''}${valueText(distinct)}`;

function percent(count: number, all: number): string {
  if (all === 0) return '';
  const share = (count / all) * 100;
  return share > 0 && share < 0.1 ? '<0.1' : valueText(Number(share.toFixed(1)));
}

const TABLE: readonly FigureColumn<ColumnStatistics>[] = [
  { heading: 'type', cell: ({ kind }) => kind, align: 'left', rank: 1 },
  { heading: 'null %', cell: ({ nulls, rows }) => percent(nulls, rows), rank: 0 },
  { heading: 'distinct', cell: distinct, rank: 2 },
  { heading: 'min', cell: figure(({ min }) => min), rank: 0 },
  { heading: 'p5', cell: figure(({ p5 }) => p5), rank: 7 },
  { heading: 'p25', cell: figure(({ p25 }) => p25), rank: 6 },
  { heading: 'p50', cell: figure(({ p50 }) => p50), rank: 4 },
  { heading: 'p75', cell: figure(({ p75 }) => p75), rank: 6 },
  { heading: 'p95', cell: figure(({ p95 }) => p95), rank: 7 },
  { heading: 'max', cell: figure(({ max }) => max), rank: 0 },
  { heading: 'mean', cell: figure(({ mean }) => mean), rank: 3 },
  {
    heading: 'stddev',
    cell: figure(({ stddev, kind }) => (kind === 'time' ? null : stddev)),
    rank: 5,
  },
];

function tableOf(space: ChartSpace) {
  const paint = seriesPaint(space.style, 0);
  return {
    name: ({ column }: ColumnStatistics) => escapeControls(column) || '(no name)',
    columns: TABLE,
    rest: {
      heading: () => 'values',
      least: 16,
      draw(column: ColumnStatistics, width: number) {
        const { histogram } = column;
        if (histogram === null) return cutToWidth(shares(column), width);
        const counts = histogram.counts.map((count) => count || null);
        return paint(sparkline(counts, Math.min(width, counts.length), space).trimEnd());
      },
    },
  };
}

/** The most frequent values, or types, of a column without bins. */
function shares({ types, top, count }: ColumnStatistics): string {
  if (!types && top?.[0]?.count === 1 && count > 1) return 'each once';
  return (types ?? top ?? [])
    .map(
      ({ value, count: own }) => `${escapeControls(value) || '(empty)'} ${percent(own, count)} %`,
    )
    .join(', ');
}

/** What no column of the table shows. */
function remarks(columns: readonly ColumnStatistics[]): readonly string[] {
  const lines = columns.flatMap(({ column, nans, infinites }) => {
    const odd = [
      ...(nans > 0 ? [`${nans} NaN`] : []),
      ...(infinites > 0 ? [`${infinites} infinite`] : []),
    ];
    return odd.length > 0 ? [`${escapeControls(column)}: ${odd.join(', ')}`] : [];
  });
  return lines.length > 0 ? ['', ...lines] : [];
}

function detail(column: ColumnStatistics, space: ChartSpace): readonly string[] {
  const { kind, rows, count, nulls, nans, infinites, histogram, top, types } = column;
  const shown = PLAIN.filter(({ heading }) => FIGURES.includes(heading));
  const figures = shown.map(({ heading, cell }) => [heading, cell(column)] as const);
  const facts = [
    ['column', column.column || '(no name)'],
    ['type', `${kind} (${column.type})`],
    ['values', String(count)],
    ['nulls', `${nulls} (${percent(nulls, rows) || 0} %)`],
    ...(nans > 0 ? [['NaN', String(nans)] as const] : []),
    ...(infinites > 0 ? [['infinite', String(infinites)] as const] : []),
    ['distinct', distinct(column)],
    ...figures.filter(([, text]) => text !== ''),
  ] as const;
  const values = types ?? top;
  const isSpread = histogram !== null && histogram.counts.length > 1;
  return [
    ...factLines(
      facts.map(([name, text]) => [name, text, null] as const),
      space.style,
    ),
    ...(isSpread ? ['', space.style.bold('histogram'), ...bins(kind, histogram, space)] : []),
    ...(values && values.length > 0 && !isSpread
      ? ['', space.style.bold(types ? 'types' : 'most frequent'), ...bars(values, space)]
      : []),
  ];
}

const FIGURES = ['min', 'p5', 'p25', 'p50', 'p75', 'p95', 'max', 'mean', 'stddev'];

function bins(
  kind: ColumnStatistics['kind'],
  { from, to, counts }: NonNullable<ColumnStatistics['histogram']>,
  space: ChartSpace,
): readonly string[] {
  const isTime = kind === 'time';
  const [start, end] = [from, to].map((each) => (isTime ? Date.parse(String(each)) : Number(each)));
  const span = (end ?? 0) - (start ?? 0);
  const edge = (bin: number) => {
    const at = (start ?? 0) + (bin * span) / counts.length;
    return `from ${isTime ? timeText(new Date(at).toISOString(), span) : valueText(at)}`;
  };
  // Whole numbers with a bin each: there is one more of them than lies between the ends.
  const isOfEach = kind === 'integer' && counts.length === span + 1;
  const name = isOfEach ? (bin: number) => String((start ?? 0) + bin) : edge;
  const categories = counts.map((count, bin) => ({ name: name(bin), values: [count] }));
  return barChart({ measures: ['count'], categories }, space);
}

function bars(values: readonly ValueCount[], space: ChartSpace): readonly string[] {
  const categories = values.map(({ value, count }) => ({ name: value, values: [count] }));
  return barChart({ measures: ['count'], categories }, space);
}

/** Off a terminal: figures with six digits that count, but all of a whole number that a double would round. */
function plain(of: (column: ColumnStatistics) => Figure | null) {
  return (column: ColumnStatistics) => {
    const value = of(column);
    return typeof value === 'number' ? String(Number(value.toPrecision(6))) : String(value ?? '');
  };
}

const right = { align: 'right' } as const;
const PLAIN: readonly ViewColumn<ColumnStatistics>[] = [
  { heading: 'column', cell: ({ column }) => column },
  { heading: 'type', cell: ({ type }) => type },
  { heading: 'count', cell: ({ count }) => String(count), ...right },
  { heading: 'nulls', cell: ({ nulls }) => String(nulls), ...right },
  { heading: 'nans', cell: ({ nans }) => String(nans), ...right },
  { heading: 'distinct', cell: distinct, ...right },
  { heading: 'min', cell: plain(({ min }) => min), ...right },
  { heading: 'p5', cell: plain(({ p5 }) => p5), ...right },
  { heading: 'p25', cell: plain(({ p25 }) => p25), ...right },
  { heading: 'p50', cell: plain(({ p50 }) => p50), ...right },
  { heading: 'p75', cell: plain(({ p75 }) => p75), ...right },
  { heading: 'p95', cell: plain(({ p95 }) => p95), ...right },
  { heading: 'max', cell: plain(({ max }) => max), ...right },
  { heading: 'mean', cell: plain(({ mean }) => mean), ...right },
  { heading: 'stddev', cell: plain(({ stddev }) => stddev), ...right },
  { heading: 'values', cell: shares },
];
