import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { cellsOf, featuresOf, opened, rejectedOf, shapeOf } from './opened.js';

const GUID = '0a1b2c3d-0000-4000-8000-00000000000';
const MARKS =
  '$aml_dc_correlation_id,$aml_dc_scoring_timestamp,$aml_dc_boundary,$aml_workspace,$aml_service_name,$aml_model_name,$aml_model_version,$aml_request_id';
const marks = (n: number) =>
  `${GUID}${n},2024-03-0${n}T15:54:16.691697,1440,sub/rg/ws,churn,net,2,${GUID}9`;

test('joins days whose columns differ by name; what a day lacks has no value', async () => {
  const inputs = await opened('v1', {
    '1.csv': `age,plan,${MARKS}\n41,basic,${marks(1)}\n`,
    '2.csv': `plan,age,region,${MARKS}\n"big, or\nnot",42,eu,${marks(2)}\n`,
    '3.csv': `age,plan,${MARKS}\n43,,${marks(3)}\n`,
  });

  expect(shapeOf(inputs).slice(0, 4)).toEqual([
    'age: long',
    'plan: string',
    '$aml_dc_correlation_id: string',
    '$aml_dc_scoring_timestamp: datetime',
  ]);
  expect(featuresOf(inputs)).toEqual(['age', 'plan', 'region']);
  expect(await cellsOf(inputs)).toEqual([
    { age: 41n, plan: 'basic' },
    { age: 42n, plan: 'big, or\nnot', region: 'eu' },
    { age: 43n },
  ]);
});

test('knows the marks of a file without headings by their shape', async () => {
  const inputs = await opened('v1', {
    '1.csv': `5.1,3.5,${marks(1)}\n4.9,3.0,${marks(1)}\n`,
  });

  expect(featuresOf(inputs)).toEqual(['c0', 'c1']);
  expect(inputs.columns.map(({ name }) => name).at(-1)).toBe('$aml_request_id');
  expect(inputs.notes).toEqual([
    expect.stringContaining('has no headings: the columns are called by their place'),
  ]);
});

test('gives a file without headings those of another that is as wide, and says so', async () => {
  const outputs = await opened('v1', {
    '1.csv': 'label,score\nyes,0.9\n',
    '2.csv': 'no,0.1\nyes,0.7\n',
  });

  expect(await cellsOf(outputs)).toEqual([
    { label: 'yes', score: 0.9 },
    { label: 'no', score: 0.1 },
    { label: 'yes', score: 0.7 },
  ]);
  expect(outputs.notes).toEqual([expect.stringMatching(/2\.csv" has no headings: .*1\.csv"/)]);
});

test('leaves out headings that a restarted container wrote again', async () => {
  const outputs = await opened('v1', { '1.csv': 'label,score\nyes,1\nlabel,score\nno,2\n' });

  expect(await cellsOf(outputs)).toEqual([
    { label: 'yes', score: 1n },
    { label: 'no', score: 2n },
  ]);
  expect(outputs.notes).toEqual(['1 line that repeats the headings is left out.']);
});

test('keeps apart what has more or fewer values, such as half a line', async () => {
  const outputs = await opened('v1', { '1.csv': 'label,score\nyes,1\nno\nno,2,3\nyes,4\n"n' });

  expect(await cellsOf(outputs)).toEqual([
    { label: 'yes', score: 1n },
    { label: 'yes', score: 4n },
  ]);
  expect(outputs.counts).toEqual({ rows: 2, rejected: 3, unresolved: 0 });
  expect(await rejectedOf(outputs)).toEqual([
    [3n, 'it has fewer values than the first line', 'no'],
    [4n, 'it has more values than the first line', 'no,2,3'],
    [6n, 'a quote is not closed', '"n'],
  ]);
});

test('keeps apart the half record at the end of each of many files, small and large', async () => {
  const large = `yes,"${'x'.repeat(300_000)}"\n`;
  const files = Array.from({ length: 9 }, (_, at): [string, string] => [
    `${at}.csv`,
    `label,why\n${at % 2 === 0 ? large : ''}no,"half a`,
  ]);
  const outputs = await opened('v1', Object.fromEntries(files));

  expect(outputs.counts).toMatchObject({ rows: 5, rejected: 9 });
  expect(await rejectedOf(outputs)).toEqual(
    files.map((_, at) => [at % 2 === 0 ? 3n : 2n, 'a quote is not closed', 'no,"half a']),
  );
});

