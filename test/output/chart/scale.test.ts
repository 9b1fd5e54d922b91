import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortNumber, tickTexts } from '../../../src/lib/output/chart/number-text.js';
import { placeOf, valueScale } from '../../../src/lib/output/chart/scale.js';
import { spanText, timeScale } from '../../../src/lib/output/chart/time-scale.js';

const number = fc
  .double({ min: -1e14, max: 1e14, noNaN: true })
  .map((n) => (Math.abs(n) < 1e-9 ? 0 : n));

test('a scale holds every value, in round steps that have different texts', () => {
  fc.assert(
    fc.property(
      fc.array(number, { minLength: 1 }),
      fc.integer({ min: 2, max: 10 }),
      (values, count) => {
        const { from, to, ticks } = valueScale(values, count);
        const tolerance = (to - from) * 1e-6;
        expect(from - tolerance).toBeLessThanOrEqual(Math.min(...values));
        expect(to + tolerance).toBeGreaterThanOrEqual(Math.max(...values));
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(count * 2 + 2);
        for (const value of values) {
          const place = placeOf(value, { from, to }, 40);
          expect(place).toBeGreaterThanOrEqual(0);
          expect(place).toBeLessThan(40);
        }
      },
    ),
  );
});

test.each([
  [
    [0, 97],
    [0, 20, 40, 60, 80, 100],
  ],
  [
    [0.2, 0.31],
    [0, 0.1, 0.2, 0.3, 0.4],
  ],
  [
    [-4, 4],
    [-4, -2, 0, 2, 4],
  ],
  [
    [1000, 1004],
    [1000, 1001, 1002, 1003, 1004],
  ],
  [[7], [0, 2, 4, 6, 8]],
])('the scale of %j is %j', (values, ticks) => {
  expect(valueScale(values, 6).ticks).toEqual(ticks);
});

test.each([
  [
    [0, 0.5, 1],
    ['0', '0.5', '1.0'],
  ],
  [
    [0, 5000, 10000],
    ['0', '5k', '10k'],
  ],
  [
    [0, 500, 1000],
    ['0', '500', '1000'],
  ],
  [
    [0, 0.02, 0.04],
    ['0', '0.02', '0.04'],
  ],
])('the ticks %j read %j', (ticks, texts) => {
  expect(tickTexts(ticks)).toEqual(texts);
});

test.each([
  [0, '0'],
  [0.03333, '0.033'],
  [1.25, '1.25'],
  [12.345, '12.3'],
  [999.96, '1k'],
  [1_234_567, '1.23M'],
])('%d reads %s', (value, text) => {
  expect(shortNumber(value)).toBe(text);
});

test('the ticks of a time stand within it, far enough apart for their texts', () => {
  const instant = fc.integer({ min: 0, max: Date.UTC(2100, 0) });
  fc.assert(
    fc.property(instant, fc.integer({ min: 1, max: 4e11 }), (from, length) => {
      const { ticks, texts } = timeScale(from, from + length, 70);
      for (const [index, tick] of ticks.entries()) {
        expect(tick).toBeGreaterThanOrEqual(from);
        expect(tick).toBeLessThanOrEqual(from + length);
        const gap = ((tick - (ticks[index - 1] ?? Number.NEGATIVE_INFINITY)) / length) * 70;
        expect(gap).toBeGreaterThan((texts[index] ?? '').length);
      }
    }),
  );
});

test.each([
  [127, 40, ['2026-12', '2027-01', '2027-02', '2027-03']],
  [180, 70, ['2026-12', '2027-01', '2027-02', '2027-03', '2027-04', '2027-05']],
  [1095, 60, ['2027-01', '2027-07', '2028-01', '2028-07', '2029-01', '2029-07']],
  [1095, 40, ['2027', '2028', '2029']],
  [10957, 60, ['2030', '2035', '2040', '2045', '2050', '2055']],
])('the ticks of %d days in %d columns are months or years', (days, columns, texts) => {
  const from = Date.UTC(2026, 10, 22, 10, 45);
  expect(timeScale(from, from + days * 86_400_000, columns).texts).toEqual(texts);
});

test('a span of time names a day once', () => {
  const at = (hour: number) => Date.UTC(2026, 10, 21, hour);
  expect(spanText(at(8), at(9))).toBe('2026-11-21 08:00 to 09:00 UTC');
  expect(spanText(at(8), at(32))).toBe('2026-11-21 08:00 to 2026-11-22 08:00 UTC');
});
