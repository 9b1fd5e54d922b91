import fc from 'fast-check';
import { expect, test } from 'vitest';
import { barChart } from '../../../src/lib/output/chart/bar-chart.js';
import { columnChart } from '../../../src/lib/output/chart/column-chart.js';
import { sparkline } from '../../../src/lib/output/chart/sparkline.js';
import { trendTable } from '../../../src/lib/output/chart/trend-table.js';
import { textWidth } from '../../../src/lib/output/text-width.js';
import { readChart, spaceOf } from './read-chart.js';

const bars = (values: readonly (number | null)[], space = spaceOf(60)) =>
  barChart(
    {
      measures: ['n'],
      categories: values.map((value, index) => ({ name: `name ${index}`, values: [value] })),
    },
    space,
  );
const blocks = (line: string | undefined) => line?.match(/█/g)?.length ?? 0;

test('very many bars and trends are drawn, too', () => {
  expect(bars(Array(130_000).fill(1))).toHaveLength(130_000);
  const rows = Array(130_000).fill({ name: 'a', cells: [{ text: '1' }], values: [1] });
  const lines = trendTable({ headings: ['n'], trend: 'trend', rows }, spaceOf(60));
  expect(lines).toHaveLength(130_001);
}, 30_000);

test('a bar is as long as its number, which stands behind it', () => {
  const [first, second, third] = bars([100, 50, 0]);
  expect(first).toMatch(/ 100$/);
  expect(blocks(second) * 2).toBeCloseTo(blocks(first), -0.5);
  expect(third).toMatch(/^name 2 {2} 0$/);
});

test('what is little is still seen, what is unknown is not', () => {
  const [, little, unknown] = bars([1_000_000, 1, null]);
  expect(little).toMatch(/▏ 1$/);
  expect(unknown).toBe('name 2');
});

test('bars below zero go to the left', () => {
  const [above, below] = bars([10, -10]);
  expect(above?.indexOf('█')).toBeGreaterThan(below?.indexOf('█') ?? 99);
});

test('several numbers of a category are bars with their names', () => {
  const chart = { measures: ['ok', 'failed'], categories: [{ name: 'a', values: [2, 1] }] };
  const lines = barChart(chart, spaceOf(40));
  expect(lines[0]).toMatch(/^a {2}ok {6} {2}█+ 2$|^a {2}ok {4} {2}█+ 2$/);
  expect(lines[1]).toMatch(/^ {3}failed {2}█+/);
});

test('no bar is wider than the terminal', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 80 });
  const value = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: null });
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 1, maxLength: 3 }),
      fc.array(fc.tuple(text, fc.array(value, { minLength: 3, maxLength: 3 }))),
      fc.integer({ min: 40, max: 200 }),
      (measures, rows, width) => {
        const categories = rows.map(([name, values]) => ({ name, values }));
        const lines = barChart({ measures, categories }, spaceOf(width));
        for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
      },
    ),
  );
});

test('columns stand on zero, and one that is not zero is seen', () => {
  const span = { from: 0, to: 4 * 3_600_000 };
  const lines = columnChart(
    { values: [0, 10, 0.001, null], span, height: 8, color: 0 },
    spaceOf(40),
  );
  const { plot, numbers } = readChart(lines);
  expect(numbers.at(-1)).toBe('0');
  const quarter = Math.floor((plot.at(-1)?.length ?? 0) / 3);
  const lowest = plot.at(-1) ?? '';
  expect(lowest.slice(0, quarter - 1).trim()).toBe('');
  expect(lowest.at(-1)).toBe('▁');
  expect(plot[0]?.trim()).toMatch(/^[▁-█]+$/);
});

test('a sparkline is as wide as asked, from zero to its largest, with blanks for the unknown', () => {
  expect(sparkline([0, null, 4, 8], 4, spaceOf(80))).toBe('▁ ▅█');
  expect(sparkline([0, 9, 0, 0, 0, 0], 3, spaceOf(80))).toBe('█▁▁');
  expect(sparkline([], 3, spaceOf(80))).toBe('   ');
});
