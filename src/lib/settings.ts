import { resolve } from 'node:path';
import { CliError } from './errors.js';
import type { Host } from './host.js';
import { type ColorLevel, colorLevel } from './settings/color-level.js';
import { showsUnicode } from './settings/shows-unicode.js';
import { azureSources, localSources, oneOf, type SettingName } from './settings/sources.js';
import {
  type StorageOptions,
  type StorageSettings,
  storageSettings,
} from './settings/storage-settings.js';
import { userFolders } from './settings/user-folders.js';

export const AUTH_KINDS = [
  'auto',
  'interactive',
  'device-code',
  'az',
  'service-principal',
  'managed-identity',
  'workload-identity',
] as const;
export type AuthKind = (typeof AUTH_KINDS)[number];

export const FORMATS = ['text', 'json', 'jsonl', 'csv', 'tsv', 'yaml', 'none'] as const;
export type Format = (typeof FORMATS)[number];

/** What goes to a file, from commands that take `--out`; what they say beside it is text. */
export const BINARY_FORMATS = ['parquet'] as const;
export type BinaryFormat = (typeof BINARY_FORMATS)[number];

/** What was typed: the flags that any command may have. Undefined: not typed. */
export interface SettingsOptions extends StorageOptions {
  readonly subscription?: string | undefined;
  readonly resourceGroup?: string | undefined;
  readonly workspaceName?: string | undefined;
  readonly config?: string | undefined;
  readonly tenant?: string | undefined;
  readonly cloud?: string | undefined;
  readonly auth?: AuthKind | undefined;
  readonly caFile?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly local?: boolean | undefined;
  readonly localDir?: string | undefined;
  readonly output?: Format | BinaryFormat | 'table' | undefined;
  readonly query?: string | undefined;
  readonly color?: 'auto' | 'always' | 'never' | undefined;
  readonly input?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  readonly debug?: boolean | undefined;
  readonly onlyShowErrors?: boolean | undefined;
}

/** How results and errors are shown. */
export type Presentation = Pick<
  Settings,
  'format' | 'jmesPath' | 'color' | 'unicode' | 'mayPrompt' | 'verbosity'
>;

/** What holds after flag > environment > workspace file > own settings > az defaults. */
export interface Settings {
  readonly subscriptionId: string | undefined;
  readonly resourceGroup: string | undefined;
  readonly workspaceName: string | undefined;
  readonly tenantId: string | undefined;
  /** The service that is meant where none is named. */
  readonly service: string | undefined;
  /** Where each of the above came from, for people: `--tenant`, `AZURE_TENANT_ID`, a file's path. */
  readonly sources: Readonly<Record<string, string>>;
  /** `AzureCloud`, `AzureUSGovernment`, `AzureChinaCloud`, or the URL of a cloud's ARM (metadata document). */
  readonly cloud: string;
  readonly auth: AuthKind;
  /** PEM file of private roots, trusted beside the public ones. */
  readonly caFile: string | undefined;
  /** api-version of the deployment's read-modify-write. */
  readonly apiVersion: string;
  /** What the user gave to enter storage accounts with. */
  readonly storage: StorageSettings;
  /** The embedded Azure is used instead of a real one. */
  readonly local: boolean;
  readonly localDir: string;
  /** Where the sign-in, its tokens and the own settings are kept. */
  readonly configDir: string;
  readonly format: Format;
  /** JMESPath over the JSON of the result. */
  readonly jmesPath: string | undefined;
  /** 0: none, 1: 16 colors, 2: 256, 3: 16 million; for each stream. */
  readonly color: { readonly stdout: ColorLevel; readonly stderr: ColorLevel };
  /** Whether the terminal shows more than ASCII. */
  readonly unicode: boolean;
  /** Whether a question may be asked: stdin and stderr are terminals, no `CI`, no `--no-input`. */
  readonly mayPrompt: boolean;
  readonly verbosity: 'errors' | 'normal' | 'verbose' | 'debug';
}

/** The lowest stable api-version that carries everything a deployment has. */
const DEPLOYMENT_API_VERSION = '2024-10-01';

/**
 * What holds after flag > environment > workspace file > own settings > az defaults. Nothing of Azure has to
 * be set: see `requireWorkspace`. With `local`, only the flags and the local cloud are asked.
 *
 * @throws {CliError} `usage`, naming the flag, variable or file that is wrong
 */
