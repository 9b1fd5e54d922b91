import { json, jsonText } from '../answers.js';
import { LOCAL_CONNECTION } from '../connection.js';
import { memberText, memberTexts, setMember } from '../resources/json-text.js';
import {
  apiVersionOf,
  childrenOf,
  getResource,
  listPage,
  localize,
  readObject,
} from '../resources/resources.js';
import { type Call, type Route, route } from '../router.js';
import { authorize, authorizeSubscription } from '../sign-in/authorize.js';
import type { State } from '../state/state.js';

type Path = Readonly<Record<string, string>>;

const ML_TYPES = [
  'workspaces',
  'workspaces/onlineEndpoints',
  'workspaces/onlineEndpoints/deployments',
  'workspaces/data',
  'workspaces/data/versions',
  'workspaces/datastores',
];

/**
 * Subscriptions and what is found below them without asking a resource provider.
 *
 * Contract: ARM, 2016-06-01 and later; what the Azure CLI reads after a sign-in and before `az resource`.
 * Known from: documented (ARM REST reference).
 */
export const subscriptionRoutes: readonly Route[] = [
  route('GET', '/subscriptions', async (call) => {
    const { tid } = await authorize(call, 'arm');
    apiVersionOf(call);
    const state = await call.cloud.store.read();
    const all = childrenOf(state, '/subscriptions', call.now).map(([, text]) => text);
    const value = tid === LOCAL_CONNECTION.tenantId ? all.join(',') : '';
    const count = `{"type":"Total","value":${value === '' ? 0 : all.length}}`;
    return jsonText(`{"value":[${value}],"count":${count}}`);
  }),
  route('GET', '/tenants', async (call) => {
    await authorize(call, 'arm');
    const { facts } = await call.cloud.store.read();
    const value = facts.directory.tenants.map(({ id, domains }) => ({
      id: `/tenants/${id}`,
      tenantId: id,
      displayName: domains[0] ?? id,
      domains,
      tenantCategory: 'Home',
    }));
    return json({ value });
  }),
  route('GET', '/subscriptions/{subscription}', getByPath),
  route('GET', '/subscriptions/{subscription}/resourceGroups', listByPath),
  route('GET', '/subscriptions/{subscription}/resourceGroups/{group}', getByPath),
  route(
    'GET',
    '/subscriptions/{subscription}/providers/{namespace}',
    async (call, { namespace = '' }) => {
      await authorizeSubscription(call, 'arm');
      const resourceTypes = ML_TYPES.map((resourceType) => ({
        resourceType,
        locations: ['Local'],
        apiVersions: ['2024-10-01', '2024-04-01', '2023-10-01', '2022-10-01'],
      }));
      const id = call.url.pathname;
      return json({ id, namespace, registrationState: 'Registered', resourceTypes });
    },
  ),
  route('GET', '/subscriptions/{subscription}/resources', resources),
  route('GET', '/subscriptions/{subscription}/resourceGroups/{group}/resources', resources),
];

/** A stored resource whose id is the path. */
export async function getByPath(call: Call): Promise<Response> {
  await authorizeSubscription(call, 'arm');
  apiVersionOf(call);
  const state = await call.cloud.store.read();
  return jsonText(
    localize(call, getResource(state, decodeURIComponent(call.url.pathname), call.now)),
  );
}

/** The stored resources right below the path. */
export async function listByPath(call: Call): Promise<Response> {
  await authorizeSubscription(call, 'arm');
  apiVersionOf(call);
  const state = await call.cloud.store.read();
  const path = decodeURIComponent(call.url.pathname).replace(/\/$/, '');
  const texts = childrenOf(state, path, call.now).map(([, text]) => text);
  return listPage(call, texts, state.facts.behaviour.pageSize);
}

/**
 * Changes tags and properties of the resource whose id is the path; what is not named stays.
 *
 * @param then what else changes with it
 */
export async function patchByPath(
  call: Call,
  then?: (state: State, id: string, text: string) => void,
): Promise<Response> {
  await authorizeSubscription(call, 'arm');
  apiVersionOf(call);
  const { text: sent } = await readObject(call);
  const id = decodeURIComponent(call.url.pathname).replace(/\/$/, '');
  return call.cloud.store.update((state) => {
    let text = getResource(state, id, call.now);
    const tags = memberText(sent, ['tags']);
    if (tags !== undefined) text = setMember(text, ['tags'], tags);
    for (const [name, value] of memberTexts(sent, ['properties'])) {
      text = setMember(text, ['properties', name], value);
    }
    state.resources.set(id.toLowerCase(), text);
    then?.(state, id, text);
    return jsonText(localize(call, text));
  });
}

/** Top-level resources: id, name, type, location. */
async function resources(call: Call, { subscription = '', group }: Path): Promise<Response> {
  await authorizeSubscription(call, 'arm');
  const state = await call.cloud.store.read();
  const scope =
    `/subscriptions/${subscription}${group ? `/resourceGroups/${group}` : ''}/`.toLowerCase();
  const wanted = /resourceType eq '([^']+)'/i.exec(call.url.searchParams.get('$filter') ?? '')?.[1];
  const texts = [...state.resources].flatMap(([id, text]) => {
    if (!id.startsWith(scope) || id.split('/').length !== 9) return [];
    const { id: fullId, name, type, location, kind, tags } = JSON.parse(text);
    if (wanted && String(type).toLowerCase() !== wanted.toLowerCase()) return [];
    return [JSON.stringify({ id: fullId, name, type, location, kind, tags })];
  });
  return listPage(call, texts, state.facts.behaviour.pageSize);
}
