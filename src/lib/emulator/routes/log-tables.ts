import { TABLES, WORKSPACE_TABLES } from '../../engine/telemetry-tables.js';
import { armFault, json } from '../answers.js';
import {
  apiVersionOf,
  getResource,
  listPage,
  read,
  readObject,
  valueAt,
} from '../resources/resources.js';
import { type Call, type Route, route } from '../router.js';
import { authorizeSubscription } from '../sign-in/authorize.js';
import { lastOperation, operationState, type State, startOperation } from '../state/state.js';
import { logsOperationHeaders } from './log-operations.js';

type Path = Readonly<Record<string, string>>;

const WORKSPACE =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.OperationalInsights/workspaces/{workspace}';

/** What was set for a table; null follows the default. The plan is among the switches of the query API. */
interface Retention {
  readonly retentionInDays: number | null;
  readonly totalRetentionInDays: number | null;
}

const UNSET: Retention = { retentionInDays: null, totalRetentionInDays: null };

/** Rows of the component are kept longer than those of other tables. */
const APPLICATION_DAYS = 90;
const BASIC_DAYS = 30;
/** Beyond two years only whole ones. */
const LONG_TOTALS = [1095, 1460, 1826, 2191, 2556, 2922, 3288, 3653, 4018, 4383];

/** The tables of a workspace: those of Application Insights, and of online endpoints' own logs. */
const CLASSIC_NAMES = new Map(
  Object.entries(WORKSPACE_TABLES).map(([name, table]) => [table, name]),
);
const NAMES = [
  ...CLASSIC_NAMES.keys(),
  ...['ConsoleLog', 'EventLog', 'TrafficLog'].map((log) => `AmlOnlineEndpoint${log}`),
].sort();

/**
 * How long a workspace keeps the rows of its tables, and data export rules, of which there are none.
 *
 * Contract: Microsoft.OperationalInsights 2022-10-01 and later, `workspaces/tables` and `workspaces/dataExports`.
 * Known from: documented (REST reference); the words of limits as quoted in Azure/azure-cli#25660.
 */
export const logTableRoutes: readonly Route[] = [
  route('GET', `${WORKSPACE}/tables`, async (call) => {
    const { state, workspaceId } = await open(call, '/tables');
    const texts = NAMES.map((name) => JSON.stringify(shown(call, state, workspaceId, name)));
    return listPage(call, texts, texts.length);
  }),
  route('GET', `${WORKSPACE}/tables/{name}`, async (call, { name = '' }) => {
    const { state, workspaceId } = await open(call, `/tables/${name}`);
    return json(shown(call, state, workspaceId, properName(call, state, workspaceId, name)));
  }),
  // A PUT resets what it does not name, a PATCH leaves it.
  route('PUT PATCH', `${WORKSPACE}/tables/{name}`, change),
  route('GET', `${WORKSPACE}/dataExports`, async (call) => {
    await open(call, '/dataExports');
    return json({ value: [] });
  }),
];

async function open(call: Call, below: string) {
  await authorizeSubscription(call, 'arm');
  apiVersionOf(call);
  const state = await call.cloud.store.read();
  const path = decodeURIComponent(call.url.pathname).replace(/\/$/, '');
  const workspace = getResource(state, path.slice(0, -below.length), call.now);
  return { state, workspaceId: String(read(workspace, 'id')) };
}

function properName(call: Call, state: State, workspaceId: string, name: string): string {
  const found = NAMES.find((one) => one.toLowerCase() === name.toLowerCase());
  // Of a name that no table has, this throws.
  return found ?? getResource(state, `${workspaceId}/tables/${name}`, call.now);
}

function tableId(workspaceId: string, name: string): string {
  return `${workspaceId}/tables/${name}`;
}

/** As it is, or as it was before a change that failed. */
function retentionOf(state: State, id: string, now: Date): Retention {
  const last = lastOperation(state, id);
  const hasFailed = last !== undefined && operationState(last, now) === 'failed';
  const text = hasFailed ? last.before : state.resources.get(id.toLowerCase());
  return text ? JSON.parse(text) : UNSET;
}

function shown(call: Call, state: State, workspaceId: string, name: string) {
  const id = tableId(workspaceId, name);
  const set = retentionOf(state, id, call.now);
  const plan = planOf(state, name);
  const own = plan === 'Basic' ? BASIC_DAYS : set.retentionInDays;
  const retentionInDays = own ?? defaultDays(state, workspaceId, name);
  const totalRetentionInDays = Math.max(set.totalRetentionInDays ?? 0, retentionInDays);
  const last = lastOperation(state, id);
  const isChanging = last !== undefined && operationState(last, call.now) === 'running';
  const columns = TABLES[CLASSIC_NAMES.get(name) ?? ''] ?? [];
  return {
    properties: {
      totalRetentionInDays,
      archiveRetentionInDays: totalRetentionInDays - retentionInDays,
      plan,
      retentionInDaysAsDefault: plan !== 'Basic' && set.retentionInDays === null,
      totalRetentionInDaysAsDefault: set.totalRetentionInDays === null,
      schema: {
        tableSubType: 'Any',
        name,
        tableType: 'Microsoft',
        standardColumns: columns.map(({ name, type }) => ({ name, type })),
        solutions: ['LogManagement'],
        isTroubleshootingAllowed: false,
      },
      provisioningState: isChanging ? 'Updating' : 'Succeeded',
      retentionInDays,
    },
    id,
    name,
  };
}

