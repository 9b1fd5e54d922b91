import { MetricsQueryClient } from '@azure/monitor-query';
import { beforeAll, expect, test } from 'vitest';
import { type Served, serve } from './served.js';

let served: Served;
let client: MetricsQueryClient;
let endpointId: string;

const GOOD = '{"data":[[24,59.9,1,38]]}';
const BAD = '{"data":[[1]]}';

beforeAll(async () => {
  served = await serve();
  client = new MetricsQueryClient(served.credential, {
    endpoint: served.origin,
    audience: served.origin,
    ...served.clientOptions,
  });
  endpointId = `${served.workspaceId}/onlineEndpoints/fraud`;
  // A new minute, with four requests: two in the first minute, two in the fourth.
  served.advance(3_600_000);
  await served.score('fraud', 'blue', GOOD);
  await served.score('fraud', 'blue', BAD);
  served.advance(180_000);
  await served.score('fraud', 'green', GOOD);
  await served.score('fraud', 'blue', GOOD);
  served.advance(60_000);
});

const lastFour = () => ({
  startTime: new Date(served.now().getTime() - 240_000),
  endTime: served.now(),
});

test('requests a minute, none included, and their mean over an interval', async () => {
  const ask = (granularity: string) =>
    client.queryResource(endpointId, ['RequestsPerMinute'], {
      timespan: lastFour(),
      granularity,
      aggregations: ['Average', 'Total'],
    });
  const { metrics, granularity, namespace } = await ask('PT1M');
  expect([granularity, namespace]).toEqual([
    'PT1M',
    'Microsoft.MachineLearningServices/workspaces/onlineEndpoints',
  ]);
  expect(metrics[0]?.timeseries[0]?.data?.map(({ average }) => average)).toEqual([2, 0, 0, 2]);
  const hour = await ask('PT1H');
  expect(hour.metrics[0]?.timeseries[0]?.data?.at(-1)?.total).toBe(4);
});

test('a filter picks values of a dimension, and a star makes a series of each', async () => {
  const ask = async (filter: string) => {
    const { metrics } = await client.queryResource(endpointId, ['RequestsPerMinute'], {
      timespan: lastFour(),
      granularity: 'PT1M',
      aggregations: ['Total'],
      filter,
    });
    return Object.fromEntries(
      (metrics[0]?.timeseries ?? []).map(({ metadataValues, data }) => [
        (metadataValues ?? []).map(({ name, value }) => `${name}=${value}`).join(' '),
        (data ?? []).reduce((sum, { total = 0 }) => sum + total, 0),
      ]),
    );
  };
  expect(await ask("statusCodeClass eq '*'")).toEqual({
    'statuscodeclass=2xx': 3,
    'statuscodeclass=4xx': 1,
  });
  expect(await ask("deployment eq 'blue' and statusCodeClass eq '*'")).toEqual({
    'deployment=blue statuscodeclass=2xx': 2,
    'deployment=blue statuscodeclass=4xx': 1,
  });
  expect(await ask("statusCodeClass eq '4xx' or statusCodeClass eq '5xx'")).toEqual({
    'statuscodeclass=4xx': 1,
  });
});

test('latency is a time only where there were requests; percentiles are metrics of their own', async () => {
  const names = ['RequestLatency', 'RequestLatency_P50', 'RequestLatency_P99'];
  const { metrics } = await client.queryResource(endpointId, names, {
    timespan: lastFour(),
    granularity: 'PT1M',
  });
  expect(metrics.map(({ name, unit }) => [name, unit])).toEqual(
    names.map((name) => [name, 'MilliSeconds']),
  );
  const values = metrics.map(({ timeseries }) =>
    timeseries[0]?.data?.map(({ average }) => average ?? null),
  );
  for (const [first = 0, second, third] of values.map((row) => row ?? [])) {
    expect(first).toBeGreaterThan(0);
    expect([second, third]).toEqual([null, null]);
  }
  const [mean = 0, p50 = 0, p99 = 0] = values.map((row) => row?.[0] ?? 0);
  expect(p50).toBeLessThanOrEqual(mean);
  expect(p99).toBeGreaterThanOrEqual(mean);
});

test('what is collected counts by its collection; a deployment shows its own', async () => {
  const { metrics } = await client.queryResource(
    `${endpointId}/deployments/blue`,
    ['DataCollectionEventsPerMinute', 'DataCollectionErrorsPerMinute'],
    { timespan: lastFour(), granularity: 'PT1H', aggregations: ['Maximum'], filter: "type eq '*'" },
  );
  const [events, errors] = metrics;
  expect(events?.timeseries.map(({ metadataValues }) => metadataValues?.[0]?.value).sort()).toEqual(
    ['model_inputs', 'model_outputs', 'request', 'response'],
  );
  expect(errors?.timeseries).toEqual([]);
});

test('unknown names, dimensions and grains are refused as Azure refuses them', async () => {
  const ask = (names: string[], options: object) =>
    client.queryResource(endpointId, names, { timespan: lastFour(), ...options });
  await expect(ask(['Latency'], {})).rejects.toMatchObject({
    statusCode: 400,
    message: expect.stringContaining('metric: Latency, Valid metrics: RequestLatency,'),
  });
  await expect(ask(['RequestLatency'], { filter: "color eq '*'" })).rejects.toMatchObject({
    statusCode: 400,
  });
  await expect(ask(['RequestLatency'], { granularity: 'PT7M' })).rejects.toMatchObject({
    statusCode: 400,
  });
  await expect(
    client.queryResource(`${served.workspaceId}/onlineEndpoints/nope`, ['RequestLatency']),
  ).rejects.toMatchObject({ statusCode: 404 });
});

test('the definitions tell what there is', async () => {
  const found: string[] = [];
  for await (const { name, dimensions } of client.listMetricDefinitions(endpointId)) {
    found.push(`${name}: ${dimensions?.join(',') ?? ''}`);
  }
  expect(found).toContain(
    'RequestsPerMinute: deployment,statusCode,statusCodeClass,modelStatusCode',
  );
  expect(found).toContain('DataCollectionErrorsPerMinute: deployment,reason,type');
});

test('the history has metrics too, insights or not', async () => {
  const now = served.now();
  const { metrics } = await client.queryResource(
    `${served.workspaceId}/onlineEndpoints/fraud/deployments/green`,
    ['RequestsPerMinute'],
    {
      timespan: { startTime: new Date(now.getTime() - 20 * 3_600_000), endTime: now },
      granularity: 'P1D',
      aggregations: ['Total'],
    },
  );
  const total = metrics[0]?.timeseries[0]?.data?.reduce(
    (sum, point) => sum + (point.total ?? 0),
    0,
  );
  expect(total).toBeGreaterThan(50);
});
