import { expect, test } from 'vitest';
import type { Target } from '../../../src/lib/model/target.js';
import {
  type DataSelection,
  listCollected,
} from '../../../src/lib/use-cases/data/list-collected.js';
import { collectItems } from '../../azure/collect-items.js';
import { type FakeBlob, fakeBlobs } from '../../support/fake-blobs.js';
import { fakeGateways, fakeTarget, fakeWorld } from '../../support/fake-gateways.js';
import { fakeReport } from '../../support/fake-report.js';

const SUBSCRIPTION = '1a2b3c4d-0000-4000-8000-00000000ABCD';
const RESOURCE_ID = `/subscriptions/${SUBSCRIPTION}/resourceGroups/Lab/providers/x/workspaces/Sample-WS`;
/** As the collector writes it. */
const SCOPE = `modeldata/${SUBSCRIPTION.toLowerCase()}/lab/sample-ws`;

interface Setting {
  readonly blobs: Readonly<Record<string, FakeBlob>>;
  readonly targets: readonly Target[];
  readonly uris?: Readonly<Record<string, string>>;
}

async function list(
  { blobs: contents, targets, uris = {} }: Setting,
  wish: Partial<DataSelection> & Pick<DataSelection, 'service'>,
) {
  const blobs = fakeBlobs(contents);
  const world = fakeWorld({
    findTargets: async function* (service) {
      yield* targets.filter((target) => target.service === service);
    },
    findDataUris: async () => new Map(Object.entries(uris)),
  });
  const defaults = fakeGateways();
  const workspace = {
    ...(await defaults.arm.getWorkspace()),
    name: 'Sample-WS',
    resourceId: RESOURCE_ID,
    storageAccountId: '/subscriptions/s/resourceGroups/g/providers/x/storageAccounts/samplestore',
  };
  const isV1 = targets[0]?.api === 'v1';
  const gateways = fakeGateways({
    arm: {
      ...defaults.arm,
      getWorkspace: async () => workspace,
      getDatastore: async (name) => ({ accountName: 'samplestore', containerName: `of-${name}` }),
    },
    v1: isV1 ? world : fakeWorld(),
    v2: isV1 ? fakeWorld() : world,
    blobs,
  });
  const { report, said } = fakeReport();
  const collected = await listCollected(gateways, { from: null, to: null, ...wish }, report);
  const files = await collectItems(collected.files);
  files.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { files, ...collected.ending(), asked: blobs.asked, said };
}

const CHURN = { targets: [fakeTarget('churn')] };

test('v1: what a collector writes in lower case is found, by model, version and designation', async () => {
  const { files, strays } = await list(
    {
      ...CHURN,
      blobs: {
        [`${SCOPE}/churn/ridge/3/inputs/2026/11/20/inputs.csv`]: 'a,b\n1,2\n',
        [`${SCOPE}/churn/ridge/3/predictions/2026/11/20/predictions.csv`]: 'p\n1\n',
        [`${SCOPE}/churn/other/default/inputs/2026/11/21/inputs.csv`]: 'a\n1\n',
        [`${SCOPE.replace('sample-ws', 'Sample-WS')}/churn/ridge/2/inputs/2020/8/27/data.csv`]:
          'x\n',
        [`${SCOPE}/churn-2/ridge/3/inputs/2026/11/20/inputs.csv`]: 'not of churn\n',
        [`${SCOPE}/churn/ridge/3/readme.txt`]: 'stray',
      },
    },
    { service: 'churn' },
  );
  expect(files).toMatchObject([
    { model: 'ridge', modelVersion: '2', collection: 'inputs', from: new Date('2020-08-27') },
    { model: 'other', modelVersion: 'default', collection: 'inputs' },
    { model: 'ridge', modelVersion: '3', collection: 'inputs', to: new Date('2026-11-21') },
    {
      api: 'v1',
      service: 'churn',
      part: null,
      collection: 'predictions',
      accountName: 'samplestore',
    },
  ]);
  expect(strays).toEqual({ files: 1, bytes: 5, example: expect.stringMatching(/readme\.txt$/) });
});

