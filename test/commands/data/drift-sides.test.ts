import { describe, expect, test } from 'vitest';
import { type DriftOptions, driftSides } from '../../../src/commands/data/drift-sides.js';

const NOW = new Date('2026-11-22T12:00:00Z');
const FILES = { files: ['all.csv'] };

/** Both spans, in days before now; null where they are open. */
function spans(options: DriftOptions) {
  const { target, baseline, notes } = driftSides(options, NOW);
  const days = (date: Date | null) =>
    date === null ? null : (NOW.getTime() - date.getTime()) / 86_400_000;
  return {
    baseline: [days(baseline.from), days(baseline.to)],
    target: [days(target.from), days(target.to)],
    notes: notes.join(' '),
  };
}

test('of files the target is what follows a baseline from the same ones', () => {
  expect(spans({ ...FILES, baselineFrom: '-9d', baselineTo: '-2d' })).toMatchObject({
    baseline: [9, 2],
    target: [2, null],
    notes: 'The target is what follows the baseline: --from says otherwise.',
  });
});

test('of files a target with a beginning is compared with the week before it', () => {
  expect(spans({ ...FILES, since: '1d' })).toMatchObject({ baseline: [8, 1], target: [1, null] });
});

test('of a service the target begins no earlier than a baseline of it ends', () => {
  expect(spans({ baselineTo: '-1h' }).target).toEqual([1 / 24, null]);
  expect(spans({ baselineTo: '-3d' }).target).toEqual([1, null]);
  expect(spans({ baselineService: 'other', baselineTo: '-1h' }).target).toEqual([1, null]);
});

describe('a baseline and a target that would share rows are refused', () => {
  test.each<DriftOptions>([
    { ...FILES, baselineFrom: '-9d' },
    { ...FILES, baselineTo: '-1d', since: '2d' },
    { baselineFrom: '-9d', baselineTo: '-1d', since: '2d' },
    { baselineFrom: '-1d', baselineTo: 'now', from: '-9d', to: '-1h' },
  ])('%j', (options) => {
    expect(() => driftSides(options, NOW)).toThrow('overlap, and would share rows');
  });

  test('but not where they only touch, or are of other data', () => {
    expect(spans({ baselineTo: '-2d', since: '2d' }).target).toEqual([2, null]);
    expect(spans({ ...FILES, baseline: ['b.csv'] })).toMatchObject({ target: [null, null] });
    expect(spans({ baselineService: 'other' })).toMatchObject({ baseline: [1, null] });
  });
});

test('--baseline-since needs a beginning to count back from', () => {
  const options = { ...FILES, baselineSince: '7d' };
  expect(() => driftSides(options, NOW)).toThrow('the beginning of the target, which is open');
});
