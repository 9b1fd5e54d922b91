import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { metricsView } from '../../src/lib/output/metrics-view.js';
import { createStyle } from '../../src/lib/output/style.js';
import { textWidth } from '../../src/lib/output/text-width.js';
import type { Figures, Metrics } from '../../src/lib/use-cases/metrics/read-metrics.js';

const START = Date.UTC(2026, 10, 21, 10);
const HOUR = 3_600_000;

function figures(count: number, failed: number, ms: number): Figures {
  const isEmpty = count === 0;
  return {
    count: BigInt(count),
    perSecond: count / 3600,
    failed: BigInt(failed),
    failurePercent: isEmpty ? null : (100 * failed) / count,
    meanMs: isEmpty ? null : ms,
    p50Ms: isEmpty ? null : ms,
    p95Ms: isEmpty ? null : ms * 2,
    p99Ms: isEmpty ? null : ms * 3,
    stored: BigInt(count),
    retainedPercent: isEmpty ? null : 100,
  };
}

function metrics(
  groups: Readonly<Record<string, readonly (readonly [number, number, number])[]>>,
): Metrics {
  const length = Math.max(0, ...Object.values(groups).map((bins) => bins.length));
  return {
    time: { from: new Date(START), to: new Date(START + Math.max(1, length) * HOUR) },
    bins: Array.from({ length }, (_, index) => ({
      from: new Date(START + index * HOUR),
      to: new Date(START + (index + 1) * HOUR),
    })),
    series: Object.entries(groups).map(([group, bins]) => ({
      table: 'requests',
      group,
      total: figures(...(bins[0] ?? [0, 0, 0])),
      bins: bins.map((bin) => figures(...bin)),
    })),
    nameless: 0n,
    endings: [],
  };
}

interface Terminal {
  readonly width?: number;
  readonly unicode?: boolean;
  readonly color?: 0 | 2;
}

function show(shown: Metrics, { width = 80, unicode = true, color = 0 }: Terminal = {}) {
  const heading = { service: 'churn', by: undefined };
  return metricsView(shown, heading).whole([], { style: createStyle(color), width, unicode });
}

const DAY = metrics({
  '': [
    [60, 6, 100],
    [0, 0, 0],
    [120, 0, 50],
    [30, 0, 80],
  ],
});

test('what failed stands below the rate, in its own line', () => {
  const lines = show(DAY);
  expect(lines).toContain('requests per minute, and the share that failed, up to 10 % of a bin');
  expect(lines).toContainEqual(expect.stringMatching(/^fail │ *█+$/));
  const fine = metrics({
    '': [
      [60, 0, 100],
      [60, 0, 100],
    ],
  });
  expect(show(fine).join('\n')).not.toContain('fail │');
});

test('nothing at all is a table of zeros without charts', () => {
  const lines = show(
    metrics({
      '': [
        [0, 0, 0],
        [0, 0, 0],
      ],
    }),
  );
  expect(lines.at(-1)).toMatch(/^requests +0 +0/);
});

test('groups are lines while they are few, and strips when they are many', () => {
  const bins = [
    [60, 0, 100],
    [30, 0, 90],
  ] as const;
  const few = show(metrics({ a: bins, b: bins })).join('\n');
  expect(few).toMatch(/● a {3}◆ b/);
  const many = show(metrics({ a: bins, b: bins, c: bins, 'd\x1b[2J': bins })).join('\n');
  expect(many).toMatch(/^a +│█+▅+$/m);
  expect(many).toContain('d\\x1b[2J');
  expect(many).not.toContain('\x1b');
});

test('rows that lack what the groups have in common are none of them', () => {
  const heading = { service: undefined, by: 'service' };
  const space = { style: createStyle(0), width: 80, unicode: true };
  const lines = metricsView(DAY, heading).whole([], space);
  expect(lines[0]).toMatch(/^All services by service/);
  expect(lines).toContainEqual(expect.stringMatching(/^requests \(none\) +60/));
});

test('a narrow terminal has a line for each number', () => {
  const lines = show(DAY, { width: 40 });
  expect(lines).toContain('  fail %   10');
});

const bin = fc.tuple(fc.nat(1e6), fc.nat(10), fc.double({ min: 0, max: 1e7, noNaN: true }));
const groups = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.array(bin, { maxLength: 60 }), {
  maxKeys: 14,
});

test('no line is wider than the terminal, and color changes nothing else', () => {
  fc.assert(
    fc.property(groups, fc.integer({ min: 30, max: 200 }), fc.boolean(), (all, width, unicode) => {
      const plain = show(metrics(all), { width, unicode });
      for (const line of plain) expect(textWidth(line)).toBeLessThanOrEqual(width);
      const colored = show(metrics(all), { width, unicode, color: 2 });
      expect(colored.map(stripVTControlCharacters)).toEqual(plain);
    }),
    { numRuns: 60 },
  );
});
