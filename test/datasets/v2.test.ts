import { expect, test } from 'vitest';
import {
  cellsOf,
  datasets,
  featuresOf,
  filesOf,
  opened,
  rejectedOf,
  rowsOf,
  shapeOf,
} from './opened.js';

const line = (data: unknown, others: object = {}) =>
  JSON.stringify({
    specversion: '1.0',
    id: 'e1',
    source: '/subscriptions/s/onlineEndpoints/churn/deployments/blue',
    type: 'azureml.inference.model_inputs',
    time: '2024-03-01T08:00:05Z',
    correlationid: 'r1',
    xrequestid: 'r1',
    data,
    ...others,
  });

test('makes a row of each object in a line, with what the line tells as marks', async () => {
  const inputs = await opened('v2', {
    'a.jsonl': `\ufeff${line([
      { age: 41, plan: 'basic' },
      { plan: 'big', age: 42 },
    ])}\n\n`,
    'empty.jsonl': '',
    'b.jsonl': line([{ age: 43.5, region: 'eu' }], {
      correlationid: 'r2',
      time: '2024-03-02T00:00:00Z',
    }),
  });

  expect(shapeOf(inputs)).toEqual([
    'age: real',
    'plan: string',
    'region: string',
    'mdc_time: datetime',
    'mdc_id: string',
    'mdc_correlationid: string',
    'mdc_xrequestid: string',
    'mdc_row: long',
    'mdc_deployment: string',
  ]);
  expect(await cellsOf(inputs, ['age', 'plan', 'region', 'mdc_correlationid', 'mdc_row'])).toEqual([
    { age: 41, plan: 'basic', mdc_correlationid: 'r1', mdc_row: 0n },
    { age: 42, plan: 'big', mdc_correlationid: 'r1', mdc_row: 1n },
    { age: 43.5, region: 'eu', mdc_correlationid: 'r2', mdc_row: 0n },
  ]);
});

test('keeps apart what is no row, with its line', async () => {
  const good = line([{ a: 1 }]);
  const texts = [good, `${good},`, '', good.slice(0, 40), '[1]', line(undefined), line(null), good];
  const inputs = await opened('v2', { 'x.jsonl': line([{ a: 0 }]), 'a.jsonl': texts.join('\r\n') });

  expect(inputs.counts).toEqual({ rows: 3, rejected: 5, unresolved: 0 });
  expect(await rejectedOf(inputs)).toEqual([
    [2n, 'it is no JSON', `${good},`],
    [4n, 'it is no JSON', good.slice(0, 40)],
    [5n, 'it is no JSON object', '[1]'],
    [6n, 'it has no data', line(undefined)],
    [7n, 'it has no data', line(null)],
  ]);
});

test('reads many small files as one, and keeps apart what is no row in them', async () => {
  const name = (index: number) => `${String(index).padStart(3, '0')}.jsonl`;
  const texts = Array.from(
    { length: 120 },
    (_, index) => `${line([{ a: index }, { a: -index }])}\n`,
  );
  texts[77] += '{"data":\n';
  texts[78] = `\n${line([{ b: 'late' }])}`;
  const inputs = await opened(
    'v2',
    Object.fromEntries(texts.map((text, index) => [name(index), text])),
  );

  expect(inputs.counts).toEqual({ rows: 239, rejected: 1, unresolved: 0 });
  expect(await rejectedOf(inputs)).toEqual([[2n, 'it is no JSON', '{"data":']]);
  const rows = texts.flatMap((_, index): readonly object[] =>
    index === 78 ? [{ b: 'late' }] : [{ a: BigInt(index) }, { a: BigInt(-index) }],
  );
  expect(await cellsOf(inputs)).toEqual(rows);
});

test('counts lines that are not UTF-8 where they are', async () => {
  const good = line([{ a: 1 }]);
  const bad = Buffer.from('{"data":[{"a":"\xff"}]}', 'latin1');
  const lines = [bad, 'x', good, 'y', bad, 'z'].flatMap((one) => [
    Buffer.from(one),
    Buffer.from('\n'),
  ]);
  const inputs = await opened('v2', { 'a.jsonl': Buffer.concat(lines) });

  expect((await rejectedOf(inputs)).map(([number, reason]) => [number, reason])).toEqual([
    [1n, 'it is not UTF-8'],
    [2n, 'it is no JSON'],
    [4n, 'it is no JSON'],
    [5n, 'it is not UTF-8'],
    [6n, 'it is no JSON'],
  ]);
});

