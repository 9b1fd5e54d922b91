import { CliError } from '../errors.js';
import { readArray, readObject, readString } from './payload.js';

/** Where one of Azure's clouds is, and where its tokens may go. */
export interface Cloud {
  readonly name: string;
  /** Origin of the sign-in, `https://login.microsoftonline.com`. */
  readonly authority: string;
  /** False for an authority of one's own: it is not asked about at the public instance. */
  readonly instanceDiscovery: boolean;
  readonly armEndpoint: string;
  readonly armScope: string;
  /** With `/v1` at its end. */
  readonly logsEndpoint: string;
  readonly logsAudience: string;
  readonly portal: string;
  readonly studio: string;
  readonly storageSuffix: string;
  /** The hosts that may see a token, by what the token is for. */
  readonly accepts: {
    readonly signIn: (url: URL) => boolean;
    readonly arm: (url: URL) => boolean;
    readonly modelManagement: (url: URL) => boolean;
    readonly logs: (url: URL) => boolean;
    readonly storage: (url: URL) => boolean;
  };
}

interface PublicCloud {
  readonly login: string;
  /** Where the SDK's own tables take the sign-in to instead. */
  readonly otherLogin?: string;
  readonly arm: string;
  readonly logs: readonly string[];
  readonly ml: readonly string[];
  readonly portal: string;
  readonly studio: string;
  readonly storage: string;
  readonly otherStorage?: string;
}

/**
 * Contract: the hosts of Azure's public clouds.
 * Known from: SDK source, `azure-cli-core` `cloud.py`, `@azure/monitor-query` `constants.js`.
 */
const PUBLIC_CLOUDS: Readonly<Record<string, PublicCloud>> = {
  AzureCloud: {
    login: 'login.microsoftonline.com',
    arm: 'management.azure.com',
    logs: ['api.loganalytics.io', 'api.loganalytics.azure.com'],
    ml: ['.azureml.ms', '.azureml.net'],
    portal: 'https://portal.azure.com',
    studio: 'https://ml.azure.com',
    storage: 'core.windows.net',
    // Accounts with DNS zones of their own.
    otherStorage: 'storage.azure.net',
  },
  AzureUSGovernment: {
    login: 'login.microsoftonline.us',
    arm: 'management.usgovcloudapi.net',
    logs: ['api.loganalytics.us'],
    ml: ['.ml.azure.us'],
    portal: 'https://portal.azure.us',
    studio: 'https://ml.azure.us',
    storage: 'core.usgovcloudapi.net',
  },
  AzureChinaCloud: {
    login: 'login.chinacloudapi.cn',
    otherLogin: 'login.partner.microsoftonline.cn',
    arm: 'management.chinacloudapi.cn',
    logs: ['api.loganalytics.azure.cn'],
    ml: ['.ml.azure.cn', '.azureml.cn'],
    portal: 'https://portal.azure.cn',
    studio: 'https://studio.ml.azure.cn',
    storage: 'core.chinacloudapi.cn',
  },
};

/**
 * A public cloud by its name, in any case.
 *
 * @param authorityHost replaces the cloud's sign-in host (`AZURE_AUTHORITY_HOST`)
 * @throws {CliError} `usage` if there is no such cloud
 */
export function publicCloud(name: string, authorityHost?: string): Cloud {
  const [known, hosts] = lookUp(name);
  const authority = authorityHost ? parseAuthority(authorityHost) : `https://${hosts.login}`;
  return {
    name: known,
    authority,
    instanceDiscovery: authority === `https://${hosts.login}`,
    armEndpoint: `https://${hosts.arm}`,
    armScope: `https://${hosts.arm}/.default`,
    logsEndpoint: `https://${hosts.logs[0]}/v1`,
    logsAudience: `https://${hosts.logs[0]}`,
    portal: hosts.portal,
    studio: hosts.studio,
    storageSuffix: hosts.storage,
    accepts: {
      signIn: hasOrigin([
        authority,
        `https://${hosts.otherLogin ?? hosts.login}`,
        // It tells where each cloud's sign-in is.
        `https://${PUBLIC_CLOUDS.AzureCloud?.login}`,
      ]),
      arm: hasOrigin([`https://${hosts.arm}`]),
      modelManagement: isBelow(hosts.ml),
      logs: hasOrigin(hosts.logs.map((host) => `https://${host}`)),
      storage: isBelow(
        [hosts.storage, hosts.otherStorage ?? hosts.storage].map((suffix) => `.${suffix}`),
      ),
    },
  };
}

