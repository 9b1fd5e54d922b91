import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Host } from '../../src/lib/host.js';
import {
  requireWorkspace,
  resolveSettings,
  type Settings,
  type SettingsOptions,
} from '../../src/lib/settings.js';
import { realFiles, temporaryFolder, testHost } from '../support/host.js';
import { localCloud } from '../support/local-cloud.js';
import { runCli } from '../support/run-cli.js';

const GUID = '5d8f3b20-6c4e-4f17-b1a9-e07d2c6a9f34';
const OTHER_GUID = '11111111-6c4e-4f17-b1a9-e07d2c6a9f34';
const TENANT = '3f0e6d1a-5b7c-4c8e-9a21-6d4b8e2f1c70';

interface Given {
  readonly options?: SettingsOptions;
  readonly env?: Host['env'];
  /** Below the home folder; the current folder is `work/project`. */
  readonly files?: Readonly<Record<string, string>>;
}

interface Resolved {
  readonly settings: Settings;
  readonly home: string;
}

async function resolved({ options = {}, env = {}, files = {} }: Given): Promise<Resolved> {
  const home = await temporaryFolder();
  const cwd = join(home, 'work', 'project');
  await realFiles.write(join(cwd, '.keep'), '');
  for (const [path, content] of Object.entries(files)) {
    await realFiles.write(join(home, path), content);
  }
  const settings = await resolveSettings(options, testHost({ env, cwd, homeDir: home }));
  return { settings, home };
}

const workspaceFile = (name: string) =>
  JSON.stringify({ subscription_id: GUID, resource_group: `${name}-group`, workspace_name: name });

const ownFile = (own: object) => ({
  '.config/aml-monitor/settings.json': JSON.stringify(own),
});

test('a flag wins over a variable, a variable over the workspace file, that over own settings and az', async () => {
  const files = {
    'work/project/config.json': workspaceFile('from-file'),
    ...ownFile({ workspaceName: 'from-own', resourceGroup: 'own-group', tenantId: TENANT }),
    '.azure/config': '[defaults]\nworkspace = from-az\ngroup = az-group\n',
  };
  const env = { AZUREML_ARM_WORKSPACE_NAME: 'from-env' };
  const names = async (given: Given) => (await resolved(given)).settings.workspaceName;

  expect(await names({ files, env, options: { workspaceName: 'typed' } })).toBe('typed');
  expect(await names({ files, env })).toBe('from-env');
  expect(await names({ files })).toBe('from-file');
  const { 'work/project/config.json': _, ...withoutFile } = files;
  expect(await names({ files: withoutFile })).toBe('from-own');
  const { '.config/aml-monitor/settings.json': __, ...azOnly } = withoutFile;
  expect(await names({ files: azOnly })).toBe('from-az');
});

test('every setting says where it came from', async () => {
  const { settings, home } = await resolved({
    options: { resourceGroup: 'typed-group' },
    env: { AZURE_TENANT_ID: TENANT, AML_MONITOR_SERVICE: 'churn' },
    files: { 'work/config.json': workspaceFile('found') },
  });

  expect(settings).toMatchObject({
    subscriptionId: GUID,
    resourceGroup: 'typed-group',
    workspaceName: 'found',
    tenantId: TENANT,
    service: 'churn',
  });
  expect(settings.sources).toMatchObject({
    subscriptionId: join(home, 'work', 'config.json'),
    resourceGroup: '--resource-group',
    workspaceName: join(home, 'work', 'config.json'),
    tenantId: 'AZURE_TENANT_ID',
    service: 'AML_MONITOR_SERVICE',
  });
});

test('the subscription of an AML run goes before the general one', async () => {
  const env = { AZUREML_ARM_SUBSCRIPTION: GUID, AZURE_SUBSCRIPTION_ID: OTHER_GUID };
  expect((await resolved({ env })).settings.subscriptionId).toBe(GUID);
});

test('.azureml/config.json of a grandparent goes before config.json of the current folder', async () => {
  const { settings } = await resolved({
    files: {
      '.azureml/config.json': workspaceFile('grandparent'),
      'work/project/config.json': workspaceFile('current'),
    },
  });
  expect(settings.workspaceName).toBe('grandparent');
});

test.each([
  ['.azureml/config.json', '.azureml/project.json'],
  ['.azureml/project.json', 'aml_config/config.json'],
  ['aml_config/config.json', 'aml_config/project.json'],
  ['aml_config/project.json', 'config.json'],
  ['config.json', 'project.json'],
])('%s goes before %s', async (first, second) => {
  const { settings } = await resolved({
    files: {
      [`work/project/${first}`]: workspaceFile('first'),
      [`work/project/${second}`]: workspaceFile('second'),
    },
  });
  expect(settings.workspaceName).toBe('first');
});

