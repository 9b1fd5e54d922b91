import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Series } from '../../../src/lib/output/chart/chart.js';
import { lineChart } from '../../../src/lib/output/chart/line-chart.js';
import { inked, readChart, spaceOf } from './read-chart.js';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 21);

function hourly(name: string, values: readonly (number | null)[]): Series {
  return { name, points: values.map((y, index) => ({ x: START + index * HOUR, y })) };
}

function draw(series: readonly Series[], space = spaceOf(80)) {
  return lineChart({ series, x: 'time', height: 12 }, space);
}

test('the highest value is on the highest line, the lowest on the lowest', () => {
  const { plot, numbers } = readChart(draw([hourly('n', [0, 50, 100, 50, 0])]));
  expect(numbers[0]).toBe('100');
  expect(numbers.at(-1)).toBe('0');
  expect(plot[0]?.trim()).not.toBe('');
  expect(plot.at(-1)?.trim()).not.toBe('');
});

test('an unknown value is a gap, and what stands alone is seen', () => {
  const values = [1, 1, 1, 1, null, null, null, null, 1, null, null, null, 1, 1, 1, 1];
  const chart = readChart(draw([hourly('n', values)]));
  const columns = chart.plot[0]?.length ?? 0;
  expect(inked(chart).length).toBeLessThan(columns * 0.6);
  expect(chart.plot.join('')).toContain('●');
});

test('without color each series has a marker of its own, which the legend names', () => {
  const series = [hourly('p50', [1, 2, 3, 2, 1, 2]), hourly('p95', [8, 9, 8, 9, 8, 9])];
  const lines = draw(series);
  expect(lines[0]).toContain('● p50');
  expect(lines[0]).toContain('◆ p95');
  const plot = readChart(lines).plot.join('\n');
  expect(plot).toContain('●');
  expect(plot).toContain('◆');
});

test('two series of the same values both show', () => {
  const same = [3, 1, 2, 5, 4, 1, 2, 2];
  const plot = readChart(draw([hourly('a', same), hourly('b', same)])).plot.join('\n');
  expect(plot).toMatch(/●/);
  expect(plot).toMatch(/◆/);
});

test('where the terminal has only ASCII there is nothing else', () => {
  const lines = draw(
    [hourly('a', [1, 2, 3]), hourly('b', [3, 2, null])],
    spaceOf(80, { unicode: false }),
  );
  expect(lines.join('\n')).toMatch(/^[\x20-\x7e\n]*$/);
  expect(lines.join('\n')).toContain('o b');
});

test('times are those of UTC, at full hours, and midnight is its day', () => {
  const { base } = readChart(
    draw([
      hourly(
        'n',
        Array.from({ length: 30 }, () => 1),
      ),
    ]),
  );
  expect(base).toMatch(/UTC 21 Nov .*06:00.* 22 Nov/);
});

test('the name of a series cannot drive the terminal', () => {
  const lines = draw([hourly('\x1b[2J', [1, 2]), hourly('b', [2, 1])]);
  expect(lines[0]).toContain('\\x1b[2J');
});

const value = fc.option(
  fc.oneof(
    fc.double({ noDefaultInfinity: true, noNaN: true, min: -1e12, max: 1e12 }),
    fc.integer(),
  ),
  { nil: null, freq: 6 },
);
const anySeries = fc
  .array(fc.array(value, { maxLength: 40 }), { maxLength: 9 })
  .map((all) => all.map((values, index) => hourly(`series ${index}`, values)));

test('no line is wider than the terminal, and without color there are no escapes', () => {
  fc.assert(
    fc.property(
      anySeries,
      fc.integer({ min: 24, max: 220 }),
      fc.boolean(),
      (series, width, unicode) => {
        const lines = draw(series, spaceOf(width, { unicode }));
        expect(readChart(lines).widest).toBeLessThanOrEqual(width);
        expect(lines.join('')).not.toContain('\x1b');
      },
    ),
  );
});

test('color changes nothing but color', () => {
  fc.assert(
    fc.property(anySeries, (series) => {
      const plain = draw(series);
      const colored = draw(series, spaceOf(80, { color: 2 }));
      expect(readChart(colored)).toEqual(readChart(plain));
    }),
  );
});
