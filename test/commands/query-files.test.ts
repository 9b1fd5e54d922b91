import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { TABLES } from '../../src/lib/engine/telemetry-tables.js';
import { temporaryFolder } from '../support/host.js';
import { localCloud } from '../support/local-cloud.js';
import { exportParquet } from '../support/parquet-export.js';
import { runCli } from '../support/run-cli.js';

let folder: string;

beforeAll(async () => {
  folder = await temporaryFolder();
});

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

/** Without any setting of Azure. */
async function query(paths: readonly string[], ...argv: string[]) {
  const files = paths.flatMap((path) => ['--files', path]);
  return runCli(['query', ...argv, ...files]);
}

async function rows(paths: readonly string[], kql: string, ...argv: string[]) {
  const run = await query(paths, kql, '-o', 'json', ...argv);
  expect(run).toMatchObject({ status: 0, stderr: '' });
  return JSON.parse(run.stdout);
}

const lines = (...items: readonly object[]) =>
  items.map((item) => `${JSON.stringify(item)}\n`).join('');

describe('what a file is called', () => {
  const trace = lines({ timestamp: '2026-11-22T09:00:00.1234567Z', message: 'hello' });

  test.each([
    'traces.jsonl',
    'traces-2026-11-01.jsonl',
    'AppTraces_7f.json',
    'one/traces/2026/part-0.ndjson',
  ])('%s holds traces, by both of their names', async (name) => {
    const path = await file(name, trace);
    const arg = name.startsWith('one') ? join(folder, 'one', 'traces') : path;
    expect(await rows([arg], 'traces | project timestamp, message, itemCount, user_Id')).toEqual([
      { timestamp: '2026-11-22T09:00:00.1234567Z', message: 'hello', itemCount: null, user_Id: '' },
    ]);
    expect(await rows([arg], 'AppTraces | project Message, Type')).toEqual([
      { Message: 'hello', Type: 'AppTraces' },
    ]);
  });

  test('any other name is a table of its own; a name that is no identifier has one too', async () => {
    const path = await file('my orders-2026-11.csv', 'id,amount\n1,2.5\n2,\n');
    expect(await rows([path], "['my orders'] | summarize sum(amount)")).toEqual([
      { sum_amount: 2.5 },
    ]);
    expect(await rows([path], 'my_orders | count')).toEqual([{ Count: 2 }]);
  });

  test('several files of one name are one table, whatever columns each has', async () => {
    const one = await file('days/log-01.csv', 'n,a\n1,x\n');
    await file('days/log-02.csv', 'n;b\n2.5;true\n');
    await file('days/log-03.jsonl.gz', gzipSync(lines({ n: 3, c: { k: [1] } })));
    expect(one).toContain('log-01');
    expect(await rows([join(folder, 'days', '*')], 'log | sort by n asc')).toEqual([
      { n: 1, a: 'x', b: null, c: null },
      { n: 2.5, a: '', b: true, c: null },
      { n: 3, a: '', b: null, c: { k: [1] } },
    ]);
  });
});

test('types come from the values: of JSON its own and times, of CSV every text', async () => {
  const line =
    '{"b":true,"l":9007199254740993,"r":0.5,"t":"2026-01-01T00:00:00Z","s":"1","d":{"k":1}}';
  const path = await file('typed.jsonl', `${line}\n{"n":null}\n`);
  const types = async (of: string, name: string) =>
    (await rows([of], `${name} | getschema | project ColumnName, ColumnType`)).map(
      (row: { ColumnName: string; ColumnType: string }) => `${row.ColumnName}:${row.ColumnType}`,
    );
  expect(new Set(await types(path, 'typed'))).toEqual(
    new Set(['b:bool', 'l:long', 'r:real', 't:datetime', 's:string', 'd:dynamic', 'n:dynamic']),
  );
  const csv = await file(
    'cells.csv',
    'b,l,r,m,t,c,g,d,s\r\ntrue,1,1.5,0.123456789012345678,2026-01-01 00:00:00,1.02:03:04,74be27de-1e4e-49d9-b579-fe0b331d3642,"{""k"":1}",x\r\n,,,,,,,,\r\n',
  );
  expect(await types(csv, 'cells')).toEqual([
    ...['b:bool', 'l:long', 'r:real', 'm:decimal', 't:datetime', 'c:timespan', 'g:guid'],
    ...['d:dynamic', 's:string'],
  ]);
});

