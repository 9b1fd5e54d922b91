import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CliError } from '../../src/lib/errors.js';
import {
  durationText,
  parseDuration,
  parseTime,
  parseTimeWish,
  toTimespan,
} from '../../src/lib/model/time-range.js';

const now = new Date('2026-11-22T08:00:00.000Z');

function failure(action: () => unknown): CliError {
  try {
    action();
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
  throw new Error('It did not fail.');
}

test.each([
  ['30s', 30_000],
  ['15m', 900_000],
  ['24h', 86_400_000],
  ['7d', 604_800_000],
  ['1.5h', 5_400_000],
  ['PT10M', 600_000],
  ['P7D', 604_800_000],
  ['P1DT2H30M', 95_400_000],
  ['PT0.5S', 500],
  ['P2W', 1_209_600_000],
])('%s is a length of time', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test('P10M is refused: it means months', () => {
  const { kind, message, facts } = failure(() => parseDuration('P10M'));
  expect(kind).toBe('usage');
  expect(message).toBe('"P10M" means 10 months, not minutes.');
  expect(facts.hint).toContain('PT10M');
});

test.each([
  '',
  '10',
  'h',
  '-5m',
  '5 m',
  'P',
  'PT',
  'P1D2H',
  'P1Y',
  'P1Y2M',
  'P1DT',
  '0s',
  '99999999d',
])('"%s" is not a length of time', (text) => {
  expect(failure(() => parseDuration(text)).kind).toBe('usage');
});

test.each([
  ['now', '2026-11-22T08:00:00.000Z'],
  ['-2h', '2026-11-22T06:00:00.000Z'],
  ['-PT10M', '2026-11-22T07:50:00.000Z'],
  ['2026-11-21', '2026-11-21T00:00:00.000Z'],
  ['2026-11-21T10:20', '2026-11-21T10:20:00.000Z'],
  ['2026-11-21T10:20:30.1234567Z', '2026-11-21T10:20:30.123Z'],
  ['2026-11-21T10:20:30+02:00', '2026-11-21T08:20:30.000Z'],
  ['2026-11-21 10:20:30 +0200', '2026-11-21T08:20:30.000Z'],
])('%s is an instant', (text, iso) => {
  expect(parseTime(text, now).toISOString()).toBe(iso);
});

test.each([
  'yesterday',
  '2026-02-30',
  '2026-13-01T00:00Z',
  '2026-11-21T25:00',
  '2h',
  '',
  '1700000000',
])('"%s" is not an instant', (text) => {
  expect(failure(() => parseTime(text, now)).kind).toBe('usage');
});

test('what Date prints is read back', () => {
  const instants = fc.date({
    min: new Date(0),
    max: new Date('9999-12-31T00:00:00Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(instants, (instant) => {
      expect(parseTime(instant.toISOString(), now)).toEqual(instant);
    }),
  );
});

test('--since, --from and --to become one wish, or contradict each other', () => {
  expect(parseTimeWish({}, now)).toBeNull();
  expect(parseTimeWish({ since: '1h' }, now)).toEqual({ sinceMs: 3_600_000 });
  expect(parseTimeWish({ from: '-2h' }, now)).toEqual({
    from: new Date('2026-11-22T06:00:00Z'),
    to: null,
  });
  expect(failure(() => parseTimeWish({ since: '1h', to: 'now' }, now)).kind).toBe('usage');
  expect(failure(() => parseTimeWish({ to: 'now' }, now)).message).toBe('--to needs --from.');
  expect(failure(() => parseTimeWish({ from: '-1h', to: '-2h' }, now)).message).toBe(
    '--from -1h is not before --to -2h.',
  );
});

test('the timespan that Azure Monitor gets is ISO 8601', () => {
  expect(toTimespan({ sinceMs: 3_600_000 }, now)).toBe('PT3600S');
  expect(toTimespan({ from: new Date('2026-11-22T06:00:00Z'), to: null }, now)).toBe(
    '2026-11-22T06:00:00.000Z/2026-11-22T08:00:00.000Z',
  );
});

test('a length of time is said in the largest unit that holds it', () => {
  const texts = [86_400_000, 604_800_000, 90 * 60_000, 3_600_000, 1500].map(durationText);
  expect(texts).toEqual(['24 h', '7 d', '90 min', '1 h', '1.5 s']);
});
