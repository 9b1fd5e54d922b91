import { join } from 'node:path';
import { CliError } from '../errors.js';
import type { Host } from '../host.js';

export interface AzSubscription {
  readonly id: string;
  readonly name: string;
  readonly tenantId: string | undefined;
  readonly isDefault: boolean;
}

/** What Azure CLI was told to use; each file is read once, when it is first asked for. */
export interface AzDefaults {
  readonly configPath: string;
  readonly profilePath: string;
  readonly defaults: () => Promise<Readonly<Record<string, string>>>;
  readonly subscriptions: () => Promise<readonly AzSubscription[]>;
}

/**
 * Contract: `config` is an INI file, of which `[defaults]` counts; `azureProfile.json` is JSON behind a
 * byte order mark. Both are in `~/.azure`, moved by AZURE_CONFIG_DIR.
 */
export function openAzDefaults({ env, homeDir, files }: Host): AzDefaults {
  const folder = env.AZURE_CONFIG_DIR || join(homeDir, '.azure');
  const configPath = join(folder, 'config');
  const profilePath = join(folder, 'azureProfile.json');
  let defaults: Promise<Readonly<Record<string, string>>> | undefined;
  let subscriptions: Promise<readonly AzSubscription[]> | undefined;
  return {
    configPath,
    profilePath,
    defaults: () => {
      defaults ??= files.read(configPath).then((text) => parseIni(text ?? '').defaults ?? {});
      return defaults;
    },
    subscriptions: () => {
      subscriptions ??= files.read(profilePath).then((text) => parseProfile(text, profilePath));
      return subscriptions;
    },
  };
}

/** Sections and keys in lower case, as Python's configparser compares keys. */
export function parseIni(text: string): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const sections: Record<string, Record<string, string>> = {};
  let section: Record<string, string> = {};
  for (const line of text.replace(/^\ufeff/, '').split(/\r?\n/)) {
    const heading = /^\s*\[([^\]]+)\]/.exec(line)?.[1];
    if (heading !== undefined) {
      section = sections[heading.toLowerCase()] ??= {};
      continue;
    }
    const [, key, value] = /^\s*([^#;=:\s][^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) section[key.toLowerCase()] = value;
  }
  return sections;
}

function parseProfile(text: string | undefined, path: string): readonly AzSubscription[] {
  if (text === undefined || text.trim() === '') return [];
  let content: unknown;
  try {
    content = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    const hint =
      'Run `az account clear` and `az login`, or name the subscription with --subscription.';
    throw new CliError('usage', `Azure CLI's file "${path}" is not valid JSON.`, { hint }, cause);
  }
  const list = isRecord(content) ? content.subscriptions : undefined;
  return (Array.isArray(list) ? list : []).filter(isRecord).flatMap((entry) => {
    const { id, name, tenantId, isDefault } = entry;
    if (typeof id !== 'string') return [];
    return [
      {
        id,
        name: typeof name === 'string' ? name : id,
        tenantId: typeof tenantId === 'string' ? tenantId : undefined,
        isDefault: isDefault === true,
      },
    ];
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
