import { expect, test } from 'vitest';
import { ask } from '../../src/lib/duckdb/ask.js';
import { opened as open, rowsOf, shapeOf as shape } from './opened.js';

test('types a column of CSV only where all of its texts fit', async () => {
  const dataset = await open('csv', {
    'a.csv':
      'n,x,id,at,word,flag\n1,0.0100,00123,2020-08-13T15:54:16.5,yes,True\n-2,1e5,7,2020-08-14T00:00:00+02:00,,false\n',
  });

  expect(shape(dataset)).toEqual([
    'n: long',
    'x: real',
    'id: string',
    'at: datetime',
    'word: string',
    'flag: bool',
  ]);
  expect(await rowsOf(dataset)).toEqual([
    [1n, 0.01, '00123', 637329308565000000n, 'yes', true],
    [-2n, 100000, '7', 637329528000000000n, null, false],
  ]);
});

test('takes times of .NET and Azure, of up to nine digits, for times', async () => {
  const texts = ['2024-03-01T08:00:05.1234567Z', '2024-03-01T08:00:05.123456789+01:00'];
  const [csv, lines] = [
    await open('csv', { 'a.csv': `at\n${texts.join('\n')}\n` }),
    await open('jsonl', { 'a.jsonl': texts.map((at) => `{"at":"${at}"}\n`).join('') }),
  ];
  expect([csv, lines].map(shape)).toEqual([['at: datetime'], ['at: datetime']]);
  expect(await rowsOf(csv)).toEqual([[638448768051234560n], [638448732051234560n]]);
});

test('types members of JSON lines by what they are', async () => {
  const dataset = await open('jsonl', {
    'a.jsonl':
      '{"a":1,"A":"x","long":9007199254740993}\n{"long":-1,"a":0.5,"n":{"k":[1]},"big":12345678901234567890123}\n',
  });

  expect(shape(dataset)).toEqual([
    'a: real',
    'A: string',
    'long: long',
    'n: dynamic',
    'big: decimal',
  ]);
  expect(await rowsOf(dataset)).toEqual([
    [1, 'x', 9007199254740993n, null, null],
    [0.5, null, -1n, '{"k":[1]}', '12345678901234567890123'],
  ]);
});

test('is a relation for SQL, its columns by place', async () => {
  const dataset = await open('csv', { 'a.csv': 'a,A,"q""q"\n1,x,1.5\n2,y,2.5\n' });
  const { connection, sheets } = await dataset.relation();
  const sql = sheets[0]?.sql;

  expect(sheets[0]?.columns.map((column) => [column.sql, column.stored])).toEqual([
    ['c0', 'BIGINT'],
    ['c1', 'VARCHAR'],
    ['c2', 'DOUBLE'],
  ]);
  expect(
    await ask(connection, `SELECT sum(c0)::INT AS a, max(c1) AS b, avg(c2) AS c FROM (${sql})`),
  ).toEqual([{ a: 3, b: 'y', c: 2 }]);
});

test('a file without any row is a table of no columns', async () => {
  const nothing = await open('jsonl', { 'a.jsonl': '{"a":\n' });
  const { connection, sheets } = await nothing.relation();

  expect(nothing.columns).toEqual([]);
  expect(await rowsOf(nothing)).toEqual([]);
  expect((await connection.runAndReadAll(sheets[0]?.sql ?? '')).currentRowCount).toBe(0);
});
