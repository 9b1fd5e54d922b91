import type { Clock, Files, Report, SignIn } from '../host.js';
import { requireWorkspace, type Settings } from '../settings.js';
import { createArmGateway } from './arm.js';
import { createBlobGateway } from './blob.js';
import { createStorageAccess } from './blobs/access.js';
import { createAccountLookup } from './blobs/account-lookup.js';
import { type Cloud, customCloud, isCustomCloud, metadataUrl, publicCloud } from './cloud.js';
import { createDiagnosticSettingsGateway } from './diagnostic-settings.js';
import { createDiscovery } from './discovery.js';
import type { Gateways, SignedIn } from './gateways.js';
import { createLinks } from './links.js';
import { createLogWorkspacesGateway } from './log-workspaces.js';
import { createLogsQueryGateway } from './logs-query.js';
import { armRequestKind, createMlClient, type MlClient } from './ml-client.js';
import { createMmsGateway } from './mms.js';
import { createOnlineEndpointsGateway } from './online-endpoints.js';
import { createPlatformMetricsGateway } from './platform-metrics.js';
import { readClaims } from './sign-in/claims.js';
import { type AzureCredential, createCredential } from './sign-in/credential.js';
import { createSignIn } from './sign-in/sign-in.js';
import { createSignInStore } from './sign-in/sign-in-store.js';
import { createStorageAccountsGateway } from './storage-accounts.js';
import { createAzureHttp } from './wire/http.js';
import { createTransport, type Transport } from './wire/transport.js';

/** What of the host the gateways need. */
export interface Surroundings {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly report: Report;
  readonly files: Files;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the network is reached by, where `env` is that of a cloud within the process. */
  readonly networkEnv?: Readonly<Record<string, string | undefined>>;
  readonly homeDir?: string;
  /** As Node names it, such as `linux`. */
  readonly platform?: string;
  /** Replaces the network: the local cloud in process. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/**
 * Builds the gateways. Only a custom cloud is asked for its metadata here; the rest is sent, and the SDK of
 * each gateway loaded, when it is first used.
 */
export async function connectGateways(
  settings: Settings,
  surroundings: Surroundings,
): Promise<Gateways> {
  const { clock, signal, files } = surroundings;
  const { cloud, transport } = await reach(settings, surroundings);
  const store = createSignInStore(settings.configDir, files);
  const credential = createCredential({ ...surroundings, settings, cloud, transport, store });
  const workspace = () => requireWorkspace(settings);
  const armClient = transport.client({ accepts: cloud.accepts.arm, kindOf: armRequestKind });
  const { apiVersion } = settings;

  let mlClient: MlClient | undefined;
  const ml = () => {
    mlClient ??= createMlClient({
      cloud,
      workspace: workspace(),
      apiVersion,
      credential,
      client: armClient,
    });
    return mlClient;
  };
  const armHttp = createAzureHttp({
    client: armClient,
    clock,
    signal,
    credential,
    scope: cloud.armScope,
  });
  const arm = createArmGateway({ http: armHttp, ml, cloud, workspace, apiVersion });
  const accounts = createStorageAccountsGateway({ http: armHttp, cloud });
  return {
    arm,
    v1: createMmsGateway({
      http: createAzureHttp({
        client: transport.client({ accepts: cloud.accepts.modelManagement }),
        clock,
        signal,
        credential,
        scope: cloud.armScope,
      }),
      workspaceUrl: createDiscovery({
        arm,
        http: createAzureHttp({
          client: transport.client({ accepts: cloud.accepts.modelManagement }),
          clock,
          signal,
        }),
        accepts: cloud.accepts.modelManagement,
        workspace,
      }),
      clock,
      signal,
    }),
    v2: createOnlineEndpointsGateway({
      http: armHttp,
      ml,
      assertWorkspace: () => arm.getWorkspace(),
      cloud,
      workspace,
      apiVersion,
      clock,
      signal,
    }),
    logsQuery: createLogsQueryGateway({
      cloud,
      credential,
      client: transport.client({ accepts: cloud.accepts.logs, kindOf: () => 'query' }),
      clock,
      signal,
    }),
    platformMetrics: createPlatformMetricsGateway({
      cloud,
      workspace,
      credential,
      client: armClient,
      signal,
    }),
    blobs: createBlobGateway({
      access: createStorageAccess({
        cloud,
        credential,
        transport,
        settings: settings.storage,
        accounts: createAccountLookup({ http: armHttp, cloud, arm, accounts, apiVersion }),
        report: surroundings.report,
      }),
      clock,
      signal,
    }),
    diagnosticSettings: createDiagnosticSettingsGateway({ http: armHttp, cloud }),
    logWorkspaces: createLogWorkspacesGateway({ http: armHttp, cloud, clock, signal }),
    storageAccounts: accounts,
    signIn: { whoAmI: () => whoAmI(credential, cloud) },
    links: createLinks(cloud, settings.tenantId),
  };
}

/** Signing in and out, without a workspace. `logout` sends nothing. */
export async function openSignIn(settings: Settings, surroundings: Surroundings): Promise<SignIn> {
  return createSignIn({
    ...surroundings,
    settings,
    store: createSignInStore(settings.configDir, surroundings.files),
    reach: () => reach(settings, surroundings),
  });
}

async function reach(
  settings: Settings,
  { clock, signal, report, files, env, networkEnv = env, fetch }: Surroundings,
): Promise<{ readonly cloud: Cloud; readonly transport: Transport }> {
  const { caFile } = settings;
  const wire = { clock, signal, report, files, env: networkEnv, caFile, fetch };
  const transport = await createTransport(wire);
  if (!isCustomCloud(settings.cloud)) {
    return { cloud: publicCloud(settings.cloud, env.AZURE_AUTHORITY_HOST), transport };
  }
  const url = metadataUrl(settings.cloud);
  const client = transport.client({ accepts: ({ origin }) => origin === new URL(url).origin });
  const { body } = await createAzureHttp({ client, clock, signal }).send('GET', url);
  return { cloud: customCloud(url, body), transport };
}

async function whoAmI(credential: AzureCredential, cloud: Cloud): Promise<SignedIn> {
  const { token, expiresOnTimestamp } = await credential.getToken(cloud.armScope);
  const claims = readClaims(token);
  return {
    account: claims.account ?? 'unknown',
    tenantId: claims.tenantId ?? 'unknown',
    objectId: claims.objectId,
    auth: credential.kind(),
    expiresOn: new Date(expiresOnTimestamp),
  };
}
