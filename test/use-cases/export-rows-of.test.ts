import { expect, test } from 'vitest';
import { rowsOf } from '../../src/lib/use-cases/export/rows-of.js';

test.each([
  ['traces | take 5; // all', 'traces | take 5'],
  [
    'traces // a\n| where message == "; // no" // b\n;',
    'traces // a\n| where message == "; // no"',
  ],
  [
    'traces | summarize count() by bin(timestamp, 1h) | render timechart',
    'traces | summarize count() by bin(timestamp, 1h)',
  ],
  ['let n = 5; traces | take n // five', 'let n = 5; traces | take n'],
  ['set notruncation; traces', 'set notruncation; traces'],
  ['traces | where (', 'traces | where ('],
])('operators can follow %j', async (kql, rows) => {
  expect(await rowsOf(kql)).toBe(rows);
});

test('of two statements with rows neither is taken', async () => {
  await expect(rowsOf('traces; requests')).rejects.toThrow('more than one statement');
});
