import { json, jsonText, Refusal } from '../answers.js';
import { LOCAL_CONNECTION } from '../connection.js';
import {
  categoriesOf,
  entriesOf,
  LOG_CATEGORIES,
  METRIC_CATEGORY,
  sinksOf,
} from '../resources/diagnostic-setting.js';
import { removeMember, setMember } from '../resources/json-text.js';
import {
  apiVersionOf,
  childrenOf,
  getResource,
  listPage,
  localize,
  readObject,
  valueAt,
} from '../resources/resources.js';
import { type Call, type Route, route } from '../router.js';
import { authorizeSubscription } from '../sign-in/authorize.js';
import type { State } from '../state/state.js';

type Path = Readonly<Record<string, string>>;

/** As many settings as one resource may have. */
const MOST = 5;

const SETTINGS = '/subscriptions/{rest*}/providers/microsoft.insights/diagnosticSettings';

/**
 * Continuous export of a resource's logs, as settings.
 *
 * Contract: Microsoft.Insights/diagnosticSettings 2021-05-01-preview, below any resource.
 * Known from: documented (REST reference); the conflict as quoted in
 * Azure/terraform-azurerm-avm-ptn-aiml-landing-zone#19.
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
      const logs = LOG_CATEGORIES.map((name) => category(folder, name, 'Logs'));
      const value = [...logs, category(folder, METRIC_CATEGORY, 'Metrics')];
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

function category(folder: string, name: string, categoryType: 'Logs' | 'Metrics') {
  return {
    id: `${folder}Categories/${name}`,
    name,
    type: 'microsoft.insights/diagnosticSettingsCategories',
    properties: { categoryType, categoryGroups: categoryType === 'Logs' ? ['allLogs'] : null },
  };
}

async function put(call: Call, path: Path): Promise<Response> {
  const { name = '' } = path;
  if (!/^[^<>*%&:\\?+/]{1,260}(?<![ .])$/.test(name)) {
    throw refuse(400, 'BadRequest', `'${name}' is not a valid name of a diagnostic setting.`);
  }
  const { folder } = await open(call, path);
  const { text: sent, value } = await readObject(call);
  assertCategories(value);
  const id = `${folder}/${name}`;
  const facts = { id, name, type: 'Microsoft.Insights/diagnosticSettings' };
  const text = Object.entries(facts).reduce(
    (at, [member, one]) => setMember(at, [member], JSON.stringify(one)),
    removeMember(sent, ['systemData']),
  );
  return call.cloud.store.update((state) => {
    const others = childrenOf(state, folder, call.now).filter(([key]) => key !== id.toLowerCase());
    assertSinks(state, value, call.now);
    if (others.length >= MOST) {
      const advice = 'To create a new setting, delete an existing one.';
      throw refuse(
        400,
        'BadRequest',
        `The limit of ${MOST} diagnostic settings was reached. ${advice}`,
      );
    }
    for (const [, other] of others) assertNoOverlap(JSON.parse(other), value);
    state.resources.set(id.toLowerCase(), text);
    return jsonText(localize(call, text));
  });
}

function assertCategories(setting: unknown): void {
  for (const [kind, known] of [
    ['logs', LOG_CATEGORIES],
    ['metrics', [METRIC_CATEGORY]],
  ] as const) {
    for (const { category } of entriesOf(setting, kind)) {
      if (category === undefined || known.some((one) => isSame(one, category))) continue;
      const list = known.join(', ');
      const message = `Category '${category}' is not supported, supported ones are: ${list}.`;
      throw refuse(400, 'BadRequest', message);
    }
  }
}

/** A setting needs a destination; one in this subscription has to exist. */
function assertSinks(state: State, setting: unknown, now: Date): void {
  const sinks = sinksOf(setting);
  if (sinks.length === 0) {
    throw refuse(400, 'BadRequest', 'At least one data sink needs to be specified.');
  }
  for (const sink of sinks) {
    const isHere = sink
      .toLowerCase()
      .startsWith(`/subscriptions/${LOCAL_CONNECTION.subscriptionId}/`);
    const isKnown = /\/providers\/microsoft\.(storage|operationalinsights)\/[^/]+\/[^/]+$/i.test(
      sink,
    );
    if (isHere && isKnown) getResource(state, sink, now);
  }
}

/** The same rows go to the same place only once. */
function assertNoOverlap(other: unknown, setting: unknown): void {
  const categories = categoriesOf(setting);
  const twice = categoriesOf(other).find((one) => categories.includes(one));
  const sink = sinksOf(setting).find((one) => sinksOf(other).some((used) => isSame(used, one)));
  if (sink === undefined || twice === undefined) return;
  throw refuse(
    409,
    'Conflict',
    `Data sink '${sink}' is already used in diagnostic setting '${valueAt(other, 'name')}' for category '${twice}'. Data sinks can't be reused in different settings on the same category for the same resource.`,
  );
}

function refuse(status: number, code: string, message: string): Refusal {
  return new Refusal(json({ code, message }, { status }));
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
