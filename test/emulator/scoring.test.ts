import { BlobServiceClient } from '@azure/storage-blob';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Served, serve } from './served.js';

let served: Served;
beforeEach(async () => {
  served = await serve();
});

const INPUT = '{"data":[[12,70.5,2,41]]}';

async function rows(kql: string): Promise<Record<string, unknown>[]> {
  const path = `/v1${served.componentId}/query`;
  const response = await served.send('POST', path, JSON.stringify({ query: kql }));
  const { tables } = JSON.parse(await response.text());
  const [table] = tables;
  return table.rows.map((row: unknown[]) =>
    Object.fromEntries(
      row.map((cell, at) => {
        const { name, type } = table.columns[at];
        return [name, type === 'dynamic' && typeof cell === 'string' ? JSON.parse(cell) : cell];
      }),
    ),
  );
}

/** Rows that one request left, found by its id. */
const ofRequest = (table: string, id: string) =>
  rows(`${table} | where operation_Id == "${id.replaceAll('-', '')}" | order by timestamp asc`);

async function blobs(container: string, prefix: string): Promise<Map<string, string>> {
  const service = new BlobServiceClient(
    `${served.origin}/blob/sampleml0storage`,
    served.credential,
    served.storageOptions,
  );
  const client = service.getContainerClient(container);
  const found = new Map<string, string>();
  for await (const { name } of client.listBlobsFlat({ prefix })) {
    found.set(name, (await client.getBlobClient(name).downloadToBuffer()).toString());
  }
  return found;
}

async function patchV1(service: string, path: string, value: boolean): Promise<void> {
  const url = `/modelmanagement/v1.0${served.workspaceId}/services/${service}`;
  const body = JSON.stringify([{ op: 'replace', path, value }]);
  await served.send('PATCH', url, body, 'application/json-patch+json');
  served.advance(3000);
}

describe('a v1 service of the first generation', () => {
  test('with insights off leaves log lines and no rows; on, it leaves a request and its STDOUT', async () => {
    const quiet = await served.score('my-service', null, INPUT);
    expect(quiet).toMatchObject({ status: 200, body: expect.stringMatching(/^\[-?\d\.\d+\]$/) });
    expect(await ofRequest('union traces, requests', quiet.requestId)).toEqual([]);

    await patchV1('my-service', '/appInsightsEnabled', true);
    const { requestId, body } = await served.score('my-service', null, INPUT);
    const [print, ...others] = await ofRequest('traces', requestId);
    expect(others).toEqual([]);
    expect(print).toMatchObject({
      message: 'STDOUT',
      severityLevel: 1,
      customDimensions: {
        'Service Name': 'my-service',
        'Workspace Name': 'Sample-ML',
        'Request Id': requestId,
      },
    });
    const { Content } = Object(print?.customDimensions);
    expect(JSON.parse(Content)).toEqual({ input: JSON.parse(INPUT), output: JSON.parse(body) });
    expect(await ofRequest('requests', requestId)).toMatchObject([
      {
        url: 'https://localhost/api/v1/service/my-service/score',
        success: 'True',
        resultCode: '200',
        customDimensions: { 'Response Value': JSON.stringify(body) },
      },
    ]);
  });

  test('logs input and prediction whole only when both switches are on', async () => {
    await patchV1('my-service', '/dataCollection/storageEnabled', true);
    const half = await served.score('my-service', null, INPUT);
    expect(await ofRequest('traces', half.requestId)).toEqual([]);
    await patchV1('my-service', '/appInsightsEnabled', true);
    const { requestId, body } = await served.score('my-service', null, INPUT);
    const [, data] = await ofRequest('traces', requestId);
    expect(data).toMatchObject({
      message: 'model_data_collection',
      customDimensions: { Models: 'ridge:3', Input: INPUT, Prediction: body },
    });
  });

  test('collects CSV by day, model and designation only while collection is on', async () => {
    await served.score('my-service', null, INPUT);
    const { subscriptionId } = served.cloud.connection;
    const folder = `${subscriptionId}/monitoring-samples/sample-ml/my-service/ridge/3`;
    expect(await blobs('modeldata', folder)).toEqual(new Map());

    await patchV1('my-service', '/dataCollection/storageEnabled', true);
    const { requestId, body } = await served.score('my-service', null, INPUT);
    await served.score('my-service', null, INPUT);
    const found = await blobs('modeldata', folder);
    expect([...found.keys()]).toEqual([
      `${folder}/inputs/2026/11/22/inputs.csv`,
      `${folder}/predictions/2026/11/22/predictions.csv`,
    ]);
    const [header, first, second] =
      found.get(`${folder}/inputs/2026/11/22/inputs.csv`)?.split('\n') ?? [];
    expect(header).toBe(
      'tenure_months,monthly_charges,support_calls,age,$aml_dc_correlation_id,$aml_dc_scoring_timestamp,$aml_dc_boundary,$aml_workspace,$aml_service_name,$aml_model_name,$aml_model_version,$aml_request_id',
    );
    expect(first).toMatch(
      new RegExp(
        `^12,70.5,2,41,[0-9a-f-]{36},2026-11-22T10:00:03.000000,1440,${subscriptionId}/monitoring-samples/sample-ml,my-service,ridge,3,${requestId}$`,
      ),
    );
    expect(second).toContain('12,70.5,2,41,');
    expect(found.get(`${folder}/predictions/2026/11/22/predictions.csv`)).toContain(
      `\n${JSON.parse(body)[0]},`,
    );
  });

  test('with a bad input answers 400 and leaves an exception', async () => {
    await patchV1('my-service', '/appInsightsEnabled', true);
    for (const input of ['{"data":[[1,2]]}', 'not json', '{"data":[[1,2,3,"x"]]}', '{}']) {
      const { status, requestId, body } = await served.score('my-service', null, input);
      expect(status).toBe(400);
      const [exception] = await ofRequest('exceptions', requestId);
      expect(exception).toMatchObject({ type: 'ValueError', severityLevel: 3 });
      expect(body).toContain(JSON.stringify(exception?.outerMessage).slice(1, -1));
      expect(await ofRequest('requests', requestId)).toMatchObject([
        { success: 'False', resultCode: '400' },
      ]);
      expect(await ofRequest('traces', requestId)).toEqual([]);
    }
  });
});

