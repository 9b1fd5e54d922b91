import type { HttpClient } from '@azure/core-rest-pipeline';
import type {
  AccessToken,
  DeviceCodeCredentialOptions,
  GetTokenOptions,
  TokenCredential,
} from '@azure/identity';
import { CliError } from '../errors.js';
import type { Clock, Files, Report } from '../host.js';
import type { AuthKind, Settings } from '../settings.js';
import { azAccount } from './az-account.js';
import { readClaims } from './claims.js';
import type { Cloud } from './cloud.js';
import { createSignInClient, explainFailure } from './sign-in-client.js';
import type { SavedSignIn, SignInStore } from './sign-in-store.js';
import type { Transport } from './transport.js';

/** Gives tokens to every client of this process. */
export interface AzureCredential extends TokenCredential {
  /** @throws {CliError} `auth` */
  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken>;
  /** How the last token was got: `service-principal`, `device-code`, `az`, … */
  kind(): string;
}

export interface CredentialOptions {
  readonly settings: Pick<Settings, 'auth' | 'tenantId' | 'sources' | 'mayPrompt'>;
  readonly cloud: Cloud;
  readonly transport: Transport;
  readonly store: SignInStore;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where az keeps its folder, if AZURE_CONFIG_DIR does not say. */
  readonly homeDir?: string | undefined;
  readonly files: Pick<Files, 'read'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly report: Pick<Report, 'note' | 'warn' | 'verbose'>;
}

/** A token is not used any more this long before its end. */
const MARGIN_MS = 5 * 60_000;
const AZ_TIMEOUT_MS = 30_000;

type Source = (scopes: string[], options: GetTokenOptions) => Promise<AccessToken | null>;
interface Chosen {
  readonly kind: string;
  readonly getToken: Source;
}

/**
 * One chain of our own, not `DefaultAzureCredential`: no probing of hosts that are not there, one error.
 * `@azure/identity` is loaded, and anything asked, with the first token.
 */
export function createCredential(options: CredentialOptions): AzureCredential {
  const { settings, clock, signal } = options;
  const tokens = new Map<string, Promise<AccessToken>>();
  let chosen: Promise<Chosen> | undefined;
  let kind: string = settings.auth;

  async function fetchToken(scopes: string[], tokenOptions: GetTokenOptions): Promise<AccessToken> {
    chosen ??= choose(options);
    const source = await chosen;
    kind = source.kind;
    const token = await source.getToken(scopes, { ...tokenOptions, enableCae: true });
    if (token === null) throw new CliError('auth', 'The sign-in gave no token.');
    assertTenant(token, settings, source.kind);
    return token;
  }

  return {
    kind: () => kind,
    async getToken(scopes, tokenOptions = {}) {
      const asked = Array.isArray(scopes) ? scopes : [scopes];
      const key = asked.join(' ');
      // Looked up without a pause, so that two who ask at once share one request.
      const pending = tokenOptions.claims === undefined ? tokens.get(key) : undefined;
      const known = pending && (await untilAborted(pending, signal));
      if (known && known.expiresOnTimestamp - MARGIN_MS > clock.now().getTime()) return known;
      const token = fetchToken(asked, tokenOptions);
      tokens.set(key, token);
      token.catch(() => tokens.delete(key));
      return untilAborted(token, signal);
    },
  };
}

/** Of `auto`: what the environment was set up for, then what is remembered, then az, then a question. */
async function choose(options: CredentialOptions): Promise<Chosen> {
  const { env, settings, report } = options;
  const use = async (kind: Exclude<AuthKind, 'auto'>, why: string): Promise<Chosen> => {
    report.verbose(`Signing in by ${kind} (${why}).`);
    return { kind, getToken: await sourceOf(kind, options) };
  };
  if (settings.auth !== 'auto') return use(settings.auth, '--auth');
  if (env.AZURE_CLIENT_ID && (env.AZURE_CLIENT_SECRET || env.AZURE_CLIENT_CERTIFICATE_PATH)) {
    return use('service-principal', 'AZURE_CLIENT_ID');
  }
  if (env.AZURE_FEDERATED_TOKEN_FILE) return use('workload-identity', 'AZURE_FEDERATED_TOKEN_FILE');
  if (env.IDENTITY_ENDPOINT || env.MSI_ENDPOINT) {
    return use('managed-identity', env.IDENTITY_ENDPOINT ? 'IDENTITY_ENDPOINT' : 'MSI_ENDPOINT');
  }
  if (await findSaved(options)) return use('device-code', 'remembered by aml-monitor login');
  return azOrAsk(options);
}

