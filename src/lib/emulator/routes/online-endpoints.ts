import { randomBytes } from 'node:crypto';
import { armFault, json, jsonText, mlFault } from '../answers.js';
import { prependMembers, removeMember, setMember } from '../resources/json-text.js';
import { newOperationId, operationUri, signedUri } from '../resources/ml-operations.js';
import { workspaceOf } from '../resources/resource-ids.js';
import {
  apiVersionOf,
  assertName,
  childrenOf,
  findResource,
  getResource,
  listPage,
  localize,
  ORIGIN,
  read,
  readObject,
  valueAt,
} from '../resources/resources.js';
import { type Call, type Route, route } from '../router.js';
import { authorizeSubscription } from '../sign-in/authorize.js';
import {
  lastOperation,
  type Operation,
  operationState,
  type State,
  startOperation,
} from '../state/state.js';

type Path = Readonly<Record<string, string>>;

const ENDPOINTS =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.MachineLearningServices/workspaces/{workspace}/onlineEndpoints';

/**
 * Online endpoints.
 *
 * Contract: Microsoft.MachineLearningServices `onlineEndpoints`, 2022-05-01 and later.
 * Known from: documented (REST reference); the shapes of answers from recordings of 2023-04-01-preview and
 * 2024-04-01.
 */
export const onlineEndpointRoutes: readonly Route[] = [
  route('GET', ENDPOINTS, list),
  route('GET', `${ENDPOINTS}/{endpoint}`, get),
  route('PUT', `${ENDPOINTS}/{endpoint}`, put),
  route('DELETE', `${ENDPOINTS}/{endpoint}`, remove),
  route('POST', `${ENDPOINTS}/{endpoint}/listKeys`, listKeys),
];

async function list(call: Call): Promise<Response> {
  await authorizeSubscription(call, 'arm');
  apiVersionOf(call);
  const state = await call.cloud.store.read();
  getResource(state, workspaceOf(decodeURIComponent(call.url.pathname)), call.now);
  const { searchParams } = call.url;
  const [name, computeType] = [searchParams.get('name'), searchParams.get('computeType')];
  const texts = childrenOf(
    state,
    decodeURIComponent(call.url.pathname).replace(/\/$/, ''),
    call.now,
  )
    .map(([id, text]) => shown(state, id, text, call.now))
    .filter((text) => !name || read(text, 'name') === name)
    .filter((text) => !computeType || read(text, 'kind') === computeType);
  return listPage(call, texts, state.facts.behaviour.pageSize);
}

async function get(call: Call): Promise<Response> {
  await authorizeSubscription(call, 'arm');
  apiVersionOf(call);
  const state = await call.cloud.store.read();
  const id = decodeURIComponent(call.url.pathname);
  return jsonText(localize(call, shown(state, id, getEndpoint(state, id, call.now), call.now)));
}

/** An endpoint's text; 404 if the workspace or the endpoint is not there. */
export function getEndpoint(state: State, id: string, now: Date): string {
  getResource(state, workspaceOf(id), now);
  return getResource(state, id, now);
}

/** The operation that keeps an endpoint busy: its own or one of its deployments'. */
export function findRunning(state: State, endpointId: string, now: Date): Operation | undefined {
  const id = endpointId.toLowerCase();
  return state.facts.operations.find(
    (one) =>
      (one.resource === id || one.resource.startsWith(`${id}/`)) &&
      operationState(one, now) === 'running',
  );
}

const PROVISIONING = {
  create: 'Creating',
  update: 'Updating',
  scale: 'Scaling',
  delete: 'Deleting',
} as const;

/** The provisioning state that an operation gives its resource. */
export function provisioningState(operation: Operation | undefined, now: Date): string {
  const state = operation && operationState(operation, now);
  if (!operation || state === 'succeeded') return 'Succeeded';
  if (state === 'failed') return 'Failed';
  return PROVISIONING[operation.kind];
}

function shown(state: State, id: string, text: string, now: Date): string {
  const own = lastOperation(state, id);
  const busy = findRunning(state, id, now);
  const provisioning = busy && busy !== own ? 'Updating' : provisioningState(own, now);
  return setMember(text, ['properties', 'provisioningState'], JSON.stringify(provisioning));
}

/** Azure refuses a second change while an endpoint is busy. */
export function assertIdle(state: State, endpointId: string, now: Date, what: string): void {
  const running = findRunning(state, endpointId, now);
  if (!running) return;
  const name = endpointId.split('/').at(-1);
  throw mlFault(
    {
      status: 409,
      code: 'Conflict',
      message: `Cannot ${what} in endpoint ${name} because it is in ${provisioningState(running, now)} provisioning state.`,
    },
    now,
  );
}

