import { CliError } from '../errors.js';
import type { Host } from '../host.js';
import type { SettingsOptions } from '../settings.js';
import { type AzDefaults, openAzDefaults } from './az-defaults.js';
import { type OwnSettings, ownSettingsPath, readOwnSettings } from './own-settings.js';
import { findWorkspaceFile, type WorkspaceFile } from './workspace-file.js';

export type SettingName =
  | 'subscriptionId'
  | 'resourceGroup'
  | 'workspaceName'
  | 'tenantId'
  | 'service'
  | 'cloud'
  | 'auth';

/** A value, and the flag, variable or file that it came from. */
export interface Sourced {
  readonly value: string;
  readonly source: string;
}

export type Sources = Readonly<Partial<Record<SettingName, Sourced | undefined>>>;

/** The flags, else the local cloud's own facts: neither environment nor files. */
export async function localSources(
  options: SettingsOptions,
  host: Pick<Host, 'localConnection'>,
): Promise<Sources> {
  const connection = await host.localConnection();
  const or = (typed: string | undefined, flag: string, value: string): Sourced =>
    typed ? { value: typed, source: flag } : { value, source: 'the local cloud' };
  return {
    subscriptionId: or(options.subscription, '--subscription', connection.subscriptionId),
    resourceGroup: or(options.resourceGroup, '--resource-group', connection.resourceGroup),
    workspaceName: or(options.workspaceName, '--workspace-name', connection.workspaceName),
    tenantId: or(options.tenant, '--tenant', connection.tenantId),
    service: or(undefined, '', connection.service),
    cloud: or(undefined, '', connection.origin),
    auth: oneOf(options.auth, '--auth', {}, []),
  };
}

/** @throws {CliError} `usage`, naming the flag, variable or file that is wrong */
export async function azureSources(
  options: SettingsOptions,
  host: Host,
  configDir: string,
): Promise<Sources> {
  const { env, files, cwd } = host;
  const typed = {
    subscriptionId: oneOf(options.subscription, '--subscription', env, [
      'AZUREML_ARM_SUBSCRIPTION',
      'AZURE_SUBSCRIPTION_ID',
    ]),
    resourceGroup: oneOf(options.resourceGroup, '--resource-group', env, [
      'AZUREML_ARM_RESOURCEGROUP',
    ]),
    workspaceName: oneOf(options.workspaceName, '--workspace-name', env, [
      'AZUREML_ARM_WORKSPACE_NAME',
    ]),
  };
  const complete = typed.subscriptionId && typed.resourceGroup && typed.workspaceName;
  const file =
    complete && options.config === undefined
      ? undefined
      : await findWorkspaceFile(files, cwd, options.config);
  const own = await readOwnSettings(files, configDir);
  const az = openAzDefaults(host);
  const fromFile = (name: keyof WorkspaceFile) => file && { value: file[name], source: file.path };
  const fromOwn = (name: keyof OwnSettings): Sourced | undefined => {
    const value = own[name];
    return value === undefined ? undefined : { value, source: ownSettingsPath(configDir) };
  };
  const fromAz = async (key: string): Promise<Sourced | undefined> => {
    const value = (await az.defaults())[key];
    return value ? { value, source: az.configPath } : undefined;
  };
  const subscription = await subscriptionOf(
    typed.subscriptionId ?? fromFile('subscriptionId') ?? fromOwn('subscriptionId'),
    az,
  );
  const workspaceName =
    typed.workspaceName ??
    fromFile('workspaceName') ??
    fromOwn('workspaceName') ??
    (await fromAz('workspace'));
  const ownService = own.workspaceName === undefined || own.workspaceName === workspaceName?.value;
  const sources = {
    subscriptionId: subscription?.id,
    resourceGroup:
      typed.resourceGroup ??
      fromFile('resourceGroup') ??
      fromOwn('resourceGroup') ??
      (await fromAz('group')),
    workspaceName,
    tenantId:
      oneOf(options.tenant, '--tenant', env, ['AZURE_TENANT_ID']) ??
      fromOwn('tenantId') ??
      subscription?.tenant,
    service:
      oneOf(undefined, '', env, ['AML_MONITOR_SERVICE']) ??
      (ownService ? fromOwn('service') : undefined),
    cloud:
      oneOf(options.cloud, '--cloud', env, ['AML_MONITOR_CLOUD', 'ARM_CLOUD_METADATA_URL']) ??
      cloudOfAuthority(env.AZURE_AUTHORITY_HOST) ??
      fromOwn('cloud'),
    auth: oneOf(options.auth, '--auth', env, ['AML_MONITOR_AUTH']),
  };
  assertValid(sources);
  return sources;
}

