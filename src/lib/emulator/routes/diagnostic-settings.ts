import { WORKSPACE_TABLES } from '../../engine/telemetry-tables.js';
import { json, jsonText } from '../answers.js';
import { removeMember, setMember } from '../resources/json-text.js';
import {
  apiVersionOf,
  assertName,
  childrenOf,
  findResource,
  getResource,
  listPage,
  localize,
  readObject,
} from '../resources/resources.js';
import { type Call, type Route, route } from '../router.js';
import { authorizeSubscription } from '../sign-in/authorize.js';

type Path = Readonly<Record<string, string>>;

const SETTINGS = '/subscriptions/{rest*}/providers/microsoft.insights/diagnosticSettings';

/**
 * Continuous export of a resource's logs, as settings.
 *
 * Contract: Microsoft.Insights/diagnosticSettings 2021-05-01-preview, below any resource.
 * Known from: documented (REST reference).
 */
export const diagnosticSettingsRoutes: readonly Route[] = [
  route('GET', SETTINGS, async (call, path) => {
    const { state, folder } = await open(call, path);
    const texts = childrenOf(state, folder, call.now).map(([, text]) => text);
    return listPage(call, texts, state.facts.behaviour.pageSize);
  }),
  route('GET', `${SETTINGS}/{name}`, async (call, path) => {
    const { state, folder } = await open(call, path);
    return jsonText(localize(call, getResource(state, `${folder}/${path.name}`, call.now)));
  }),
  route('PUT', `${SETTINGS}/{name}`, put),
  route('DELETE', `${SETTINGS}/{name}`, async (call, path) => {
    const { folder } = await open(call, path);
    const found = await call.cloud.store.update(({ resources }) =>
      resources.delete(`${folder}/${path.name}`.toLowerCase()),
    );
    return new Response(null, { status: found ? 200 : 204 });
  }),
  route(
    'GET',
    '/subscriptions/{rest*}/providers/microsoft.insights/diagnosticSettingsCategories',
    async (call, path) => {
      const { folder } = await open(call, path);
      const value = Object.values(WORKSPACE_TABLES).map((name) => ({
        id: `${folder}Categories/${name}`,
        name,
        type: 'microsoft.insights/diagnosticSettingsCategories',
        properties: { categoryType: 'Logs', categoryGroups: ['allLogs'] },
      }));
      return json({ value });
    },
  ),
];

async function open(call: Call, { rest = '' }: Path) {
  await authorizeSubscription(call, 'arm');
  apiVersionOf(call);
  const state = await call.cloud.store.read();
  getResource(state, `/subscriptions/${rest}`, call.now);
  return {
    state,
    folder: `/subscriptions/${rest}/providers/microsoft.insights/diagnosticSettings`,
  };
}

async function put(call: Call, path: Path): Promise<Response> {
  assertName(path.name ?? '');
  const { folder } = await open(call, path);
  const { text: sent } = await readObject(call);
  const id = `${folder}/${path.name}`;
  const facts = { id, name: path.name, type: 'Microsoft.Insights/diagnosticSettings' };
  const text = Object.entries(facts).reduce(
    (at, [name, value]) => setMember(at, [name], JSON.stringify(value)),
    removeMember(sent, ['systemData']),
  );
  return call.cloud.store.update((state) => {
    const known = findResource(state, id, call.now);
    state.resources.set(id.toLowerCase(), text);
    return jsonText(localize(call, text), { status: known === undefined ? 201 : 200 });
  });
}