test('many files whose columns differ from one to the next come in their order', async () => {
  const files = Array.from({ length: 100 }, (_, at): [string, string] => [
    `${at}.csv`,
    at % 2 === 0 ? `n,a\n${at},x\n` : `b,n\ny,${at}\n`,
  ]);
  const outputs = await opened('v1', Object.fromEntries(files));

  expect(await cellsOf(outputs)).toEqual(
    files.map((_, at) => (at % 2 === 0 ? { n: BigInt(at), a: 'x' } : { n: BigInt(at), b: 'y' })),
  );
});

test('tells names apart that differ only in case', async () => {
  const outputs = await opened('v1', { '1.csv': 'Score,score\n1,2\n' });
  expect(await cellsOf(outputs)).toEqual([{ Score: 1n, score: 2n }]);
});

test('leaves names that SQL would take for numbers as they are', async () => {
  const inputs = await opened('csv', { '1.csv': 'code,size,n\n12_34, 5,1e3\n1_2,6,2.5\n' });

  expect(shapeOf(inputs)).toEqual(['code: string', 'size: string', 'n: real']);
  expect(await cellsOf(inputs)).toEqual([
    { code: '12_34', size: ' 5', n: 1000 },
    { code: '1_2', size: '6', n: 2.5 },
  ]);
});

test('headings with blanks around their quotes are headings', async () => {
  const table = await opened('csv', { '1.csv': '"a" , "b, c"\n1, "x"\n' });
  expect(await cellsOf(table)).toEqual([{ a: 1n, 'b, c': 'x' }]);
});

test.each([
  ['1.csv', ''],
  ['large.csv', `0,${'x'.repeat(300_000)}\n`],
])('says on which line a record begins, not which one it is: %s', async (name, row) => {
  for (const end of ['\n', '\r\n']) {
    const text = `a,b\n${row}1,"x\ny"\n2\n3,"\n\n"\n4,5,6\n`.replaceAll('\n', end);
    const lines = (await rejectedOf(await opened('csv', { [name]: text }))).map(([line]) => line);
    expect(lines).toEqual(row === '' ? [4n, 8n] : [5n, 9n]);
  }
});

test('lines that end in several ways are rows, whatever the size of a file', async () => {
  const mixed = 'a,b\r\n1,2\n3,"x\r\ny"\r5,6\r\n7,5" pipe\n8\n';
  const row = '0,"\n\r"\r';
  const rows = [
    { a: 1n, b: '2' },
    { a: 3n, b: 'x\r\ny' },
    { a: 5n, b: '6' },
    { a: 7n, b: '5" pipe' },
  ];
  const small = await opened('csv', { '1.csv': mixed });
  expect(await cellsOf(small)).toEqual(rows);
  const large = mixed + row.repeat(60_000);
  const table = await opened('csv', {
    '1.csv': mixed,
    '2.csv': `\ufeff${large}`,
    '3.csv.gz': gzipSync(large),
  });
  const cells = await cellsOf(table);
  expect(cells.filter(({ a }) => a !== 0n)).toEqual([...rows, ...rows, ...rows]);
  expect(table.counts).toEqual({ rows: 120_012, rejected: 3, unresolved: 0 });
  const places: unknown[] = [];
  for await (const [file, line] of (await table.rejected()).rows) {
    places.push([basename(String(file)), line]);
  }
  expect(places).toEqual([
    ['1.csv', 7n],
    ['2.csv', 7n],
    ['3.csv.gz', 7n],
  ]);
});

test('a file of UTF-16 is an error with the next step', async () => {
  const text = Buffer.from('\ufeffa;b\r\n1;2\r\n', 'utf16le');
  await expect(opened('csv', { '1.csv': text })).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringMatching(/1\.csv" is no UTF-8/),
    facts: { hint: expect.stringContaining('iconv') },
  });
});

test('reads what spreadsheets write: a mark, semicolons, no last heading, one twice', async () => {
  const text = '\ufeff"a";a;b;\r\n"x\r\ny";1,5;NaN;\r\n";";2,5;-inf;\r\n';
  const table = await opened('csv', { '1.csv': text });
  expect(shapeOf(table)).toEqual(['a: string', 'a_1: string', 'b: real', 'c3: string']);
  expect(await cellsOf(table)).toEqual([
    { a: 'x\r\ny', a_1: '1,5', b: Number.NaN },
    { a: ';', a_1: '2,5', b: Number.NEGATIVE_INFINITY },
  ]);
});
