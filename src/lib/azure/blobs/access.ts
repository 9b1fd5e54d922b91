import type { HttpClient } from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/identity';
import { CliError } from '../../errors.js';
import type { Report } from '../../host.js';
import type { Sourced } from '../../settings/sources.js';
import type { StorageSettings } from '../../settings/storage-settings.js';
import type { Cloud } from '../cloud.js';
import type { AzureCredential } from '../sign-in/credential.js';
import type { Transport } from '../wire/transport.js';
import { parseConnectionString } from './connection-string.js';
import type { StorageAccounts } from './storage-accounts.js';

/** One way into a storage account. */
export interface StorageWay {
  /** Of the blob service, without a slash at its end. */
  readonly endpoint: string;
  readonly secret: StorageSecret;
  readonly client: HttpClient;
}

export type StorageSecret =
  | { readonly kind: 'token'; readonly credential: TokenCredential }
  | { readonly kind: 'key'; readonly accountName: string; readonly accountKey: string }
  | { readonly kind: 'sas'; readonly signature: string };

/** The ways into storage accounts. */
export interface StorageAccess {
  /** Runs by the way that is open. While one is refused for want of rights, by the next, which is kept to then. */
  enter<T>(accountName: string, run: (way: StorageWay) => Promise<T>): Promise<T>;
}

export interface AccessOptions {
  readonly cloud: Cloud;
  readonly credential: AzureCredential;
  readonly transport: Transport;
  readonly settings: StorageSettings;
  readonly accounts: StorageAccounts;
  readonly report: Pick<Report, 'note' | 'verbose'>;
}

const SCOPE = 'https://storage.azure.com/.default';

/** Which way an account is entered. */
interface Door {
  /** Not tried yet, in order. */
  readonly left: (() => Promise<StorageWay>)[];
  way: Promise<StorageWay>;
  /** Why the ways before were closed. */
  readonly refusals: CliError[];
}

/**
 * What the user gave goes first, and alone. Else the sign-in and the account's key, in the order that suits how the
 * workspace enters its storage; the key is that of the workspace's own account.
 */
export function createStorageAccess(options: AccessOptions): StorageAccess {
  const { cloud, credential, transport, settings, accounts, report } = options;
  const doors = new Map<string, Promise<Door>>();
  const client = transport.client({ accepts: cloud.accepts.storage, always: true });
  // Whatever a server asks for, it gets a token for storage and no other.
  const storageToken: TokenCredential = {
    getToken: (_scopes, tokenOptions) => credential.getToken(SCOPE, tokenOptions),
  };

  function given(accountName: string): (() => StorageWay | Promise<StorageWay>) | undefined {
    const { connectionString, accountKey, sasToken } = settings;
    if (connectionString) {
      const parsed = parseConnectionString(connectionString, cloud.storageSuffix);
      if (!isFor(accountName, parsed.accountName, connectionString)) return undefined;
      const { origin } = new URL(parsed.endpoint);
      const own = transport.client({ accepts: (url) => url.origin === origin, always: true });
      const secret = secretOf(parsed.accountName ?? accountName, parsed);
      return () => ({ endpoint: parsed.endpoint, secret, client: own });
    }
    const secret = accountKey ?? sasToken;
    if (secret === undefined) return undefined;
    if (settings.accountName && !isFor(accountName, settings.accountName.value, secret)) {
      return undefined;
    }
    return async () => ({
      endpoint: await accounts.endpoint(accountName),
      secret: secretOf(accountName, { accountKey: accountKey?.value, sasToken: sasToken?.value }),
      client,
    });
  }

  /** A secret of the environment may be there for something else; one that was typed is meant. */
  function isFor(accountName: string, itsAccount: string | undefined, { source }: Sourced) {
    if (itsAccount === undefined || itsAccount === accountName) return true;
    const differs = `${source} is for the storage account "${itsAccount}", the data is in "${accountName}"`;
    if (source.startsWith('--')) throw new CliError('usage', `${differs}.`);
    report.note(`${differs}: it is not used.`);
    return false;
  }

  async function open(accountName: string): Promise<Door> {
    const own = given(accountName);
    const byToken = async (): Promise<StorageWay> => ({
      endpoint: await accounts.endpoint(accountName),
      secret: { kind: 'token', credential: storageToken },
      client,
    });
    const byKey = async (): Promise<StorageWay> => {
      const [endpoint, secret] = await Promise.all([
        accounts.endpoint(accountName),
        accounts.secret(accountName),
      ]);
      return { endpoint, secret: secretOf(accountName, secret), client };
    };
    const [first, ...left] = own
      ? [async () => own()]
      : settings.authMode === 'login'
        ? [byToken]
        : settings.authMode === 'key'
          ? [byKey]
          : (await accounts.prefersKey(accountName))
            ? [byKey, byToken]
            : [byToken, byKey];
    return { left, way: (first ?? byToken)(), refusals: [] };
  }

  return {
    async enter(accountName, run) {
      const known = doors.get(accountName);
      const opened = known ?? open(accountName);
      doors.set(accountName, opened);
      opened.catch(() => doors.delete(accountName));
      const door = await opened;
      for (;;) {
        const { way } = door;
        try {
          return await run(await way);
        } catch (error) {
          if (!isRefusal(error)) throw error;
          // Another request may have gone on to the next way meanwhile.
          if (door.way !== way) continue;
          const next = door.left.shift();
          door.refusals.push(error);
          if (next === undefined) throw all(door.refusals);
          report.verbose(error.message);
          door.way = next();
        }
      }
    },
  };
}

/** What one way lacks, another may have. */
function isRefusal(error: unknown): error is CliError {
  return error instanceof CliError && error.kind === 'auth';
}

/** What the user wanted first went wrong first; the others are told beside it. */
function all([first, ...others]: readonly CliError[]): unknown {
  if (first === undefined || others.length === 0) return first;
  const details = others.map(({ message, facts }) => ({ code: facts.code ?? '', message }));
  return new CliError('auth', first.message, { ...first.facts, details }, first);
}

function secretOf(
  accountName: string,
  {
    accountKey,
    sasToken,
  }: { readonly accountKey?: string | undefined; readonly sasToken?: string | undefined },
): StorageSecret {
  return accountKey
    ? { kind: 'key', accountName, accountKey }
    : { kind: 'sas', signature: (sasToken ?? '').replace(/^\?/, '') };
}