describe('an online endpoint', () => {
  const path = (part: string) =>
    `${served.workspaceId}/onlineEndpoints/fraud/deployments/${part}?api-version=2024-10-01`;

  test('prints its text as the message, with the name of the service', async () => {
    const { requestId, body } = await served.score('fraud', 'blue', INPUT);
    const [print] = await ofRequest('traces', requestId);
    expect(JSON.parse(String(print?.message))).toEqual({
      input: JSON.parse(INPUT),
      output: JSON.parse(body),
    });
    expect(print).toMatchObject({
      cloud_RoleName: 'fraud',
      customDimensions: { 'Service Name': 'fraud', 'code.function.name': 'print_to_logger' },
    });
    expect(await ofRequest('dependencies', requestId)).toHaveLength(1);
  });

  test('collects JSON lines below the path of the data asset, and nothing where it does not collect', async () => {
    const container = 'azureml-blobstore-0c9d2b7e-61f4-4a3d-8b58-e2f7c1a9d406';
    const { requestId, body } = await served.score('fraud', 'blue', INPUT);
    const found = await blobs(container, 'modelDataCollector/fraud/blue/');
    const line = (collection: string) => {
      const hour = `modelDataCollector/fraud/blue/${collection}/2026/11/22/10/`;
      const text = [...found].find(([name]) => name.startsWith(hour))?.[1] ?? '';
      return JSON.parse(
        text
          .trimEnd()
          .split('\n')
          .find((one) => one.includes(requestId)) ?? '{}',
      );
    };
    expect(line('request')).toMatchObject({
      specversion: '1.0',
      type: 'azureml.inference.request',
      source: expect.stringMatching(/\/onlineEndpoints\/fraud\/deployments\/blue$/),
      time: '2026-11-22T10:00:00Z',
      data: JSON.parse(INPUT),
      path: '/score',
      xrequestid: requestId,
    });
    expect(line('model_inputs').data).toEqual([
      { tenure_months: 12, monthly_charges: 70.5, support_calls: 2, age: 41 },
    ]);
    expect(line('model_outputs').data).toEqual([{ prediction: JSON.parse(body)[0] }]);

    await served.score('fraud', 'green', INPUT);
    expect(await blobs(container, 'modelDataCollector/fraud/green/')).toEqual(new Map());
  });

  test('runs with its old settings until a change is applied, and after one that failed', async () => {
    const text = await (await served.send('GET', path('green'))).text();
    const on = text.replace('"appInsightsEnabled":false', '"appInsightsEnabled":true');
    const score = async () => {
      const { requestId } = await served.score('fraud', 'green', INPUT);
      return (await ofRequest('traces', requestId)).length;
    };
    await served.setBehaviour({
      failNext: { 'fraud/green': { code: 'BadArgument', message: 'No.' } },
    });
    await served.send('PUT', path('green'), on);
    expect(await score()).toBe(0);
    served.advance(3000);
    expect(await score()).toBe(0);
    await served.send('PUT', path('green'), on);
    expect(await score()).toBe(0);
    served.advance(3000);
    expect(await score()).toBe(1);
  });

  test('needs no key where the service asks for none', async () => {
    const url = `${served.origin}/api/v1/service/my-service/score`;
    const answer = await served.cloud.handle(new Request(url, { method: 'POST', body: INPUT }));
    expect(answer.status).toBe(200);
  });

  test('needs its key, and sends traffic by weight', async () => {
    const send = (authorization: string) =>
      served.cloud.handle(
        new Request(`${served.origin}/endpoints/fraud/score`, {
          method: 'POST',
          headers: { authorization },
          body: INPUT,
        }),
      );
    expect((await send('Bearer wrong')).status).toBe(401);
    const keys = await served.send('POST', `${path('blue').split('/deployments')[0]}/listKeys`);
    const { secondaryKey } = JSON.parse(await keys.text());
    const used = new Set<string | null>();
    for (let i = 0; i < 60; i++) {
      used.add((await send(`Bearer ${secondaryKey}`)).headers.get('azureml-model-deployment'));
    }
    expect([...used].sort()).toEqual(['blue', 'green']);
  });
});