async function azOrAsk(options: CredentialOptions): Promise<Chosen> {
  const az = await sourceOf('az', options);
  let followUp: Source | undefined;
  const chosen = { kind: 'az' };
  const getToken: Source = async (scopes, tokenOptions) => {
    if (followUp) return followUp(scopes, tokenOptions);
    try {
      return await az(scopes, tokenOptions);
    } catch (error) {
      if (!(error instanceof CliError) || error.kind !== 'auth') throw error;
      if (tokenOptions.claims !== undefined) throw error;
      if (!options.settings.mayPrompt) throw noSignIn(error, options.settings.tenantId);
      followUp = await sourceOf('interactive', options);
      chosen.kind = 'interactive';
      options.report.note('Opening the browser to sign in.');
      return followUp(scopes, tokenOptions);
    }
  };
  return {
    get kind() {
      return chosen.kind;
    },
    getToken,
  };
}

function noSignIn(az: CliError, tenantId: string | undefined): CliError {
  const ways = [
    `aml-monitor login${tenantId === undefined ? '' : ` --tenant ${tenantId}`}`,
    'az login',
    'AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_CLIENT_SECRET of a service principal',
    'a managed or workload identity (--auth)',
  ];
  const facts = az.facts.code === undefined ? {} : { code: az.facts.code };
  return new CliError(
    'auth',
    `There is no sign-in to ${tenantId === undefined ? 'Azure' : `tenant ${tenantId}`}.`,
    { ...facts, hint: `Ways to sign in: ${ways.join('; ')}.` },
    az,
  );
}

async function sourceOf(
  kind: Exclude<AuthKind, 'auto'>,
  options: CredentialOptions,
): Promise<Source> {
  const identity = await import('@azure/identity');
  const { cloud, env, settings, signal } = options;
  const signIn = createSignInClient(options.transport, cloud, env, kind);
  const shared = identityOptions(cloud, signIn.client);
  const tenantId = settings.tenantId;
  const explained =
    (credential: TokenCredential): Source =>
    async (scopes, tokenOptions) => {
      try {
        return await credential.getToken(scopes, tokenOptions);
      } catch (error) {
        signal.throwIfAborted();
        throw explainFailure(error, kind, signIn.lastFailure());
      }
    };

  switch (kind) {
    case 'service-principal': {
      const tenant = tenantId ?? required(env, 'AZURE_TENANT_ID', kind, ' or --tenant');
      const clientId = required(env, 'AZURE_CLIENT_ID', kind);
      const certificatePath = env.AZURE_CLIENT_CERTIFICATE_PATH;
      if (!env.AZURE_CLIENT_SECRET && certificatePath) {
        const certificatePassword = env.AZURE_CLIENT_CERTIFICATE_PASSWORD;
        const certificate = {
          certificatePath,
          ...(certificatePassword ? { certificatePassword } : {}),
        };
        return explained(
          new identity.ClientCertificateCredential(tenant, clientId, certificate, shared),
        );
      }
      const secret = required(env, 'AZURE_CLIENT_SECRET', kind);
      return explained(new identity.ClientSecretCredential(tenant, clientId, secret, shared));
    }
    case 'workload-identity':
      return explained(
        new identity.WorkloadIdentityCredential({
          ...shared,
          tenantId: tenantId ?? required(env, 'AZURE_TENANT_ID', kind, ' or --tenant'),
          clientId: required(env, 'AZURE_CLIENT_ID', kind),
          tokenFilePath: required(env, 'AZURE_FEDERATED_TOKEN_FILE', kind),
        }),
      );
    case 'managed-identity':
      return explained(
        env.AZURE_CLIENT_ID
          ? new identity.ManagedIdentityCredential({ ...shared, clientId: env.AZURE_CLIENT_ID })
          : new identity.ManagedIdentityCredential(shared),
      );
    case 'az':
      return rememberedAz(
        explained(
          new identity.AzureCliCredential({
            ...(tenantId === undefined ? {} : { tenantId }),
            additionallyAllowedTenants: ['*'],
            processTimeoutInMs: AZ_TIMEOUT_MS,
          }),
        ),
        options,
      );
    case 'device-code':
    case 'interactive': {
      const saved = await findSaved(options);
      return explained(await createUserCredential(kind, options, shared, saved));
    }
  }
}

