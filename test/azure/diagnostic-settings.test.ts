import { expect, test } from 'vitest';
import { createDiagnosticSettingsGateway } from '../../src/lib/azure/diagnostic-settings.js';
import type { SettingEdit } from '../../src/lib/azure/telemetry-gateways.js';
import { type Exchange, recordedHttp } from '../support/recorded-http.js';

const COMPONENT = '/subscriptions/s/resourceGroups/g/providers/microsoft.insights/components/app';
const BELOW = `https://management.azure.com${COMPONENT}/providers/Microsoft.Insights`;
const VERSION = 'api-version=2021-05-01-preview';
const SETTING = `${BELOW}/diagnosticSettings/mine%20too?${VERSION}`;

/** As Azure shows one: what it has not is null or empty. */
const shown = {
  id: `${COMPONENT.toLowerCase()}/providers/microsoft.insights/diagnosticSettings/mine too`,
  type: 'Microsoft.Insights/diagnosticSettings',
  name: 'mine too',
  location: null,
  kind: null,
  tags: null,
  properties: {
    storageAccountId:
      '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a',
    serviceBusRuleId: null,
    workspaceId: '',
    eventHubAuthorizationRuleId: null,
    eventHubName: null,
    metrics: [
      { category: 'AllMetrics', enabled: false, retentionPolicy: { enabled: false, days: 0 } },
    ],
    logs: [
      {
        category: 'AppTraces',
        categoryGroup: null,
        enabled: true,
        retentionPolicy: { enabled: true, days: 7 },
      },
      {
        category: null,
        categoryGroup: 'audit',
        enabled: false,
        retentionPolicy: { enabled: false, days: 0 },
      },
    ],
    logAnalyticsDestinationType: null,
  },
  identity: null,
};

async function open(exchanges: readonly Exchange[]) {
  return createDiagnosticSettingsGateway(await recordedHttp(exchanges));
}

test('a setting is told with its destinations and lines', async () => {
  const gateway = await open([
    {
      request: `GET ${BELOW}/diagnosticSettings?${VERSION}`,
      answer: { status: 200, body: { value: [shown] } },
    },
  ]);
  expect(await gateway.list(COMPONENT)).toEqual([
    {
      name: 'mine too',
      storageAccountId: shown.properties.storageAccountId,
      logWorkspaceId: null,
      eventHub: null,
      partnerId: null,
      others: [],
      logs: [
        { category: 'AppTraces', group: null, enabled: true, retentionDays: 7 },
        { category: null, group: 'audit', enabled: false, retentionDays: null },
      ],
      metrics: [{ category: 'AllMetrics', group: null, enabled: false, retentionDays: null }],
    },
  ]);
});

test('every destination is told, and a member that may be one', async () => {
  const properties = {
    workspaceId: '/w',
    eventHubAuthorizationRuleId: '/ns/rule',
    eventHubName: 'hub',
    marketplacePartnerId: '/p',
    serviceBusRuleId: '/old',
    newDestinationId: '/n',
    logAnalyticsDestinationType: 'Dedicated',
  };
  const gateway = await open([
    {
      request: `GET ${BELOW}/diagnosticSettings?${VERSION}`,
      answer: { status: 200, body: { value: [{ name: 'x', properties }] } },
    },
  ]);
  expect(await gateway.list(COMPONENT)).toMatchObject([
    {
      storageAccountId: null,
      logWorkspaceId: '/w',
      eventHub: { ruleId: '/ns/rule', name: 'hub' },
      partnerId: '/p',
      others: ['serviceBusRuleId', 'newDestinationId'],
      logs: [],
    },
  ]);
});

test('categories are told by kind and group', async () => {
  const category = (name: string, categoryType: string, categoryGroups: unknown) => ({
    name,
    properties: { categoryType, categoryGroups },
  });
  const value = [
    category('AppTraces', 'Logs', ['allLogs']),
    category('AllMetrics', 'Metrics', null),
  ];
  const gateway = await open([
    {
      request: `GET ${BELOW}/diagnosticSettingsCategories?${VERSION}`,
      answer: { status: 200, body: { value } },
    },
  ]);
  expect(await gateway.listCategories(COMPONENT)).toEqual([
    { name: 'AppTraces', isLog: true, groups: ['allLogs'] },
    { name: 'AllMetrics', isLog: false, groups: [] },
  ]);
});