test.each([
  ['/modeldata/0old/Old-Group/Sample-WS/churn/ridge/3/', '0old/old-group/sample-ws/churn'],
  ['0old/Lab/Sample-WS/Churn/ridge/3', '0old/lab/sample-ws/Churn'],
])('v1: what a service tells of its place, %s, is a place of its data', async (path, folder) => {
  const { files } = await list(
    {
      targets: [fakeTarget('churn', null, { dataPaths: [path] })],
      blobs: {
        [`modeldata/${folder}/ridge/3/inputs/2026/11/20/inputs.csv`]: 'a\n1\n',
        [`${SCOPE}/churn/ridge/3/inputs/2026/11/21/inputs.csv`]: 'a\n1\n',
      },
    },
    { service: 'churn' },
  );
  expect(files).toMatchObject([
    { service: 'churn', model: 'ridge', modelVersion: '3', from: new Date('2026-11-20') },
    { service: 'churn', model: 'ridge', modelVersion: '3', from: new Date('2026-11-21') },
  ]);
});

const FRAUD = { targets: [fakeTarget('fraud', 'blue'), fakeTarget('fraud', 'green')] };
const V2 = 'of-workspaceblobstore/modelDataCollector/fraud';

test('v2: every deployment, also one that is gone, at any rolling rate', async () => {
  const { files, payloads, strays } = await list(
    {
      ...FRAUD,
      blobs: {
        [`${V2}/blue/request/2026/11/20/08/i1.jsonl`]: '{}\n',
        [`${V2}/blue/request/2026/11/20/i2.jsonl`]: '{}\n',
        [`${V2}/green/model_inputs/2026/11/i3.jsonl`]: '{}\n',
        [`${V2}/gone/response/2025/i4.jsonl`]: '{}\n',
        [`${V2}/gone/response/2025/11/20/08/30/i5.jsonl`]: '{}\n',
        // A Data Lake has a mark for each folder; a big payload lies beside its line.
        [`${V2}/blue/request/2026/11`]: '',
        [`${V2}/version.2`]: '',
        [`${V2}/blue/request/2026/11/20/08/19790b87`]: '[1,2,3]',
        [`${V2}/blue/request/2026/13/20/08/i6.jsonl`]: 'no month',
      },
    },
    { service: 'fraud' },
  );
  expect(files).toMatchObject([
    { part: 'blue', collection: 'request', to: new Date('2026-11-20T09:00Z') },
    { part: 'blue', collection: 'request', to: new Date('2026-11-21') },
    { part: 'gone', collection: 'response', to: new Date('2025-11-20T08:31Z') },
    {
      part: 'gone',
      collection: 'response',
      from: new Date('2025-01-01'),
      to: new Date('2026-01-01'),
    },
    { part: 'green', collection: 'model_inputs', to: new Date('2026-12-01') },
  ]);
  expect(payloads).toMatchObject({ files: 1, bytes: 7 });
  expect(strays).toMatchObject({ files: 1, example: expect.stringContaining('/13/') });
});

test('only folders that are in the range, and of what is chosen, are looked into', async () => {
  const blobs: Record<string, FakeBlob> = {};
  for (const month of ['09', '10', '11']) {
    for (const day of ['01', '15', '20']) {
      for (const part of ['blue', 'green']) {
        blobs[`${V2}/${part}/request/2026/${month}/${day}/08/x.jsonl`] = '{}\n';
        blobs[`${V2}/${part}/response/2026/${month}/${day}/08/x.jsonl`] = '{}\n';
      }
    }
  }
  const { files, asked } = await list(
    { ...FRAUD, blobs },
    {
      service: 'fraud/blue',
      collections: ['Request'],
      from: new Date('2026-09-15T08:30Z'),
      to: new Date('2026-11-15T08:00Z'),
    },
  );
  const below = (name: string) => name.replace('modelDataCollector/fraud/blue/request/2026/', '');
  expect(files.map(({ name }) => below(name))).toEqual([
    '09/15/08/x.jsonl',
    '09/20/08/x.jsonl',
    '10/01/08/x.jsonl',
    '10/15/08/x.jsonl',
    '10/20/08/x.jsonl',
    '11/01/08/x.jsonl',
  ]);
  // A month that is wholly in the range is one list.
  const lists = asked.filter((each) => each.startsWith('list ')).map((each) => each.slice(-9));
  expect(lists.sort()).toEqual(['/2026/10/', '26/09/15/', '26/09/20/', '26/11/01/', '26/11/15/']);
  expect(asked.filter((each) => /green|response/.test(each))).toEqual([]);
});