test('the sample has had callers for the last 24 hours, the same ones however it is opened', async () => {
  const count = async () =>
    (await rows('requests | summarize n = count(), oldest = min(timestamp)'))[0];
  const before = await count();
  expect(Date.parse(String(before?.oldest))).toBeGreaterThan(
    served.now().getTime() - 86_400_000 - 600_000,
  );
  expect(await rows('exceptions | count')).not.toEqual([{ Count: 0 }]);
  expect(await rows('requests | where customDimensions["Service Name"] == "my-service"')).toEqual(
    [],
  );
  await served.cloud.reset('sample');
  expect(await count()).toEqual(before);
});

test('every input shape gives the same prediction', async () => {
  const named = '{"tenure_months":12,"monthly_charges":70.5,"support_calls":2,"age":41}';
  const shapes = [
    INPUT,
    '{"input_data":[[12,70.5,2,41]]}',
    `{"data":[${named}]}`,
    '{"input_data":{"columns":["age","support_calls","monthly_charges","tenure_months"],"index":[0],"data":[[41,2,70.5,12]]}}',
  ];
  const answers = await Promise.all(shapes.map((shape) => served.score('churn', 'main', shape)));
  expect(new Set(answers.map(({ status, body }) => `${status} ${body}`)).size).toBe(1);
});

test('a service that never started, and one that is not there', async () => {
  expect(await served.score('returns', null, INPUT)).toMatchObject({ status: 503 });
  expect(await served.score('nothing', null, INPUT)).toMatchObject({ status: 404 });
});

test('requests that come at once leave their traces, each once, before they are answered', async () => {
  await patchV1('my-service', '/appInsightsEnabled', true);
  await patchV1('my-service', '/dataCollection/storageEnabled', true);
  const ask = async () => {
    const url = 'https://localhost/api/v1/service/my-service/score';
    const response = await served.cloud.handle(new Request(url, { method: 'POST', body: INPUT }));
    await response.text();
    return response.headers.get('x-request-id') ?? '';
  };
  const ids = await Promise.all(Array.from({ length: 40 }, ask));
  expect(new Set(ids).size).toBe(40);
  const stored = await rows(
    'requests | where customDimensions["Request Id"] != "" | summarize n = count() by id = tostring(customDimensions["Request Id"])',
  );
  const counts = new Map(stored.map(({ id, n }) => [id, n]));
  expect(ids.map((id) => counts.get(id))).toEqual(ids.map(() => 1));
  const files = [...(await blobs('modeldata', '')).entries()];
  const inputs = files.find(
    ([name]) => name.includes('/my-service/') && name.endsWith('inputs.csv'),
  );
  expect(ids.every((id) => inputs?.[1].includes(id))).toBe(true);
});
