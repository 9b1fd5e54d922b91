import { LogsQueryClient, LogsQueryResultStatus } from '@azure/monitor-query';
import { beforeAll, describe, expect, test } from 'vitest';
import { openLocalCloud } from '../../src/lib/emulator/emulator.js';
import { CliError } from '../../src/lib/errors.js';
import { fakeClock, temporaryFolder } from '../support/host.js';
import { type Served, serve, tokenFor } from './served.js';

let served: Served;
beforeAll(async () => {
  served = await serve();
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is what is tested
  readonly body: any;
}

async function ask(
  body: object | string,
  {
    prefer,
    path = `/v1${served.componentId}/query`,
    type = 'application/json',
  }: { prefer?: string; path?: string; type?: string } = {},
): Promise<Answer> {
  const response = await served.cloud.handle(
    new Request(`https://localhost${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await tokenFor(served.cloud, 'https://localhost/.default')}`,
        'content-type': type,
        ...(prefer !== undefined && { prefer }),
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  );
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

test('the SDK reads the sample telemetry', async () => {
  const client = new LogsQueryClient(served.credential, {
    endpoint: served.origin,
    audience: served.origin,
    ...served.clientOptions,
  });
  const now = served.now();
  const result = await client.queryResource(
    served.componentId,
    'traces | where message == "STDOUT" | summarize n = count()',
    { startTime: new Date(now.getTime() - 86_400_000), endTime: now },
  );
  if (result.status !== LogsQueryResultStatus.Success) throw new Error('partial');
  expect(Number(result.tables[0]?.rows[0]?.[0])).toBeGreaterThan(100);
});

test('every type goes over the wire as Log Analytics sends it', async () => {
  const { body, text } = await ask({
    query: `print d = datetime(2015-12-31 23:59:59.9), d7 = datetime(2026-01-02T03:04:05.1234567Z), dn = datetime(null),
      b = true, i = int(7), l = 1000000000000000001, r = 12345.6789, nan = real(nan), t = time(1.02:03:04.5), t10 = 10s,
      g = guid(74be27de-1e4e-49d9-b579-fe0b331d3642), s = "", y = dynamic({"hello":"world"}), yn = dynamic(null)`,
  });
  expect(body.tables[0].name).toBe('PrimaryResult');
  const row = body.tables[0].rows[0];
  expect(row.toSpliced(5, 1)).toEqual([
    ...['2015-12-31T23:59:59.9Z', '2026-01-02T03:04:05.1234567Z', null, true, 7],
    ...[12345.6789, 'NaN', '1.02:03:04.5000000', '00:00:10'],
    ...['74be27de-1e4e-49d9-b579-fe0b331d3642', '', '{"hello":"world"}', null],
  ]);
  expect(text).toContain(',1000000000000000001,');
});

test('a table has its columns in their order, whatever rows there are', async () => {
  const { body } = await ask({ query: 'requests | take 0' });
  const names: string[] = body.tables[0].columns.map(({ name }: { name: string }) => name);
  expect(names.slice(0, 11)).toEqual(
    'timestamp id source name url success resultCode duration performanceBucket itemType customDimensions'.split(
      ' ',
    ),
  );
  expect(names.slice(-2)).toEqual(['itemCount', '_ResourceId']);
});

describe('what only a cluster knows', () => {
  const rowsOf = async (query: string) => (await ask({ query })).body.tables[0].rows;

  test('rows tell when they were stored: the history seconds after its time', async () => {
    expect(
      await rowsOf(`union traces, AppRequests
        | extend at = ingestion_time(), since = coalesce(timestamp, TimeGenerated)
        | summarize n = countif(at - since between (1s .. 10s)), all = count()
        | project n == all, all > 0`),
    ).toEqual([[true, true]]);
    expect(await rowsOf('requests | take 1 | where isnull(ingestion_time()) | count')).toEqual([
      [0],
    ]);
  });

  test('a row of now is stored now', async () => {
    served.advance(60_000);
    const { status } = await served.score('fraud', 'blue', '{"data":[[24,59.9,1,38]]}');
    expect(status).toBe(200);
    const at = served
      .now()
      .toISOString()
      .replace(/\.?0*Z$/, 'Z');
    expect(await rowsOf('requests | summarize max(ingestion_time())')).toEqual([[at]]);
  });

  test('that column is in no answer, and null where rows are made', async () => {
    const schema = await rowsOf('traces | where ingestion_time() > ago(1000d) | getschema');
    expect(schema.map(([name]: string[]) => name)).not.toContain('$IngestionTime');
    const [row] = await rowsOf('traces | sort by ingestion_time() | take 1');
    expect(row).toHaveLength(schema.length);
    expect(await rowsOf('print ingestion_time()')).toEqual([[null]]);
    expect(await rowsOf('traces | count | extend at = ingestion_time()')).toEqual([
      [expect.any(Number), null],
    ]);
    const { status } = await ask({ query: 'traces | project message | extend ingestion_time()' });
    expect(status).toBe(501);
  });

  test('sizes as the reference tells them', async () => {
    expect(
      await rowsOf(
        "range x from 1 to 10 step 1 | extend t = 'Zürich' | summarize sum(estimate_data_size(*)), sum(estimate_data_size(t))",
      ),
    ).toEqual([[150, 70]]);
  });
});

describe('timespan', () => {
  const count = async (timespan: unknown, query = '') =>
    (
      await ask(
        { query: 'requests | count', timespan },
        { path: `/v1${served.componentId}/query${query}` },
      )
    ).body.tables[0].rows[0][0];

  test('none, empty or null: everything', async () => {
    const all = await count(undefined);
    expect(all).toBeGreaterThan(0);
    expect([await count(''), await count(null)]).toEqual([all, all]);
  });

  test('in every form that real clients send', async () => {
    const now = served.now();
    const before = new Date(now.getTime() - 3_600_000);
    const last = await count(`${before.toISOString()}/${now.toISOString()}`);
    expect(last).toBeLessThan(await count('P1D'));
    expect([await count('PT1H'), await count('PT3600.0S')]).toEqual([last, last]);
    const hour = await count('2026-11-22T09:00:00Z/2026-11-22T10:00:00Z');
    expect(hour).toBeGreaterThan(0);
    expect(await count('2026-11-22T09:00:00.000000/PT1H')).toBe(hour);
    expect(await count('PT1H/2026-11-22T10:00:00Z')).toBe(hour);
    expect(await count('2026-11-22T09%3A00%3A00/2026-11-22T10%3A00%3A00')).toBe(hour);
    expect(
      await count(undefined, '?timespan=2026-11-22T09%253A00%253A00%2F2026-11-22T10%253A00%253A00'),
    ).toBe(hour);
  });

  test('in body and query string: what lies in both', async () => {
    expect(await count('PT1H', '?timespan=2026-11-20/2026-11-21')).toBe(0);
  });

  test('that is none is refused', async () => {
    const { status, body } = await ask({ query: 'requests', timespan: 'yesterday' });
    expect([status, body.error.code]).toEqual([400, 'BadArgumentError']);
  });
});

describe('the path', () => {
  test('may begin with two slashes and have any case', async () => {
    for (const id of [
      `/${served.componentId}`,
      served.componentId.toUpperCase(),
      served.componentId.replace('microsoft.insights', 'Microsoft.Insights'),
    ]) {
      expect((await ask({ query: 'print 1' }, { path: `/v1${id}/query` })).status).toBe(200);
    }
  });

  test('of a component that is not there is 404, of another resource 400', async () => {
    const missing = await ask({ query: 'traces' }, { path: `/v1${served.componentId}x/query` });
    expect([missing.status, missing.body.error.code]).toEqual([404, 'ResourceNotFoundError']);
    const other = await ask({ query: 'traces' }, { path: `/v1${served.workspaceId}/query` });
    expect([other.status, other.body.error.code]).toEqual([400, 'FailedToResolveResource']);
  });
});

describe('limits', () => {
  test('too many rows: 200, what there is, and a partial error behind it', async () => {
    const { status, text, body } = await ask({
      query: "set truncationmaxrecords=1; datatable (s: string) ['a', 'b']",
    });
    expect(status).toBe(200);
    expect(body.tables[0].rows).toEqual([['a']]);
    expect(body.error).toMatchObject({
      code: 'PartialError',
      details: [
        {
          code: 'EngineError',
          innererror: {
            code: '-2133196797',
            message: expect.stringContaining('record count limit 1 (E_QUERY_RESULT_SET_TOO_LARGE'),
          },
        },
      ],
    });
    expect(text.indexOf('"error"')).toBeGreaterThan(text.indexOf('"tables"'));
  });

  test('too many bytes: the same', async () => {
    await served.setBehaviour({ query: { byteLimit: 2000 } });
    const { body } = await ask({ query: 'traces' });
    expect(body.error.details[0].innererror.message).toContain(
      'exceed the set limit of 2000 bytes',
    );
    await served.setBehaviour({ query: { byteLimit: 64_000_000 } });
  });
});

describe('what is preferred', () => {
  test('statistics, chart, rights and time are answered if asked for', async () => {
    const { body, headers } = await ask(
      { query: 'requests | summarize count() by bin(timestamp, 1h) | render timechart' },
      { prefer: 'wait=600,include-statistics=true,include-render=true,include-permissions=true' },
    );
    expect(headers.get('preference-applied')).toBe('wait=600');
    expect(body).toMatchObject({
      statistics: { query: { datasetStatistics: [{ tableRowCount: body.tables[0].rows.length }] } },
      render: { visualization: 'timechart' },
      permissions: { resources: [{ resourceId: served.componentId.toLowerCase() }] },
    });
  });

  test('nothing is fine too', async () => {
    const { body } = await ask({ query: 'print 1' }, { prefer: '' });
    expect(Object.keys(body)).toEqual(['tables']);
  });
});

describe('refusals', () => {
  test('a denied table has no rows, and says so only when asked', async () => {
    await served.setBehaviour({ query: { deniedTables: ['AppTraces'] } });
    const { status, body } = await ask(
      { query: 'traces | take 5' },
      { prefer: 'include-permissions=true' },
    );
    expect([status, body.tables[0].rows]).toEqual([200, []]);
    expect(body.permissions.dataSources[0].denyTables).toEqual(['AppTraces']);
    await served.setBehaviour({ query: { deniedTables: [] } });
  });

  test('a table on the Basic plan cannot be queried here', async () => {
    await served.setBehaviour({ query: { basicTables: ['AppTraces'] } });
    const { status, body } = await ask({ query: 'traces | take 5' });
    expect([status, body.error.code, body.error.innererror.code]).toEqual([
      400,
      'BadArgumentError',
      'UnsupportedApiQueryValidationError',
    ]);
    expect((await ask({ query: 'requests | take 5' })).status).toBe(200);
    await served.setBehaviour({ query: { basicTables: [] } });
  });

  test('behind a private link nobody outside may ask', async () => {
    await served.setBehaviour({ query: { access: 'private-link' } });
    const { status, body } = await ask({ query: 'traces' });
    expect([status, body.error.code, body.error.innererror.code]).toEqual([
      403,
      'InsufficientAccessError',
      'NspValidationFailedError',
    ]);
    await served.setBehaviour({ query: { access: 'open' } });
  });

  test('KQL that is wrong: Kusto names the place', async () => {
    const { status, body } = await ask({ query: 'traces\n| where nosuch == 1' });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      code: 'BadArgumentError',
      correlationId: expect.any(String),
      innererror: {
        code: 'SemanticError',
        innererror: { code: 'KS142', line: 2, pos: 8, token: 'nosuch' },
      },
    });
    const syntax = await ask({ query: 'traces | where (' });
    expect(syntax.body.error.innererror.code).toBe('SyntaxError');
  });

  test('KQL that is right but beyond the local engine is 501', async () => {
    const { status, body } = await ask({ query: 'traces | reduce by message' });
    expect(status).toBe(501);
    expect(body.error).toMatchObject({
      code: 'NotSupportedLocally',
      innererror: { line: 1, message: expect.stringMatching(/not supported locally/i) },
    });
  });

  test('a body that is no query', async () => {
    expect(await ask('{"query":')).toMatchObject({ status: 400 });
    expect(await ask({ query: 'traces' }, { type: 'text/plain' })).toMatchObject({
      status: 200,
      text: '',
    });
  });
});

test('a workspace that never got a row answers 204 and nothing', async () => {
  const fresh = await serve('empty');
  const response = await fresh.send('POST', `/v1${fresh.componentId}/query`, '{"query":"traces"}');
  expect([response.status, await response.text()]).toEqual([204, '']);
});

test('without DuckDB a query is 501, everything else works', async () => {
  const openEngine = () => Promise.reject(new CliError('unsupported', 'DuckDB is not installed.'));
  const cloud = await openLocalCloud({
    folder: await temporaryFolder(),
    now: fakeClock().now,
    openEngine,
  });
  const response = await cloud.handle(
    new Request(`https://localhost/v1${served.componentId}/query`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await tokenFor(cloud, 'https://localhost/.default')}`,
        'content-type': 'application/json',
      },
      body: '{"query":"print 1"}',
    }),
  );
  expect(response.status).toBe(501);
});
