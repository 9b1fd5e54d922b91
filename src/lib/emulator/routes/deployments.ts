import { json, jsonText, mlFault } from '../answers.js';
import { deploymentLog } from '../logs/deployment-log.js';
import { findFault, hideNewer, storedDeployment } from '../resources/deployment-text.js';
import { memberText, memberTexts, setMember } from '../resources/json-text.js';
import { newOperationId, operationUri, signedUri } from '../resources/ml-operations.js';
import { endpointOf, workspaceOf } from '../resources/resource-ids.js';
import {
  apiVersionOf,
  assertName,
  childrenOf,
  findResource,
  getResource,
  isObject,
  listPage,
  localize,
  ORIGIN,
  read,
  readObject,
  valueAt,
} from '../resources/resources.js';
import { type Call, type Route, route } from '../router.js';
import { authorizeSubscription } from '../sign-in/authorize.js';
import { lastOperation, type State, startOperation } from '../state/state.js';
import { assertIdle, deleteResource, getEndpoint, provisioningState } from './online-endpoints.js';

type Path = Readonly<Record<string, string>>;

const DEPLOYMENTS =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.MachineLearningServices/workspaces/{workspace}/onlineEndpoints/{endpoint}/deployments';

/**
 * Deployments of online endpoints.
 *
 * Contract: Microsoft.MachineLearningServices `onlineEndpoints/deployments`, 2022-05-01 and later: PUT
 * replaces the whole resource, PATCH takes tags and sku and nothing else.
 * Known from: documented (REST reference, resource schemas); answers and headers of PUT, polls and
 * getLogs from recordings of 2022 to 2025.
 */
export const deploymentRoutes: readonly Route[] = [
  route('GET', DEPLOYMENTS, list),
  route('GET', `${DEPLOYMENTS}/{deployment}`, get),
  route('PUT', `${DEPLOYMENTS}/{deployment}`, put),
  route('PATCH', `${DEPLOYMENTS}/{deployment}`, patch),
  route('DELETE', `${DEPLOYMENTS}/{deployment}`, remove),
  route('POST', `${DEPLOYMENTS}/{deployment}/getLogs`, getLogs),
];

async function list(call: Call): Promise<Response> {
  await authorizeSubscription(call, 'arm');
  const version = apiVersionOf(call);
  const state = await call.cloud.store.read();
  const path = decodeURIComponent(call.url.pathname).replace(/\/$/, '');
  getEndpoint(state, path.split('/').slice(0, -1).join('/'), call.now);
  const texts = childrenOf(state, path, call.now).map(([id, text]) =>
    shown(state, id, text, call.now, version),
  );
  return listPage(call, texts, state.facts.behaviour.pageSize);
}

async function get(call: Call): Promise<Response> {
  await authorizeSubscription(call, 'arm');
  const version = apiVersionOf(call);
  const state = await call.cloud.store.read();
  const id = decodeURIComponent(call.url.pathname).replace(/\/$/, '');
  const text = getDeployment(state, id, call.now);
  return jsonText(localize(call, shown(state, id, text, call.now, version)));
}

function getDeployment(state: State, id: string, now: Date): string {
  getEndpoint(state, endpointOf(id), now);
  return getResource(state, id, now);
}

/** The resource as a caller of this api-version sees it now. */
export function shown(state: State, id: string, text: string, now: Date, version: string): string {
  const provisioning = JSON.stringify(provisioningState(lastOperation(state, id), now));
  return hideNewer(setMember(text, ['properties', 'provisioningState'], provisioning), version);
}

async function put(call: Call, { endpoint = '', deployment = '' }: Path): Promise<Response> {
  await authorizeSubscription(call, 'arm');
  assertName(deployment);
  const version = apiVersionOf(call);
  const { text: sent, value } = await readObject(call);
  const id = decodeURIComponent(call.url.pathname).replace(/\/$/, '');
  const { text, operation } = await call.cloud.store.update((state) => {
    const endpointText = getEndpoint(state, endpointOf(id), call.now);
    assertIdle(state, endpointOf(id), call.now, 'create a deployment');
    const existing = findResource(state, id, call.now);
    const kind = String(read(endpointText, 'kind'));
    const own = withStoredUri(call, sent, existing);
    const fault =
      findFault(JSON.parse(own), existing && JSON.parse(existing), kind) ??
      findMissingAsset(state, call, value);
    if (fault) throw mlFault({ status: 400, code: 'UserError', message: fault }, call.now);
    const workspace = getResource(state, workspaceOf(id), call.now);
    const opId = newOperationId('deployment', String(read(workspace, 'properties', 'workspaceId')));
    const created = call.now.toISOString();
    const stored = storedDeployment(
      own,
      {
        id: existing ? String(read(existing, 'id')) : id,
        name: existing ? String(read(existing, 'name')) : deployment,
        type: 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments',
        kind,
        // As recorded: an update moves neither `lastModifiedAt` nor the address of the first operation.
        systemData:
          (existing && memberText(existing, ['systemData'])) ??
          JSON.stringify({ createdAt: created, createdBy: 'local', lastModifiedAt: created }),
        operationUri:
          (existing && firstOperation(existing)) ?? operationUri(ORIGIN, id, opId, version),
      },
      version,
    );
    const operation = startOperation(state, call.now, {
      id: opId,
      resourceId: id,
      name: `${endpoint}/${deployment}`,
      kind: existing === undefined ? 'create' : 'update',
    });
    state.resources.set(id.toLowerCase(), stored);
    return { text: shown(state, id, stored, call.now, version), operation };
  });
  return jsonText(localize(call, text), {
    status: 201,
    headers: {
      'azure-asyncoperation': await signedUri(
        call,
        operationUri(call.origin, id, operation.id, version),
      ),
      location: `${call.origin}${call.url.pathname}?api-version=${version}`,
      'x-ms-async-operation-timeout': 'PT30M',
    },
  });
}

