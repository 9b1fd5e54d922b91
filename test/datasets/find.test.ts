import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/host.js';
import { datasets } from './opened.js';

const EVENT = '{"specversion":"1.0","type":"azureml.inference.inputs","data":[{"a":1}]}\n';
const MARKS =
  '0a1b2c3d-0000-4000-8000-000000000001,2024-03-01T15:54:16.691697,1440,sub/rg/ws,churn,net,2,0a1b2c3d-0000-4000-8000-000000000009';
const long = JSON.stringify([{ a: 'x'.repeat(300_000) }]);

async function formatOf(contents: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(contents)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return (await datasets.find([folder], folder)).format;
}

test.each<[string, string, Readonly<Record<string, string>>]>([
  ['v2', 'whose first line is cut', { 'a.jsonl': `"time":"2024","data":[{"a":0}]}\n${EVENT}` }],
  [
    'v2',
    'whose first line is long, where it lies as the collector puts it',
    { 'modelDataCollector/fraud/blue/inputs/2024/03/01/08/a.jsonl': `{"data":${long}}` },
  ],
  [
    'v2',
    'whose first line is long, beside others of its kind',
    { 'a.jsonl': `{"data":${long},"type":"azureml.inference.inputs"}\n`, 'b.jsonl': EVENT },
  ],
  ['jsonl', 'of its own with a long line', { 'a.jsonl': `{"data":${long}}\n` }],
  ['v1', 'without headings', { 'a.csv': `5.1,3.5,${MARKS}\n` }],
  ['v1', 'whose first line is cut', { 'a.csv': `5\n5.1,3.5,${MARKS}\n` }],
  [
    'v1',
    'without marks, where it lies as the collector puts it',
    {
      '00000000-0000-4000-8000-000000000000/rg/ws/churn/net/2/predictions/2024/03/01/a.csv':
        'label\nyes\n',
    },
  ],
  ['csv', 'of its own', { 'a.csv': 'label\nyes\n' }],
  ['csv', 'that is empty', { 'a.csv': '' }],
  ['jsonl', 'that is empty', { 'a.jsonl': '' }],
  ['v2', 'that is empty', { 'modelDataCollector/fraud/blue/inputs/2024/03/01/08/a.jsonl': '' }],
])('knows %s of a file %s', async (format, _, contents) => {
  expect(await formatOf(contents)).toBe(format);
});