test('a data asset of the user takes its collection elsewhere; two that share a folder are not told apart', async () => {
  const uri = `azureml://subscriptions/${SUBSCRIPTION}/resourcegroups/lab/workspaces/sample-ws/datastores/lake/paths/./mdc//a%20ll`;
  const { files, shared, said } = await list(
    {
      ...FRAUD,
      uris: { request: uri, odd: 'wasbs://somewhere' },
      blobs: {
        'of-lake/mdc/a ll/2026/11/20/x.jsonl': '{}\n',
        [`${V2}/blue/response/2026/11/20/08/y.jsonl`]: '{}\n',
      },
    },
    { service: 'fraud', deployment: 'blue' },
  );
  expect(files).toMatchObject([
    { part: null, collection: 'request', containerName: 'of-lake' },
    { part: 'blue', collection: 'response', containerName: 'of-workspaceblobstore' },
  ]);
  expect(shared.files).toBe(1);
  expect(said).toContain(
    'note: The collection "odd" goes to wasbs://somewhere, which is not read from here.',
  );
});

test('a data asset that is a whole container has the years in it, and no more', async () => {
  const { files, strays } = await list(
    {
      targets: [fakeTarget('fraud', 'blue')],
      uris: { request: 'azureml://datastores/lake/paths/' },
      blobs: {
        'of-workspaceblobstore/x': 'x',
        'of-lake/2026/11/20/x.jsonl': '{}\n',
        'of-lake/other/2026/11/20/x.jsonl': '{}\n',
      },
    },
    { service: 'fraud', deployment: 'blue', from: new Date('2026-11-01') },
  );
  expect(files).toMatchObject([{ part: 'blue', collection: 'request' }]);
  expect(strays.files).toBe(0);
});

test('collections that go to one folder are one, found by the name of each', async () => {
  const uri = 'azureml://datastores/lake/paths/all';
  const { files, said } = await list(
    {
      targets: [fakeTarget('fraud', 'blue')],
      uris: { model_inputs: uri, model_outputs: `${uri}/` },
      blobs: { [`${V2}/x`]: 'x', 'of-lake/all/2026/11/20/x.jsonl': '{}\n' },
    },
    { service: 'fraud', collections: ['Model_Outputs'] },
  );
  expect(files).toMatchObject([{ part: 'blue', collection: 'model_inputs+model_outputs' }]);
  expect(said).toEqual([
    'note: Collections go to one folder, "all/": they are one here, "model_inputs+model_outputs".',
  ]);
});

test('a data asset in a datastore of another workspace is not taken for ours of that name', async () => {
  const { files, said } = await list(
    {
      ...FRAUD,
      uris: {
        request: 'azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/lake/paths/a',
      },
      blobs: { [`${V2}/x`]: 'x', 'of-lake/a/2026/11/20/x.jsonl': '{}\n' },
    },
    { service: 'fraud/blue' },
  );
  expect(files).toEqual([]);
  expect(said.join()).toContain(
    '"lake" is of another workspace, s/g/w, and is not read from "Sample-WS"',
  );
});

test('AKSENDPOINT: a file belongs to the version that has its model, if that is one alone', async () => {
  const version = (part: string, path: string): Target =>
    fakeTarget('segments', part, { api: 'v1', computeType: 'AKSENDPOINT', dataPaths: [path] });
  const path = `/modeldata/${SUBSCRIPTION}/Lab/Sample-WS/segments`;
  const setting: Setting = {
    targets: [version('old', `${path}/ridge/1/`), version('new', `${path}/ridge/2/`)],
    blobs: {
      [`${SCOPE}/segments/ridge/1/inputs/2026/11/20/inputs.csv`]: '1\n',
      [`${SCOPE}/segments/ridge/2/inputs/2026/11/20/inputs.csv`]: '2\n',
      [`${SCOPE}/segments/lasso/default/inputs/2026/11/20/inputs.csv`]: '3\n',
    },
  };
  const all = await list(setting, { service: 'segments' });
  expect(all.files.map(({ model, part }) => [model, part])).toEqual([
    ['lasso', null],
    ['ridge', 'old'],
    ['ridge', 'new'],
  ]);
  const one = await list(setting, { service: 'segments/new', model: 'ridge' });
  expect(one.files).toMatchObject([{ modelVersion: '2', part: 'new' }]);
});

test('a container that is not there has no files, and is told', async () => {
  const { files, missing } = await list({ ...CHURN, blobs: {} }, { service: 'churn' });
  expect(files).toEqual([]);
  expect(missing).toMatchObject([{ kind: 'not-found' }]);
});

test('--deployment is for services that have some', async () => {
  await expect(
    list({ ...CHURN, blobs: {} }, { service: 'churn', deployment: 'blue' }),
  ).rejects.toMatchObject({ kind: 'not-found' });
  await expect(
    list({ ...FRAUD, blobs: {} }, { service: 'fraud/blue', deployment: 'blue' }),
  ).rejects.toMatchObject({ kind: 'usage' });
});