/** Whether the setting names a cloud by the URL of its metadata. */
export function isCustomCloud(cloud: string): boolean {
  return /^https?:\/\//i.test(cloud);
}

/**
 * Where the metadata document of a custom cloud is.
 *
 * @param url of the cloud's Resource Manager, or of the document itself
 * @throws {CliError} `usage`
 */
export function metadataUrl(url: string): string {
  const parsed = parseUrl(url);
  if (parsed?.protocol !== 'https:') {
    throw new CliError('usage', `The cloud "${url}" is not the https URL of a Resource Manager.`, {
      hint: 'Give --cloud or ARM_CLOUD_METADATA_URL as https://HOST.',
    });
  }
  if (parsed.pathname === '/') parsed.pathname = '/metadata/endpoints';
  if (!parsed.searchParams.has('api-version')) {
    parsed.searchParams.set('api-version', '2022-09-01');
  }
  return parsed.href;
}

/**
 * A cloud by its metadata document. Tokens go to the origins that the document names, and to its storage.
 *
 * Contract: ARM, `/metadata/endpoints?api-version=2022-09-01`: one cloud, or an array of them.
 * Known from: SDK source, `azure-cli-core` `cloud.py`.
 */
export function customCloud(url: string, document: unknown): Cloud {
  const origin = new URL(url).origin;
  const clouds = Array.isArray(document) ? document : [document];
  const own = clouds.find((one) => originOf(readString(one, 'resourceManager')) === origin);
  const cloud = own ?? clouds[0];
  const arm = originOf(readString(cloud, 'resourceManager'));
  const login = originOf(readString(cloud, 'authentication.loginEndpoint'));
  const audiences = readArray(cloud, 'authentication.audiences').filter(
    (a) => typeof a === 'string',
  );
  const audience = audiences.find((one) => originOf(one) === arm) ?? audiences[0] ?? arm;
  const logs = readString(cloud, 'logAnalyticsResourceId', { ifAbsent: arm }).replace(/\/$/, '');
  const storageSuffix = readString(readObject(cloud, 'suffixes', { ifAbsent: {} }), 'storage', {
    ifAbsent: '',
  });
  const portal = readString(cloud, 'portal', { ifAbsent: arm }).replace(/\/$/, '');
  const accepted = hasOrigin([origin, arm, login, originOf(logs)]);
  return {
    name: readString(cloud, 'name', { ifAbsent: new URL(url).host }),
    authority: login,
    instanceDiscovery: false,
    armEndpoint: arm,
    armScope: `${audience.replace(/\/$/, '')}/.default`,
    logsEndpoint: `${originOf(logs)}/v1`,
    logsAudience: logs,
    portal,
    studio: portal,
    storageSuffix,
    accepts: {
      signIn: hasOrigin([login]),
      arm: accepted,
      modelManagement: accepted,
      logs: accepted,
      storage: (url) =>
        accepted(url) || (storageSuffix !== '' && isBelow([`.${storageSuffix}`])(url)),
    },
  };
}

function lookUp(name: string): readonly [string, PublicCloud] {
  const found = Object.entries(PUBLIC_CLOUDS).find(
    ([known]) => known.toLowerCase() === name.toLowerCase(),
  );
  if (found) return found;
  throw new CliError('usage', `There is no cloud "${name}".`, {
    hint: `--cloud takes ${Object.keys(PUBLIC_CLOUDS).join(', ')}, or the URL of a Resource Manager.`,
  });
}

function parseAuthority(host: string): string {
  const url = parseUrl(host.includes('://') ? host : `https://${host}`);
  if (url?.protocol === 'https:') return url.origin;
  throw new CliError('usage', `AZURE_AUTHORITY_HOST is "${host}", which is not an https host.`);
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function originOf(url: string): string {
  const parsed = parseUrl(url);
  if (parsed?.protocol === 'https:') return parsed.origin;
  throw new CliError('service', `The cloud's metadata has "${url}" where an https URL belongs.`);
}

function hasOrigin(origins: readonly string[]): (url: URL) => boolean {
  return (url) => origins.includes(url.origin);
}

function isBelow(suffixes: readonly string[]): (url: URL) => boolean {
  return (url) =>
    url.protocol === 'https:' &&
    url.port === '' &&
    suffixes.some((suffix) => url.hostname.endsWith(suffix));
}
