import { CliError } from '../errors.js';
import type { Host } from '../host.js';
import { oneOf, type Sourced } from './sources.js';

/** How an account is entered where nothing of it is given: with the sign-in, or with its key. */
export const STORAGE_AUTH_MODES = ['login', 'key'] as const;
export type StorageAuthMode = (typeof STORAGE_AUTH_MODES)[number];

/** The flags of commands that read from a storage account, as `az storage` names them. */
export interface StorageOptions {
  readonly connectionString?: string | undefined;
  readonly accountKey?: string | undefined;
  readonly accountName?: string | undefined;
  readonly sasToken?: string | undefined;
  readonly authMode?: StorageAuthMode | undefined;
}

/** What the user gives to enter a storage account: at most one secret. */
export interface StorageSettings {
  readonly connectionString: Sourced | undefined;
  readonly accountKey: Sourced | undefined;
  readonly sasToken: Sourced | undefined;
  /** The account that a key or SAS is for; undefined: that of the workspace. */
  readonly accountName: Sourced | undefined;
  /** Undefined: what works. */
  readonly authMode: StorageAuthMode | undefined;
}

/**
 * Flags before environment. Of what is left the connection string goes first, then the key, as with `az`; a flag that
 * says how to sign in puts the secrets of the environment aside.
 *
 * @throws {CliError} `usage`
 */
export function storageSettings(
  options: StorageOptions,
  env: Host['env'],
  isLocal: boolean,
): StorageSettings {
  const typed = SECRETS.filter(({ option }) => options[option]);
  const [first, second] = typed;
  if (first && second) {
    throw new CliError('usage', `${first.flag} and ${second.flag} are two ways in: give one.`);
  }
  if (first && options.authMode) {
    throw new CliError('usage', `${first.flag} is a way in of its own: leave out --auth-mode.`);
  }
  const seen: Host['env'] = first || options.authMode || isLocal ? {} : env;
  const of = (option: (typeof SECRETS)[number]['option']) => {
    const secret = SECRETS.find((each) => each.option === option);
    return secret && oneOf(options[option], secret.flag, seen, [secret.variable]);
  };
  const connectionString = of('connectionString');
  const accountKey = connectionString ? undefined : of('accountKey');
  const sasToken = connectionString || accountKey ? undefined : of('sasToken');
  if (options.accountName && !accountKey && !sasToken) {
    throw new CliError(
      'usage',
      '--account-name says what a key or a SAS is for, and none is given.',
      {
        hint: 'Give --account-key or --sas-token with it; a connection string names its own account.',
      },
    );
  }
  // Its other values are none of ours.
  const ofAz = seen.AZURE_STORAGE_AUTH_MODE;
  return {
    connectionString,
    accountKey,
    sasToken,
    accountName: oneOf(options.accountName, '--account-name', seen, ['AZURE_STORAGE_ACCOUNT']),
    authMode: options.authMode ?? STORAGE_AUTH_MODES.find((mode) => mode === ofAz?.toLowerCase()),
  };
}

const SECRETS = [
  {
    option: 'connectionString',
    flag: '--connection-string',
    variable: 'AZURE_STORAGE_CONNECTION_STRING',
  },
  { option: 'accountKey', flag: '--account-key', variable: 'AZURE_STORAGE_KEY' },
  { option: 'sasToken', flag: '--sas-token', variable: 'AZURE_STORAGE_SAS_TOKEN' },
] as const;
