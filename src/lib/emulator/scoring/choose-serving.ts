import { serviceId, WORKSPACE_ID } from '../resources/resource-ids.js';
import { childrenOf, findResource, read, valueAt } from '../resources/resources.js';
import type { State } from '../state/state.js';
import { drawsFrom } from './random.js';
import { findServing, type Serving } from './serving.js';

/** Why no container answers a request. */
export interface Unanswered {
  readonly status: number;
  readonly message: string;
}

/** What a request is sent to: a web service or an online endpoint, perhaps one part of it. */
export interface Asked {
  readonly service: string;
  /** The deployment or version that was asked for; undefined: traffic decides. */
  readonly part: string | undefined;
  /** Decides where traffic is split. */
  readonly requestId: string;
}

/** The container of a v2 endpoint that answers a request. */
export function chooseDeployment(
  state: State,
  { service, part, requestId }: Asked,
  now: Date,
): Serving | Unanswered {
  const endpointId = `${WORKSPACE_ID}/onlineEndpoints/${service}`;
  const endpoint = findResource(state, endpointId, now);
  if (endpoint === undefined) return { status: 404, message: `There is no endpoint ${service}.` };
  const chosen =
    part ??
    chooseByTraffic(read(endpoint, 'properties', 'traffic'), requestId) ??
    onlyDeployment(state, endpointId, now);
  const serving = chosen && findServing(state, `${endpointId}/deployments/${chosen}`, null, now);
  if (serving) return serving;
  const message = chosen
    ? `Deployment ${chosen} of endpoint ${service} was not found or is not running.`
    : `Endpoint ${service} sends no traffic to any deployment.`;
  return { status: 404, message };
}

/** The container of a v1 service that answers a request. */
export function chooseVersion(
  state: State,
  { service, part, requestId }: Asked,
  now: Date,
): Serving | Unanswered {
  const id = serviceId(WORKSPACE_ID, service);
  const text = state.resources.get(id.toLowerCase());
  if (text === undefined) return { status: 404, message: `There is no service ${service}.` };
  const versions = read(text, 'versions');
  const traffic = Object.entries(versions ?? {}).map(([name, one]): [string, unknown] => [
    name,
    valueAt(one, 'trafficPercentile'),
  ]);
  const chosen = versions
    ? (part ?? chooseByTraffic(Object.fromEntries(traffic), requestId))
    : undefined;
  const serving = findServing(state, id, chosen ?? null, now);
  return serving ?? { status: 503, message: `Service ${service} is not running.` };
}

/** By weight; undefined if no deployment gets any. */
function chooseByTraffic(traffic: unknown, seed: string): string | undefined {
  const shares = Object.entries(traffic ?? {}).map(([name, share]): [string, number] => [
    name,
    Number(share),
  ]);
  const total = shares.reduce((sum, [, share]) => sum + share, 0);
  let left = drawsFrom(`${seed}/traffic`).next() * total;
  return shares.find(([, share]) => {
    left -= share;
    return share > 0 && left < 0;
  })?.[0];
}

function onlyDeployment(state: State, endpointId: string, now: Date): string | undefined {
  const all = childrenOf(state, `${endpointId}/deployments`, now);
  return all.length === 1 ? String(read(all[0]?.[1] ?? '{}', 'name')) : undefined;
}