test('the file that Workspace.write_config() writes has a Scope, which wins', async () => {
  const scope = `/subscriptions/${GUID}/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w`;
  const content = JSON.stringify({ Id: null, Scope: scope, workspace_name: 'ignored' });
  const { settings } = await resolved({ files: { 'work/project/.azureml/config.json': content } });
  expect(settings).toMatchObject({ subscriptionId: GUID, resourceGroup: 'g', workspaceName: 'w' });
});

test('--config names a file of any name, or a folder to start from', async () => {
  const files = {
    'other/my-workspace.json': workspaceFile('named'),
    'other/config.json': workspaceFile('in-folder'),
    'work/project/config.json': workspaceFile('current'),
  };
  const name = async (config: string) =>
    (await resolved({ files, options: { config } })).settings.workspaceName;
  expect(await name('../../other/my-workspace.json')).toBe('named');
  expect(await name('../../other')).toBe('in-folder');
});

test.each([
  ['{', 'is not valid JSON'],
  ['{"subscription_id":"x","resource_group":"g"}', 'has no "workspace_name"'],
  ['{"Scope":"/subscriptions/x"}', 'is not the id of a workspace'],
])('a workspace file %s is refused by its name', async (content, reason) => {
  const files = { 'work/project/.azureml/config.json': content };
  const problem = resolved({ files });
  await expect(problem).rejects.toMatchObject({ kind: 'usage' });
  await expect(problem).rejects.toThrow(join('work', 'project', '.azureml', 'config.json'));
  await expect(problem).rejects.toThrow(reason);
});

test('a config.json that has nothing to do with workspaces is no workspace file', async () => {
  const { settings } = await resolved({
    files: { 'work/project/config.json': '{"port":8080}', ...ownFile({ workspaceName: 'own' }) },
  });
  expect(settings.workspaceName).toBe('own');
});

test('no file is read if the flags and variables say it all', async () => {
  const { settings } = await resolved({
    options: { subscription: GUID, resourceGroup: 'g', workspaceName: 'w' },
    files: { 'work/project/config.json': '{' },
  });
  expect(settings.workspaceName).toBe('w');
});

test('subscription and tenant come from the profile of az, which starts with a byte order mark', async () => {
  const profile = {
    subscriptions: [
      { id: OTHER_GUID, name: 'Other', tenantId: 'other-tenant', isDefault: false },
      { id: GUID, name: 'Team ML', tenantId: TENANT, isDefault: true },
    ],
  };
  const files = { 'az/azureProfile.json': `\ufeff${JSON.stringify(profile)}` };
  const home = await temporaryFolder();
  const env = { AZURE_CONFIG_DIR: join(home, 'az') };
  await realFiles.write(join(home, 'az/azureProfile.json'), files['az/azureProfile.json']);
  const host = testHost({ env, cwd: home, homeDir: home });

  expect(await resolveSettings({}, host)).toMatchObject({ subscriptionId: GUID, tenantId: TENANT });
  expect(await resolveSettings({ subscription: 'team ml' }, host)).toMatchObject({
    subscriptionId: GUID,
  });
  expect(await resolveSettings({ subscription: OTHER_GUID }, host)).toMatchObject({
    tenantId: 'other-tenant',
  });
  await expect(resolveSettings({ subscription: 'nobody' }, host)).rejects.toThrow(
    'The subscription "nobody" from --subscription is not an id, and Azure CLI knows none of that name.',
  );
});

test('the tenant of az is not taken for a subscription that it does not know', async () => {
  const profile = { subscriptions: [{ id: OTHER_GUID, tenantId: TENANT, isDefault: true }] };
  const { settings } = await resolved({
    options: { subscription: GUID },
    files: { '.azure/azureProfile.json': JSON.stringify(profile) },
  });
  expect(settings.tenantId).toBeUndefined();
});

test('the default service of `use` counts only in its workspace', async () => {
  const files = ownFile({ workspaceName: 'own', service: 'churn' });
  expect((await resolved({ files })).settings.service).toBe('churn');
  const elsewhere = await resolved({ files, options: { workspaceName: 'another' } });
  expect(elsewhere.settings.service).toBeUndefined();
});

