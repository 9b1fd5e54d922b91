import { armFault, jsonText, mlFault } from '../answers.js';
import { setMember } from '../resources/json-text.js';
import { workspaceOf } from '../resources/resource-ids.js';
import {
  apiVersionOf,
  assertName,
  childrenOf,
  findResource,
  getResource,
  listPage,
  localize,
  read,
  readObject,
  valueAt,
} from '../resources/resources.js';
import { type Call, type Route, route } from '../router.js';
import { authorizeSubscription } from '../sign-in/authorize.js';
import { getByPath, listByPath, patchByPath } from './subscriptions.js';

type Path = Readonly<Record<string, string>>;

const GROUP = '/subscriptions/{subscription}/resourceGroups/{group}';
const ML = `${GROUP}/providers/Microsoft.MachineLearningServices/workspaces`;

/**
 * Azure ML workspaces, their datastores and data assets, and the resources that they point to.
 *
 * Contract: Microsoft.MachineLearningServices 2022-05-01 and later; Microsoft.Insights/components
 * 2020-02-02; Microsoft.OperationalInsights 2022-10-01.
 * Known from: documented (ARM REST reference).
 */
export const mlWorkspaceRoutes: readonly Route[] = [
  route(
    'GET',
    '/subscriptions/{subscription}/providers/Microsoft.MachineLearningServices/workspaces',
    allWorkspaces,
  ),
  route('GET', ML, listByPath),
  route('GET', `${ML}/{workspace}`, getByPath),
  route('PATCH', `${ML}/{workspace}`, patchWorkspace),
  route('GET', `${ML}/{workspace}/datastores`, listBelowWorkspace),
  route('GET', `${ML}/{workspace}/datastores/{name}`, getByPath),
  route('GET', `${ML}/{workspace}/data`, listBelowWorkspace),
  route('GET', `${ML}/{workspace}/data/{name}/versions`, listBelowWorkspace),
  route('GET', `${ML}/{workspace}/data/{name}/versions/{version}`, getByPath),
  route('PUT', `${ML}/{workspace}/data/{name}/versions/{version}`, putDataVersion),
  route('GET', `${GROUP}/providers/Microsoft.Insights/components`, listByPath),
  route('GET', `${GROUP}/providers/Microsoft.Insights/components/{name}`, getByPath),
  route('DELETE', `${GROUP}/providers/Microsoft.Insights/components/{name}`, deleteComponent),
  route('GET', `${GROUP}/providers/Microsoft.OperationalInsights/workspaces`, listByPath),
  route('GET', `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/{name}`, getByPath),
];

async function allWorkspaces(call: Call, { subscription = '' }: Path): Promise<Response> {
  await authorizeSubscription(call, 'arm');
  apiVersionOf(call);
  const state = await call.cloud.store.read();
  const groups = childrenOf(state, `/subscriptions/${subscription}/resourceGroups`, call.now);
  const texts = groups.flatMap(([id]) =>
    childrenOf(state, `${id}/providers/Microsoft.MachineLearningServices/workspaces`, call.now),
  );
  return listPage(
    call,
    texts.map(([, text]) => text),
    state.facts.behaviour.pageSize,
  );
}

async function listBelowWorkspace(call: Call): Promise<Response> {
  const state = await call.cloud.store.read();
  const answer = await listByPath(call);
  getResource(state, workspaceOf(decodeURIComponent(call.url.pathname)), call.now);
  return answer;
}

/** The datastores that Azure made follow how the workspace reads them. */
async function patchWorkspace(call: Call): Promise<Response> {
  return patchByPath(call, (state, id, text) => {
    const isByKey = read(text, 'properties', 'systemDatastoresAuthMode') === 'accesskey';
    const type = JSON.stringify(isByKey ? 'AccountKey' : 'None');
    for (const [key, store] of childrenOf(state, `${id}/datastores`, call.now)) {
      const path = ['properties', 'credentials', 'credentialsType'];
      state.resources.set(key, setMember(store, path, type));
    }
  });
}

/** Its telemetry cannot be reached any more; nothing makes it again. */
async function deleteComponent(call: Call): Promise<Response> {
  await authorizeSubscription(call, 'arm');
  apiVersionOf(call);
  const id = decodeURIComponent(call.url.pathname).replace(/\/$/, '').toLowerCase();
  const found = await call.cloud.store.update(({ resources }) => resources.delete(id));
  return new Response(null, { status: found ? 200 : 204 });
}

/** A version of a data asset is written once: what it points to never changes. */
async function putDataVersion(call: Call, { name = '', version = '' }: Path): Promise<Response> {
  await authorizeSubscription(call, 'arm');
  apiVersionOf(call);
  assertName(name);
  assertName(version);
  const { text, value } = await readObject(call);
  const dataUri = valueAt(value, 'properties', 'dataUri');
  if (typeof dataUri !== 'string') {
    throw mlFault(
      { status: 400, code: 'UserError', message: 'The DataUri field is required.' },
      call.now,
    );
  }
  return call.cloud.store.update((state) => {
    const id = decodeURIComponent(call.url.pathname);
    getResource(state, workspaceOf(decodeURIComponent(call.url.pathname)), call.now);
    const known = findResource(state, id, call.now);
    const knownUri = known && valueAt(JSON.parse(known), 'properties', 'dataUri');
    if (known !== undefined && knownUri !== dataUri) {
      throw armFault({
        status: 409,
        code: 'UserError',
        message: `A data version with this name and version already exists. If you are trying to create a new data version, use a different name or version. If you are trying to update an existing data version, the existing asset's data uri cannot be changed. Only tags, description, and isArchived can be updated. ${name}:${version}`,
      });
    }
    const type = 'Microsoft.MachineLearningServices/workspaces/data/versions';
    const head = { id, name: version, type };
    const stored = Object.entries(head).reduce(
      (at, [member, one]) => setMember(at, [member], JSON.stringify(one)),
      text,
    );
    state.resources.set(id.toLowerCase(), stored);
    // The asset itself appears with its first version.
    const container = id.split('/').slice(0, -2).join('/');
    const properties = {
      latestVersion: version,
      dataType: valueAt(value, 'properties', 'dataType'),
    };
    const asset = {
      id: container,
      name,
      type: 'Microsoft.MachineLearningServices/workspaces/data',
      properties,
    };
    state.resources.set(container.toLowerCase(), JSON.stringify(asset));
    return jsonText(localize(call, stored), { status: known === undefined ? 201 : 200 });
  });
}
