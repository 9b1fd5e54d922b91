import { json, Refusal } from '../answers.js';
import { serviceId, WORKSPACE_ID } from '../resources/resource-ids.js';
import { childrenOf, findResource, read, valueAt } from '../resources/resources.js';
import { type Call, type Route, route } from '../router.js';
import { drawsFrom } from '../scoring/random.js';
import { leaveTraces, runModel } from '../scoring/score.js';
import { findServing, type Serving } from '../scoring/serving.js';
import { sameSecret } from '../sign-in/directory.js';
import type { State } from '../state/state.js';

type Path = Readonly<Record<string, string>>;

/**
 * The scoring URIs of all services: `POST` with the service's key as bearer token. The deployment or version is
 * the one in the header `azureml-model-deployment` (v2) or in the path (v1), else traffic decides.
 *
 * Contract: scoring URI of web services (v1) and online endpoints (v2).
 * Known from: documented (how-to-authenticate-online-endpoint, consume a web service).
 */
export const scoringRoutes: readonly Route[] = [
  route('POST', '/endpoints/{service}/score', scoreEndpoint),
  route('POST', '/api/v1/service/{service}/score', scoreService),
  route('POST', '/api/v1/endpoint/{service}/score', scoreService),
  route('POST', '/api/v1/endpoint/{service}/versions/{part}/score', scoreService),
  route('POST', '/aci/{service}/score', scoreService),
];

async function scoreEndpoint(call: Call, { service = '' }: Path): Promise<Response> {
  const state = await call.cloud.store.read();
  const endpointId = `${WORKSPACE_ID}/onlineEndpoints/${service}`;
  const endpoint = findResource(state, endpointId, call.now);
  if (endpoint === undefined)
    return json({ message: `There is no endpoint ${service}.` }, { status: 404 });
  assertKey(call, state, endpointId, true);
  const properties: unknown = valueAt(JSON.parse(endpoint), 'properties');
  const part =
    call.request.headers.get('azureml-model-deployment') ??
    chooseByTraffic(valueAt(properties, 'traffic'), requestIdOf(call)) ??
    onlyDeployment(state, endpointId, call.now);
  const serving = part && findServing(state, `${endpointId}/deployments/${part}`, null, call.now);
  if (serving) return answer(call, state, serving);
  const message = part
    ? `Deployment ${part} of endpoint ${service} was not found or is not running.`
    : `Endpoint ${service} sends no traffic to any deployment.`;
  return json({ message }, { status: 404 });
}

async function scoreService(call: Call, { service = '', part }: Path): Promise<Response> {
  const state = await call.cloud.store.read();
  const id = serviceId(WORKSPACE_ID, service);
  const text = state.resources.get(id.toLowerCase());
  if (text === undefined)
    return json({ message: `There is no service ${service}.` }, { status: 404 });
  assertKey(call, state, id, read(text, 'authEnabled') === true);
  const versions = read(text, 'versions');
  const traffic = Object.entries(versions ?? {}).map(([name, one]): [string, unknown] => [
    name,
    valueAt(one, 'trafficPercentile'),
  ]);
  const chosen = versions
    ? (part ?? chooseByTraffic(Object.fromEntries(traffic), requestIdOf(call)))
    : null;
  const serving = findServing(state, id, chosen ?? null, call.now);
  if (serving) return answer(call, state, serving);
  return json({ message: `Service ${service} is not running.` }, { status: 503 });
}

async function answer(call: Call, state: State, serving: Serving): Promise<Response> {
  const { headers } = call.request;
  const scored = runModel(serving, {
    body: await call.request.text(),
    at: call.now,
    requestId: requestIdOf(call),
    clientRequestId: headers.get('x-ms-client-request-id') ?? '',
    userAgent: headers.get('user-agent') ?? 'aml-monitor',
  });
  await leaveTraces(call.cloud, state, [scored]);
  return new Response(scored.response, {
    status: scored.status,
    headers: {
      'content-type': 'application/json',
      'x-request-id': scored.requestId,
      'x-ms-request-id': scored.requestId,
      'x-ms-client-request-id': scored.clientRequestId,
      ...(serving.api === 'v2' && { 'azureml-model-deployment': serving.part ?? '' }),
    },
  });
}

const requestIds = new WeakMap<Request, string>();

/** One id a request, whoever asks first. */
function requestIdOf({ request }: Call): string {
  const known = requestIds.get(request) ?? crypto.randomUUID();
  requestIds.set(request, known);
  return known;
}

function assertKey(call: Call, state: State, id: string, isNeeded: boolean): void {
  if (!isNeeded) return;
  const sent = /^Bearer +(.+)$/i.exec(call.request.headers.get('authorization') ?? '')?.[1] ?? '';
  const keys = Object.values(state.facts.keys[id.toLowerCase()] ?? {});
  if (keys.some((key) => sameSecret(key, sent))) return;
  throw new Refusal(json({ message: 'The key is missing or wrong.' }, { status: 401 }));
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
