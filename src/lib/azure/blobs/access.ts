import type { HttpClient } from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/identity';
import { CliError } from '../../errors.js';
import type { Report } from '../../host.js';
import type { Sourced } from '../../settings/sources.js';
import type { StorageSettings } from '../../settings/storage-settings.js';
import type { Cloud } from '../cloud.js';
import type { BlobContainer } from '../gateways.js';
import type { AzureCredential } from '../sign-in/credential.js';
import type { Transport } from '../wire/transport.js';
import type { AccountLookup } from './account-lookup.js';
import { parseConnectionString } from './connection-string.js';

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
  /**
   * Runs by the way into a container that was open last, by the others where that is refused for want of rights: it
   * may be one blob alone that is closed.
   */
  enter<T>(container: BlobContainer, run: (way: StorageWay) => Promise<T>): Promise<T>;
}

export interface AccessOptions {
  readonly cloud: Cloud;
  readonly credential: AzureCredential;
  readonly transport: Transport;
  readonly settings: StorageSettings;
  readonly accounts: AccountLookup;
  readonly report: Pick<Report, 'note' | 'verbose'>;
}

const SCOPE = 'https://storage.azure.com/.default';

type FindWay = () => Promise<StorageWay>;

/**
 * What the user gave goes first, and alone. Else the sign-in and the account's key, in the order that suits how the
 * workspace enters its storage; the key is that of the workspace's own account.
 */
export function createStorageAccess(options: AccessOptions): StorageAccess {
  const { cloud, credential, transport, settings, accounts, report } = options;
  const ways = new Map<string, Promise<readonly FindWay[]>>();
  /** Of each container the way that was open last. */
  const doors = new Map<string, number>();
  const client = transport.client({ accepts: cloud.accepts.storage, always: true });
  // Whatever a server asks for, it gets a token for storage and no other.
  const storageToken: TokenCredential = {
    getToken: (_scopes, tokenOptions) => credential.getToken(SCOPE, tokenOptions),
  };

  /** What the user gave, if it is for this account. */
  async function given(accountName: string): Promise<FindWay | undefined> {
    const { connectionString, accountKey, sasToken } = settings;
    if (connectionString) {
      const parsed = parseConnectionString(connectionString, cloud.storageSuffix);
      if (!(await isFor(accountName, parsed.accountName, connectionString))) return undefined;
      const server = new URL(parsed.endpoint);
      const own = transport.client({
        accepts: ({ origin }) => origin === server.origin,
        always: true,
        isOutside: !cloud.accepts.storage(server),
      });
      const secret = secretOf(parsed.accountName ?? accountName, parsed);
      return async () => ({ endpoint: parsed.endpoint, secret, client: own });
    }
    const secret = accountKey ?? sasToken;
    if (secret === undefined) return undefined;
    if (!(await isFor(accountName, settings.accountName?.value, secret))) return undefined;
    return async () => ({
      endpoint: await accounts.endpoint(accountName),
      secret: secretOf(accountName, { accountKey: accountKey?.value, sasToken: sasToken?.value }),
      client,
    });
  }

  /**
   * Whether a secret is for an account: no other ever sees it. One that does not say whose it is is for the account of
   * the workspace.
   */
  async function isFor(
    accountName: string,
    itsAccount: string | undefined,
    { source }: Sourced,
  ): Promise<boolean> {
    const isMeant =
      itsAccount === undefined
        ? await accounts.isOwn(accountName)
        : itsAccount.toLowerCase() === accountName.toLowerCase();
    if (isMeant) return true;
    const whose = itsAccount === undefined ? 'of the workspace' : `"${itsAccount}"`;
    const differs = `${source} is for the storage account ${whose}, the data is in "${accountName}"`;
    report.note(`${differs}: it is not used there.`);
    return false;
  }

  async function findWays(accountName: string): Promise<readonly FindWay[]> {
    const own = await given(accountName);
    const byToken = once(async () => ({
      endpoint: await accounts.endpoint(accountName),
      secret: { kind: 'token', credential: storageToken },
      client,
    }));
    const byKey = once(async () => {
      const [endpoint, secret] = await Promise.all([
        accounts.endpoint(accountName),
        accounts.secret(accountName),
      ]);
      return { endpoint, secret: secretOf(accountName, secret), client };
    });
    if (own) return [once(own)];
    if (settings.authMode === 'login') return [byToken];
    if (settings.authMode === 'key') return [byKey];
    return (await accounts.prefersKey(accountName)) ? [byKey, byToken] : [byToken, byKey];
  }

  function waysInto(accountName: string): Promise<readonly FindWay[]> {
    const found = ways.get(accountName) ?? findWays(accountName);
    ways.set(accountName, found);
    found.catch(() => ways.delete(accountName));
    return found;
  }

  return {
    async enter({ accountName, containerName }, run) {
      const inTurn = await waysInto(accountName);
      const door = `${accountName}/${containerName}`;
      const first = doors.get(door) ?? 0;
      const refusals: CliError[] = [];
      for (let tried = 0; tried < inTurn.length; tried++) {
        const at = (first + tried) % inTurn.length;
        try {
          const way = await inTurn[at]?.();
          if (way === undefined) break;
          const done = await run(way);
          doors.set(door, at);
          return done;
        } catch (error) {
          if (!isRefusal(error)) throw error;
          report.verbose(error.message);
          refusals[at] = error;
        }
      }
      throw asOne(refusals);
    },
  };
}

/** The same way each time; one that could not be looked for is looked for again. */
function once(find: FindWay): FindWay {
  let found: Promise<StorageWay> | undefined;
  return () => {
    found ??= find().catch((error: unknown) => {
      if (!isRefusal(error)) found = undefined;
      throw error;
    });
    return found;
  };
}

/** What one way lacks, another may have. */
function isRefusal(error: unknown): error is CliError {
  return error instanceof CliError && error.kind === 'auth';
}

/** What the user wanted first went wrong first; the others are told beside it. */
function asOne([first, ...others]: readonly CliError[]): unknown {
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
