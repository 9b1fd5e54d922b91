import { expect, test } from 'vitest';
import { localCloud } from '../support/local-cloud.js';
import { runCli } from '../support/run-cli.js';

type Json = readonly Readonly<Record<string, unknown>>[];

/** Azure Monitor in the place of the local cloud's: two bins of each metric that is asked for. */
function monitored(refuse: (metric: string) => boolean = () => false) {
  const cloud = localCloud();
  const asked: URL[] = [];
  cloud.inject((request) => {
    const url = new URL(request.url);
    if (!/\/providers\/microsoft\.insights\/metrics$/i.test(url.pathname)) return undefined;
    asked.push(url);
    const names = url.searchParams.get('metricnames')?.split(',') ?? [];
    if (names.some(refuse)) {
      const error = { code: 'BadRequest', message: 'There is no such metric.' };
      return Response.json({ error }, { status: 400 });
    }
    const metadatavalues = [
      { name: { value: 'deployment' }, value: 'blue' },
      ...(names.includes('RequestsPerMinute')
        ? [{ name: { value: 'statuscodeclass' }, value: '2xx' }]
        : []),
    ];
    const data = [
      { timeStamp: '2026-11-22T09:00:00Z', average: 4 },
      { timeStamp: '2026-11-22T09:30:00Z' },
    ];
    return Response.json({
      timespan: '2026-11-22T09:00:00Z/2026-11-22T10:00:00Z',
      interval: 'PT30M',
      value: names.map((value) => ({
        id: value,
        type: 'Microsoft.Insights/metrics',
        name: { value },
        unit: value.startsWith('RequestLatency') ? 'MilliSeconds' : 'Count',
        timeseries: [{ metadatavalues, data }],
      })),
    });
  });
  return { cloud, asked };
}

test('an endpoint has latency, requests by class of status, and what was collected', async () => {
  const { cloud, asked } = monitored();
  const argv = ['metrics', 'fraud', '--source', 'platform', '--since', '24h', '-o', 'json'];
  const { status, stdout, stderr } = await runCli(argv, { cloud });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const rows: Json = JSON.parse(stdout);
  expect([...new Set(rows.map(({ metric }) => metric))]).toEqual([
    'RequestLatency',
    ...['P50', 'P90', 'P95', 'P99'].map((name) => `RequestLatency_${name}`),
    'RequestsPerMinute',
    'DataCollectionEventsPerMinute',
    'DataCollectionErrorsPerMinute',
  ]);
  expect(rows.filter(({ metric }) => metric === 'RequestsPerMinute')).toEqual([
    {
      metric: 'RequestsPerMinute',
      deployment: 'blue',
      group: '2xx',
      from: '2026-11-22T09:00:00.0000000Z',
      to: '2026-11-22T09:30:00.0000000Z',
      value: 4,
      unit: 'Count',
    },
    expect.objectContaining({ from: '2026-11-22T09:30:00.0000000Z', value: 0 }),
  ]);
  expect(rows[1]).toMatchObject({ metric: 'RequestLatency', value: null });
  expect(asked).toHaveLength(4);
  expect(asked[0]?.searchParams.get('interval')).toBe('PT30M');
});

test('one deployment is asked for alone', async () => {
  const { cloud, asked } = monitored();
  await runCli(['metrics', 'fraud/blue', '--source', 'platform', '--since', '1h'], { cloud });
  for (const url of asked)
    expect(url.searchParams.get('$filter')).toContain("deployment eq 'blue'");
});

test('a v1 service is refused with the reason, before Azure Monitor is asked', async () => {
  const { cloud, asked } = monitored();
  const run = await runCli(['metrics', 'my-service', '--source', 'platform'], { cloud });
  expect(run).toMatchObject({ status: 7, stdout: '' });
  expect(run.stderr).toContain('"my-service" is a v1 web service');
  expect(asked).toEqual([]);
});

test('a metric that cannot be read leaves the others, and is exit status 8', async () => {
  const { cloud } = monitored((metric) => metric.startsWith('DataCollection'));
  const argv = ['metrics', 'fraud', '--source', 'platform', '-o', 'jsonl'];
  const run = await runCli(argv, { cloud });
  expect(run.status).toBe(8);
  expect(run.stderr).toContain('Some metrics could not be read: There is no such metric.');
  expect(run.stdout).toContain('RequestsPerMinute');
  const none = await runCli(argv, { cloud: monitored(() => true).cloud });
  expect(none).toMatchObject({ status: 5, stdout: '' });
});

test('bins that Azure Monitor does not have, and flags for Application Insights, are refused', async () => {
  const argv = ['metrics', 'fraud', '--source', 'platform'];
  const { cloud } = monitored();
  const odd = await runCli([...argv, '--bin', '7m'], { cloud });
  expect(odd.status).toBe(2);
  expect(odd.stderr).toContain('--bin takes 1m, 5m,');
  const by = await runCli([...argv, '--by', 'name'], { cloud });
  expect(by.status).toBe(2);
});

test('a terminal shows each metric with its trend, and charts', async () => {
  const { cloud } = monitored();
  const argv = ['metrics', 'fraud', '--source', 'platform', '--since', '1h'];
  const { stdout } = await runCli(argv, { cloud, columns: 80, env: { NO_COLOR: '1' } });
  expect(stdout).toContain('latency of blue, ms');
  expect(stdout).toMatch(/● p50 {3}◆ p90 {3}▲ p95 {3}■ p99/);
  expect(stdout).toMatch(/RequestsPerMinute blue 2xx +2 +4/);
});
