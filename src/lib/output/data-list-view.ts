import { sizeText } from '../model/size.js';
import type { DataSummary } from '../use-cases/data/summarize-collected.js';
import { countText } from './paced-progress.js';
import type { TableView, ViewColumn } from './view.js';

/** A line for each collection; with `by`, for each of its days or hours. */
export function dataListView(
  api: DataSummary['api'],
  by: 'day' | 'hour' | undefined,
  rowsAreCounted: boolean,
): TableView<DataSummary> {
  return {
    columns: [
      ...(api === 'v1' ? V1_COLUMNS : V2_COLUMNS),
      ...(by === undefined ? [] : [spanColumn(by)]),
      { heading: 'FILES', cell: ({ files }) => countText(files), align: 'right', whole: true },
      { heading: 'SIZE', cell: ({ bytes }) => sizeText(bytes), align: 'right', whole: true },
      ...(rowsAreCounted ? [ROWS] : []),
      ...(by === undefined ? DAYS : []),
      { heading: 'MODIFIED', cell: ({ modified }) => timeText(modified), whole: true, spare: true },
    ],
    empty: 'No collected data.',
  };
}

const COLLECTION: ViewColumn<DataSummary> = {
  heading: 'COLLECTION',
  cell: ({ collection }) => collection,
  paint: (text, _, style) => style.bold(text),
};

const V1_COLUMNS: readonly ViewColumn<DataSummary>[] = [
  {
    heading: 'MODEL',
    cell: ({ part, model, modelVersion }) =>
      `${part === null ? '' : `${part}: `}${model ?? ''}:${modelVersion ?? ''}`,
  },
  COLLECTION,
];

const V2_COLUMNS: readonly ViewColumn<DataSummary>[] = [
  { heading: 'DEPLOYMENT', cell: ({ part }) => part ?? '(several)' },
  COLLECTION,
];

const ROWS: ViewColumn<DataSummary> = {
  heading: 'ROWS',
  cell: ({ rows }) => (rows === null ? '' : countText(rows)),
  align: 'right',
  whole: true,
};

const DAYS: readonly ViewColumn<DataSummary>[] = [
  { heading: 'FIRST DAY', cell: ({ from }) => from.slice(0, 10), whole: true },
  { heading: 'LAST DAY', cell: ({ to }) => lastDay(to), whole: true },
];

const DAY_MS = 86_400_000;

/** The day or hour; of a file that spans more, its day or days. */
function spanColumn(by: 'day' | 'hour'): ViewColumn<DataSummary> {
  return {
    heading: by === 'day' ? 'DAY' : 'HOUR',
    cell({ from, to }) {
      const spanMs = Date.parse(to) - Date.parse(from);
      if (by === 'hour' && spanMs < DAY_MS) return timeText(from);
      const day = from.slice(0, 10);
      return spanMs > DAY_MS ? `${day} to ${lastDay(to)}` : day;
    },
    whole: true,
  };
}

function lastDay(to: string): string {
  return new Date(Date.parse(to) - 1).toISOString().slice(0, 10);
}

function timeText(instant: string): string {
  return instant.slice(0, 16).replace('T', ' ');
}
