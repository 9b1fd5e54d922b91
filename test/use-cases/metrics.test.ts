import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine } from '../../src/lib/engine/duckdb-engine.js';
import type { Engine } from '../../src/lib/engine/engine.js';
import type { MetricsWish, MetricTable } from '../../src/lib/use-cases/metrics/build-metrics.js';
import { readMetrics } from '../../src/lib/use-cases/metrics/read-metrics.js';
import { openQueriedFiles } from '../../src/lib/use-cases/query-files.js';
import { realFiles, temporaryFolder } from '../support/host.js';

/*
 * Twenty requests in four rows, in an hour from ten o'clock, worked out by hand: 10 took 50 ms, 4 took 100, 5 took 200,
 * 1 took 300 and failed. In the order of their times the 10th took 50, the 19th 200, the 20th 300.
 */
const REQUESTS = [
  { at: '10:01', ms: 100, items: 4, success: true, code: '200', name: 'POST /score' },
  { at: '10:05', ms: 300, items: 1, success: false, code: '500', name: 'POST /score' },
  { at: '10:20', ms: 200, items: 5, success: true, code: '200', name: 'POST /score' },
  { at: '10:50', ms: 50, items: 10, success: true, code: '200', name: 'GET /swagger.json' },
] as const;
const MEAN = (10 * 50 + 4 * 100 + 5 * 200 + 300) / 20;

const at = (time: string) => new Date(`2026-11-21T${time}:00Z`);
const HOUR = { from: at('10:00'), to: at('11:00') };
const QUARTER = 15 * 60_000;

/** The hour as a component stores it: success is a text. */
const classic = REQUESTS.map(({ at: time, ms, items, success, code, name }) => ({
  timestamp: at(time).toISOString(),
  name,
  success: success ? 'True' : 'False',
  resultCode: code,
  duration: ms,
  itemCount: items,
  customDimensions: { 'Service Name': 'churn' },
  cloud_RoleName: 'ML service',
}));

/** As the workspace stores it: success is a bool. */
const workspace = REQUESTS.map(({ at: time, ms, items, success, code, name }) => ({
  TimeGenerated: at(time).toISOString(),
  Name: name,
  Success: success,
  ResultCode: code,
  DurationMs: ms,
  ItemCount: items,
  Properties: { 'Service Name': 'churn' },
  AppRoleName: 'ML service',
}));

/** As scoring servers from 1.5 on write it: the figures of the request are in its dimensions alone. */
const modern = classic.map((row) => ({
  ...row,
  success: 'True',
  resultCode: '0',
  duration: 0.06,
  customDimensions: {
    ...row.customDimensions,
    success: row.success,
    resultCode: row.resultCode,
    duration: `0:00:00.${String(row.duration * 1000).padStart(6, '0')}`,
  },
  cloud_RoleName: 'churn',
}));

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

async function figures(
  rows: Readonly<Record<string, readonly object[]>>,
  wish: Partial<MetricsWish> = {},
  tables: readonly MetricTable[] = ['requests'],
) {
  const cwd = await temporaryFolder();
  for (const [name, own] of Object.entries(rows)) {
    await realFiles.write(join(cwd, name), own.map((row) => JSON.stringify(row)).join('\n'));
  }
  const now = at('12:00');
  const { signal } = new AbortController();
  const request = { patterns: ['.'], cwd, now, time: undefined, signal, note: () => {} };
  const files = await openQueriedFiles(engine, request);
  const asked = { schema: 'classic', time: HOUR, binMs: QUARTER, ...wish } as const;
  return readMetrics(files, { ...asked, tables, now, withPermissions: false });
}

const WHOLE = {
  count: 20n,
  failed: 1n,
  failurePercent: 5,
  meanMs: MEAN,
  p50Ms: 50,
  p95Ms: 200,
  p99Ms: 300,
  stored: 4n,
  retainedPercent: 20,
};

test.each([
  ['success as a text', { 'requests.jsonl': classic }, 'classic'],
  ['success as a bool', { 'AppRequests.jsonl': workspace }, 'workspace'],
  ['success as a bool, by classic names', { 'AppRequests.jsonl': workspace }, 'classic'],
  ['the dimensions of newer servers', { 'requests.jsonl': modern }, 'classic'],
] as const)('every row weighs as many items as it stands for: %s', async (_, rows, schema) => {
  const { series } = await figures(rows, { schema });
  expect(series).toHaveLength(1);
  expect(series[0]?.total).toMatchObject(WHOLE);
  expect(series[0]?.total.perSecond).toBeCloseTo(20 / 3600, 12);
});

