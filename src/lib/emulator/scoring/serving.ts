import { LOCAL_CONNECTION } from '../connection.js';
import { endpointOf } from '../resources/resource-ids.js';
import { ORIGIN, read, valueAt } from '../resources/resources.js';
import {
  appliedText,
  type Operation,
  operationState,
  type ServerGeneration,
  type State,
} from '../state/state.js';

/** A container that answers scoring requests, with the settings that it was started with. */
export interface Serving {
  readonly resourceId: string;
  readonly api: 'v1' | 'v2';
  readonly service: string;
  /** The deployment, or the version of an AKSENDPOINT; null for a v1 service. */
  readonly part: string | null;
  readonly computeType: string;
  readonly server: ServerGeneration;
  readonly insights: boolean;
  /** v1: whether the model data collector of the script writes. */
  readonly storage: boolean;
  /** v2: `properties.dataCollector` as it is. */
  readonly collector: unknown;
  readonly models: readonly ServedModel[];
  readonly scoringUri: string;
  /** When the container started to answer. */
  readonly since: Date;
}

export interface ServedModel {
  readonly name: string;
  readonly version: string;
}

/**
 * The container of a service or deployment, as it runs now: while a change is under way, and after one that
 * failed, it is still the one from before. Undefined if none has ever started.
 */
export function findServing(
  state: State,
  resourceId: string,
  part: string | null,
  now: Date,
): Serving | undefined {
  const text = appliedText(state, resourceId, now);
  if (text === undefined) return undefined;
  const resource: unknown = JSON.parse(text);
  const name = String(valueAt(resource, 'name'));
  const since = startOf(state, resourceId, resource, now);
  const server = state.facts.servers[resourceId.toLowerCase()] ?? 'azmlinfsrv-1.5';
  if (resourceId.toLowerCase().includes('/onlineendpoints/')) {
    const endpointId = endpointOf(resourceId);
    const endpoint = state.resources.get(endpointId.toLowerCase());
    const properties = valueAt(resource, 'properties');
    return {
      ...{
        resourceId,
        api: 'v2',
        service: endpointId.split('/').at(-1) ?? '',
        part: name,
        since,
        server,
      },
      computeType: String(valueAt(properties, 'endpointComputeType')),
      insights: valueAt(properties, 'appInsightsEnabled') === true,
      storage: false,
      collector: valueAt(properties, 'dataCollector'),
      models: [{ name: 'ridge', version: '3' }],
      scoringUri: endpoint ? address(read(endpoint, 'properties', 'scoringUri')) : '',
    };
  }
  if (valueAt(resource, 'error') !== undefined && valueAt(resource, 'error') !== null)
    return undefined;
  const settings = part === null ? resource : valueAt(resource, 'versions', part);
  const models = valueAt(resource, 'modelConfigMap', 'models') ?? {};
  return {
    ...{ resourceId, api: 'v1', service: name, part, since, server },
    computeType: String(valueAt(resource, 'computeType')),
    insights: valueAt(resource, 'appInsightsEnabled') === true,
    storage: valueAt(settings, 'dataCollection', 'storageEnabled') === true,
    collector: undefined,
    models: Object.entries(models).map(([model, facts]) => ({
      name: model,
      version: String(valueAt(facts, 'version')),
    })),
    scoringUri: address(valueAt(resource, 'scoringUri')),
  };
}

/** Telemetry names the address in this process, wherever the cloud is served. */
function address(stored: unknown): string {
  return String(stored).replace(ORIGIN, LOCAL_CONNECTION.origin);
}

/** A change that has succeeded has replaced the container; else it is as old as the resource. */
function startOf(state: State, resourceId: string, resource: unknown, now: Date): Date {
  const id = resourceId.toLowerCase();
  const last = state.facts.operations.findLast(
    (one: Operation) =>
      one.resource === id && one.kind !== 'scale' && operationState(one, now) === 'succeeded',
  );
  const created = valueAt(resource, 'createdTime') ?? valueAt(resource, 'systemData', 'createdAt');
  return new Date(last?.endsAt ?? String(created));
}

/** Names the log of a container among the segments. */
export function logTable({
  api,
  service,
  part,
}: Pick<Serving, 'api' | 'service' | 'part'>): string {
  return `containers/${[api, service, part ?? ''].join('~').toLowerCase()}`;
}