export async function resolveSettings(options: SettingsOptions, host: Host): Promise<Settings> {
  const { env, cwd } = host;
  const presentation = resolvePresentation(options, host);
  const folders = userFolders(host);
  const localDir = options.localDir
    ? resolve(cwd, options.localDir)
    : resolve(cwd, folders.localDir);
  const configDir = resolve(cwd, folders.configDir);
  const caFile = options.caFile || (options.local ? undefined : env.AML_MONITOR_CA_FILE);
  const apiVersion = oneOf(options.apiVersion, '--api-version', env, ['AML_MONITOR_API_VERSION']);
  const rest = {
    ...presentation,
    caFile: caFile ? resolve(cwd, caFile) : undefined,
    apiVersion: apiVersion?.value ?? DEPLOYMENT_API_VERSION,
    storage: storageSettings(options, env, options.local === true),
    local: options.local === true,
    localDir,
    configDir,
  };
  if (!/^\d{4}-\d\d-\d\d(-preview)?$/.test(rest.apiVersion)) {
    throw new CliError(
      'usage',
      `"${rest.apiVersion}" from ${apiVersion?.source} is no api-version.`,
      {
        hint: 'An api-version is a date, such as 2024-10-01 or 2024-10-01-preview.',
      },
    );
  }
  const found = options.local
    ? await localSources(options, host)
    : await azureSources(options, host, configDir);
  const value = (name: SettingName) => found[name]?.value;
  const sources = Object.entries(found).flatMap(([name, setting]) =>
    setting ? [[name, setting.source] as const] : [],
  );
  return {
    ...rest,
    subscriptionId: value('subscriptionId'),
    resourceGroup: value('resourceGroup'),
    workspaceName: value('workspaceName'),
    tenantId: value('tenantId'),
    service: value('service'),
    sources: Object.fromEntries(sources),
    cloud: value('cloud') ?? 'AzureCloud',
    auth: authKind(value('auth') ?? 'auto', found.auth?.source),
  };
}

/**
 * How results are shown: `--output` and its like. Part of `resolveSettings`, and enough to print an error.
 *
 * @throws {CliError} `usage` if AML_MONITOR_OUTPUT is no format
 */
export function resolvePresentation(options: SettingsOptions, host: Host): Presentation {
  const { env, stdout, stderr, platform } = host;
  const when = options.color ?? 'auto';
  return {
    format: isBinary(options.output) ? 'text' : format(options.output ?? env.AML_MONITOR_OUTPUT),
    jmesPath: options.query,
    color: {
      stdout: colorLevel(when, env, stdout, platform),
      stderr: colorLevel(when, env, stderr, platform),
    },
    unicode: showsUnicode(env, platform),
    // stdin comes last: to look at it is to open it.
    mayPrompt: options.input !== false && !env.CI && stderr.isTty && host.stdin.isTty,
    verbosity: options.debug
      ? 'debug'
      : options.onlyShowErrors
        ? 'errors'
        : options.verbose
          ? 'verbose'
          : 'normal',
  };
}

/** The workspace that a command acts on. @throws {CliError} `usage`, naming what would supply what is missing */
export function requireWorkspace(settings: Settings): {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly workspaceName: string;
} {
  const { subscriptionId, resourceGroup, workspaceName } = settings;
  if (subscriptionId && resourceGroup && workspaceName) {
    return { subscriptionId, resourceGroup, workspaceName };
  }
  const missing = [
    !workspaceName && (['workspace', '-w', 'AZUREML_ARM_WORKSPACE_NAME'] as const),
    !resourceGroup && (['resource group', '-g', 'AZUREML_ARM_RESOURCEGROUP'] as const),
    !subscriptionId && (['subscription', '--subscription', 'AZURE_SUBSCRIPTION_ID'] as const),
  ].filter((each) => each !== false);
  const list = (index: 0 | 1 | 2) =>
    new Intl.ListFormat('en-GB').format(missing.map((each) => each[index]));
  const message = missing.length === 1 ? `No ${list(0)} is set.` : `The ${list(0)} are not set.`;
  throw new CliError('usage', message, {
    hint:
      `Give ${list(1)}, or set ${list(2)}, or work in a folder with a workspace file (config.json ` +
      'from the studio), or choose once with `aml-monitor use`. Without an account: --local.',
  });
}

function isBinary(output: SettingsOptions['output']): output is BinaryFormat {
  return BINARY_FORMATS.some((format) => format === output);
}

function format(text: string | undefined): Format {
  if (text === undefined || text === '' || text === 'table') return 'text';
  const known = FORMATS.find((each) => each === text);
  if (known) return known;
  throw new CliError('usage', `"${text}" from AML_MONITOR_OUTPUT is no output format.`, {
    hint: `Known formats: ${FORMATS.join(', ')}.`,
  });
}

function authKind(text: string, source: string | undefined): AuthKind {
  const known = AUTH_KINDS.find((each) => each === text);
  if (known) return known;
  throw new CliError('usage', `"${text}" from ${source} is no way to sign in.`, {
    hint: `Known ways: ${AUTH_KINDS.join(', ')}.`,
  });
}