const FIRST_OPERATION = ['properties', 'properties', 'AzureAsyncOperationUri'];

function firstOperation(text: string): string | undefined {
  const uri = read(text, ...FIRST_OPERATION);
  return typeof uri === 'string' ? uri : undefined;
}

/** Callers send the address of the first operation back as they see it; it is kept as it is stored. */
function withStoredUri(call: Call, sent: string, existing: string | undefined): string {
  const stored = existing === undefined ? undefined : firstOperation(existing);
  const isSame = stored !== undefined && localize(call, stored) === firstOperation(sent);
  return isSame ? setMember(sent, FIRST_OPERATION, JSON.stringify(stored)) : sent;
}

/** A collection may only point to a data asset that is registered. */
function findMissingAsset(state: State, { now }: Call, value: unknown): string | null {
  const collections = valueAt(value, 'properties', 'dataCollector', 'collections');
  for (const [name, one] of Object.entries(isObject(collections) ? collections : {})) {
    const dataId = valueAt(one, 'dataId');
    if (
      typeof dataId === 'string' &&
      findResource(state, dataId.replace(/^azureml:/, ''), now) === undefined
    ) {
      return `The data asset '${dataId}' of collection '${name}' was not found.`;
    }
  }
  return null;
}

async function patch(call: Call, { endpoint = '', deployment = '' }: Path): Promise<Response> {
  await authorizeSubscription(call, 'arm');
  const version = apiVersionOf(call);
  const { text: sent, value } = await readObject(call);
  const refused = Object.keys(value).filter((name) => name !== 'tags' && name !== 'sku');
  if (refused.length > 0) {
    const details = refused.map((name) => ({
      code: 'UnexpectedMember',
      message: `Could not find member '${name}' on object of type 'PartialMinimalTrackedResourceWithSku'.`,
    }));
    const message = 'The request is invalid. Only tags and sku can be changed by PATCH.';
    throw mlFault({ status: 400, code: 'BadRequest', message, details }, call.now);
  }
  const id = decodeURIComponent(call.url.pathname).replace(/\/$/, '');
  const { text, operation } = await call.cloud.store.update((state) => {
    let stored = getDeployment(state, id, call.now);
    assertIdle(state, endpointOf(id), call.now, 'update a deployment');
    const tags = memberText(sent, ['tags']);
    if (tags !== undefined) stored = setMember(stored, ['tags'], tags);
    const sku = memberTexts(sent, ['sku']);
    const operation =
      sku.length === 0
        ? undefined
        : startOperation(state, call.now, {
            id: newOperationId(
              'deployment',
              String(
                read(getResource(state, workspaceOf(id), call.now), 'properties', 'workspaceId'),
              ),
            ),
            resourceId: id,
            name: `${endpoint}/${deployment}`,
            kind: 'scale',
          });
    for (const [name, one] of sku) stored = setMember(stored, ['sku', name], one);
    state.resources.set(id.toLowerCase(), stored);
    return { text: shown(state, id, stored, call.now, version), operation };
  });
  if (!operation) return jsonText(localize(call, text));
  const uri = operationUri(call.origin, id, operation.id, version, 'mfeOperationResults');
  const headers = { location: await signedUri(call, uri), 'retry-after': '10' };
  return jsonText(localize(call, text), { status: 202, headers });
}

async function remove(call: Call, { endpoint = '', deployment = '' }: Path): Promise<Response> {
  await authorizeSubscription(call, 'arm');
  const version = apiVersionOf(call);
  const id = decodeURIComponent(call.url.pathname).replace(/\/$/, '');
  return deleteResource(call, id, `${endpoint}/${deployment}`, version, (state) => {
    assertIdle(state, endpointOf(id), call.now, 'delete a deployment');
    const traffic = valueAt(
      JSON.parse(getEndpoint(state, endpointOf(id), call.now)),
      'properties',
      'traffic',
    );
    if (Number(valueAt(traffic, deployment) ?? 0) > 0) {
      const message = `Cannot delete deployment ${deployment} while it receives traffic.`;
      throw mlFault({ status: 400, code: 'UserError', message }, call.now);
    }
  });
}

async function getLogs(call: Call): Promise<Response> {
  await authorizeSubscription(call, 'arm');
  apiVersionOf(call);
  const { value: asked } = await readObject(call);
  const state = await call.cloud.store.read();
  const id = decodeURIComponent(call.url.pathname).replace(/\/getLogs\/?$/i, '');
  getDeployment(state, id, call.now);
  const tail = valueAt(asked, 'tail');
  const content = await deploymentLog(call.cloud, state, id, call.now, {
    container: valueAt(asked, 'containerType') === 'StorageInitializer' ? 'init' : 'server',
    tail: typeof tail === 'number' ? tail : 5000,
  });
  return json({ content });
}
