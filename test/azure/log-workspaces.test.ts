import { expect, test } from 'vitest';
import { createLogWorkspacesGateway } from '../../src/lib/azure/log-workspaces.js';
import { type Exchange, recordedHttp } from '../support/recorded-http.js';

const WORKSPACE =
  '/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/logs';
const TABLE = `https://management.azure.com${WORKSPACE}/tables/AppTraces?api-version=2022-10-01`;
const STATUS =
  'https://management.azure.com/subscriptions/s/providers/Microsoft.OperationalInsights/locations/eu/operationstatuses/1';
const PATCH = '{"properties":{"retentionInDays":180}}';

const table = (days: number, more: object = {}) => ({
  status: 200,
  body: {
    id: `${WORKSPACE}/tables/AppTraces`,
    name: 'AppTraces',
    properties: {
      retentionInDays: days,
      totalRetentionInDays: days,
      archiveRetentionInDays: 0,
      retentionInDaysAsDefault: false,
      totalRetentionInDaysAsDefault: true,
      plan: 'Analytics',
      provisioningState: 'Succeeded',
      ...more,
    },
  },
});

async function set(exchanges: readonly Exchange[]) {
  const recorded = await recordedHttp(exchanges);
  const notes: string[] = [];
  const gateway = createLogWorkspacesGateway(recorded);
  const change = await gateway.setRetention(
    WORKSPACE,
    'AppTraces',
    { retentionDays: 180 },
    { dryRun: false, onNote: (note) => notes.push(note) },
  );
  expect(recorded.left()).toBe(0);
  return { change, notes };
}

test('a change that is accepted is followed by its operation', async () => {
  const { change } = await set([
    { request: `GET ${TABLE}`, answer: table(90) },
    {
      request: `PATCH ${TABLE}`,
      body: PATCH,
      answer: { status: 202, headers: { 'azure-asyncoperation': STATUS }, body: '' },
    },
    { request: `GET ${STATUS}`, answer: { status: 200, body: { status: 'InProgress' } } },
    { request: `GET ${STATUS}`, answer: { status: 200, body: { status: 'Succeeded' } } },
    { request: `GET ${TABLE}`, answer: table(180) },
  ]);
  expect(change).toMatchObject({ changed: true, applied: true });
});

test('a change that is accepted is followed by its location', async () => {
  const { change } = await set([
    { request: `GET ${TABLE}`, answer: table(90) },
    { request: `PATCH ${TABLE}`, answer: { status: 202, headers: { location: STATUS }, body: '' } },
    { request: `GET ${STATUS}`, answer: { status: 202, body: '' } },
    { request: `GET ${STATUS}`, answer: table(180) },
  ]);
  expect(change.applied).toBe(true);
});

test('a change that is answered while it goes on is followed by the state of the table', async () => {
  const { change } = await set([
    { request: `GET ${TABLE}`, answer: table(90) },
    { request: `PATCH ${TABLE}`, answer: table(180, { provisioningState: 'Updating' }) },
    { request: `GET ${TABLE}`, answer: table(180) },
  ]);
  expect(change.applied).toBe(true);
});

test('an operation that fails is told with its reason', async () => {
  const failed = { status: 'Failed', error: { code: 'Bad', message: 'Out of days.' } };
  await expect(
    set([
      { request: `GET ${TABLE}`, answer: table(90) },
      {
        request: `PATCH ${TABLE}`,
        answer: { status: 202, headers: { 'azure-asyncoperation': STATUS }, body: '' },
      },
      { request: `GET ${STATUS}`, answer: { status: 200, body: failed } },
    ]),
  ).rejects.toMatchObject({
    kind: 'service',
    message: 'The change of "AppTraces" ended as failed: Out of days.',
  });
});

test('a table that is locked is asked again once it is free', async () => {
  const conflict = { error: { code: 'Conflict', message: 'Table state is locked.' } };
  const { change, notes } = await set([
    { request: `GET ${TABLE}`, answer: table(90) },
    { request: `PATCH ${TABLE}`, answer: { status: 409, body: conflict } },
    { request: `GET ${TABLE}`, answer: table(90, { provisioningState: 'InProgress' }) },
    { request: `GET ${TABLE}`, answer: table(90) },
    { request: `PATCH ${TABLE}`, body: PATCH, answer: table(180) },
  ]);
  expect(change.changed).toBe(true);
  expect(notes).toEqual(['"AppTraces" is being changed already; waiting for that.']);
});

test('an answer of an older service, without defaults and totals, is understood', async () => {
  const body = { name: 'AppTraces', properties: { retentionInDays: 180 } };
  const { change } = await set([{ request: `GET ${TABLE}`, answer: { status: 200, body } }]);
  expect(change).toMatchObject({ changed: false, requests: [] });
});

test('a lock on the table is told at once, and not waited for', async () => {
  const locked = { error: { code: 'ScopeLocked', message: 'The scope is locked.' } };
  await expect(
    set([
      { request: `GET ${TABLE}`, answer: table(90) },
      { request: `PATCH ${TABLE}`, answer: { status: 409, body: locked } },
    ]),
  ).rejects.toMatchObject({ kind: 'service', facts: { code: 'ScopeLocked' } });
});
