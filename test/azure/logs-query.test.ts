import { expect, test } from 'vitest';
import type { QueryOptions } from '../../src/lib/azure/gateways.js';
import { createLogsQueryGateway } from '../../src/lib/azure/logs-query.js';
import { readCell } from '../../src/lib/azure/query/cells.js';
import {
  type Exchange,
  type RecordedAnswer,
  recorded,
  recordedHttp,
} from '../support/recorded-http.js';
import { COMPONENT_ID } from './addresses.js';
import { collectItems } from './collect-items.js';

const request = `POST https://api.loganalytics.io/v1${COMPONENT_ID}/query`;

async function ask(
  answer: RecordedAnswer,
  kql = 'traces',
  options: QueryOptions = {},
  body?: string,
) {
  const exchange: Exchange = { request, answer, ...(body === undefined ? {} : { body }) };
  const wire = await recordedHttp([exchange]);
  const { cloud, credential, transport, clock, signal } = wire;
  const client = transport.client({ accepts: cloud.accepts.logs, kindOf: () => 'query' });
  const gateway = createLogsQueryGateway({ cloud, credential, client, clock, signal });
  const result = await gateway.query(COMPONENT_ID, kql, options);
  const tables = [];
  for await (const { columns, rows } of result.tables) {
    tables.push({ columns, rows: await collectItems(rows) });
  }
  return { tables, ending: result.ending(), prefer: wire.sentHeaders[0]?.get('prefer') };
}

test('every type arrives as it was sent', async () => {
  const { tables } = await ask(recorded('query-v1-all-types'));
  const guid = '74be27de-1e4e-49d9-b579-fe0b331d3642';
  expect(tables[0]?.columns.map(({ type }) => type)).toEqual([
    'datetime',
    'bool',
    'guid',
    'int',
    'long',
    'real',
    'string',
    'timespan',
    'decimal',
    'dynamic',
  ]);
  expect(tables[0]?.rows).toEqual([
    [
      635872031999000000n,
      false,
      guid,
      12345,
      1000000000000000001n,
      12345.6789,
      'string "value" ] "rows":[',
      100_000_000n,
      '0.10101',
      '{"big":12345678901234567890}',
    ],
    [
      637553958749011503n,
      true,
      guid,
      1,
      -9223372036854775808n,
      Number.NaN,
      '',
      -937_845_670_000n,
      '1E-30',
      '123',
    ],
    [null, null, null, null, null, Number.NEGATIVE_INFINITY, '', null, null, null],
  ]);
});

test('no time range goes out unless one was asked for, and then exactly that', async () => {
  await ask(recorded('query-v1-partial'), 'traces', {}, '{"query":"traces"}');
  const timespan = '2026-01-01T00:00:00.1234567Z/2026-01-02T00:00:00Z';
  await ask(
    recorded('query-v1-partial'),
    'traces',
    { timespan },
    `{"query":"traces","timespan":"${timespan}"}`,
  );
});

test('a workspace without data answers nothing: no tables', async () => {
  for (const answer of [{ status: 204 }, { status: 200, body: '' }]) {
    const { tables, ending } = await ask(answer);
    expect(tables).toEqual([]);
    expect(ending.partialError).toBeNull();
  }
});

test('an answer that was cut says so with the innermost code', async () => {
  const { tables, ending } = await ask(recorded('query-v1-partial'));
  expect(tables[0]?.rows).toEqual([['a']]);
  expect(ending.partialError).toEqual({
    code: '-2133196797',
    message: expect.stringContaining('internal record count limit'),
  });
});

test('denied tables and the chart are told', async () => {
  const options = { includePermissions: true, serverTimeoutSeconds: 600 };
  const { ending, prefer } = await ask(recorded('query-v1-denied-tables'), 'traces', options);
  expect(ending.deniedTables).toEqual(['AppTraces', 'AppExceptions']);
  expect(JSON.parse(ending.render ?? '')).toMatchObject({ visualization: 'timechart' });
  expect(prefer?.split(',').map((one) => one.trim())).toEqual(
    expect.arrayContaining(['wait=600', 'include-permissions=true']),
  );
});

