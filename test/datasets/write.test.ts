import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DatasetFormat } from '../../src/lib/datasets/datasets.js';
import { temporaryFolder } from '../support/host.js';
import { datasets, opened, rowsOf, shapeOf } from './opened.js';

const VALUES = {
  'a.jsonl': [
    '{"n":1,"N":9007199254740993,"x":0.1,"flag":true,"word":"a,\\"b\\"\\nc","at":"2024-03-01T08:00:05.25Z","big":12345678901234567890,"bag":{"k":[1,"z"]},"gap":null}',
    '{"n":-2,"x":-1e300,"flag":false,"word":"","at":"2024-03-02T00:00:00Z","bag":"text","gap":"\\u0001"}',
    '{"n":3,"x":2.0,"bag":7}',
  ].join('\n'),
};

async function written(format: DatasetFormat): Promise<string> {
  const path = join(await temporaryFolder(), 'sub', `out.${format}`);
  const dataset = await opened('jsonl', VALUES);
  expect(await dataset.write(path, format)).toMatchObject({ rowCount: 3 });
  return path;
}

test.each(['parquet', 'jsonl'] as const)(
  '%s gives back the same columns and values',
  async (format) => {
    const dataset = await opened('jsonl', VALUES);
    const again = await datasets.open({ format, files: [await written(format)] });

    // Readers of Parquet tell no names apart that differ only in case.
    const shape = shapeOf(dataset).map((one) =>
      format === 'parquet' ? one.replace('N: ', 'N_1: ') : one,
    );
    expect(shapeOf(again)).toEqual(shape);
    expect(await rowsOf(again)).toEqual(await rowsOf(dataset));
  },
);

test('CSV gives back all but what only JSON tells', async () => {
  const again = await datasets.open({ format: 'csv', files: [await written('csv')] });

  expect(shapeOf(again)).toEqual([
    'n: long',
    'N: long',
    'x: real',
    'flag: bool',
    'word: string',
    'at: datetime',
    'big: decimal',
    'bag: string',
    'gap: string',
  ]);
  expect((await rowsOf(again))[0]?.slice(4)).toEqual([
    'a,"b"\nc',
    638448768052500000n,
    '12345678901234567890',
    '{"k":[1,"z"]}',
    null,
  ]);
  expect((await rowsOf(again)).map((row) => row[4])).toEqual(['a,"b"\nc', '', null]);
});

test('CSV keeps the texts of numbers and times that came as CSV', async () => {
  const text = 'a,b,at,id\n0.0100,1e5,2024-03-01T08:00:05.250000,00123\n,-0,2024-03-01,7\n';
  const path = join(await temporaryFolder(), 'out.csv');
  await (await opened('csv', { 'a.csv': text })).write(path, 'csv');

  expect(await readFile(path, 'utf8')).toBe(text);
});

test('leaves nothing beside the file, and no file where it cannot be written', async () => {
  const path = await written('csv');
  expect(await readdir(join(path, '..'))).toEqual(['out.csv']);

  const dataset = await opened('csv', { 'a.csv': 'a\n1\n' });
  const inFile = dataset.write(join(path, 'below.csv'), 'csv');
  await expect(inFile).rejects.toMatchObject({ kind: 'usage' });
});

test('has nothing to write without columns', async () => {
  const dataset = await opened('v1', { 'a.csv': '' });
  await expect(dataset.write('/nowhere/a.csv', 'csv')).rejects.toMatchObject({
    kind: 'unsupported',
  });
});

test('tables of Parquet with other columns are one table, which is said', async () => {
  const folder = await temporaryFolder();
  const files: string[] = [];
  for (const text of ['a,b\n1,2\n', 'b,a\n3,4\n', 'b,c\n5,6\n']) {
    const path = join(folder, `${files.length}.parquet`);
    await (await opened('csv', { 'a.csv': text })).write(path, 'parquet');
    files.push(path);
  }
  const alike = await datasets.open({ format: 'parquet', files: files.slice(0, 2) });
  expect(alike.notes).toEqual([]);
  const differing = await datasets.open({ format: 'parquet', files });
  expect(differing.notes).toEqual([expect.stringContaining('do not have the same columns')]);
});
