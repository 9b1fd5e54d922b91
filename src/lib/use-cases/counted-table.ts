import { batchedTable, type Row, type RowBatch, type Table } from '../model/table.js';
import { CUT_AT, readDimensions } from '../model/telemetry.js';

/** A table that counts while it is read, row by row or in batches. */
export interface CountedTable {
  readonly table: Table;
  readonly counts: () => {
    readonly rows: number;
    /** Texts that are exactly as long as the longest that Application Insights keeps. */
    readonly cutTexts: number;
  };
}

export function countedTable({ columns, rows, batches }: Table): CountedTable {
  const message = columns.findIndex(({ name }) => name === 'message');
  const dimensions = columns.findIndex(({ name }) => name === 'customDimensions');
  let count = 0;
  let cutTexts = 0;

  async function* countedRows(): AsyncGenerator<Row> {
    for await (const row of rows) {
      count += 1;
      cutTexts += cutMessages(row[message]) + cutProperties(row[dimensions]);
      yield row;
    }
  }

  async function* countedBatches(source: AsyncIterable<RowBatch>): AsyncGenerator<RowBatch> {
    for await (const batch of source) {
      count += batch.rowCount;
      for (const row of longRows(batch, message, CUT_AT.message)) {
        cutTexts += cutMessages(batch.cell(row, message));
      }
      for (const row of longRows(batch, dimensions, CUT_AT.property)) {
        cutTexts += cutProperties(batch.cell(row, dimensions));
      }
      yield batch;
    }
  }

  return {
    table: batches
      ? batchedTable(columns, countedBatches(batches))
      : { columns, rows: countedRows() },
    counts: () => ({ rows: count, cutTexts }),
  };
}

/** Reads a table to its end for the sake of what comes behind. */
export async function skipRows({ rows, batches }: Table): Promise<void> {
  for await (const _ of batches ?? rows);
}

/** The rows whose text may be that long; a character is a byte at least. */
function* longRows(
  { rowCount, bounds, width }: RowBatch,
  column: number,
  length: number,
): Generator<number> {
  if (column < 0) return;
  for (let row = 0; row < rowCount; row++) {
    const at = 2 * (row * width + column);
    const [start, end] = column < width ? [bounds[at] ?? -1, bounds[at + 1] ?? -1] : [-1, -1];
    if (start < 0 || end - start >= length) yield row;
  }
}

function cutMessages(cell: Row[number] | undefined): number {
  return Number(typeof cell === 'string' && cell.length === CUT_AT.message);
}

function cutProperties(json: Row[number] | undefined): number {
  if (typeof json !== 'string' || json.length < CUT_AT.property) return 0;
  return Object.values(readDimensions(json)).filter(
    (value) => typeof value === 'string' && value.length === CUT_AT.property,
  ).length;
}
