import { beforeAll, beforeEach, expect, test } from 'vitest';
import { type Served, serve } from './served.js';

const VERSION = '?api-version=2021-05-01-preview';

let served: Served;
let folder: string;
beforeAll(async () => {
  served = await serve('empty');
  folder = `${served.componentId}/providers/microsoft.insights/diagnosticSettings`;
});
beforeEach(() => served.cloud.reset('empty'));

const put = (name: string, properties: object) => putText(name, JSON.stringify({ properties }));

const putText = (name: string, text: string) =>
  served.send('PUT', `${folder}/${encodeURIComponent(name)}${VERSION}`, text);

const get = (name: string) => served.send('GET', `${folder}/${encodeURIComponent(name)}${VERSION}`);

const toStorage = (...categories: readonly string[]) => ({
  storageAccountId: served.storageId,
  logs: categories.map((category) => ({ category, enabled: true })),
});

test('a setting is answered as it was sent, character by character', async () => {
  const properties = `{"logs": [ {"enabled":true,"category":"AppTraces","weight":1.0} ],  "storageAccountId":"${served.storageId}", "later":{"ticket":12345678901234567890}}`;
  expect((await putText('To the archive', `{"properties":${properties}}`)).status).toBe(200);
  const text = await (await get('To the archive')).text();
  expect(text).toContain(`"properties":${properties}`);
  expect(JSON.parse(text)).toMatchObject({
    name: 'To the archive',
    id: `${folder}/To the archive`,
  });
});

test('categories are those of Application Insights', async () => {
  const response = await served.send('GET', `${folder}Categories${VERSION}`);
  const { value }: { value: { name: string; properties: { categoryType: string } }[] } = JSON.parse(
    await response.text(),
  );
  expect(value.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['AppTraces', 'AppRequests', 'AppExceptions', 'AllMetrics']),
  );
  expect(value.find(({ name }) => name === 'AllMetrics')?.properties.categoryType).toBe('Metrics');
});

test('one category goes to one place through one setting only', async () => {
  await put('first', toStorage('AppTraces'));
  expect((await put('second', toStorage('AppRequests'))).status).toBe(200);
  const conflict = await put('third', toStorage('apptraces'));
  expect([conflict.status, JSON.parse(await conflict.text())]).toEqual([
    409,
    {
      code: 'Conflict',
      message: expect.stringContaining("setting 'first' for category 'AppTraces'"),
    },
  ]);
  const all = {
    storageAccountId: served.storageId,
    logs: [{ categoryGroup: 'allLogs', enabled: true }],
  };
  expect((await put('third', all)).status).toBe(409);
  const off = toStorage();
  expect(
    (await put('third', { ...off, logs: [{ category: 'AppTraces', enabled: false }] })).status,
  ).toBe(200);
});

test('a resource has five settings at most', async () => {
  const names = ['AppTraces', 'AppRequests', 'AppExceptions', 'AppEvents', 'AppDependencies'];
  for (const name of names) expect((await put(name, toStorage(name))).status).toBe(200);
  const sixth = await put('sixth', toStorage('AppMetrics'));
  expect([sixth.status, await sixth.text()]).toEqual([400, expect.stringContaining('limit of 5')]);
  expect((await put('AppTraces', toStorage('AppTraces', 'AppMetrics'))).status).toBe(200);
});

test.each([
  ['a category that nobody has', () => toStorage('AppNothing'), 400, 'AppNothing'],
  ['no destination', () => ({ logs: [] }), 400, 'At least one data sink'],
  [
    'an account that does not exist',
    () => ({ ...toStorage('AppTraces'), storageAccountId: `${served.storageId}x` }),
    404,
    'sampleml0storagex',
  ],
])('%s is refused', async (_, properties, status, words) => {
  const response = await put('archive', properties());
  expect([response.status, await response.text()]).toEqual([
    status,
    expect.stringContaining(words),
  ]);
});

test('a deleted setting is gone, and deleting it again says that there was none', async () => {
  await put('archive', toStorage('AppTraces'));
  const remove = () => served.send('DELETE', `${folder}/archive${VERSION}`);
  expect([(await remove()).status, (await get('archive')).status, (await remove()).status]).toEqual(
    [200, 404, 204],
  );
});
