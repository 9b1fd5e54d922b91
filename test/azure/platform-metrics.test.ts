import { expect, test } from 'vitest';
import { createPlatformMetricsGateway } from '../../src/lib/azure/platform-metrics.js';
import { type Exchange, recorded, recordedHttp } from '../support/recorded-http.js';
import { ARM, WORKSPACE } from './addresses.js';

async function open(exchanges: readonly Exchange[]) {
  const { cloud, credential, transport, signal } = await recordedHttp(exchanges);
  const client = transport.client({ accepts: cloud.accepts.arm });
  const workspace = () => WORKSPACE;
  return createPlatformMetricsGateway({ cloud, workspace, credential, client, signal });
}

const ASKED = {
  metrics: ['RequestsPerMinute'],
  dimensions: ['deployment', 'statusCodeClass'],
  from: new Date('2026-11-21T10:00:00Z'),
  to: new Date('2026-11-21T10:03:00Z'),
  interval: 'PT1M',
};
const URL_OF = (filter: string) =>
  `GET ${ARM}/onlineEndpoints/fraud/providers/Microsoft.Insights/metrics?${[
    'api-version=2024-02-01',
    'timespan=2026-11-21T10%3A00%3A00.000Z%2F2026-11-21T10%3A03%3A00.000Z',
    'interval=PT1M',
    'metricnames=RequestsPerMinute',
    'aggregation=Average',
    'top=500',
    `$filter=${encodeURIComponent(filter).replaceAll("'", '%27')}`,
  ].join('&')}`;

test('series are told apart by their dimensions, and what was not measured is null', async () => {
  const request = URL_OF("deployment eq '*' and statusCodeClass eq '*'");
  const gateway = await open([{ request, answer: recorded('arm-2024-02-01-metrics-requests') }]);
  expect(await gateway.read('fraud', ASKED)).toEqual([
    {
      metric: 'RequestsPerMinute',
      unit: 'Count',
      dimensions: { deployment: 'blue', statuscodeclass: '2xx' },
      points: [
        { at: new Date('2026-11-21T10:00:00Z'), average: 12 },
        { at: new Date('2026-11-21T10:01:00Z'), average: null },
        { at: new Date('2026-11-21T10:02:00Z'), average: 7.5 },
      ],
    },
  ]);
});

test('one deployment is asked for by its name, quoted', async () => {
  const request = URL_OF("deployment eq 'o''hare' and statusCodeClass eq '*'");
  const gateway = await open([{ request, answer: recorded('arm-2024-02-01-metrics-requests') }]);
  await gateway.read('fraud', { ...ASKED, only: { deployment: "o'hare" } });
});

test('a refusal is Azure’s own words', async () => {
  const body = { error: { code: 'AuthorizationFailed', message: 'The client may not do this.' } };
  const request = URL_OF("deployment eq '*' and statusCodeClass eq '*'");
  const gateway = await open([{ request, answer: { status: 403, body } }]);
  await expect(gateway.read('fraud', ASKED)).rejects.toMatchObject({
    kind: 'auth',
    facts: { code: 'AuthorizationFailed' },
  });
});