function planOf({ facts }: State, name: string): 'Analytics' | 'Basic' {
  const names = [name, CLASSIC_NAMES.get(name)];
  const isBasic = facts.behaviour.query.basicTables.some((table) => names.includes(table));
  return isBasic ? 'Basic' : 'Analytics';
}

function defaultDays(state: State, workspaceId: string, name: string): number {
  const workspace = state.resources.get(workspaceId.toLowerCase()) ?? '{}';
  const days = Number(read(workspace, 'properties', 'retentionInDays') ?? 30);
  return name.startsWith('App') ? Math.max(APPLICATION_DAYS, days) : days;
}

async function change(call: Call, { name: asked = '' }: Path): Promise<Response> {
  const { state: before, workspaceId } = await open(call, `/tables/${asked}`);
  const name = properName(call, before, workspaceId, asked);
  const { value } = await readObject(call);
  const id = tableId(workspaceId, name);
  return call.cloud.store.update((state) => {
    const last = lastOperation(state, id);
    if (last && operationState(last, call.now) === 'running') {
      const message = `Table ${name} is being updated. Try again when that is done.`;
      throw armFault({ status: 409, code: 'Conflict', message });
    }
    const known = retentionOf(state, id, call.now);
    const base = call.request.method === 'PUT' ? UNSET : known;
    const sent = valueAt(value, 'properties');
    const next: Retention = {
      retentionInDays: readDays(sent, 'retentionInDays', base),
      totalRetentionInDays: readDays(sent, 'totalRetentionInDays', base),
    };
    const plan = valueAt(sent, 'plan') ?? planOf(state, name);
    assertPlan(plan, next, valueAt(sent, 'retentionInDays'));
    assertOrder(next, defaultDays(state, workspaceId, name));
    const isSame = JSON.stringify(next) === JSON.stringify(known) && plan === planOf(state, name);
    if (isSame) return json(shown(call, state, workspaceId, name));
    const operation = startOperation(state, call.now, {
      ...{ id: crypto.randomUUID(), resourceId: id, name, kind: 'update' },
    });
    state.resources.set(id.toLowerCase(), JSON.stringify(next));
    setPlan(state, name, plan);
    const body = shown(call, state, workspaceId, name);
    if (operationState(operation, call.now) !== 'running') return json(body);
    return json(body, { status: 202, headers: logsOperationHeaders(call, operation) });
  });
}

function setPlan({ facts }: State, name: string, plan: 'Analytics' | 'Basic'): void {
  const { query } = facts.behaviour;
  const others = query.basicTables.filter((one) => one !== name && one !== CLASSIC_NAMES.get(name));
  query.basicTables = plan === 'Basic' ? [...others, name] : others;
}

/** Days as they were sent; null and -1 mean the default. */
function readDays(sent: unknown, member: keyof Retention, base: Retention): number | null {
  const days = valueAt(sent, member);
  if (days === undefined) return base[member];
  if (days === null || days === -1) return null;
  const isTotal = member === 'totalRetentionInDays';
  const isWhole = typeof days === 'number' && Number.isInteger(days);
  if (isWhole && ((days >= 4 && days <= 730) || (isTotal && LONG_TOTALS.includes(days))))
    return days;
  throw invalid(
    isTotal
      ? `The specified total retention value is invalid. The value beyond two years is restricted to full years. Allowed values are: [4-730], ${LONG_TOTALS.join(', ')} days`
      : 'The specified retention value is invalid. Allowed values are: [4-730] days',
  );
}

function assertPlan(
  plan: unknown,
  { retentionInDays }: Retention,
  sentDays: unknown,
): asserts plan is 'Analytics' | 'Basic' {
  if (plan !== 'Analytics' && plan !== 'Basic') {
    throw invalid(`The plan '${plan}' is invalid. Allowed values are: Analytics, Basic`);
  }
  if (plan === 'Basic' && typeof sentDays === 'number' && retentionInDays !== null) {
    throw invalid('The retention of a table on the Basic plan cannot be set.');
  }
}

function assertOrder({ retentionInDays, totalRetentionInDays }: Retention, defaultDays: number) {
  const days = retentionInDays ?? defaultDays;
  if (totalRetentionInDays === null || totalRetentionInDays >= days) return;
  throw invalid(
    `The total retention (${totalRetentionInDays} days) cannot be less than the retention (${days} days).`,
  );
}

function invalid(message: string) {
  return armFault({ status: 400, code: 'InvalidParameter', message });
}
