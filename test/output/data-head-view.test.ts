import { expect, test } from 'vitest';
import type { Column, Row } from '../../src/lib/model/table.js';
import { UNIX_EPOCH_TICKS } from '../../src/lib/model/ticks.js';
import { dataHeadView } from '../../src/lib/output/data-head-view.js';
import { createStyle } from '../../src/lib/output/style.js';

const TIME: Column = { name: 'mdc_time', type: 'datetime' };
const NAMES = ['age', 'income', 'tier', 'balance', 'children', 'distance', 'discount'];
const COLUMNS: readonly Column[] = [
  TIME,
  ...NAMES.map((name): Column => ({ name, type: name === 'tier' ? 'string' : 'real' })),
];

const row = (minute: number): Row => [
  UNIX_EPOCH_TICKS + 1_790_000_000_0000000n + BigInt(minute) * 60_0000000n,
  ...NAMES.map((name, at) => (name === 'tier' ? `t${minute}` : minute + at / 8)),
];

function lines(rows: readonly Row[], width: number, columns = COLUMNS): readonly string[] {
  return dataHeadView(columns).whole(rows, { style: createStyle(0), width, unicode: true });
}

test('rows are lines where they fit', () => {
  expect(lines([row(1), row(2)], 80)).toEqual([
    'time                 age  income  tier  balance  children  distance  discount',
    '2026-09-21 14:14:20    1   1.125  t1      1.375       1.5     1.625      1.75',
    '2026-09-21 14:15:20    2   2.125  t2      2.375       2.5     2.625      2.75',
  ]);
});

test('rows are columns where they do not, as many beside each other as fit', () => {
  expect(lines([row(1), row(2), row(3)], 35)).toEqual([
    'time      2026-09-21  2026-09-21',
    '            14:14:20    14:15:20',
    'age                1           2',
    'income         1.125       2.125',
    'tier              t1          t2',
    'balance        1.375       2.375',
    'children         1.5         2.5',
    'distance       1.625       2.625',
    'discount        1.75        2.75',
    '',
    'time      2026-09-21',
    '            14:16:20',
    'age                3',
    'income         3.125',
    'tier              t3',
    'balance        3.375',
    'children         3.5',
    'distance       3.625',
    'discount        3.75',
  ]);
});

test('no line is wider than the terminal, however long names and values are', () => {
  const columns = [...COLUMNS, { name: 'x'.repeat(200), type: 'string' }] as const;
  const shown = lines([[...row(1), 'y'.repeat(500)], row(2)], 40, columns);
  expect(Math.max(...shown.map((line) => line.length))).toBeLessThanOrEqual(40);
  expect(shown).toContainEqual(expect.stringMatching(/^x+… +y+…$/));
});

test('what controls a terminal is shown, in names and values', () => {
  const columns = [{ name: 'a\u001b[2J', type: 'string' }] as const;
  expect(lines([['b\u001b[31m\nc']], 80, columns).join('')).not.toMatch(/[\u001b\n]/);
});
