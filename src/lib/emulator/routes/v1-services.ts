import { randomUUID } from 'node:crypto';
import { flatFault, json, jsonText } from '../answers.js';
import { containerLines } from '../logs/container-log.js';
import { applyPatch, PatchError } from '../resources/json-patch.js';
import { removeMember, setMember } from '../resources/json-text.js';
import { serviceId } from '../resources/resource-ids.js';
import {
  findResource,
  isObject,
  listPage,
  localize,
  read,
  valueAt,
} from '../resources/resources.js';
import { findService, fitsFilters } from '../resources/v1-service-text.js';
import { type Call, type Route, route } from '../router.js';
import { findServing } from '../scoring/serving.js';
import { authorizeSubscription } from '../sign-in/authorize.js';
import {
  appliedText,
  lastOperation,
  type Operation,
  operationState,
  type State,
  startOperation,
} from '../state/state.js';

type Path = Readonly<Record<string, string>>;

const BASE = '/modelmanagement/v1.0/{scope*}';

/**
 * The model management service, the data plane of v1 web services: flat resources, flat errors, JSON Patch.
 * A change is answered in one of three ways: AKS 202 with `Operation-Location`, ACI 200 with `operationId`,
 * AKSENDPOINT 200 and done.
 *
 * Contract: modelmanagement v1.0, no api-version.
 * Known from: SDK source (azureml-core 1.51, `webservice/`), recorded errors; resources as in the examples of
 * ARM's `workspaces/services` 2021-04-01.
 */
export const v1ServiceRoutes: readonly Route[] = [
  route('GET', `${BASE}/services`, list),
  route('POST', `${BASE}/services/validate`, validate),
  route('GET', `${BASE}/services/{name}`, get),
  route('PATCH', `${BASE}/services/{name}`, patch),
  route('GET', `${BASE}/services/{name}/logs`, logs),
  route('POST', `${BASE}/services/{name}/listkeys`, listKeys),
  route('POST', `${BASE}/services/{name}/token`, aadToken),
  route('GET', `${BASE}/operations/{operation}`, operationStatus),
];

async function open(call: Call, { scope = '' }: Path): Promise<State> {
  await authorizeSubscription(call, 'v1');
  const state = await call.cloud.store.read();
  if (findResource(state, `/${scope.replace(/^\/+/, '')}`, call.now) !== undefined) return state;
  throw flatFault({
    status: 404,
    code: 'NotFound',
    message: 'Not Found',
    details: [{ code: 'WorkspaceNotFound', message: `Workspace /${scope} was not found.` }],
  });
}

function notFound(name: string) {
  return flatFault({
    status: 404,
    code: 'NotFound',
    message: 'Not Found',
    details: [{ code: 'ServiceNotFound', message: `Service with name ${name} was not found.` }],
  });
}

function getText(state: State, { scope = '', name = '' }: Path, now: Date): string {
  const text = findService(state, scope, name, now);
  if (text === undefined) throw notFound(name);
  return text;
}

async function list(call: Call, path: Path): Promise<Response> {
  const state = await open(call, path);
  const { searchParams } = call.url;
  const prefix = serviceId(path.scope ?? '', '').toLowerCase();
  const texts = [...state.resources.keys()]
    .filter((id) => id.startsWith(prefix))
    .flatMap((id) => findService(state, path.scope ?? '', id.slice(prefix.length), call.now) ?? [])
    .filter((text) => fitsFilters(JSON.parse(text), searchParams));
  return listPage(
    call,
    texts.map((text) => trimmed(call, text)),
    state.facts.behaviour.pageSize,
  );
}

/** Without `expand=true` the details of models are left out. */
function trimmed({ url }: Call, text: string): string {
  return url.searchParams.get('expand')?.toLowerCase() === 'true'
    ? text
    : removeMember(text, ['models']);
}

async function get(call: Call, path: Path): Promise<Response> {
  const state = await open(call, path);
  return jsonText(localize(call, trimmed(call, getText(state, path, call.now))));
}

async function patch(call: Call, path: Path): Promise<Response> {
  await open(call, path);
  const { scope = '', name = '' } = path;
  if (!/^application\/(json-patch\+)?json/.test(call.request.headers.get('content-type') ?? '')) {
    throw badRequest('The content type has to be application/json-patch+json.');
  }
  const sent = parse(await call.request.text());
  const { text, operation } = await call.cloud.store.update((state) => {
    getText(state, path, call.now);
    const id = serviceId(scope, name);
    assertIdle(state, id, call.now);
    // What runs now: a change that failed has left nothing to build on.
    const current = appliedText(state, id, call.now) ?? '{}';
    const text = setMember(
      patched(current, sent),
      ['updatedTime'],
      JSON.stringify(call.now.toISOString()),
    );
    const operation = startOperation(state, call.now, {
      id: randomUUID(),
      resourceId: id,
      name,
      kind: 'update',
    });
    if (read(text, 'computeType') === 'AKSENDPOINT' && !operation.error) {
      operation.endsAt = operation.startedAt;
    }
    state.resources.set(id.toLowerCase(), text);
    return { text: findService(state, scope, name, call.now) ?? text, operation };
  });
  const body = localize(call, text);
  switch (read(text, 'computeType')) {
    case 'ACI':
      return jsonText(setMember(body, ['operationId'], JSON.stringify(operation.id)));
    case 'AKSENDPOINT':
      return jsonText(
        operation.error ? setMember(body, ['operationId'], JSON.stringify(operation.id)) : body,
      );
    default: {
      const location = `${call.origin}/modelmanagement/v1.0/${scope}/operations/${operation.id}`;
      return new Response(null, { status: 202, headers: { 'operation-location': location } });
    }
  }
}