async function put(call: Call, { endpoint = '' }: Path): Promise<Response> {
  await authorizeSubscription(call, 'arm');
  assertName(endpoint);
  const version = apiVersionOf(call);
  const { text, value } = await readObject(call);
  if (
    typeof valueAt(value, 'location') !== 'string' ||
    valueAt(value, 'properties') === undefined
  ) {
    const message = 'The Location and Properties fields are required.';
    throw mlFault({ status: 400, code: 'UserError', message }, call.now);
  }
  const { stored, operation } = await call.cloud.store.update((state) => {
    const id = decodeURIComponent(call.url.pathname).replace(/\/$/, '');
    const workspace = getResource(state, workspaceOf(id), call.now);
    assertIdle(state, id, call.now, 'change settings');
    const existing = findResource(state, id, call.now);
    const opId = newOperationId('endpoint', String(read(workspace, 'properties', 'workspaceId')));
    const operation = startOperation(state, call.now, {
      id: opId,
      resourceId: id,
      name: endpoint,
      kind: existing === undefined ? 'create' : 'update',
    });
    const kind =
      typeof valueAt(value, 'properties', 'compute') === 'string' ? 'Kubernetes' : 'Managed';
    const stored = storedEndpoint(text, {
      id,
      name: endpoint,
      kind: existing === undefined ? kind : String(read(existing, 'kind')),
      systemData: JSON.stringify(
        (existing && read(existing, 'systemData')) ?? {
          createdAt: call.now.toISOString(),
          createdBy: 'local',
        },
      ),
      operationUri: operationUri(ORIGIN, id, opId, version),
    });
    state.resources.set(id.toLowerCase(), stored);
    state.facts.keys[id.toLowerCase()] ??= newKeys();
    return { stored: shown(state, id, stored, call.now), operation };
  });
  const id = decodeURIComponent(call.url.pathname);
  const uri = operationUri(call.origin, id, operation.id, version);
  return jsonText(localize(call, stored), {
    status: 201,
    headers: {
      location: `${call.origin}${id}?api-version=${version}`,
      'azure-asyncoperation': await signedUri(call, uri),
      'x-ms-async-operation-timeout': 'PT30M',
    },
  });
}

interface EndpointFacts {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly systemData: string;
  readonly operationUri: string;
}

/** The resource that a PUT of an endpoint leaves behind. */
export function storedEndpoint(sent: string, facts: EndpointFacts): string {
  const own = ['scoringUri', 'swaggerUri', 'provisioningState'];
  let text = ['id', 'name', 'type', 'systemData', 'kind'].reduce(
    (at, name) => removeMember(at, [name]),
    sent,
  );
  text = own.reduce((at, name) => removeMember(at, ['properties', name]), text);
  const base = `${ORIGIN}/endpoints/${facts.name}`;
  text = prependMembers(text, ['properties'], {
    scoringUri: JSON.stringify(`${base}/score`),
    swaggerUri: JSON.stringify(`${base}/swagger.json`),
    provisioningState: '"Succeeded"',
  });
  const defaults = {
    description: 'null',
    properties: JSON.stringify({ AzureAsyncOperationUri: facts.operationUri }),
    authMode: '"Key"',
    compute: 'null',
    keys: 'null',
    publicNetworkAccess: '"Enabled"',
    traffic: '{}',
    mirrorTraffic: '{}',
  };
  const sentProperties = valueAt(JSON.parse(text), 'properties');
  for (const [name, value] of Object.entries(defaults)) {
    if (valueAt(sentProperties, name) === undefined)
      text = setMember(text, ['properties', name], value);
  }
  const type = 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints';
  const head = { id: facts.id, name: facts.name, type, kind: facts.kind };
  const members = Object.entries(head).map(([name, value]) => [name, JSON.stringify(value)]);
  return setMember(
    prependMembers(text, [], Object.fromEntries(members)),
    ['systemData'],
    facts.systemData,
  );
}

export function newKeys() {
  const key = () => randomBytes(24).toString('base64url');
  return { primaryKey: key(), secondaryKey: key() };
}

async function remove(call: Call, { endpoint = '' }: Path): Promise<Response> {
  await authorizeSubscription(call, 'arm');
  const version = apiVersionOf(call);
  const id = decodeURIComponent(call.url.pathname).replace(/\/$/, '');
  return deleteResource(call, id, endpoint, version, (state) =>
    assertIdle(state, id, call.now, 'delete a deployment'),
  );
}

/** A deletion as Azure ML answers it: 202, the body `null`, and two addresses to follow. */
export async function deleteResource(
  call: Call,
  id: string,
  name: string,
  version: string,
  check: (state: State) => void,
): Promise<Response> {
  const operation = await call.cloud.store.update((state) => {
    if (findResource(state, id, call.now) === undefined) return undefined;
    check(state);
    const workspace = getResource(state, workspaceOf(id), call.now);
    const of = id.toLowerCase().includes('/deployments/') ? 'deployment' : 'endpoint';
    const opId = newOperationId(of, String(read(workspace, 'properties', 'workspaceId')));
    return startOperation(state, call.now, { id: opId, resourceId: id, name, kind: 'delete' });
  });
  if (!operation) return new Response(null, { status: 204 });
  const status = operationUri(call.origin, id, operation.id, version);
  const results = operationUri(call.origin, id, operation.id, version, 'mfeOperationResults');
  return jsonText('null', {
    status: 202,
    headers: {
      'azure-asyncoperation': await signedUri(call, status),
      location: await signedUri(call, results),
      'x-ms-async-operation-timeout': 'PT30M',
    },
  });
}

async function listKeys(call: Call): Promise<Response> {
  await authorizeSubscription(call, 'arm');
  const state = await call.cloud.store.read();
  const id = decodeURIComponent(call.url.pathname).replace(/\/listKeys\/?$/i, '');
  const text = getEndpoint(state, id, call.now);
  if (read(text, 'properties', 'authMode') !== 'Key') {
    throw armFault({ status: 400, code: 'BadRequest', message: 'The endpoint does not use keys.' });
  }
  return json(state.facts.keys[id.toLowerCase()] ?? {});
}