test('keeps numbers and nested values exact', async () => {
  const data =
    '[{"long":9007199254740993,"big":12345678901234567890,"n":{"k":[1,null]},"t":"00123"}]';
  const inputs = await opened('v2', { 'a.jsonl': line(0).replace('"data":0', `"data":${data}`) });

  expect(shapeOf(inputs).slice(0, 4)).toEqual([
    'long: long',
    'big: decimal',
    'n: dynamic',
    't: string',
  ]);
  expect((await rowsOf(inputs))[0]?.slice(0, 4)).toEqual([
    9007199254740993n,
    '12345678901234567890',
    '{"k":[1,null]}',
    '00123',
  ]);
});

test('features keep their names, whatever they are', async () => {
  const inputs = await opened('v2', {
    'a.jsonl': `${line([{ A: 1, a: 2, mdc_time: 3, 'q"/~\n': 4 }])}\n${line([{ late: 5 }]).replace('"late":5', '"late":5,"late":6')}`,
  });

  expect(featuresOf(inputs)).toEqual(['A', 'a', 'mdc_time', 'q"/~\n', 'late']);
  expect(inputs.columns.map(({ name }) => name)).toContain('mdc_time_');
  expect(await cellsOf(inputs)).toEqual([
    { A: 1n, a: 2n, mdc_time: 3n, 'q"/~\n': 4n },
    { late: 5n },
  ]);
  expect(inputs.notes).toEqual(['1 row has a name twice: its first value is taken.']);
});

const payload = (data: unknown) => opened('v2', { 'a.jsonl': line(data) });

test.each([
  [
    'rows in data',
    {
      data: [
        [1, 2],
        [3, 4],
      ],
    },
    [
      { c0: 1n, c1: 2n },
      { c0: 3n, c1: 4n },
    ],
  ],
  ['records in data', { data: [{ a: 1 }, { a: 2 }] }, [{ a: 1n }, { a: 2n }]],
  [
    'a frame',
    {
      input_data: {
        columns: ['b', 'a'],
        index: [7, 8],
        data: [
          ['x', 1],
          ['y', 2],
        ],
      },
    },
    [
      { a: 1n, b: 'x', mdc_index: '7' },
      { a: 2n, b: 'y', mdc_index: '8' },
    ],
  ],
  ['inputs of MLflow', { inputs: [[1], [2]] }, [{ c0: 1n }, { c0: 2n }]],
  ['an array of values', [0.5, null, 0.25], [{ c0: 0.5 }, {}, { c0: 0.25 }]],
  [
    'an array of arrays',
    [
      ['x', [1]],
      ['y', []],
    ],
    [
      { c0: 'x', c1: '[1]' },
      { c0: 'y', c1: '[]' },
    ],
  ],
  [
    'what else is beside the rows',
    { data: [[1]], method: 'predict' },
    [{ c0: 1n, mdc_rest: '{"method":"predict"}' }],
  ],
  ['a record', { question: 'why', history: [] }, [{ question: 'why', history: '[]' }]],
  ['anything else', { x: [1], y: { z: 2 } }, [{ data: '{"x":[1],"y":{"z":2}}' }]],
  ['plain text', 'hello "you"', [{ data: 'hello "you"' }]],
])('unrolls %s', async (_, data, rows) => {
  const dataset = await payload(data);
  const names = dataset.columns
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('mdc_') || ['mdc_index', 'mdc_rest'].includes(name));
  expect(await cellsOf(dataset, names)).toEqual(rows);
});

test('reads data from the files that lines refer to, in the place of the lines', async () => {
  const url = 'https://acct.blob.core.windows.net/c/e3';
  const [file = '', frame = '', text = '', binary = ''] = await filesOf({
    'a.jsonl': [
      line(undefined, { dataref: 'refs/a[1].json' }),
      line([{ a: 3 }]),
      line(`${url}?sig=x`, { datainblob: 'true', datacontenttype: 'text/plain' }),
      line('https://elsewhere/x', { datainblob: 'true' }),
      line(undefined, { dataref: 'binary?sv=1&sig=x' }),
      line([{ a: 5 }]),
    ].join('\n'),
    'a[1].json': '\ufeff[\n {"a": 1},\n {"a": 2}\n]\n',
    e3: 'some text',
    binary: Buffer.from([0xff, 0xfe, 0]),
  });
  const references = new Map([
    ['refs/a[1].json', frame],
    [url, text],
    ['binary', binary],
  ]);
  const inputs = await datasets.open({ format: 'v2', files: [file], references });

  expect(await cellsOf(inputs)).toEqual([
    { a: 1n },
    { a: 2n },
    { a: 3n },
    { data: 'some text' },
    { a: 5n },
  ]);
  expect(inputs.counts).toEqual({ rows: 5, rejected: 2, unresolved: 1 });
  expect((await rejectedOf(inputs)).map(([number, reason]) => [number, reason])).toEqual([
    [4n, 'its data is in another file'],
    [5n, 'its data in another file is no text'],
  ]);
});