test('every bin has its own figures; one without rows has no items and no durations', async () => {
  const { series, bins } = await figures({ 'requests.jsonl': classic });
  expect(bins.map(({ from }) => from.toISOString().slice(11, 16))).toEqual([
    ...['10:00', '10:15', '10:30', '10:45'],
  ]);
  expect(series[0]?.bins).toMatchObject([
    { count: 5n, failed: 1n, failurePercent: 20, meanMs: 140, p50Ms: 100, p95Ms: 300, stored: 2n },
    { count: 5n, failed: 0n, failurePercent: 0, meanMs: 200, p50Ms: 200, p95Ms: 200, stored: 1n },
    { count: 0n, perSecond: 0, failed: 0n, failurePercent: null, meanMs: null, p50Ms: null },
    { count: 10n, failed: 0n, meanMs: 50, p99Ms: 50 },
  ]);
  expect(series[0]?.bins[0]?.perSecond).toBeCloseTo(5 / 900, 12);
});

test('the first and the last bin are cut to the time, and so are their rates', async () => {
  const time = { from: at('10:05'), to: at('10:51') };
  const { series, bins } = await figures({ 'requests.jsonl': classic }, { time });
  expect(bins[0]).toEqual({ from: at('10:05'), to: at('10:15') });
  expect(bins.at(-1)).toEqual({ from: at('10:45'), to: at('10:51') });
  expect(series[0]?.total.count).toBe(16n);
  expect(series[0]?.bins[0]?.perSecond).toBeCloseTo(1 / 600, 12);
  expect(series[0]?.bins.at(-1)?.perSecond).toBeCloseTo(10 / 360, 12);
});

test('a time without rows has a series of nothing', async () => {
  const time = { from: at('11:00'), to: at('12:00') };
  const { series } = await figures({ 'requests.jsonl': classic }, { time });
  expect(series).toMatchObject([{ table: 'requests', total: { count: 0n, meanMs: null } }]);
  expect(series[0]?.bins).toHaveLength(4);
});

test('groups stand beside each other, the largest first', async () => {
  const byName = await figures({ 'requests.jsonl': classic }, { by: 'name' });
  expect(
    byName.series.map(({ group, total }) => [group, total.count, total.failurePercent]),
  ).toEqual([
    ['GET /swagger.json', 10n, 0],
    ['POST /score', 10n, 10],
  ]);
  const byCode = await figures({ 'requests.jsonl': modern }, { by: 'resultCode' });
  expect(byCode.series.map(({ group, total }) => [group, total.count])).toEqual([
    ['200', 19n],
    ['500', 1n],
  ]);
});

test('rows of another service are left out, and those that name none are counted', async () => {
  const other = { ...classic[0], customDimensions: { 'Service Name': 'fraud' } };
  const nameless = { ...classic[2], customDimensions: {} };
  const rows = { 'requests.jsonl': [...classic, other, nameless] };
  const strict = await figures(rows, { service: 'Churn' });
  expect(strict.series[0]?.total).toMatchObject(WHOLE);
  expect(strict.nameless).toBe(5n);
  const loose = await figures(rows, { service: 'churn', loose: true });
  expect(loose.series[0]?.total.count).toBe(25n);
  const byService = await figures(rows, { by: 'service' });
  expect(byService.series.map(({ group, total }) => [group, total.count])).toEqual([
    ['churn', 20n],
    ['', 5n],
    ['fraud', 4n],
  ]);
});

test('traces come by their level, exceptions and dependencies as they are', async () => {
  const timestamp = at('10:10').toISOString();
  const { series } = await figures(
    {
      'traces.jsonl': [
        { timestamp, message: 'a', severityLevel: 1, itemCount: 7 },
        { timestamp, message: 'b', severityLevel: 3, itemCount: 1 },
      ],
      'exceptions.jsonl': [{ timestamp, type: 'ValueError', problemId: 'x', itemCount: 3 }],
      'dependencies.jsonl': [
        { timestamp, type: 'HTTP', target: 'store', success: 'False', duration: 5, itemCount: 2 },
      ],
    },
    {},
    ['dependencies', 'exceptions', 'traces'],
  );
  expect(series).toMatchObject([
    { table: 'dependencies', group: '', total: { count: 2n, failed: 2n, p50Ms: 5 } },
    { table: 'exceptions', group: '', total: { count: 3n, failed: null, meanMs: null } },
    { table: 'traces', group: 'information', total: { count: 7n } },
    { table: 'traces', group: 'error', total: { count: 1n } },
  ]);
});
