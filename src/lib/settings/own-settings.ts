import { join } from 'node:path';
import { CliError } from '../errors.js';
import type { Files } from '../host.js';

/** What `aml-monitor use` remembers. */
export interface OwnSettings {
  readonly subscriptionId?: string;
  readonly resourceGroup?: string;
  readonly workspaceName?: string;
  readonly tenantId?: string;
  readonly cloud?: string;
  /** The service that is meant where none is named; it counts only in the workspace above. */
  readonly service?: string;
}

const MEMBERS = [
  'subscriptionId',
  'resourceGroup',
  'workspaceName',
  'tenantId',
  'cloud',
  'service',
] as const satisfies readonly (keyof OwnSettings)[];

export function ownSettingsPath(configDir: string): string {
  return join(configDir, 'settings.json');
}

/** @throws {CliError} `usage`, naming the file, if it is not what `use` writes */
export async function readOwnSettings(files: Files, configDir: string): Promise<OwnSettings> {
  const path = ownSettingsPath(configDir);
  const text = await files.read(path);
  if (text === undefined) return {};
  const hint = 'Write it anew with `aml-monitor use`, or remove it.';
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new CliError('usage', `The settings file "${path}" is not valid JSON.`, { hint }, cause);
  }
  const members: Readonly<Record<string, unknown>> =
    typeof content === 'object' && content !== null ? { ...content } : {};
  const known = MEMBERS.flatMap((name) => {
    const value = members[name];
    if (value === undefined || value === '') return [];
    if (typeof value === 'string') return [[name, value] as const];
    throw new CliError('usage', `"${name}" in "${path}" is not a text.`, { hint });
  });
  return Object.fromEntries(known);
}

export async function writeOwnSettings(
  files: Files,
  configDir: string,
  settings: OwnSettings,
): Promise<void> {
  await files.write(ownSettingsPath(configDir), `${JSON.stringify(settings, null, 2)}\n`, 0o600);
}