/**
 * The id of a subscription that may be given by its name, and the tenant that Azure CLI knows it in. Without one, the
 * subscription that Azure CLI uses. The tenant of another subscription would be the wrong one: it is not taken.
 */
async function subscriptionOf(
  given: Sourced | undefined,
  az: AzDefaults,
): Promise<{ readonly id: Sourced; readonly tenant: Sourced | undefined } | undefined> {
  const known = given && GUID.test(given.value) ? await quietly(az) : await az.subscriptions();
  const wanted = given?.value.toLowerCase();
  const entry = given
    ? known.find(({ id, name }) => id.toLowerCase() === wanted || name.toLowerCase() === wanted)
    : known.find(({ isDefault }) => isDefault);
  const source = az.profilePath;
  if (given && !entry && !GUID.test(given.value)) {
    throw new CliError(
      'usage',
      `The subscription "${given.value}" from ${given.source} is not an id, and Azure CLI knows none of that name.`,
      { hint: '`az account list` shows the subscriptions that it knows.' },
    );
  }
  const id = given ? { value: entry?.id ?? given.value, source: given.source } : undefined;
  if (!id && !entry) return undefined;
  return {
    id: id ?? { value: entry?.id ?? '', source },
    tenant: entry?.tenantId ? { value: entry.tenantId, source } : undefined,
  };
}

/** Azure CLI's file only adds the tenant here: a broken one is no reason to stop. */
async function quietly(az: AzDefaults): ReturnType<AzDefaults['subscriptions']> {
  return az.subscriptions().catch(() => []);
}

/** The flag if it was typed, else the first variable that is set. An empty one counts as not set. */
export function oneOf(
  typed: string | undefined,
  flag: string,
  env: Host['env'],
  variables: readonly string[],
): Sourced | undefined {
  if (typed !== undefined) {
    if (typed !== '') return { value: typed, source: flag };
    throw new CliError('usage', `${flag} is empty.`, { hint: 'Leave it out, or give it a value.' });
  }
  for (const source of variables) {
    const value = env[source];
    if (value) return { value, source };
  }
  return undefined;
}

const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

const CLOUD_OF_AUTHORITY: Readonly<Record<string, string>> = {
  'login.microsoftonline.com': 'AzureCloud',
  'login.windows.net': 'AzureCloud',
  'login.microsoftonline.us': 'AzureUSGovernment',
  'login.chinacloudapi.cn': 'AzureChinaCloud',
  'login.partner.microsoftonline.cn': 'AzureChinaCloud',
};

/** The cloud of a known authority; another one only replaces the authority of the cloud. */
function cloudOfAuthority(authority: string | undefined): Sourced | undefined {
  const host = authority?.replace(/^https:\/\//i, '').replace(/[/:].*$/, '');
  const value = CLOUD_OF_AUTHORITY[host?.toLowerCase() ?? ''];
  return value === undefined ? undefined : { value, source: 'AZURE_AUTHORITY_HOST' };
}

const CLOUDS = ['AzureCloud', 'AzureUSGovernment', 'AzureChinaCloud'];

interface Rule {
  readonly fits: (value: string) => boolean;
  readonly is: string;
}

const name: Rule = {
  fits: (value) => /^[\p{L}\p{N}_().-]+$/u.test(value),
  is: 'a name of letters, digits, -, _, . and parentheses',
};

const RULES: Readonly<Partial<Record<SettingName, Rule>>> = {
  resourceGroup: name,
  workspaceName: name,
  tenantId: {
    fits: (value) => /^[\da-z][\da-z.-]*$/i.test(value),
    is: 'the id of a tenant or one of its domains',
  },
  service: {
    fits: (value) => /^[\w-]+(\/[\w-]+)?$/.test(value),
    is: 'SERVICE or SERVICE/PART',
  },
  cloud: {
    fits: (value) => CLOUDS.includes(value) || (URL.canParse(value) && /^https:/i.test(value)),
    is: `${CLOUDS.join(', ')} or an https URL`,
  },
};

/** @throws {CliError} `usage`, naming the value and where it came from */
export function assertValid(sources: Sources): void {
  for (const [setting, { fits, is }] of Object.entries(RULES)) {
    const found = Object.entries(sources).find(([each]) => each === setting)?.[1];
    if (!found || fits(found.value)) continue;
    throw new CliError('usage', `"${found.value}" from ${found.source} is not ${is}.`);
  }
}
