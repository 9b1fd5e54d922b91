import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { CollectedFile } from '../../../src/lib/model/collected-file.js';
import { fetchNewest } from '../../../src/lib/use-cases/data/fetch-newest.js';
import { fakeBlobs } from '../../support/fake-blobs.js';
import { realFiles, temporaryFolder } from '../../support/host.js';

function collected(name: string, sizeBytes: number, from: string): CollectedFile {
  const time = new Date(from);
  return {
    api: name.endsWith('.csv') ? 'v1' : 'v2',
    service: 'churn',
    part: null,
    model: null,
    modelVersion: null,
    collection: 'inputs',
    accountName: 'samplestore',
    containerName: 'data',
    name,
    sizeBytes,
    etag: '"0x1"',
    created: null,
    modified: time,
    isAppend: true,
    from: time,
    to: time,
  };
}

async function newest(contents: Readonly<Record<string, string>>, rows: number) {
  const blobs = fakeBlobs(
    Object.fromEntries(Object.entries(contents).map(([name, text]) => [`data/${name}`, text])),
  );
  const files = Object.entries(contents).map(([name, text]) =>
    collected(name, Buffer.byteLength(text), `2026-11-0${name[0]}T00:00:00Z`),
  );
  const ports = {
    blobs,
    files: realFiles,
    folder: await temporaryFolder(),
    signal: AbortSignal.any([]),
  };
  const paths = await fetchNewest(files, rows, ports);
  return {
    texts: await Promise.all(paths.map((path) => readFile(path, 'utf8'))),
    asked: blobs.asked,
  };
}

const lines = (from: number, to: number) =>
  Array.from(
    { length: to - from },
    (_, at) => `{"data":[{"n":${from + at},"pad":"${'x'.repeat(90)}"}]}\n`,
  );

test('fetches no more files than hold the rows, and their ends alone', async () => {
  const { texts, asked } = await newest(
    {
      '1.jsonl': lines(0, 5000).join(''),
      '2.jsonl': lines(5000, 9000).join(''),
      '3.jsonl': lines(9000, 9003).join(''),
    },
    10,
  );

  expect(asked).toEqual(['read data/3.jsonl', 'read data/2.jsonl']);
  const [older = '', last] = texts;
  expect(last).toBe(lines(9000, 9003).join(''));
  expect(older.length).toBeLessThan(65_537);
  expect(older.endsWith(lines(8900, 9000).join(''))).toBe(true);
  expect(older.startsWith('{"data"')).toBe(true);
});

test('asks for more of a file whose lines are long', async () => {
  const long = `{"data":[{"text":"${'é'.repeat(60_000)}"}]}\n`;
  const { texts } = await newest({ '1.jsonl': long.repeat(12) }, 3);
  expect(texts).toEqual([long.repeat(4)]);
});

test('has the headings of a CSV, and begins behind a line end that is in no quotes', async () => {
  const record = (at: number) => `${at},"two\nlines, ${'x'.repeat(80)}"\n`;
  const records = Array.from({ length: 3000 }, (_, at) => record(at));
  const { texts } = await newest({ '1.csv': `n,text\n${records.join('')}` }, 5);

  const [text = ''] = texts;
  expect(text.length).toBeLessThan(66_000);
  expect(text).toMatch(/^n,text\n\d+,"two\nlines/);
  expect(text.endsWith(records.slice(-100).join(''))).toBe(true);
});

test('a first record that is long and full of quotes is read as fast as any', async () => {
  const record = `"{${'""a"":1,'.repeat(20_000)}}",1\n`;
  const { texts } = await newest({ '1.csv': record.repeat(3) }, 1);
  expect(texts).toEqual([record.repeat(3)]);
});

test('headings of a CSV come whole however long they are, whatever ends their lines', async () => {
  const names = Array.from({ length: 9000 }, (_, at) => `"the ""feature"" ${at}"`).join(',');
  const { texts } = await newest({ '1.csv': `\ufeff${names}\r\n${'1,2\r\n'.repeat(200_000)}` }, 1);
  expect(texts[0]?.startsWith(`${names}\n1,2\r\n`)).toBe(true);
});
