import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine, EngineLimits } from '../engine/engine.js';
import { CliError } from '../errors.js';
import { hasCode } from '../file-errors.js';
import { makeFolders } from '../make-folders.js';
import type { Cloud } from './cloud.js';
import { LOCAL_CONNECTION } from './connection.js';
import type { LocalCloud, Seed } from './local-cloud.js';
import { createAdmission } from './query/admission.js';
import { shareEngine } from './query/share-engine.js';
import { createWeather } from './query/weather.js';
import { dispatch } from './router.js';
import { behaviourRoutes, mergeBehaviour } from './routes/behaviour.js';
import { blobContainerRoutes, pathOfHost } from './routes/blob-containers.js';
import { blobRoutes } from './routes/blobs.js';
import { deploymentRoutes } from './routes/deployments.js';
import { diagnosticSettingsRoutes } from './routes/diagnostic-settings.js';
import { discoveryRoutes } from './routes/discovery.js';
import { logOperationRoutes } from './routes/log-operations.js';
import { logTableRoutes } from './routes/log-tables.js';
import { logsQueryRoutes } from './routes/logs-query.js';
import { metadataRoutes } from './routes/metadata.js';
import { mlOperationRoutes } from './routes/ml-operation-status.js';
import { mlWorkspaceRoutes } from './routes/ml-workspaces.js';
import { onlineEndpointRoutes } from './routes/online-endpoints.js';
import { openIdRoutes } from './routes/open-id.js';
import { platformMetricsRoutes } from './routes/platform-metrics.js';
import { scoringRoutes } from './routes/scoring.js';
import { signInRoutes } from './routes/sign-in.js';
import { storageAccountRoutes } from './routes/storage-accounts.js';
import { subscriptionRoutes } from './routes/subscriptions.js';
import { tokenRoutes } from './routes/token.js';
import { v1ServiceRoutes } from './routes/v1-services.js';
import { drawInput } from './scoring/inputs.js';
import { scoreRequests } from './scoring/score-requests.js';
import { aloneWithPast, topUp, topUpAlone, topUpCollected } from './seed/history.js';
import { seedState } from './seed/seed.js';
import { BLOBSTORE, STORAGE_ACCOUNT } from './seed/workspace.js';
import { createBlobFiles } from './state/blob-files.js';
import { createSegments } from './state/segments.js';
import { createStore } from './state/store.js';
import { compactTelemetry, loadTelemetry } from './state/telemetry.js';
import { asStateError } from './state-error.js';

const ROUTES = [
  ...metadataRoutes,
  ...openIdRoutes,
  ...signInRoutes,
  ...tokenRoutes,
  ...subscriptionRoutes,
  ...mlWorkspaceRoutes,
  ...storageAccountRoutes,
  ...onlineEndpointRoutes,
  ...deploymentRoutes,
  ...mlOperationRoutes,
  ...diagnosticSettingsRoutes,
  ...logTableRoutes,
  ...logOperationRoutes,
  ...platformMetricsRoutes,
  ...discoveryRoutes,
  ...v1ServiceRoutes,
  ...logsQueryRoutes,
  ...blobContainerRoutes,
  ...blobRoutes,
  ...scoringRoutes,
  ...behaviourRoutes,
];

export interface LocalCloudOptions {
  /** Holds the whole state; made and filled with the sample if it is not there. */
  readonly folder: string;
  readonly now: () => Date;
  readonly openEngine: (limits: EngineLimits) => Promise<Engine>;
}

/** What all queries of one process may take at once; what does not fit waits in a folder. */
const QUERY_MEMORY_BYTES = 1_500_000_000;

