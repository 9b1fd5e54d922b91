import type { DatasetColumn, DatasetCounts } from './datasets.js';
import { inSheets } from './workshop.js';

/** The rows of files, ready to be asked for in SQL: nothing but their columns and number is known yet. */
export interface Source {
  readonly columns: readonly SourceColumn[];
  /** What stands behind FROM. The rows come in the order of the files. */
  readonly from: string;
  /** Where the rows were kept some columns at a time; `from` then puts them together, which takes memory. */
  readonly sheets?: readonly Sheet[];
  readonly counts: DatasetCounts;
  readonly notes: readonly string[];
  /** The values cost nothing to compute. */
  readonly isTyped: boolean;
  /** SQL of what is no row: `file`, `line`, `reason`, `text`. */
  readonly rejected?: string;
}

/** Some of the columns of all rows, in the order of the rows. */
export interface Sheet {
  /** What stands behind FROM. It has what the marks of time are made of, too. */
  readonly from: string;
  readonly columns: readonly SourceColumn[];
}

export interface SourceColumn extends DatasetColumn {
  /** SQL of the value, of the type `stored`; see `RelationColumn`. */
  readonly sql: string;
  readonly stored: string;
  /** SQL of the text that stands in the file, where it tells more than the value. */
  readonly text?: string;
}

/** All columns of a source, so many at a time as may be asked for in one query. */
export function sheetsOf({ sheets, from, columns }: Source): readonly Sheet[] {
  return sheets ?? inSheets(columns).map((some) => ({ from, columns: some }));
}

/** A sheet as it was kept. */
export interface OwnSheet extends Sheet {
  /** What stands in it, but for what it has only to be in the order of the time. */
  readonly own: readonly string[];
}

/** What of a source follows from the sheets that it was kept in. */
export function ofSheets(sheets: readonly OwnSheet[]): Pick<Source, 'columns' | 'from' | 'sheets'> {
  const columns = sheets.flatMap((sheet) => sheet.columns);
  const from = besideEachOther(sheets);
  return sheets.length > 1 ? { columns, from, sheets } : { columns, from };
}

/** SQL, as it stands behind FROM, of all columns of sheets. */
function besideEachOther(sheets: readonly OwnSheet[]): string {
  const [only, ...others] = sheets;
  if (only && others.length === 0) return only.from;
  return sheets
    .map(({ from, own }) => `(SELECT ${own.join(', ')} FROM ${from})`)
    .join(' POSITIONAL JOIN ');
}

/** A source with other rows: what of them is chosen and how they are ordered stands in each sheet. */
export function mapRows(source: Source, rowsOf: (from: string) => string): Source {
  const { from, sheets } = source;
  return {
    ...source,
    from: rowsOf(from),
    ...(sheets && { sheets: sheets.map((sheet) => ({ ...sheet, from: rowsOf(sheet.from) })) }),
  };
}
