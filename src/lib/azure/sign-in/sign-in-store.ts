import type { AuthenticationRecord, TokenCachePersistenceOptions } from '@azure/identity';
import type { Files } from '../../host.js';
import { isObject, readArray, readNumber, readString } from '../payload.js';

const PRIVATE = 0o600;

/** How a person signs in. */
export type UserMethod = 'device-code' | 'interactive';

export interface SavedSignIn {
  readonly method: UserMethod;
  readonly authority: string;
  readonly tenantId: string;
  readonly record: AuthenticationRecord;
}

export interface SavedToken {
  readonly token: string;
  readonly expiresOnTimestamp: number;
}

/** What is remembered between processes, in one folder that only the user can read. */
export interface SignInStore {
  /** The latest sign-in to this authority, and to this tenant if one is asked for. */
  readonly find: (
    authority: string,
    tenantId: string | undefined,
  ) => Promise<SavedSignIn | undefined>;
  readonly save: (signIn: SavedSignIn) => Promise<void>;
  readonly findToken: (key: string) => Promise<SavedToken | undefined>;
  readonly saveToken: (key: string, token: SavedToken, now: Date) => Promise<void>;
  /** Removes everything; answers whether there was anything. */
  readonly clear: () => Promise<boolean>;
  readonly persistence: Persistence;
}

/** What `@azure/identity` calls around each use of its token cache. */
export type Persistence = (options: Pick<TokenCachePersistenceOptions, 'name'>) => Promise<{
  readonly beforeCacheAccess: (context: CacheContext) => Promise<void>;
  readonly afterCacheAccess: (context: CacheContext) => Promise<void>;
}>;

interface CacheContext {
  readonly cacheHasChanged: boolean;
  readonly tokenCache: {
    readonly serialize: () => string;
    readonly deserialize: (text: string) => void;
  };
}

/** @param configDir the user's own folder; the sign-in is in `sign-in/` below it */
export function createSignInStore(configDir: string, files: Files): SignInStore {
  const folder = `${configDir}/sign-in`;
  const recordsPath = `${folder}/records.json`;
  const tokensPath = `${folder}/tokens.json`;

  async function readRecords(): Promise<readonly SavedSignIn[]> {
    const records = readArray(await readJson(files, recordsPath), 'records', { ifAbsent: [] });
    return records.flatMap((saved) => orNothing(() => readRecord(saved)));
  }

  async function readTokens(): Promise<ReadonlyMap<string, SavedToken>> {
    const tokens = await readJson(files, tokensPath);
    return new Map(
      Object.entries(isObject(tokens) ? tokens : {}).flatMap(([key, saved]) =>
        orNothing(() => {
          const token = readString(saved, 'token');
          return [key, { token, expiresOnTimestamp: readNumber(saved, 'expiresOnTimestamp') }];
        }),
      ),
    );
  }

  return {
    async find(authority, tenantId) {
      const records = await readRecords();
      return records.find(
        (saved) =>
          saved.authority === authority &&
          (tenantId === undefined ||
            // A tenant has a name and an id: the one it was asked by, and the account's own.
            isSame(saved.tenantId, tenantId) ||
            isSame(saved.record.tenantId, tenantId)),
      );
    },
    async save(signIn) {
      const others = (await readRecords()).filter(
        ({ authority, tenantId }) =>
          authority !== signIn.authority || !isSame(tenantId, signIn.tenantId),
      );
      await files.write(recordsPath, JSON.stringify({ records: [signIn, ...others] }), PRIVATE);
    },
    async findToken(key) {
      return (await readTokens()).get(key);
    },
    async saveToken(key, token, now) {
      const live = [...(await readTokens())].filter(
        ([other, { expiresOnTimestamp }]) => other !== key && expiresOnTimestamp > now.getTime(),
      );
      const tokens = Object.fromEntries([...live, [key, token]]);
      await files.write(tokensPath, JSON.stringify(tokens), PRIVATE);
    },
    async clear() {
      const existed = (await files.kind(folder)) !== undefined;
      await files.remove(folder);
      return existed;
    },
    persistence: async ({ name = 'cache' }) => {
      const path = `${folder}/${name}.json`;
      return {
        async beforeCacheAccess({ tokenCache }) {
          const text = await files.read(path);
          if (text !== undefined) orNothing(() => tokenCache.deserialize(text));
        },
        async afterCacheAccess({ cacheHasChanged, tokenCache }) {
          if (cacheHasChanged) await files.write(path, tokenCache.serialize(), PRIVATE);
        },
      };
    },
  };
}

function readRecord(saved: unknown): SavedSignIn {
  const method = readString(saved, 'method', { ifAbsent: 'device-code' });
  return {
    method: method === 'interactive' ? method : 'device-code',
    authority: readString(saved, 'authority'),
    tenantId: readString(saved, 'tenantId'),
    record: {
      authority: readString(saved, 'record.authority'),
      homeAccountId: readString(saved, 'record.homeAccountId'),
      tenantId: readString(saved, 'record.tenantId'),
      username: readString(saved, 'record.username'),
      clientId: readString(saved, 'record.clientId'),
    },
  };
}

/** What cannot be read any more is forgotten: the user signs in again. */
function orNothing<T>(read: () => T): [] | [T] {
  try {
    return [read()];
  } catch {
    return [];
  }
}

function isSame(tenantId: string, other: string): boolean {
  return tenantId.toLowerCase() === other.toLowerCase();
}

async function readJson(files: Files, path: string): Promise<unknown> {
  const text = await files.read(path);
  const [value] = orNothing((): unknown => JSON.parse(text ?? '{}'));
  return value;
}