test('statistics are told where they were asked for', async () => {
  const query = {
    executionTime: 1.5,
    resourceUsage: { cpu: { totalCpu: '00:01:02.5' }, memory: { peakPerNode: 524_384 } },
    inputDatasetStatistics: { rows: { total: 900, scanned: 30 } },
    datasetStatistics: [{ tableRowCount: 2, tableSize: 64 }],
  };
  const body = { tables: [], statistics: { query } };
  const { ending, prefer } = await ask({ status: 200, body }, 'traces', {
    includeStatistics: true,
  });
  expect(prefer).toContain('include-statistics=true');
  expect(ending.statistics).toEqual({
    executionSeconds: 1.5,
    cpuTicks: 625_000_000n,
    peakMemoryBytes: 524_384,
    scannedRows: 30,
    totalRows: 900,
    resultRows: 2,
    resultBytes: 64,
    json: JSON.stringify({ query }),
  });
  const { ending: other, prefer: plain } = await ask({ status: 200, body: { tables: [] } });
  expect(plain).not.toContain('statistics');
  expect(other.statistics).toBeNull();
});

test('a syntax error has its place in the KQL, by line and position', async () => {
  const kql = 'traces\n| foobar';
  await expect(ask(recorded('query-v1-syntax-error'), kql)).rejects.toMatchObject({
    kind: 'usage',
    message: "Query could not be parsed at 'foobar' on line [2,2].",
    facts: {
      code: 'SYN0002',
      correlationId: '00000000-0000-0000-0000-0000000000f1',
      kql: { text: kql, span: { start: 9, end: 15 } },
    },
  });
});

test('a name that is unknown has the place where it stands', async () => {
  const kql = 'let resources = 1; resource | summarize count()';
  await expect(ask(recorded('query-v1-semantic-error'), kql)).rejects.toMatchObject({
    facts: { code: 'SEM0100', kql: { span: { start: 19, end: 27 } } },
  });
});

test('a table that is not known, though it should be, has a hint', async () => {
  const unknown = (table: string) => ({
    status: 400,
    body: {
      error: {
        code: 'BadArgumentError',
        message: 'The request had some invalid properties',
        innererror: {
          code: 'SemanticError',
          innererror: {
            code: 'SEM0100',
            message: `'take' operator: Failed to resolve table or column expression named '${table}'`,
          },
        },
      },
    },
  });
  const hint = (text: string) => ({ facts: { hint: expect.stringContaining(text) } });
  await expect(ask(unknown('traces'), 'traces | take 1')).rejects.toMatchObject(
    hint('you may not read it'),
  );
  await expect(ask(unknown('AppTraces'), 'AppTraces | take 1')).rejects.toMatchObject(
    hint('classic names: traces'),
  );
  await expect(ask(unknown('trace'), 'trace | take 1')).rejects.not.toHaveProperty('facts.hint');
});

test('a query is not taken to another host', async () => {
  for (const status of [302, 307, 308]) {
    const headers = { location: 'https://api.loganalytics.io.evil.example/v1' };
    await expect(ask({ status, headers }), `${status}`).rejects.toMatchObject({
      kind: 'service',
      facts: { code: 'ForeignHost' },
    });
  }
});

test('a query that took too long is not sent again', async () => {
  await expect(ask(recorded('query-v1-timeout'))).rejects.toMatchObject({ kind: 'timeout' });
});

test('a missing right names the role', async () => {
  await expect(ask(recorded('query-v1-insufficient-access'))).rejects.toMatchObject({
    kind: 'auth',
    message: 'User does not have access to read this component.',
    facts: { hint: expect.stringContaining('Log Analytics Reader') },
  });
});

test('a Basic table and a private network have a sentence each', async () => {
  await expect(ask(recorded('query-v1-basic-plan'))).rejects.toMatchObject({
    kind: 'unsupported',
    message: 'A table of the query has the Basic plan.',
    facts: { code: 'UnsupportedApiQueryValidationError' },
  });
  await expect(ask(recorded('query-v1-private-network'))).rejects.toMatchObject({
    kind: 'auth',
    message: 'The telemetry can only be read from inside its private network.',
    facts: { code: 'NspValidationFailedError' },
  });
});

