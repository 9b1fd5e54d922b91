import { expect, test } from 'vitest';
import { customCloud, metadataUrl, publicCloud } from '../../src/lib/azure/cloud.js';
import { createLinks } from '../../src/lib/azure/links.js';

const WORKSPACE = {
  name: 'w',
  location: 'x',
  discoveryUrl: null,
  componentId: null,
  storageAccountId: null,
  systemDatastoresAuthMode: null,
};

const document = {
  name: 'Private',
  portal: 'https://portal.private.example/',
  authentication: {
    loginEndpoint: 'https://login.private.example/adfs',
    audiences: ['https://other.private.example/', 'https://arm.private.example/'],
  },
  logAnalyticsResourceId: 'https://logs.private.example',
  suffixes: { storage: 'storage.private.example' },
  resourceManager: 'https://arm.private.example/',
};

test('each public cloud is known in any case, with hosts of its own', () => {
  const china = publicCloud('azurechinacloud');
  expect(china).toMatchObject({
    name: 'AzureChinaCloud',
    authority: 'https://login.chinacloudapi.cn',
    instanceDiscovery: true,
    armScope: 'https://management.chinacloudapi.cn/.default',
    logsEndpoint: 'https://api.loganalytics.azure.cn/v1',
    logsAudience: 'https://api.loganalytics.azure.cn',
  });
  expect(() => publicCloud('AzureMoonCloud')).toThrow('There is no cloud "AzureMoonCloud".');
});

test.each([
  [
    'AzureCloud',
    {
      authority: 'https://login.microsoftonline.com',
      armEndpoint: 'https://management.azure.com',
      logsAudience: 'https://api.loganalytics.io',
      storageSuffix: 'core.windows.net',
    },
    'https://eastus.api.azureml.ms',
    ['https://ml.azure.com/', 'https://portal.azure.com/'],
  ],
  [
    'AzureUSGovernment',
    {
      authority: 'https://login.microsoftonline.us',
      armEndpoint: 'https://management.usgovcloudapi.net',
      logsAudience: 'https://api.loganalytics.us',
      storageSuffix: 'core.usgovcloudapi.net',
    },
    'https://usgovvirginia.api.ml.azure.us',
    ['https://ml.azure.us/', 'https://portal.azure.us/'],
  ],
  [
    'AzureChinaCloud',
    {
      authority: 'https://login.chinacloudapi.cn',
      armEndpoint: 'https://management.chinacloudapi.cn',
      logsAudience: 'https://api.loganalytics.azure.cn',
      storageSuffix: 'core.chinacloudapi.cn',
    },
    'https://chinaeast2.modelmanagement.azureml.cn',
    ['https://studio.ml.azure.cn/', 'https://portal.azure.cn/'],
  ],
] as const)('%s has its hosts, tokens for them alone, and its pages', (name, hosts, ml, pages) => {
  const cloud = publicCloud(name);
  const { armEndpoint, logsAudience, storageSuffix } = hosts;
  expect(cloud).toMatchObject({
    ...hosts,
    armScope: `${armEndpoint}/.default`,
    logsEndpoint: `${logsAudience}/v1`,
  });
  const own = {
    arm: `${armEndpoint}/x`,
    modelManagement: `${ml}/x`,
    logs: `${logsAudience}/v1/x`,
    storage: `https://account.blob.${storageSuffix}/x`,
    signIn: `${hosts.authority}/x`,
  };
  const others = ['AzureCloud', 'AzureUSGovernment', 'AzureChinaCloud'].filter((o) => o !== name);
  for (const [kind, url] of Object.entries(own)) {
    const accepting = Object.entries(cloud.accepts).filter(([, rule]) => rule(new URL(url)));
    expect(
      accepting.map(([rule]) => rule),
      url,
    ).toEqual([kind]);
    if (kind === 'signIn') continue;
    for (const other of others.map((one) => publicCloud(one).accepts)) {
      expect(
        Object.values(other).some((rule) => rule(new URL(url))),
        url,
      ).toBe(false);
    }
  }
  const links = createLinks(cloud, 'a-tenant');
  const workspace = { resourceId: '/w', tenantId: null } as const;
  const studio = links.studio({ ...WORKSPACE, ...workspace });
  expect([studio.split('?')[0], links.portal('/r', 'b').split('#')[0]]).toEqual(pages);
  expect(studio).toContain('tid=a-tenant');
  expect(links.portal('/r', 'b')).toContain('#@b/resource/r');
});

test('AZURE_AUTHORITY_HOST moves the sign-in, and only to https', () => {
  expect(publicCloud('AzureCloud', 'login.own.example')).toMatchObject({
    authority: 'https://login.own.example',
    instanceDiscovery: false,
  });
  expect(() => publicCloud('AzureCloud', 'http://login.own.example')).toThrow('not an https host');
});

test('a custom cloud is what its metadata says, alone or among others', () => {
  for (const metadata of [
    document,
    [{ ...document, resourceManager: 'https://x.example' }, document],
  ]) {
    const cloud = customCloud('https://arm.private.example/metadata/endpoints', metadata);
    expect(cloud).toMatchObject({
      name: 'Private',
      authority: 'https://login.private.example',
      instanceDiscovery: false,
      armEndpoint: 'https://arm.private.example',
      armScope: 'https://arm.private.example/.default',
      logsEndpoint: 'https://logs.private.example/v1',
      logsAudience: 'https://logs.private.example',
      storageSuffix: 'storage.private.example',
    });
    expect(cloud.accepts.modelManagement(new URL('https://logs.private.example/x'))).toBe(true);
    expect(cloud.accepts.arm(new URL('https://management.azure.com/'))).toBe(false);
  }
});

test('the metadata is below the Resource Manager, unless the URL says where', () => {
  expect(metadataUrl('https://arm.private.example')).toBe(
    'https://arm.private.example/metadata/endpoints?api-version=2022-09-01',
  );
  const exact = 'https://arm.private.example/clouds.json?api-version=2019-05-01';
  expect(metadataUrl(exact)).toBe(exact);
  expect(() => metadataUrl('http://arm.private.example')).toThrow('is not the https URL');
});

test('tokens go to the hosts of their service and to no look-alike', () => {
  const { accepts } = publicCloud('AzureCloud');
  const yes = (rule: (url: URL) => boolean, url: string) =>
    expect(rule(new URL(url)), url).toBe(true);
  const no = (rule: (url: URL) => boolean, url: string) =>
    expect(rule(new URL(url)), url).toBe(false);
  yes(accepts.modelManagement, 'https://eastus.modelmanagement.azureml.net/x');
  yes(accepts.modelManagement, 'https://0.workspace.eastus.api.azureml.ms/x');
  yes(accepts.storage, 'https://account.blob.core.windows.net/c');
  yes(accepts.storage, 'https://account.z01.blob.storage.azure.net/c');
  yes(accepts.logs, 'https://api.loganalytics.azure.com/v1');
  for (const url of [
    'https://azureml.net.evil.example/',
    'https://evilazureml.ms/',
    'http://eastus.api.azureml.ms/',
    'https://eastus.api.azureml.ms:8443/',
    'https://account.blob.core.windows.net/',
  ]) {
    no(accepts.modelManagement, url);
    no(accepts.arm, url);
  }
});