function patched(text: string, sent: unknown): string {
  try {
    return applyPatch(text, sent);
  } catch (error) {
    if (error instanceof PatchError) throw badRequest(error.message);
    throw error;
  }
}

function assertIdle(state: State, id: string, now: Date): void {
  const operation = lastOperation(state, id);
  if (!operation || operationState(operation, now) !== 'running') return;
  const [, , , , , , , , , workspace] = id.split('/');
  throw flatFault({
    status: 409,
    code: 'Conflict',
    message: 'Conflict',
    details: [
      {
        code: 'OperationConflict',
        message: `Conflict of operation, another operation on same entity is already running in workspace ${workspace}.`,
      },
    ],
  });
}

function badRequest(message: string) {
  const details = [{ code: 'InvalidPatch', message }];
  return flatFault({
    status: 400,
    code: 'BadRequest',
    message: 'The request is invalid.',
    details,
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('The body is not JSON.');
  }
}

/** A dry run of a change: its error, if it has one, comes in ARM's envelope and with status 200. */
async function validate(call: Call, path: Path): Promise<Response> {
  const state = await open(call, path);
  const asked = parse(await call.request.text());
  const name = String(valueAt(asked, 'serviceName'));
  const text = findService(state, path.scope ?? '', name, call.now);
  if (text === undefined)
    return json({ error: { code: 'NotFound', message: `Service ${name} was not found.` } });
  try {
    applyPatch(text, valueAt(asked, 'updateRequest'));
    return json({});
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    return json({ error: { code: 'BadRequest', message: error.message } });
  }
}

async function logs(call: Call, path: Path): Promise<Response> {
  const state = await open(call, path);
  const text = getText(state, path, call.now);
  const { searchParams } = call.url;
  const tail = Number(searchParams.get('tail') ?? 5000);
  if (!Number.isInteger(tail) || tail < 0) throw badRequest('tail has to be a number of lines.');
  // Of a service with versions the default one answers: there is no way to name another.
  const versions = valueAt(JSON.parse(text), 'versions');
  const part = isObject(versions)
    ? (Object.entries(versions).find(([, one]) => valueAt(one, 'isDefault') === true)?.[0] ?? null)
    : null;
  const serving = findServing(state, serviceId(path.scope ?? '', path.name ?? ''), part, call.now);
  if (!serving) return json({ content: '' });
  const isInit = searchParams.get('init')?.toLowerCase() === 'true';
  const lines = isInit
    ? ['Downloading models', 'Done'].slice(-tail)
    : await containerLines(call.cloud, serving, call.now, tail);
  return json({ content: `${lines.join('\n')}\n` });
}

async function listKeys(call: Call, path: Path): Promise<Response> {
  const state = await open(call, path);
  getText(state, path, call.now);
  const id = serviceId(path.scope ?? '', path.name ?? '').toLowerCase();
  return json(state.facts.keys[id] ?? {});
}

async function aadToken(call: Call, path: Path): Promise<Response> {
  const state = await open(call, path);
  const text = getText(state, path, call.now);
  if (read(text, 'aadAuthEnabled') !== true)
    throw badRequest('Token authentication is not enabled.');
  const keys = state.facts.keys[serviceId(path.scope ?? '', path.name ?? '').toLowerCase()];
  const seconds = Math.floor(call.now.getTime() / 1000);
  return json({
    accessToken: keys?.primaryKey,
    refreshAfter: seconds + 1800,
    expiryOn: seconds + 3600,
    tokenType: 'Bearer',
  });
}

async function operationStatus(call: Call, path: Path): Promise<Response> {
  const { facts } = await open(call, path);
  const operation = facts.operations.find(({ id }) => id === path.operation);
  if (!operation) {
    throw flatFault({
      status: 404,
      code: 'NotFound',
      message: `Operation ${path.operation} was not found.`,
    });
  }
  return json(operationBody(call, operation));
}

function operationBody({ now }: Call, operation: Operation) {
  const state = operationState(operation, now);
  const stamp = operation.startedAt.replace(/\D/g, '').slice(0, 14);
  return {
    id: operation.id,
    operationType: 'Service',
    state: { running: 'Running', failed: 'Failed', succeeded: 'Succeeded' }[state],
    createdTime: operation.startedAt,
    endTime: state === 'running' ? null : operation.endsAt,
    resourceLocation: operation.resource.replace(/^\/v1/, ''),
    error: state === 'failed' ? operation.error : null,
    operationLog: null,
    operationDetails: { subOperationType: 'DeployService' },
    streamingOperationLog: `${stamp}|Submitting deployment to compute.#${stamp}|Checking the status of deployment.#`,
  };
}