/** What every credential of the SDK is told: where to sign in, and to leave network and retries to us. */
export function identityOptions(cloud: Cloud, httpClient: HttpClient) {
  return {
    authorityHost: cloud.authority,
    disableInstanceDiscovery: !cloud.instanceDiscovery,
    additionallyAllowedTenants: ['*'],
    httpClient,
    retryOptions: { maxRetries: 0 },
  };
}

/** A credential of a person, on the cache that is remembered between processes. */
export async function createUserCredential(
  method: 'device-code' | 'interactive',
  options: Pick<CredentialOptions, 'settings' | 'store' | 'report'>,
  shared: DeviceCodeCredentialOptions,
  saved: SavedSignIn | undefined,
) {
  const identity = await import('@azure/identity');
  identity.useIdentityPlugin((context) => {
    // The SDK hands its plugins an untyped object and leaves the cast to them.
    const { cachePluginControl } = context as {
      cachePluginControl: { setPersistence(factory: SignInStore['persistence']): void };
    };
    cachePluginControl.setPersistence(options.store.persistence);
  });
  const tenantId = saved?.tenantId ?? options.settings.tenantId;
  const person = {
    ...shared,
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(saved ? { authenticationRecord: saved.record, clientId: saved.record.clientId } : {}),
    // A saved sign-in that has ended is said, not silently begun again.
    disableAutomaticAuthentication: saved !== undefined,
    tokenCachePersistenceOptions: { enabled: true, name: 'cache' },
  };
  if (method === 'interactive') return new identity.InteractiveBrowserCredential(person);
  return new identity.DeviceCodeCredential({
    ...person,
    userPromptCallback: ({ verificationUri, userCode }) => {
      const [uri, code] = [verificationUri, userCode].map((text) => text.replace(/[^!-~]/g, ''));
      options.report.warn(`To sign in, open ${uri} in a browser and enter the code ${code}.`);
    },
  });
}

/** The remembered sign-in for this cloud, and for the tenant if one was asked for. */
export function findSaved({
  store,
  cloud,
  settings,
}: Pick<CredentialOptions, 'store' | 'cloud' | 'settings'>): Promise<SavedSignIn | undefined> {
  // az's own tenant says nothing about whom `login` signed in.
  const fromAz = settings.sources.tenantId?.endsWith('azureProfile.json') === true;
  return store.find(cloud.authority, fromAz ? undefined : settings.tenantId);
}

/** Keeps az's tokens between processes: it takes half a second for each. */
async function rememberedAz(az: Source, options: CredentialOptions): Promise<Source> {
  const { store, cloud, settings, clock } = options;
  const account = await azAccount(options);
  if (account === undefined) return az;
  return async (scopes, tokenOptions) => {
    const tenant = settings.tenantId ?? account.tenantId;
    const key = [cloud.authority, tenant, account.name, scopes.join(' ')].join('|');
    if (tokenOptions.claims === undefined) {
      const saved = await store.findToken(key);
      const now = clock.now().getTime();
      if (saved && saved.expiresOnTimestamp - MARGIN_MS > now) return saved;
    }
    const token = await az(scopes, tokenOptions);
    if (token) {
      const { token: text, expiresOnTimestamp } = token;
      await store.saveToken(key, { token: text, expiresOnTimestamp }, clock.now());
    }
    return token;
  };
}

function required(
  env: CredentialOptions['env'],
  name: string,
  kind: AuthKind,
  alternative = '',
): string {
  const value = env[name];
  if (value) return value;
  throw new CliError('usage', `--auth ${kind} needs ${name}${alternative}, which is not set.`);
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A tenant that was asked for by id has to be the token's. */
function assertTenant(
  { token }: AccessToken,
  { tenantId }: CredentialOptions['settings'],
  kind: string,
): void {
  const actual = readClaims(token).tenantId;
  if (!tenantId || !actual || !GUID.test(tenantId)) return;
  if (actual.toLowerCase() === tenantId.toLowerCase()) return;
  throw new CliError('auth', `The sign-in by ${kind} is for tenant ${actual}, not ${tenantId}.`, {
    hint: `Sign in to that tenant, aml-monitor login --tenant ${tenantId}, or leave --tenant out.`,
  });
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
