import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  formatDatetime,
  formatTimespan,
  MAX_DATETIME_TICKS,
  parseDatetime,
  parseTimespan,
  TICKS_PER_DAY,
  TICKS_PER_HOUR,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
} from '../../src/lib/model/ticks.js';

test('datetimes survive as text, from the year 1 to 9999', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, MAX_DATETIME_TICKS), (ticks) => {
      expect(parseDatetime(formatDatetime(ticks))).toBe(ticks);
    }),
  );
});

test('timespans survive as text', () => {
  const range = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
  fc.assert(
    fc.property(fc.bigInt(range), (ticks) => {
      expect(parseTimespan(formatTimespan(ticks))).toBe(ticks);
    }),
  );
  fc.assert(
    fc.property(fc.bigInt(-864_000_000n, 864_000_000n), (ticks) => {
      expect(parseTimespan(formatTimespan(ticks * 1000n))).toBe(ticks * 1000n);
    }),
  );
});

test.each([
  ['00:00:10', 10n * TICKS_PER_SECOND],
  ['01:30', TICKS_PER_HOUR + 30n * TICKS_PER_MINUTE],
  ['2.01:30', 2n * TICKS_PER_DAY + TICKS_PER_HOUR + 30n * TICKS_PER_MINUTE],
  ['2:01:30:00', 2n * TICKS_PER_DAY + TICKS_PER_HOUR + 30n * TICKS_PER_MINUTE],
  ['-1.5h', -90n * TICKS_PER_MINUTE],
  ['3', 3n * TICKS_PER_DAY],
  ['25:00:00', undefined],
  ['soon', undefined],
])('the timespan %s', (text, ticks) => {
  expect(parseTimespan(text)).toBe(ticks);
});