test.each([
  [{}, {}, 'AzureCloud'],
  [{ cloud: 'AzureChinaCloud' }, { AML_MONITOR_CLOUD: 'AzureCloud' }, 'AzureChinaCloud'],
  [
    {},
    { AML_MONITOR_CLOUD: 'AzureUSGovernment', ARM_CLOUD_METADATA_URL: 'https://x' },
    'AzureUSGovernment',
  ],
  [{}, { ARM_CLOUD_METADATA_URL: 'https://localhost:8443' }, 'https://localhost:8443'],
  [{}, { AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.us/' }, 'AzureUSGovernment'],
  [{}, { AZURE_AUTHORITY_HOST: 'https://login.example.com/' }, 'AzureCloud'],
])('the cloud of %o and %o is %s', async (options, env, cloud) => {
  expect((await resolved({ options, env })).settings.cloud).toBe(cloud);
});

test.each([
  [{}, { AML_MONITOR_OUTPUT: 'xml' }, '"xml" from AML_MONITOR_OUTPUT is no output format.'],
  [{}, { AML_MONITOR_AUTH: 'magic' }, '"magic" from AML_MONITOR_AUTH is no way to sign in.'],
  [{ cloud: 'AzureMoon' }, {}, '"AzureMoon" from --cloud is not AzureCloud'],
  [{ cloud: 'http://localhost' }, {}, '"http://localhost" from --cloud is not'],
  [{ workspaceName: 'a/b' }, {}, '"a/b" from --workspace-name is not a name'],
  [{ tenant: 'a b' }, {}, '"a b" from --tenant is not the id of a tenant'],
  [{ resourceGroup: '' }, {}, '--resource-group is empty.'],
  [{ apiVersion: 'latest' }, {}, '"latest" from --api-version is no api-version.'],
])('settings %o with %o are refused by what they are called', async (options, env, message) => {
  const problem = resolved({ options, env });
  await expect(problem).rejects.toMatchObject({ kind: 'usage' });
  await expect(problem).rejects.toThrow(message);
});

test('a missing workspace names the flag, the variable and the file', async () => {
  const { settings } = await resolved({ env: { AZURE_SUBSCRIPTION_ID: GUID } });
  expect(() => requireWorkspace(settings)).toThrow('The workspace and resource group are not set.');
  try {
    requireWorkspace(settings);
  } catch (error) {
    expect(error).toMatchObject({ kind: 'usage' });
    const hint = JSON.stringify(error);
    for (const name of ['-w', '-g', 'AZUREML_ARM_WORKSPACE_NAME', 'config.json', 'use']) {
      expect(hint).toContain(name);
    }
    expect(hint).not.toContain('--subscription');
  }
});

test('with --local only the flags and what every local cloud is like count; none is opened', async () => {
  const { connection } = localCloud();
  const home = await temporaryFolder();
  const host = testHost({
    env: { AZUREML_ARM_WORKSPACE_NAME: 'from-env', AZURE_TENANT_ID: 'x', AML_MONITOR_SERVICE: 'y' },
    cwd: home,
    homeDir: home,
    localConnection: async () => connection,
  });
  const settings = await resolveSettings({ local: true, resourceGroup: 'typed' }, host);
  expect(settings).toMatchObject({
    subscriptionId: connection.subscriptionId,
    resourceGroup: 'typed',
    workspaceName: connection.workspaceName,
    tenantId: connection.tenantId,
    service: connection.service,
    cloud: connection.origin,
  });
});

test('a question may be asked only on a terminal, outside CI, and unless --no-input', async () => {
  const home = await temporaryFolder();
  const may = async (options: SettingsOptions, env: Host['env'], isTty: boolean) => {
    const stream = {
      isTty,
      columns: () => 80,
      write: async () => {},
      closed: new AbortController().signal,
    };
    const stdin = { isTty, readAll: async () => '' };
    const host = testHost({ env, cwd: home, homeDir: home, stdin, stdout: stream, stderr: stream });
    return (await resolveSettings(options, host)).mayPrompt;
  };
  expect(await may({}, {}, true)).toBe(true);
  expect(await may({}, {}, false)).toBe(false);
  expect(await may({}, { CI: 'true' }, true)).toBe(false);
  expect(await may({ input: false }, {}, true)).toBe(false);
});

test('use remembers nothing that no command could use', async () => {
  const run = await runCli(['use', '--cloud', 'AzureMoon']);
  expect(run.status).toBe(2);
  expect(run.stderr).toContain('"AzureMoon" from the flag is not AzureCloud');
  expect(await realFiles.kind(join(run.home, '.config'))).toBeUndefined();
});
