import type { Files } from '../../host.js';
import { isObject, readArray, readString } from '../payload.js';

/**
 * Who az is signed in as, without starting it; undefined if it is not.
 *
 * Contract: `azureProfile.json` of the Azure CLI, UTF-8 with a byte order mark.
 * Known from: SDK source, `azure-cli-core` `_profile.py`.
 */
export async function azAccount({
  env,
  homeDir,
  files,
}: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDir?: string | undefined;
  readonly files: Pick<Files, 'read'>;
}): Promise<{ readonly name: string; readonly tenantId: string } | undefined> {
  const folder = env.AZURE_CONFIG_DIR || (homeDir === undefined ? undefined : `${homeDir}/.azure`);
  if (folder === undefined) return undefined;
  const text = await files.read(`${folder}/azureProfile.json`);
  const subscriptions = readArray(parse(text), 'subscriptions', { ifAbsent: [] });
  const active = subscriptions.find((one) => isObject(one) && one.isDefault === true);
  if (active === undefined) return undefined;
  return {
    name: readString(active, 'user.name', { ifAbsent: '' }),
    tenantId: readString(active, 'tenantId', { ifAbsent: '' }),
  };
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? {} : JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return {}; // Not ours to complain about: az itself is asked for the token.
  }
}
