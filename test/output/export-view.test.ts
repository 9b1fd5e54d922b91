import { expect, test } from 'vitest';
import { progressText } from '../../src/lib/output/export-view.js';

const HALF = { source: 'traces', rows: 3_000_000, before: 450_000, came: 1_050_000 };
const BAR = `${'█'.repeat(8)}${'░'.repeat(8)}`;

test.each([
  [undefined, 'traces:  50 %  1,500,000 of 3,000,000 rows  84 MB  105,000 rows/s  15 s left'],
  [157, `traces ${BAR}  50 %  1,500,000 of 3,000,000 rows  84 MB  105,000 rows/s  15 s left`],
  [77, `traces ${BAR}  50 %  1,500,000 of 3,000,000 rows  84 MB  15 s left`],
  [70, `traces ${BAR}  50 %  1,500,000 of 3,000,000 rows  15 s left`],
])('in %s columns the rest of the time is shown, whatever makes room for it', (width, text) => {
  expect(progressText({ ...HALF, bytes: 84_000_000, since: 0 }, 10_000, width)).toBe(text);
});

test('when all rows have come nothing is said of the time that their files take', () => {
  const all = { ...HALF, came: 2_550_000, bytes: 84_000_000, since: 0 };
  expect(progressText(all, 10_000, 77)).toMatch(/^traces █{16} 100 % .* 84 MB$/);
});
