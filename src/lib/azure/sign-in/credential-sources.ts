import type { HttpClient } from '@azure/core-rest-pipeline';
import type {
  AccessToken,
  DeviceCodeCredentialOptions,
  GetTokenOptions,
  TokenCredential,
} from '@azure/identity';
import { CliError } from '../../errors.js';
import type { Clock, Files, Report } from '../../host.js';
import type { AuthKind, Settings } from '../../settings.js';
import type { Cloud } from '../cloud.js';
import type { Transport } from '../wire/transport.js';
import { azAccount } from './az-account.js';
import { canOpenBrowser, type Machine } from './browser.js';
import { createSignInClient, explainFailure } from './sign-in-client.js';
import type { SavedSignIn, SignInStore, UserMethod } from './sign-in-store.js';

export interface CredentialOptions {
  readonly settings: Pick<Settings, 'auth' | 'tenantId' | 'sources' | 'mayPrompt'>;
  readonly cloud: Cloud;
  readonly transport: Transport;
  readonly store: SignInStore;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where az keeps its folder, if AZURE_CONFIG_DIR does not say. */
  readonly homeDir?: string | undefined;
  readonly files: Pick<Files, 'read' | 'kind'>;
  readonly platform?: string | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly report: Pick<Report, 'note' | 'instruct' | 'verbose'>;
  /** The tokens of az that are kept between processes are not used. */
  readonly ignoreSaved?: boolean;
}

/** One way to get a token. */
export type Source = (scopes: string[], options: GetTokenOptions) => Promise<AccessToken | null>;

/** A token is not used any more this long before its end. */
const MARGIN_MS = 5 * 60_000;
const AZ_TIMEOUT_MS = 30_000;

export function isFresh(
  { expiresOnTimestamp }: Pick<AccessToken, 'expiresOnTimestamp'>,
  now: Date,
) {
  return expiresOnTimestamp - MARGIN_MS > now.getTime();
}

/** Gets tokens in one way. `@azure/identity` is loaded here. @throws {CliError} `usage` for a variable that is missing */
export async function sourceOf(
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

/**
 * A credential of a person, on the cache that is remembered between processes. Without a browser on this machine, one
 * on another takes a code.
 */
export async function createUserCredential(
  method: UserMethod,
  options: Pick<CredentialOptions, 'settings' | 'store' | 'report'> & Machine,
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
  if (method === 'interactive' && saved) return new identity.InteractiveBrowserCredential(person);
  if (method === 'interactive' && (await canOpenBrowser(options))) {
    options.report.instruct(
      'Sign in in the browser that opens. If none does: Ctrl-C, then aml-monitor login --device-code.',
    );
    return new identity.InteractiveBrowserCredential(person);
  }
  return new identity.DeviceCodeCredential({
    ...person,
    userPromptCallback: ({ verificationUri, userCode }) => {
      const [uri, code] = [verificationUri, userCode].map((text) => text.replace(/[^!-~]/g, ''));
      options.report.instruct(`To sign in, open ${uri} in a browser and enter the code ${code}.`);
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
  const { store, cloud, settings, clock, ignoreSaved } = options;
  const account = await azAccount(options);
  if (account === undefined) return az;
  return async (scopes, tokenOptions) => {
    const tenant = settings.tenantId ?? account.tenantId;
    const key = [cloud.authority, tenant, account.name, scopes.join(' ')].join('|');
    if (tokenOptions.claims === undefined && !ignoreSaved) {
      const saved = await store.findToken(key);
      if (saved && isFresh(saved, clock.now())) return saved;
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