describe('what was printed is read back', () => {
  const kql = `union (print b = true, i = 7, l = long(9007199254740993), r = 0.5, m = decimal(0.123456789012345678),
    t = datetime(2026-11-22T10:00:00.1234567Z), c = timespan(1.02:03:04.5), g = guid(74be27de-1e4e-49d9-b579-fe0b331d3642),
    s = "a,\\"b\\"\\n;ü", d = dynamic({"k":[1,2.5,"x y",null]})), (print s = "second") | sort by s asc`;

  test.each(['csv', 'jsonl', 'json'])('every type and null as %s', async (format) => {
    const cloud = localCloud();
    const asked = format === 'csv' ? kql : kql.replace('0.123456789012345678', '0.1234');
    const printed = await runCli(['query', asked, '-o', format], { cloud });
    expect(printed.status).toBe(0);
    const path = await file(`printed.${format}`, printed.stdout);
    const again = await query([path], 'printed | sort by s asc', '-o', format);
    expect(again).toMatchObject({ status: 0, stderr: '' });
    expect(again.stdout).toBe(printed.stdout);
  });

  test.each(['csv', 'jsonl'])('telemetry of the local cloud as %s', async (format) => {
    const cloud = localCloud();
    const sorted = 'traces | sort by timestamp asc, itemId asc | take 200';
    const printed = await runCli(['query', sorted, '-o', format], { cloud });
    const path = await file(`${format}/traces.${format}`, printed.stdout);
    const again = await query([path], sorted, '-o', format);
    expect(again.stdout).toBe(printed.stdout);
  });
});

test('the documented query gives the same rows on the local cloud and on a Parquet export of it', async () => {
  const cloud = localCloud();
  const everything = await runCli(['query', 'traces', '-o', 'jsonl'], { cloud });
  const lines = await file('export.jsonl', everything.stdout);
  const parquet = join(folder, 'traces.parquet');
  await exportParquet(lines, TABLES.traces ?? [], parquet);

  const documented = 'traces | where customDimensions contains "input" | limit 10';
  const onCloud = await runCli(['query', documented, '-o', 'jsonl'], { cloud });
  const onFile = await query([parquet], documented, '-o', 'jsonl');
  expect(onFile).toMatchObject({ status: 0, stderr: '' });
  expect(onFile.stdout.trimEnd().split('\n')).toHaveLength(10);
  expect(onFile.stdout).toBe(onCloud.stdout);

  const whole = 'AppTraces | sort by TimeGenerated asc, Message asc';
  const both = [
    await runCli(['query', whole, '-o', 'jsonl'], { cloud }),
    await query([parquet], whole, '-o', 'jsonl'),
  ];
  expect(both[1]?.stdout).toBe(both[0]?.stdout);
});

test('blobs of a diagnostic setting are telemetry, one file with several tables too', async () => {
  const record = {
    time: '2026-11-22T09:00:00.1234567Z',
    resourceId: '/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.INSIGHTS/COMPONENTS/C',
    ResourceGUID: 'guid',
    OperationId: 'op',
    _BilledSize: 803,
    ItemCount: 1,
  };
  const path = await file(
    'logs/resourceId=/y=2026/m=11/PT1H.json',
    lines(
      { ...record, Type: 'AppTraces', Message: 'hi', SeverityLevel: 2, Properties: { A: '1' } },
      { ...record, Type: 'AppRequests', Success: false, DurationMs: 9.5, ResultCode: '500' },
    ),
  );
  const traces =
    'traces | project timestamp, message, severityLevel, a = customDimensions.A, appId, _BilledSize';
  expect(await rows([path], traces)).toEqual([
    {
      timestamp: record.time,
      message: 'hi',
      severityLevel: 2,
      a: '1',
      appId: 'guid',
      _BilledSize: 803,
    },
  ]);
  const requests = 'requests | where success == "False" | project success, duration, itemType';
  expect(await rows([path], requests)).toEqual([
    { success: 'False', duration: 9.5, itemType: 'request' },
  ]);
  expect(await rows([path], 'AppRequests | project Success, DurationMs, TimeGenerated')).toEqual([
    { Success: false, DurationMs: 9.5, TimeGenerated: record.time },
  ]);
});

