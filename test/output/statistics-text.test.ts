import { expect, test } from 'vitest';
import { statisticsJson, statisticsText } from '../../src/lib/output/statistics-text.js';
import { createStyle } from '../../src/lib/output/style.js';

const COST = {
  executionSeconds: 0.421,
  cpuTicks: 13_125_000n,
  peakMemoryBytes: 524_384,
  scannedRows: 120_000,
  totalRows: 1_200_000,
  resultRows: 10,
  resultBytes: 64_000_000,
  json: '{"query":{"executionTime":0.421}}',
};

test('what a query cost is a line each', () => {
  expect(statisticsText(COST, createStyle(0)).split('\n')).toEqual([
    'Statistics',
    '  time       0.421 s',
    '  processor  1.3125 s, all nodes together',
    '  memory     524.4 kB on the fullest node',
    '  rows read  120000 of 1200000',
    '  rows sent  10',
    '  sent       64 MB',
  ]);
});

test('what the service does not tell is left out', () => {
  const little = { ...COST, cpuTicks: null, peakMemoryBytes: null, resultBytes: null };
  const text = statisticsText({ ...little, totalRows: null, resultRows: null }, createStyle(0));
  expect(text).toBe('Statistics\n  time       0.421 s\n  rows read  120000');
});

test('for programs it is what the service sent', () => {
  expect(statisticsJson(COST)).toBe('{"statistics":{"query":{"executionTime":0.421}}}');
});
