import type { Dataset, DatasetColumn, Datasets } from '../../datasets/datasets.js';
import type { Report } from '../../host.js';
import type { Column, Row, Table } from '../../model/table.js';
import { isTimeMark } from '../../model/time-marks.js';
import { reportDataset } from './report-dataset.js';

export interface HeadWish {
  readonly rows: number;
  /** All that the collector tells of a row, not its time alone. */
  readonly marks: boolean;
  /** What is no row instead. */
  readonly rejected: boolean;
}

export interface HeadPorts {
  readonly datasets: Pick<Datasets, 'newest'>;
  readonly report: Pick<Report, 'note' | 'warn'>;
  readonly signal: AbortSignal;
}

/**
 * The newest rows, the oldest of them first: their time, the features, and with `marks` what else the collector tells.
 * What the files hold that is no row is said.
 */
export async function headRows(
  dataset: Dataset,
  wish: HeadWish,
  { datasets, report, signal }: HeadPorts,
): Promise<Table> {
  if (wish.rejected) return dataset.rejected();
  reportDataset(dataset, report);
  const { columns: all, counts } = dataset;
  const time = all.findIndex(({ name, role }) => role === 'mark' && isTimeMark(name));
  if (counts.rows === 0) report.note('There is no row.');
  const newest = await datasets.newest(dataset, wish.rows, signal);
  if (time >= 0 && counts.rows > 0) reportTimeless(newest.timeless, counts.rows, report);
  const { rows } = await newest.rows(wish.rows, signal);
  const places = shownColumns(all, time, wish.marks);
  return {
    columns: places.flatMap((place): readonly Column[] => all.slice(place, place + 1)),
    rows: cellsAt(places, rows),
  };
}

function reportTimeless(timeless: number, rows: number, { note }: Pick<Report, 'note'>): void {
  if (timeless === 0) return;
  if (timeless === rows) {
    note('No row tells its time: they are in the order of the files.');
    return;
  }
  const which = timeless === 1 ? '1 row does not tell its' : `${timeless} rows do not tell their`;
  note(`${which} time, and ${timeless === 1 ? 'is' : 'are'} taken for the oldest.`);
}

async function* cellsAt(places: readonly number[], rows: AsyncIterable<Row>): AsyncGenerator<Row> {
  for await (const row of rows) yield places.map((place) => row[place] ?? null);
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
