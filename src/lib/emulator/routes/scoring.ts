import { json, Refusal } from '../answers.js';
import { serviceId, WORKSPACE_ID } from '../resources/resource-ids.js';
import { findResource, read } from '../resources/resources.js';
import { type Call, type Route, route } from '../router.js';
import { chooseDeployment, chooseVersion, type Unanswered } from '../scoring/choose-serving.js';
import { leaveTracesOf, runModel } from '../scoring/score.js';
import type { Serving } from '../scoring/serving.js';
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
  const id = `${WORKSPACE_ID}/onlineEndpoints/${service}`;
  if (findResource(state, id, call.now) !== undefined) assertKey(call, state, id);
  const part = call.request.headers.get('azureml-model-deployment') ?? undefined;
  const requestId = crypto.randomUUID();
  const chosen = chooseDeployment(state, { service, part, requestId }, call.now);
  return answer(call, state, chosen, requestId);
}

async function scoreService(call: Call, { service = '', part }: Path): Promise<Response> {
  const state = await call.cloud.store.read();
  const id = serviceId(WORKSPACE_ID, service);
  const text = state.resources.get(id.toLowerCase());
  if (text !== undefined && read(text, 'authEnabled') === true) assertKey(call, state, id);
  const requestId = crypto.randomUUID();
  const chosen = chooseVersion(state, { service, part, requestId }, call.now);
  return answer(call, state, chosen, requestId);
}

async function answer(
  call: Call,
  state: State,
  serving: Serving | Unanswered,
  requestId: string,
): Promise<Response> {
  if ('message' in serving) {
    return json({ message: serving.message }, { status: serving.status });
  }
  const { headers } = call.request;
  const scored = runModel(serving, {
    body: await call.request.text(),
    at: call.now,
    requestId,
    clientRequestId: headers.get('x-ms-client-request-id') ?? '',
    userAgent: headers.get('user-agent') ?? 'aml-monitor',
  });
  await leaveTracesOf(call.cloud, state, scored);
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

function assertKey(call: Call, state: State, id: string): void {
  const sent = /^Bearer +(.+)$/i.exec(call.request.headers.get('authorization') ?? '')?.[1] ?? '';
  const keys = Object.values(state.facts.keys[id.toLowerCase()] ?? {});
  if (keys.some((key) => sameSecret(key, sent))) return;
  throw new Refusal(json({ message: 'The key is missing or wrong.' }, { status: 401 }));
}
