import { CliError } from '../errors.js';
import type { Clock } from '../host.js';
import { type Target, targetName } from '../model/target.js';
import { BUSY_TIMEOUT_MS, busyForTooLong, isLastingConflict, POLL_MS } from './busy.js';
import type { Change, ChangeOptions, CollectionChange, ServiceGateway } from './gateways.js';
import {
  isObject,
  readAny,
  readArray,
  readBoolean,
  readNumber,
  readObject,
  readString,
} from './payload.js';
import type { Answer, AzureHttp } from './wire/http.js';
import { toCliError } from './wire/service-error.js';

type Switch = 'insights' | 'collection';

export interface MmsOptions {
  readonly http: AzureHttp;
  /** `https://{regional host}/modelmanagement/v1.0{resource id of the ML workspace}`, once it is known. */
  readonly workspaceUrl: () => Promise<string>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const CHANGE_TIMEOUT_MS = 10 * 60_000;
const PATCH_TYPE = 'application/json-patch+json';

/**
 * Gateway to the Model Management Service, the data plane of v1 web services.
 *
 * Contract: modelmanagement v1.0, `services/{name}`, without api-version. PATCH takes a JSON Patch
 * (RFC 6902) and answers 200, perhaps with an `operationId`, or 202 with an `Operation-Location`.
 * Known from: SDK source, azureml-core 1.51, `webservice/aks.py`, `webservice/webservice.py`.
 */
export function createMmsGateway({
  http,
  workspaceUrl,
  clock,
  signal,
}: MmsOptions): ServiceGateway {
  async function serviceUrl(name: string): Promise<string> {
    return `${await workspaceUrl()}/services/${encodeURIComponent(name)}`;
  }

  async function* findTargets(service?: string): AsyncGenerator<Target> {
    if (service === undefined) {
      for await (const item of http.list(`${await workspaceUrl()}/services?expand=true`)) {
        yield* toTargets(item);
      }
      return;
    }
    const url = `${await serviceUrl(service)}?expand=true`;
    const { status, body } = await http.send('GET', url, { allow: [404] });
    if (status !== 404) yield* toTargets(body);
  }

  async function readAgain({ service, part }: Target): Promise<Target> {
    for await (const current of findTargets(service)) {
      if (current.part === part) return current;
    }
    const name = targetName({ service, part });
    throw new CliError('not-found', `There is no service "${name}" any more.`);
  }

  async function change(
    target: Target,
    name: Switch,
    value: boolean,
    options: ChangeOptions,
  ): Promise<Change> {
    const path = switchPath(target, name);
    const url = await serviceUrl(target.service);
    const patch = (to: boolean) => JSON.stringify([{ op: 'replace', path, value: to }]);
    const request = { method: 'PATCH', url, contentType: PATCH_TYPE, body: patch(value) };
    const deadline = clock.now().getTime() + BUSY_TIMEOUT_MS;
    for (let waited = false; ; waited = true) {
      const current = await readAgain(target);
      if (current[name] === value) {
        return { changed: false, applied: true, requests: [], before: null };
      }
      const outcome = { changed: true, requests: [request], before: patch(!value) };
      if (options.dryRun) return { ...outcome, applied: false };
      // Whether a service that is Transitioning takes a change is not known: it is asked.
      const { contentType, body } = request;
      const answer = await http.send('PATCH', url, { contentType, body, allow: [400, 404, 409] });
      if (answer.status === 404) {
        throw new CliError('not-found', `Service "${target.service}" was just deleted.`);
      }
      if (answer.status < 400) {
        return { ...outcome, applied: await apply(target, answer, options.wait) };
      }
      const refusal = toCliError(answer);
      if (!isBusy(answer) || !options.wait) throw refusal;
      if (clock.now().getTime() >= deadline) throw busyForTooLong(target.service, refusal);
      if (!waited)
        options.onNote(`"${target.service}" is busy with another change; waiting for it.`);
      await clock.sleep(POLL_MS, signal);
    }
  }

  /** Waits for what the PATCH began, if it began anything; answers whether it is known to be over. */
  async function apply({ service }: Target, answer: Answer, wait: boolean): Promise<boolean> {
    const id = operationId(service, answer);
    if (id === '') return true;
    if (!wait) return false;
    await http.waitFor(`${await workspaceUrl()}/operations/${encodeURIComponent(id)}`, {
      timeoutMs: CHANGE_TIMEOUT_MS,
      what: `The change of "${service}"`,
    });
    return true;
  }

  return {
    findTargets,
    async *listServices() {
      for await (const item of http.list(`${await workspaceUrl()}/services`)) {
        yield readString(item, 'name');
      }
    },
    setInsights: (target, insights, options) => change(target, 'insights', insights, options),
    async setCollection(target, collection, options) {
      assertCollectable(target, collection);
      return change(target, 'collection', collection.to === 'on', options);
    },
    cannotCollect,
    findDataUris: async () => new Map(),
    async readLogs({ service }, { tail, container }) {
      const query = `tail=${tail}&init=${container === 'init' ? 'True' : 'False'}`;
      const { body } = await http.send('GET', `${await serviceUrl(service)}/logs?${query}`);
      return readAny(body, 'content') === null ? '' : readString(body, 'content');
    },
  };
}

/** Only the last segment of the header is used, as azureml-core does: the rest may name another host. */
function operationId(service: string, { status, headers, body }: Answer): string {
  if (status !== 202) return readString(body, 'operationId', { ifAbsent: '' });
  const id = headers.get('operation-location')?.split('?')[0]?.split('/').at(-1);
  if (id) return decodeURIComponent(id);
  throw new CliError('service', `Azure gave no way to follow the change of "${service}".`);
}

function toTargets(service: unknown): Target[] {
  const computeType = readString(service, 'computeType', { ifAbsent: 'unknown' });
  const versions =
    computeType === 'AKSENDPOINT' ? readObject(service, 'versions', { ifAbsent: {} }) : undefined;
  const parts = versions ? Object.entries(versions) : [[null, service] as const];
  return parts.map(([part, settings]) => ({
    api: 'v1',
    service: readString(service, 'name'),
    part,
    computeType,
    state: readString(settings, 'state', {
      ifAbsent: readString(service, 'state', { ifAbsent: null }),
    }),
    insights: readBoolean(service, 'appInsightsEnabled', { ifAbsent: false }),
    collection: readBoolean(settings, 'dataCollection.storageEnabled', { ifAbsent: false }),
    collections: [],
    scoringUri: readString(service, 'scoringUri', { ifAbsent: null }),
    replicas: readBoolean(settings, 'autoScaler.autoscaleEnabled', { ifAbsent: false })
      ? null
      : readNumber(settings, 'numReplicas', { ifAbsent: null }),
    dataPaths: dataPaths(settings),
    failure: failureOf(settings) ?? failureOf(service),
  }));
}

/** Azure's own spelling of where the data of each model lands: names by models, then by versions. */
function dataPaths(service: unknown): string[] {
  const models = readObject(service, 'modelConfigMap.modelsInfo', { ifAbsent: {} });
  return Object.values(models)
    .filter(isObject)
    .flatMap((versions) => Object.values(versions))
    .map((model) => readString(model, 'dataCollectorStoragePath', { ifAbsent: '' }))
    .filter((path) => path !== '');
}

function failureOf(service: unknown): Target['failure'] {
  const error = readObject(service, 'error', { ifAbsent: null });
  if (error === null) return null;
  const [detail] = readArray(error, 'details', { ifAbsent: [] });
  return {
    code: readString(error, 'code', { ifAbsent: 'Failed' }),
    message:
      readString(error, 'message', { ifAbsent: '' }) ||
      readString(detail, 'message', { ifAbsent: '' }),
  };
}

/** The JSON Pointer of a switch. An AKSENDPOINT collects per version. */
function switchPath({ part, computeType }: Target, name: Switch): string {
  if (name === 'insights') return '/appInsightsEnabled';
  if (computeType !== 'AKSENDPOINT') return '/dataCollection/storageEnabled';
  const token = (part ?? '').replaceAll('~', '~0').replaceAll('/', '~1');
  return `/versions/${token}/dataCollection/storageEnabled`;
}

function cannotCollect(target: Target): CliError | null {
  if (target.computeType === 'AKS' || target.computeType === 'AKSENDPOINT') return null;
  const name = targetName(target);
  const message = `"${name}" runs on ${target.computeType}, where model data cannot be collected.`;
  return new CliError('unsupported', message, { hint: 'AKS and v2 online endpoints can.' });
}

function assertCollectable(target: Target, change: CollectionChange): void {
  const reason = cannotCollect(target);
  if (reason) throw reason;
  const { to, collections, samplingRate, rollingRate } = change;
  if (to !== 'forget' && !collections && samplingRate === undefined && !rollingRate) return;
  const message = `"${targetName(target)}" is a v1 service, whose collection can only be on or off.`;
  throw new CliError('unsupported', message, {
    hint: 'Its scoring script decides what is collected, and how much of it.',
  });
}

/** Only the words of this refusal are known, not its status: 409 is what they suggest. */
function isBusy(answer: Answer): boolean {
  if (isLastingConflict(answer)) return false;
  return answer.status === 409 || /another operation/i.test(answer.text);
}
