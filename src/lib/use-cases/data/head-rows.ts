import type { Dataset, DatasetColumn } from '../../datasets/datasets.js';
import type { Report } from '../../host.js';
import type { Column, Row, Table } from '../../model/table.js';
import { reportDataset } from './report-dataset.js';

/** Marks that tell the time of a row. */
const TIMES = ['mdc_time', '$aml_dc_scoring_timestamp'];

/** What is brought into the order of its time: rows at the end, fewer of wide ones, for they are in memory. */
const MANY = { rows: 50_000, cells: 5_000_000 };

export interface HeadWish {
  readonly rows: number;
  /** All that the collector tells of a row, not its time alone. */
  readonly marks: boolean;
  /** What is no row instead. */
  readonly rejected: boolean;
}

/**
 * The newest rows, the oldest of them first: their time, the features, and with `marks` what else the collector tells.
 * What the files hold that is no row is said.
 */
export async function headRows(
  dataset: Dataset,
  wish: HeadWish,
  report: Pick<Report, 'note' | 'warn'>,
  signal: AbortSignal,
): Promise<Table> {
  if (wish.rejected) return dataset.rejected();
  reportDataset(dataset, report);
  const time = dataset.columns.findIndex(
    ({ name, role }) => role === 'mark' && TIMES.includes(name),
  );
  const isInTime = dataset.columns[time]?.type === 'datetime';
  if (time >= 0 && !isInTime && dataset.counts.rows > 0) {
    report.note('Not all rows tell their time: they are in the order of the files.');
  }
  const many = Math.min(MANY.rows, Math.floor(MANY.cells / dataset.columns.length));
  const some = isInTime ? Math.max(many, wish.rows) : wish.rows;
  const last = await dataset.rows(some, 'last', signal);
  const newest = await newestOf(last, isInTime ? time : -1, wish.rows, report);
  if (newest.length === 0) report.note('There is no row.');
  const places = shownColumns(dataset.columns, time, wish.marks);
  const columns = places.flatMap((place): readonly Column[] =>
    dataset.columns.slice(place, place + 1),
  );
  return {
    columns,
    rows: (async function* () {
      for (const row of newest) yield places.map((place) => row[place] ?? null);
    })(),
  };
}

/** Several containers write at the same time, each a file of its own. */
async function newestOf(
  table: Table,
  time: number,
  count: number,
  { note }: Pick<Report, 'note'>,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const row of table.rows) rows.push(row);
  const ticksOf = (row: Row) => {
    const cell = row[time];
    return typeof cell === 'bigint' ? cell : 0n;
  };
  if (time < 0) return rows.slice(-count);
  const timeless = rows.filter((row) => typeof row[time] !== 'bigint').length;
  if (timeless > 0) {
    const which = timeless === 1 ? '1 row does not tell its' : `${timeless} rows do not tell their`;
    note(`${which} time, and ${timeless === 1 ? 'is' : 'are'} taken for the oldest.`);
  }
  const inTime = rows.toSorted((a, b) => Number(ticksOf(a) - ticksOf(b)));
  return inTime.slice(-count);
}

function shownColumns(
  columns: readonly DatasetColumn[],
  time: number,
  marks: boolean,
): readonly number[] {
  const places = columns.map((_, place) => place);
  const role = (wanted: DatasetColumn['role']) =>
    places.filter((place) => place !== time && columns[place]?.role === wanted);
  return [...(time < 0 ? [] : [time]), ...role('feature'), ...(marks ? role('mark') : [])];
}