const change = async (exchanges: readonly Exchange[], edit: SettingEdit | 'removed' | null) =>
  (await open(exchanges)).change(COMPONENT, 'mine too', async () => edit, {
    dryRun: false,
    onSend: () => {},
  });

test('a change is a read and a PUT of what was read', async () => {
  const { id: _, type: __, name: ___, ...rest } = shown;
  const body = JSON.stringify(rest).replace('"enabled":true', '"enabled":false');
  const edit = { logs: [{ name: 'AppTraces', of: 'category', enabled: false }] } as const;
  const changed = await change(
    [
      { request: `GET ${SETTING}`, answer: { status: 200, body: shown } },
      { request: `GET ${SETTING}`, answer: { status: 200, body: shown } },
      { request: `PUT ${SETTING}`, body, answer: { status: 200, body: shown } },
    ],
    edit,
  );
  expect(changed).toEqual({
    changed: true,
    applied: true,
    requests: [{ method: 'PUT', url: SETTING, contentType: 'application/json', body }],
    before: JSON.stringify(rest),
  });
});

test('a setting that is removed meanwhile is removed', async () => {
  const gone = { status: 404, body: { error: { code: 'ResourceNotFound', message: 'Gone.' } } };
  const exchanges = [
    { request: `GET ${SETTING}`, answer: { status: 200, body: shown } },
    { request: `GET ${SETTING}`, answer: { status: 200, body: shown } },
    { request: `DELETE ${SETTING}`, answer: gone },
  ];
  expect(await change(exchanges, 'removed')).toMatchObject({ changed: true, applied: true });
  expect(await change([{ request: `GET ${SETTING}`, answer: gone }], 'removed')).toMatchObject({
    changed: false,
  });
});

test("Azure's refusal keeps its code and names the role that is missing", async () => {
  const body = { code: 'AuthorizationFailed', message: 'You may not.' };
  const exchanges = [
    { request: `GET ${SETTING}`, answer: { status: 200, body: shown } },
    { request: `GET ${SETTING}`, answer: { status: 200, body: shown } },
    { request: `DELETE ${SETTING}`, answer: { status: 403, body } },
  ];
  await expect(change(exchanges, 'removed')).rejects.toMatchObject({
    kind: 'auth',
    facts: {
      code: 'AuthorizationFailed',
      hint: 'Ask for the role Monitoring Contributor, or Reader where you only look.',
    },
  });
});

test('a setting that changes while it is decided on is decided on again', async () => {
  const properties = { ...shown.properties, workspaceId: '/w' };
  const now = { status: 200, body: { ...shown, properties } };
  const gateway = await open([
    { request: `GET ${SETTING}`, answer: { status: 200, body: shown } },
    { request: `GET ${SETTING}`, answer: now },
    { request: `GET ${SETTING}`, answer: now },
    { request: `PUT ${SETTING}`, answer: now },
  ]);
  const seen: unknown[] = [];
  const changed = await gateway.change(
    COMPONENT,
    'mine too',
    async (setting) => {
      seen.push(setting?.logWorkspaceId);
      return setting?.logWorkspaceId ? { storageAccountId: null, logs: [] } : 'removed';
    },
    { dryRun: false, onSend: () => seen.push('sent') },
  );
  expect(seen).toEqual([null, '/w', 'sent']);
  expect(changed.requests).toMatchObject([
    { method: 'PUT', body: expect.stringContaining('"workspaceId":"/w"') },
  ]);
});

test('a setting that never stops changing is left alone', async () => {
  const gets = Array.from({ length: 6 }, (_, index) => ({
    request: `GET ${SETTING}`,
    answer: { status: 200, body: { ...shown, kind: `${index}` } },
  }));
  await expect(change(gets, 'removed')).rejects.toThrow('again and again; nothing was sent.');
});
