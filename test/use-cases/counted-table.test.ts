import { expect, test } from 'vitest';
import { batchedTable, type Column, type Row, type RowBatch } from '../../src/lib/model/table.js';
import { countedTable } from '../../src/lib/use-cases/counted-table.js';

const COLUMNS: readonly Column[] = [
  { name: 'message', type: 'string' },
  { name: 'customDimensions', type: 'dynamic' },
];
const LONG = 'x'.repeat(8192);
const ROWS: readonly Row[] = [
  ['y'.repeat(32_768), null],
  ['short', JSON.stringify({ Content: LONG, Other: `${LONG}x`, Third: LONG })],
  ['y'.repeat(32_769), '{}'],
];

/** The rows in one batch, the texts of its cells as the service writes them; the last row has none. */
function batchOf(rows: readonly Row[]): RowBatch {
  const texts = rows.flatMap((row) => row.map((cell) => JSON.stringify(cell)));
  const bounds = new Int32Array(texts.length * 2);
  let end = 0;
  for (const [index, text] of texts.entries()) {
    bounds.set([end, end + Buffer.byteLength(text)], index * 2);
    end += Buffer.byteLength(text);
  }
  bounds.fill(-1, (rows.length - 1) * COLUMNS.length * 2);
  return {
    rowCount: rows.length,
    bytes: Buffer.from(texts.join('')),
    bounds,
    width: COLUMNS.length,
    cell: (row, column) => rows[row]?.[column] ?? null,
  };
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

test.each([
  ['row by row', { columns: COLUMNS, rows: each(ROWS) }],
  ['from batches', batchedTable(COLUMNS, each([batchOf(ROWS)]))],
])('rows and cut texts are counted %s', async (_, source) => {
  const { table, counts } = countedTable(source);
  const rows: Row[] = [];
  for await (const row of table.rows) rows.push(row);
  expect(rows).toEqual(ROWS);
  expect(counts()).toEqual({ rows: 3, cutTexts: 3 });
});

test('batches stay batches', async () => {
  const batch = batchOf(ROWS);
  const { table, counts } = countedTable(batchedTable(COLUMNS, each([batch, batch])));
  for await (const passed of table.batches ?? []) expect(passed).toBe(batch);
  expect(counts()).toEqual({ rows: 6, cutTexts: 6 });
});
