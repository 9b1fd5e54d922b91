import { expect, test } from 'vitest';
import type { Dataset } from '../../../src/lib/datasets/datasets.js';
import type { Row } from '../../../src/lib/model/table.js';
import { headRows } from '../../../src/lib/use-cases/data/head-rows.js';

test('of wide rows few are in memory, however many there are', async () => {
  const features = Array.from({ length: 9999 }, (_, at) => `x${at}`);
  const columns: Dataset['columns'] = [
    { name: 'mdc_time', type: 'datetime', role: 'mark' },
    ...features.map((name) => ({ name, type: 'long', role: 'feature' }) as const),
  ];
  let cells = 0;
  const nothing = () => Promise.reject(new Error('not asked for'));
  const dataset: Dataset = {
    columns,
    counts: { rows: 1e6, rejected: 0, unresolved: 0 },
    notes: [],
    async rows(count) {
      async function* rows(): AsyncGenerator<Row> {
        for (let row = 0; row < count; row++) {
          cells += columns.length;
          yield [BigInt(count - row), 1n];
        }
      }
      return { columns, rows: rows() };
    },
    rejected: nothing,
    write: nothing,
    relation: nothing,
  };
  const wish = { rows: 1, marks: false, rejected: false };
  const report = { note: () => {}, warn: () => {} };
  const table = await headRows(dataset, wish, report, new AbortController().signal);

  const newest: Row[] = [];
  for await (const row of table.rows) newest.push(row.slice(0, 2));
  expect(newest).toEqual([[500n, 1n]]);
  expect(cells).toBeLessThanOrEqual(5_000_000);
});
