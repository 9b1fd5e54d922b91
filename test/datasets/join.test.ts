import { expect, test } from 'vitest';
import { cellsOf, datasets, featuresOf, opened } from './opened.js';

const event = (correlationid: string, data: unknown) => JSON.stringify({ correlationid, data });
const lines = (...events: readonly string[]) => ({ 'a.jsonl': events.join('\n') });
const names = { left: 'model_inputs', right: 'model_outputs' };

test('joins rows of v2 by request and row, in the order of the inputs', async () => {
  const left = await opened(
    'v2',
    lines(
      event('r2', [{ age: 42, score: 1 }, { age: 43 }]),
      event('r1', [{ age: 41 }]),
      event('r9', [{ age: 1 }]),
    ),
  );
  const right = await opened(
    'v2',
    lines(
      event('r1', [{ score: 0.1 }]),
      event('r2', [{ score: 0.2 }, { score: 0.3 }]),
      event('r8', [{ score: 1 }]),
    ),
  );
  const joined = await datasets.join({ left, right, names });

  expect(featuresOf(joined)).toEqual(['age', 'model_inputs_score', 'model_outputs_score']);
  expect(await cellsOf(joined, ['age', 'model_outputs_score', 'mdc_correlationid'])).toEqual([
    { age: 42n, model_outputs_score: 0.2, mdc_correlationid: 'r2' },
    { age: 43n, model_outputs_score: 0.3, mdc_correlationid: 'r2' },
    { age: 41n, model_outputs_score: 0.1, mdc_correlationid: 'r1' },
  ]);
  expect(joined.unmatched).toEqual({ left: 1, right: 1 });
});

test('joins rows of v1 by their id; those of one id in their order', async () => {
  const left = await opened('v1', { '1.csv': 'age,$aml_dc_correlation_id\n1,x\n2,x\n3,y\n4,\n' });
  const right = await opened('v1', {
    '1.csv': '$aml_dc_correlation_id,p\ny,0.30\nx,0.10\nx,0.20\nx,0.9\n',
  });
  const joined = await datasets.join({ left, right, names });

  expect(await cellsOf(joined)).toEqual([
    { age: 1n, p: 0.1 },
    { age: 2n, p: 0.2 },
    { age: 3n, p: 0.3 },
  ]);
  expect(joined.unmatched).toEqual({ left: 1, right: 1 });
});

test('joins ids of v1 that the user chose as they are written', async () => {
  const left = await opened('v1', {
    '1.csv': 'age,$aml_dc_correlation_id\n1,1\n2,01\n3,100000\n4,123456789012345678901\n',
  });
  const right = await opened('v1', {
    '1.csv':
      '$aml_dc_correlation_id,p\n01,0.1\n1e5,0.2\norder-2000,0.3\n123456789012345678902,0.4\n',
  });
  const joined = await datasets.join({ left, right, names });

  expect(await cellsOf(joined)).toEqual([{ age: 2n, p: 0.1 }]);
  expect(joined.unmatched).toEqual({ left: 3, right: 3 });
});

test('joins numbers on one side with the same ones among texts on the other', async () => {
  const left = await opened('v1', {
    '1.csv': 'age,$aml_dc_correlation_id\n1,7\n2,1e5\n3,""\n',
  });
  const right = await opened('v1', {
    '1.csv': '$aml_dc_correlation_id,p\n100000,0.1\norder-7,0.2\n7,0.3\n"",0.4\n',
  });
  const joined = await datasets.join({ left, right, names });

  expect(await cellsOf(joined)).toEqual([{ age: 1n, p: 0.3 }]);
});

test('says which side does not tell its requests', async () => {
  const left = await opened('v1', { '1.csv': 'age,$aml_dc_correlation_id\n1,x\n' });
  const right = await opened('v1', { '1.csv': 'score\n1\n' });

  await expect(datasets.join({ left, right, names })).rejects.toMatchObject({
    kind: 'unsupported',
    message: 'The rows of "model_outputs" do not tell which request they belong to.',
  });
});

test('wide rows are joined, and have the time that stands behind hundreds of columns', async () => {
  const places = Array.from({ length: 300 }, (_, at) => at);
  const open = (name: string) => {
    const headings = places.map((at) => `${name}${at}`);
    const rows = [
      ['$aml_dc_correlation_id', ...headings, '$aml_dc_scoring_timestamp'],
      ...[1, 2].map((id) => [`id${id}`, ...places.map(() => id), '2026-11-20T08:00:00Z']),
    ];
    return opened('v1', { 'a.csv': rows.map((row) => row.join(',')).join('\n') });
  };
  const [left, right] = [await open('x'), await open('y')];
  const joined = await datasets.join({ left, right, names });

  expect(await cellsOf(joined, ['x299', 'y299'])).toEqual([
    { x299: 1n, y299: 1n },
    { x299: 2n, y299: 2n },
  ]);
});
