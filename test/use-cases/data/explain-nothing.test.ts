import { expect, test } from 'vitest';
import type { Target } from '../../../src/lib/model/target.js';
import { explainNothing } from '../../../src/lib/use-cases/data/explain-nothing.js';
import {
  type DataSelection,
  listCollected,
} from '../../../src/lib/use-cases/data/list-collected.js';
import { collectItems } from '../../azure/collect-items.js';
import { fakeBlobs } from '../../support/fake-blobs.js';
import { fakeGateways, fakeTarget, fakeWorld } from '../../support/fake-gateways.js';
import { fakeReport } from '../../support/fake-report.js';

/** The sentences that are said where these blobs, by container and name, hold nothing that is meant. */
async function reasons(
  target: Target,
  names: readonly string[],
  wish: Partial<DataSelection> = {},
): Promise<readonly string[]> {
  const blobs = fakeBlobs(Object.fromEntries(names.map((name) => [name, '{}\n'])));
  const world = fakeWorld({
    findTargets: async function* () {
      yield target;
    },
  });
  const { arm } = fakeGateways();
  const gateways = fakeGateways({
    arm: {
      ...arm,
      getWorkspace: async () => ({
        ...(await arm.getWorkspace()),
        name: 'lab',
        resourceId: '/subscriptions/s/resourceGroups/g/providers/x/workspaces/lab',
        storageAccountId: '/subscriptions/s/resourceGroups/g/providers/x/storageAccounts/store',
      }),
      getDatastore: async () => ({ accountName: 'store', containerName: 'data' }),
    },
    v1: target.api === 'v1' ? world : fakeWorld(),
    v2: target.api === 'v1' ? fakeWorld() : world,
    blobs,
  });
  const selection = { service: target.service, from: null, to: null, ...wish };
  const collected = await listCollected(gateways, selection, fakeReport().report);
  expect(await collectItems(collected.files)).toEqual([]);
  return explainNothing(gateways, collected, collected.ending(), selection);
}

const on = {
  collection: true,
  collections: [{ name: 'request', enabled: true, samplingRate: 1, dataId: null }],
};
const CHURN = fakeTarget('churn', null, on);
const FRAUD = fakeTarget('fraud', 'blue', on);
const MDC = 'data/modelDataCollector';
const NOTHING_WRITTEN = /has written nothing/;

test('v1 makes its container with the first file: without it nothing was ever collected', async () => {
  expect(await reasons(CHURN, [])).toEqual([
    'There is no container "modeldata": nothing was ever collected there.',
    expect.stringMatching(/^churn collects, and has written nothing: its score.py needs/),
  ]);
});

test('v2 cannot write where the container of the datastore is missing', async () => {
  const [missing, ...others] = await reasons(FRAUD, []);
  expect(missing).toMatch(/^There is no container "data": what is collected has nowhere to go\./);
  expect(others).toEqual([]);
});

test('data of other services alone is said to be theirs', async () => {
  expect(await reasons(FRAUD, [`${MDC}/churn/main/request/2026/11/20/x.jsonl`])).toEqual([
    'In "modelDataCollector/" of the container "data" there is data of others alone: churn.',
    expect.stringMatching(NOTHING_WRITTEN),
  ]);
  expect(await reasons(CHURN, ['modeldata/s/g/lab/fraud/m/1/inputs/2026/11/20/x.csv'])).toEqual([
    'In "s/g/lab/" of the container "modeldata" there is data of others alone: fraud.',
    expect.stringMatching(NOTHING_WRITTEN),
  ]);
  const elsewhere = await reasons(CHURN, ['modeldata/s/g/other/churn/m/1/inputs/2026/11/20/x.csv']);
  expect(elsewhere).toEqual([expect.stringMatching(NOTHING_WRITTEN)]);
});

test('a folder of the service in another case is named, and not called nothing', async () => {
  expect(await reasons(FRAUD, [`${MDC}/Fraud/blue/request/2026/11/20/x.jsonl`])).toEqual([
    'In "modelDataCollector/" of the container "data" there is "Fraud", in another case than "fraud": it is not read.',
  ]);
  expect(await reasons(CHURN, ['modeldata/s/g/lab/Churn/m/1/inputs/2026/11/20/x.csv'])).toEqual([
    'In "s/g/lab/" of the container "modeldata" there is "Churn", in another case than "churn": it is not read.',
  ]);
});

test('what lies there and is no line is not called nothing', async () => {
  const stray = await reasons(FRAUD, [`${MDC}/fraud/blue/request/notes.txt`]);
  expect(stray).toEqual([
    expect.stringMatching(/^Left out, not in the layout of collected data: 1 file .*notes\.txt\.$/),
  ]);
  const payload = await reasons(FRAUD, [`${MDC}/fraud/blue/request/2026/11/20/08/5f0c`]);
  expect(payload).toEqual([
    expect.stringMatching(/^There is 1 file \(3 B\) of payloads that .*5f0c, and no line\.$/),
  ]);
  const off = { ...FRAUD, collection: false };
  expect(await reasons(off, [`${MDC}/fraud/blue/request/notes.txt`])).toEqual([
    expect.stringMatching(/^Left out/),
    expect.stringMatching(/does not collect model data/),
  ]);
});

test('what was chosen leaves none: the newest day there is, whatever its digits', async () => {
  const names = ['2026/9/30', '2026/11/02'].map(
    (day) => `${MDC}/fraud/blue/request/${day}/08/x.jsonl`,
  );
  expect(await reasons(FRAUD, names, { from: new Date('2026-11-20') })).toEqual([
    'There is data outside of what is chosen, the newest of 2026-11-02: blue/request up to 2026-11-02.',
  ]);
});