test('what the local cloud cannot run is unsupported, with its place', async () => {
  const body = {
    error: {
      code: 'NotSupportedLocally',
      message: 'Not supported.',
      innererror: { code: 'NotSupportedLocally', message: 'make-series', line: 1, pos: 9 },
    },
  };
  await expect(ask({ status: 501, body }, 'traces | make-series')).rejects.toMatchObject({
    kind: 'unsupported',
    facts: { kql: { span: { start: 9, end: 10 } } },
  });
});

test('rows that are not whole end in an error, never in a hang or in half an answer', async () => {
  const columns = '"columns":[{"name":"a","type":"string"}]';
  for (const rows of [
    '[}',
    '[["a"}]}',
    '[["a"]',
    '[[1 2]]',
    '[["a"],]',
    '[["a",]]',
    '[{}]',
    '[["a]]',
  ]) {
    const body = `{"tables":[{"name":"PrimaryResult",${columns},"rows":${rows}}]}`;
    await expect(ask({ status: 200, body }), rows).rejects.toMatchObject({ kind: 'service' });
  }
});

test('an answer is read however it is laid out', async () => {
  const blank = ' \n\t'.repeat(3000);
  const body = [
    `{"render":{"visualization":"table"},${blank}"tables"${blank}:[`,
    `{"rows"${blank}:${blank}[${blank}[${blank}"x \\"rows\\":[ ]"${blank},{"rows":[[1],"]"]}${blank}]${blank}],`,
    '"columns":[{"name":"a \\"rows\\":[ b","type":"string"},{"name":"d","type":"dynamic"}],"name":"A"},',
    '{"name":"B","columns":[{"name":"n","type":"long"}],"rows":[]},',
    '{"name":"C","columns":[{"name":"n","type":"long"}],"rows":[[1],["2"],[null]]}],',
    '"error":{"code":"PartialError","message":"x","details":[{"innererror":{"code":"-1","message":"cut"}}]}}',
  ].join('');
  const { tables, ending } = await ask({ status: 200, body });
  expect(tables).toEqual([
    {
      columns: [
        { name: 'a "rows":[ b', type: 'string' },
        { name: 'd', type: 'dynamic' },
      ],
      rows: [['x "rows":[ ]', '{"rows":[[1],"]"]}']],
    },
    { columns: [{ name: 'n', type: 'long' }], rows: [] },
    { columns: [{ name: 'n', type: 'long' }], rows: [[1n], [2n], [null]] },
  ]);
  expect(ending.partialError).toEqual({ code: '-1', message: 'cut' });
});

test('an answer that is no table is an error of Azure, not a bug', async () => {
  for (const body of [
    '<html>',
    '[]',
    '{"tables":null}',
    '{"tables":[{}]}',
    '{"error":{"code":"X"}}',
  ]) {
    await expect(ask({ status: 200, body }), body).rejects.toMatchObject({ kind: 'service' });
  }
});

test('a value that cannot be of its type is refused, an empty text is null', () => {
  for (const type of ['bool', 'int', 'long', 'real', 'decimal', 'datetime', 'timespan'] as const) {
    expect(readCell('""', type), type).toBeNull();
    if (type !== 'decimal') expect(() => readCell('"x"', type), type).toThrow('belongs');
  }
  expect(['true', '1', '"True"', '"1"'].map((text) => readCell(text, 'bool'))).not.toContain(false);
  expect(['false', '0', '"False"'].map((text) => readCell(text, 'bool'))).not.toContain(true);
  expect(() => readCell('1e300', 'long')).toThrow('where a long belongs');
  expect(() => readCell('"\n"', 'string')).toThrow('where a string belongs');
});

test('times keep 100 ns from the year 1 to 9999', () => {
  expect(readCell('"0001-01-01T00:00:00Z"', 'datetime')).toBe(0n);
  expect(readCell('"9999-12-31T23:59:59.9999999Z"', 'datetime')).toBe(3155378975999999999n);
  expect(readCell('"1969-12-31T23:59:59.5"', 'datetime')).toBe(621355967995000000n);
  expect(readCell('"10675199.02:48:05.4775807"', 'timespan')).toBe(9223372036854775807n);
  expect(() => readCell('"yesterday"', 'datetime')).toThrow('where a datetime belongs');
});