test('an answer of the query API is a table with the types that it names', async () => {
  const answer = `{"tables":[{"name":"PrimaryResult","columns":[
    {"name":"n","type":"long"},{"name":"m","type":"decimal"},{"name":"t","type":"datetime"},{"name":"c","type":"timespan"},
    {"name":"d","type":"dynamic"},{"name":"r","type":"real"},{"name":"b","type":"bool"},{"name":"s","type":"string"}],
    "rows":[[9007199254740993,"0.10101","2015-12-31T23:59:59.9Z","00:00:10","{\\"hello\\":\\"world\\"}","NaN",true,"x"],
    [null,null,null,null,null,null,null,""]]}]}`;
  const path = await file('answer.json', answer);
  const run = await query([path], 'answer', '-o', 'jsonl');
  expect(run.stdout).toBe(
    '{"n":9007199254740993,"m":0.10101,"t":"2015-12-31T23:59:59.9000000Z","c":"00:00:10","d":{"hello":"world"},"r":"NaN","b":true,"s":"x"}\n' +
      '{"n":null,"m":null,"t":null,"c":null,"d":null,"r":null,"b":null,"s":""}\n',
  );
});

test('an answer that Azure cut is exit status 8 for who reads it, unless that is allowed', async () => {
  const error = {
    code: 'PartialError',
    message: 'There were some errors.',
    details: [
      { code: 'EngineError', message: 'Wrong.', innererror: { code: '-2', message: 'Too many.' } },
    ],
  };
  const table = (rows: readonly unknown[]) => {
    return { name: 'PrimaryResult', columns: [{ name: 'n', type: 'long' }], rows };
  };
  const cut = await file('cut/half.json', JSON.stringify({ tables: [table([[1], [2]])], error }));
  const whole = await file('cut/all.json', JSON.stringify({ tables: [table([[3]])] }));
  const run = await query([cut, whole], 'half | count', '-o', 'jsonl');
  expect(run).toMatchObject({ status: 8, stdout: '{"Count":2}\n' });
  expect(JSON.parse(run.stderr).error).toMatchObject({
    message: `Azure cut the answer in "${cut}": Too many.`,
    hint: expect.stringContaining('--allow-partial'),
    code: '-2',
  });
  const allowed = await query([cut, whole], 'half | count', '--allow-partial', '-o', 'jsonl');
  expect(allowed).toMatchObject({ status: 0, stdout: '{"Count":2}\n' });
  expect(allowed.stderr).toContain('WARNING: Azure cut the answer');
  expect(await rows([cut, whole], 'all | count')).toEqual([{ Count: 1 }]);
});

test('flags build the query, of all the time that the files have', async () => {
  const path = await file(
    'old/AppTraces.jsonl',
    lines(
      { TimeGenerated: '2020-01-01T00:00:00Z', Message: 'the input', SeverityLevel: 1 },
      { TimeGenerated: '2020-01-02T00:00:00Z', Message: 'other', SeverityLevel: 3 },
    ),
  );
  const found = await query([path], '--contains', 'INPUT', '-o', 'jsonl', '--show-kql');
  expect(found.status).toBe(0);
  expect(found.stderr).not.toContain('24 h');
  expect(found.stderr).not.toContain('ago(');
  expect(JSON.parse(found.stdout)).toMatchObject({ message: 'the input', itemType: 'trace' });
  const none = await query([path], '--since', '1h', '-o', 'jsonl');
  expect(none.stdout).toBe('');
  const raw = await query([path], 'AppTraces | count', '--from', '2020-01-02', '-o', 'jsonl');
  expect(raw.stdout).toBe('{"Count":1}\n');
});

