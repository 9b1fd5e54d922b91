import { expect, test } from 'vitest';
import type { CollectedFile } from '../../../src/lib/model/collected-file.js';
import { chooseCollection } from '../../../src/lib/use-cases/data/choose-collection.js';

const FILE: CollectedFile = {
  api: 'v1',
  service: 'churn',
  part: null,
  model: 'ridge',
  modelVersion: '3',
  collection: 'inputs',
  accountName: 'store',
  containerName: 'modeldata',
  name: 'a.csv',
  sizeBytes: 1,
  etag: '"1"',
  modified: new Date(0),
  created: null,
  isAppend: false,
  from: new Date(0),
  to: new Date(1),
};
const V2 = { ...FILE, api: 'v2', model: null, modelVersion: null } as const;

function choose(
  files: readonly Partial<CollectedFile>[],
  wish: Partial<Parameters<typeof chooseCollection>[1]> = {},
) {
  const notes: string[] = [];
  const whole = files.map((file) => ({ ...FILE, ...file }));
  const sides = chooseCollection(
    whole,
    { join: false, ...wish },
    { note: (text) => notes.push(text) },
  );
  return { sides, notes };
}

test('several models are never one table', () => {
  const files = [{}, { model: 'lasso' }];
  expect(() => choose(files)).toThrow('inputs was collected of 2 models: lasso, ridge.');
  expect(() => choose(files)).toThrow(
    expect.objectContaining({
      kind: 'usage',
      facts: { hint: expect.stringContaining('--model lasso') },
    }),
  );
});

test('versions of a model are one table, which is said with the option that chooses', () => {
  const { sides, notes } = choose([{}, { modelVersion: '2' }]);
  expect(sides.inputs.files).toHaveLength(2);
  expect(notes).toEqual([
    'This is inputs of versions 2 and 3 of ridge together: --model-version names one.',
  ]);
});

test('deployments are one table, which is said with the option that chooses', () => {
  const files = ['green', 'blue', 'blue'].map((part) => ({ ...V2, part }));
  expect(choose(files).notes).toEqual([
    'This is inputs of blue and green together: --deployment names one.',
  ]);
  expect(choose(files.slice(1)).notes).toEqual([]);
});

test('answers are those of the model that was asked', () => {
  const files = [{}, { collection: 'predictions' }, { collection: 'predictions', model: 'lasso' }];
  const { sides } = choose(files, { join: true });
  expect(sides.answers?.files.map(({ model }) => model)).toEqual(['ridge']);
});

test('a baseline is of the collection and model of the target, where it has them', () => {
  const files = [{}, { collection: 'predictions' }, { collection: 'predictions', model: 'lasso' }];
  const like = { collection: 'predictions', model: 'lasso' };
  const { sides, notes } = choose(files, { like });
  expect(sides.inputs.files).toMatchObject([{ collection: 'predictions', model: 'lasso' }]);
  expect(notes).toEqual([]);
  expect(choose([{}], { like }).sides.inputs.collection).toBe('inputs');
});