/** Opens the embedded Azure. Several processes may have the same folder open. */
export async function openLocalCloud({
  folder,
  now,
  openEngine,
}: LocalCloudOptions): Promise<LocalCloud> {
  await makeFolder(folder);
  const sharedEngine = shareEngine(() => openEngine({ maxMemoryBytes: QUERY_MEMORY_BYTES }));
  const cloud: Cloud = {
    folder,
    now,
    openEngine: sharedEngine,
    store: createStore(folder),
    segments: createSegments(join(folder, 'segments'), compactTelemetry(sharedEngine)),
    blobs: createBlobFiles(join(folder, 'blobs')),
    admission: createAdmission(),
    weather: createWeather(),
  };
  const handle = (request: Request) => answer(cloud, request);

  /** Nothing counts until the new state is there: a process that is killed before leaves none. */
  function fill(seed: Seed, when: 'absent' | 'always'): Promise<void> {
    return cloud.store.replace(async () => {
      // The keys stay: who trusts this cloud goes on to.
      await rm(join(folder, 'segments'), { recursive: true, force: true });
      await rm(join(folder, 'blobs'), { recursive: true, force: true });
      for (const container of [BLOBSTORE, 'modeldata']) {
        await cloud.blobs.createContainer(STORAGE_ACCOUNT, container);
      }
      return seedState(seed, now());
    }, when);
  }

  async function open(): Promise<void> {
    await fill('sample', 'absent');
    await topUp(cloud, now());
  }

  // A state that cannot be read fails whatever needs it; `reset` is the way out.
  let unreadable = await open().then(() => undefined, toCliError(folder));
  const kept = <T>(work: Promise<T>) =>
    work.catch((error: unknown) => {
      throw asStateError(error, folder);
    });
  const readable =
    <Args extends readonly unknown[], T>(work: (...args: Args) => Promise<T>) =>
    async (...args: Args) => {
      if (unreadable) throw unreadable;
      return kept(work(...args));
    };
  return {
    handle: readable(handle),
    connection: LOCAL_CONNECTION,
    reset: async (seed) => {
      await kept(
        aloneWithPast(cloud, async () => {
          await fill(seed, 'always');
          await topUpAlone(cloud, now());
        }),
      );
      unreadable = undefined;
    },
    switchQueries: readable((query) =>
      cloud.store.update(({ facts }) => mergeBehaviour(facts.behaviour, { query })),
    ),
    load: readable((patterns, from) => loadTelemetry(cloud, patterns, from)),
    listen: readable(async (options) =>
      (await import('./listen.js')).listen({ ...options, folder, handle, now }),
    ),
    score: readable((service, part, requests) => scoreRequests(cloud, service, part, requests)),
    drawInput,
  };
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await makeFolders(folder, 0o700);
  } catch (error) {
    if (!hasCode(error, 'EEXIST', 'ENOTDIR', 'ENOENT')) throw asStateError(error, folder);
    const message = `The local cloud cannot keep its state in "${folder}", which is no folder and cannot be made one.`;
    throw new CliError('usage', message, { hint: 'Name another with --local-dir.' }, error);
  }
}

/** @throws what is no failure that a user can understand */
function toCliError(folder: string): (error: unknown) => CliError {
  return (error) => {
    const told = asStateError(error, folder);
    if (told instanceof CliError) return told;
    throw told;
  };
}

async function answer(cloud: Cloud, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const hostPath = pathOfHost(url);
  const origin = url.origin.replace(/\/\/[a-z0-9]+\.blob\./, '//');
  if (hostPath !== undefined) url.pathname = hostPath;
  const now = cloud.now();
  const admitted = async () => {
    if (needsPast(request, url)) await topUpCollected(cloud, now);
  };
  const response = await dispatch(ROUTES, { request, url, origin, now, cloud, admitted });
  // Only ARM names its requests; the data planes are recorded without.
  if (/^\/+subscriptions\b/i.test(url.pathname)) {
    response.headers.set('x-ms-request-id', randomUUID());
  }
  return response;
}

/** What was collected until now is not a matter of the settings that a change brings. */
function needsPast({ method }: Request, { pathname }: URL): boolean {
  if (/^\/+blob\//i.test(pathname)) return true;
  return /^\/+(subscriptions|modelmanagement)\b/i.test(pathname) && CHANGES.has(method);
}

const CHANGES = new Set(['PUT', 'PATCH', 'DELETE']);