describe('a file that does not fit', () => {
  const stamp = '2026-01-01T00:00:00Z';
  test.each<[string, string, string]>([
    ['bad/traces.jsonl', `{"timestamp":"${stamp}"}\n{"timestamp":\n`, 'line 2: it is no JSON'],
    ['bad/array.jsonl', '{"a":1}\n[1]\n', 'line 2: it is no JSON object'],
    [
      'bad/time/traces.jsonl',
      `{"timestamp":"${stamp}"}\n{"timestamp":"${stamp}"}\n{"timestamp":"soon"}\n`,
      'line 3: timestamp is "soon", which is no datetime',
    ],
    [
      'bad/level/traces.jsonl',
      `{"timestamp":"${stamp}","severityLevel":"high"}\n`,
      'line 1: severityLevel is "high", which is no int',
    ],
    ['bad/short.csv', 'a,b\n1,2\n3\n', 'line 3: it has fewer values'],
    ['bad/long.csv', 'a,b\n1,2,3\n', 'line 2: it has more values'],
    [
      'bad/requests.csv',
      `timestamp,message,duration\n${stamp},"two\nlines",1\n${stamp},x,slow\n`,
      'line 4: duration is "slow", which is no real',
    ],
    ['bad/not.parquet', 'no', 'is no Parquet file'],
    ['bad/notes.txt', 'no', 'is no kind of file that is read'],
  ])('%s is named with its line and the reason', async (name, content, why) => {
    const path = await file(name, content);
    const table = name.includes('requests') ? 'requests' : 'traces';
    const run = await query([path], name.includes('traces') || table === 'requests' ? table : 'x');
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toContain(why);
    expect(run.stderr).not.toMatch(/read_json|read_csv|Invalid Input/);
  });

  test('a name or pattern without a file is exit status 3', async () => {
    const run = await query([join(folder, 'nothing-*.parquet')], 'traces');
    expect(run).toMatchObject({ status: 3, stdout: '' });
    expect(run.stderr).toContain('There is no file');
  });

  test('a pattern with two ** is exit status 2, and says so', async () => {
    const run = await query([join(folder, '**/x/**/*.csv')], 'x');
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toContain('holds ** twice');
  });

  test('an empty file is an empty table where its name tells the columns', async () => {
    const path = await file('empty/requests.jsonl', '');
    expect(await rows([path], 'AppRequests | count')).toEqual([{ Count: 0 }]);
  });

  test('an unknown table is answered with those that there are', async () => {
    const path = await file('orders.csv', 'a\n1\n');
    const run = await query([path], 'order | count');
    expect(run.status).toBe(2);
    expect(run.stderr).toContain('The tables of these files: orders.');
  });
});

test('what the parser doubts in KQL that runs is a note, which only errors silences', async () => {
  const path = await file('doubted/traces.jsonl', '');
  const doubted = await query([path], 'traces | summarize count(message)', '-o', 'jsonl');
  expect(doubted).toMatchObject({ status: 0, stdout: '{"count_message":0}\n' });
  expect(doubted.stderr).toMatch(/^note: The query runs, but .* at 1:26: .*\(KS107\)\n$/);
  expect(
    await rows([path], 'traces | summarize count(message)', '--only-show-errors'),
  ).toHaveLength(1);
});

test.each([
  [['--follow'], '--follow is for what still comes'],
  [['--component', '/subscriptions/s/resourceGroups/g/providers/p/t/n'], '--component'],
])('--files with %j is a usage error', async (argv, text) => {
  const run = await query([folder], 'traces', ...argv);
  expect(run).toMatchObject({ status: 2, stdout: '' });
  expect(run.stderr).toContain(text);
});
