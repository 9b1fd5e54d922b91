import type { Engine, SourceTable } from '../../engine/engine.js';
import { json, jsonText, logsFault } from '../answers.js';
import { authorizeSubscription } from '../authorize.js';
import { type Limits, partialError, readPage, readSettings } from '../query/limits.js';
import { badArgument, queryFault } from '../query/query-faults.js';
import { intersect, parseTimespan, type Span } from '../query/timespan.js';
import { findResource, isObject, read } from '../resources.js';
import { type Call, type Route, route } from '../router.js';
import type { State } from '../state.js';
import { TABLES, WORKSPACE_TABLES } from '../tables.js';

type Path = Readonly<Record<string, string>>;

/**
 * The query API of Log Analytics, addressed by the resource id of an Application Insights component.
 *
 * Contract: Log Analytics query API v1, `/v1{resourceId}/query` and `/metadata`; also through ARM,
 * `{resourceId}/providers/microsoft.insights/logs`.
 * Known from: documented (Azure Monitor, `logs/api`); answers and errors from recordings of 2021 to 2025.
 */
export const logsQueryRoutes: readonly Route[] = [
  route('POST GET', '/v1//subscriptions/{rest*}/query', query),
  route('GET POST', '/v1//subscriptions/{rest*}/metadata', metadata),
  route('POST GET', '/v1/workspaces/{id}/query', workspaceQuery),
  route('POST GET', '/subscriptions/{rest*}/providers/microsoft.insights/logs', query),
];

interface Asked {
  readonly kql: string;
  readonly timespan: string | null;
}

async function query(call: Call, { rest = '' }: Path): Promise<Response> {
  await authorizeSubscription(call, 'logs');
  const asked = await readAsked(call);
  if (!asked) return new Response('', { status: 200 });
  const state = await call.cloud.store.read();
  const componentId = getComponent(call, state, `/subscriptions/${rest}`);
  assertOpen(state, componentId);
  return answer(call, state, componentId, asked);
}

/** The query API does not say what a workspace holds that never got a row: 204. */
async function workspaceQuery(call: Call, { id = '' }: Path): Promise<Response> {
  await authorizeSubscription(call, 'logs');
  const state = await call.cloud.store.read();
  const known = [...state.resources].some(
    ([resourceId, text]) =>
      resourceId.includes('/microsoft.operationalinsights/workspaces/') &&
      read(text, 'properties', 'customerId') === id.toLowerCase(),
  );
  if (!known) {
    const message = `The workspace could not be found: ${id}`;
    throw logsFault({ status: 404, code: 'WorkspaceNotFoundError', message });
  }
  if (!(await call.cloud.segments.hasAny(telemetryTables())))
    return new Response(null, { status: 204 });
  throw logsFault({
    status: 501,
    code: 'NotSupportedLocally',
    message: 'The local cloud answers queries by the resource id of the component only.',
  });
}

/** What was asked; undefined where Azure answers 200 and nothing, as it does to a body that is not JSON. */
async function readAsked(call: Call): Promise<Asked | undefined> {
  const { searchParams } = call.url;
  if (call.request.method === 'GET') {
    return { kql: searchParams.get('query') ?? '', timespan: searchParams.get('timespan') };
  }
  if (!call.request.headers.get('content-type')?.includes('json')) return undefined;
  let body: unknown;
  try {
    body = JSON.parse(await call.request.text());
  } catch {
    body = undefined;
  }
  if (!isObject(body) || typeof body.query !== 'string') {
    throw badArgument({
      code: 'QueryValidationError',
      message: 'Failed parsing the query',
      details: [{ code: 'InvalidJsonBody', message: 'Unexpected end of JSON input', target: null }],
    });
  }
  return { kql: body.query, timespan: typeof body.timespan === 'string' ? body.timespan : null };
}

function getComponent(call: Call, state: State, path: string): string {
  const id = path.replace(/\/$/, '').toLowerCase();
  const text = findResource(state, id, call.now);
  if (text === undefined) {
    const message = `The resource ${path} was not found`;
    throw logsFault({ status: 404, code: 'ResourceNotFoundError', message });
  }
  if (id.includes('/providers/microsoft.insights/components/')) return id;
  const message = `Failed to resolve the resource ${path}: it sends no logs to a workspace.`;
  throw logsFault({ status: 400, code: 'FailedToResolveResource', message });
}

/** Refusals of rights and networks, as the state has them. */
function assertOpen(state: State, componentId: string): void {
  const { access } = state.facts.behaviour.query;
  if (access === 'open') return;
  const reason =
    access === 'denied'
      ? {
          code: 'AuthorizationFailedError',
          message: `User '${state.facts.directory.user.objectId}' does not have access to read logs for this resource`,
        }
      : {
          code: 'NetworkAccessDeniedError',
          message: `Access to ${componentId} from the public network is denied: queries are accepted only through its private link scope`,
        };
  throw logsFault({
    status: 403,
    code: 'InsufficientAccessError',
    message: 'The provided credentials have insufficient access to perform the requested operation',
    innererror: reason,
  });
}

async function answer(
  call: Call,
  state: State,
  componentId: string,
  asked: Asked,
): Promise<Response> {
  const prefer = preferences(call.request.headers.get('prefer') ?? '');
  const wait = prefer.get('wait');
  const headers = wait === undefined ? {} : { 'preference-applied': `wait=${wait}` };
  if (!(await call.cloud.segments.hasAny(telemetryTables()))) {
    return new Response(null, { status: 204, headers });
  }
  const { behaviour } = state.facts;
  assertAnalyticsPlan(state, asked.kql);
  const own: Limits = { rows: behaviour.query.rowLimit, bytes: behaviour.query.byteLimit };
  const { kql, limits } = readSettings(asked.kql, own);
  const started = performance.now();
  const timeout = AbortSignal.timeout(Math.min(Number(wait ?? 180), 600) * 1000);
  const signal = AbortSignal.any([call.request.signal, timeout]);
  let engine: Engine | undefined;
  try {
    engine = await call.cloud.openEngine();
    const timeRange = readTimeRange(call, asked);
    const result = await engine.run(kql, await sourceTables(call, state), {
      now: call.now,
      timeRange,
      signal,
    });
    const page = await readPage(result, limits);
    const name = /\|\s*getschema\s*$/i.test(kql) ? 'getschema' : 'PrimaryResult';
    const columns = JSON.stringify(result.columns.map(({ name, type }) => ({ name, type })));
    const seconds = (performance.now() - started) / 1000;
    const extras = {
      ...(prefer.get('include-statistics') === 'true' && { statistics: statistics(page, seconds) }),
      ...(prefer.get('include-render') === 'true' && { render: render(result.render) }),
      ...(prefer.get('include-permissions') === 'true' && {
        permissions: permissions(state, componentId),
      }),
      ...(page.cutBecause !== null && { error: partialError(page.cutBecause) }),
    };
    const tail = JSON.stringify(extras).slice(1, -1);
    return jsonText(
      `{"tables":[{"name":"${name}","columns":${columns},"rows":${page.rowsText}}]${tail && `,${tail}`}}`,
      { headers },
    );
  } catch (error) {
    if (timeout.aborted) throw gatewayTimeout(headers);
    throw queryFault(error, asked.kql);
  } finally {
    await engine?.close();
  }
}

function gatewayTimeout(headers: Readonly<Record<string, string>>) {
  return logsFault({
    status: 504,
    code: 'GatewayTimeout',
    message: 'Gateway timeout',
    headers,
    innererror: {
      code: 'GatewayTimeout',
      message: 'Connection error',
      statusDetails: { code: 'ESOCKETTIMEDOUT', connect: false },
    },
  });
}

/** `Prefer: wait=600,include-statistics=true`; empty and unknown ones are fine. */
function preferences(header: string): ReadonlyMap<string, string> {
  return new Map(
    header.split(/[,;]/).map((one): [string, string] => {
      const [name = '', value = 'true'] = one.trim().split('=');
      return [name.toLowerCase(), value];
    }),
  );
}

/** Body and query string both count: what lies in both. */
function readTimeRange(call: Call, asked: Asked): Span {
  const spans = [asked.timespan, call.url.searchParams.get('timespan')].map((text) => {
    const span = parseTimespan(text, call.now);
    if (span) return span;
    throw badArgument({ code: 'InvalidTimespan', message: `The timespan '${text}' is not valid.` });
  });
  return spans.reduce(intersect);
}

function telemetryTables(): readonly string[] {
  return Object.keys(TABLES).map((name) => `telemetry/${name}`);
}

/** Denied tables are there, but without rows: Azure does not say so unless asked. */
async function sourceTables({ cloud }: Call, state: State): Promise<readonly SourceTable[]> {
  return Promise.all(
    Object.entries(TABLES).map(async ([name, columns]): Promise<SourceTable> => {
      const jsonLines = isListed(name, state.facts.behaviour.query.deniedTables)
        ? []
        : await cloud.segments.list(`telemetry/${name}`);
      return { name, columns, jsonLines };
    }),
  );
}

/** Tables are named in the state by either of their names. */
function isListed(table: string, list: readonly string[]): boolean {
  return list.includes(table) || list.includes(WORKSPACE_TABLES[table] ?? '');
}

/** A table on the Basic plan is refused by this API, whatever is asked of it. */
function assertAnalyticsPlan(state: State, kql: string): void {
  for (const table of Object.keys(TABLES)) {
    if (!isListed(table, state.facts.behaviour.query.basicTables)) continue;
    if (!new RegExp(`(^|[^\\w'"])${table}($|[^\\w'"])`).test(kql)) continue;
    throw badArgument({
      code: 'UnsupportedTablePlanError',
      message: `Table '${WORKSPACE_TABLES[table]}' is on the Basic plan, which this API does not query; use the search API.`,
    });
  }
}

function permissions(state: State, componentId: string) {
  const denied = Object.keys(TABLES).filter((name) =>
    isListed(name, state.facts.behaviour.query.deniedTables),
  );
  const workspace = [...state.resources.keys()].find((id) =>
    /\/microsoft\.operationalinsights\/workspaces\/[^/]+$/.test(id),
  );
  const denyTables = denied.map((name) => WORKSPACE_TABLES[name]);
  return {
    resources: [
      {
        resourceId: componentId,
        dataSources: [{ resourceId: workspace, ...(denyTables.length > 0 && { denyTables }) }],
      },
    ],
  };
}

function render(visualization: string | null) {
  if (visualization === null) return { visualization: null };
  return {
    visualization,
    title: null,
    accumulate: false,
    isQuerySorted: false,
    kind: null,
    annotation: '',
    by: null,
  };
}

function statistics(
  page: { readonly rowCount: number; readonly rowsText: string },
  seconds: number,
) {
  return {
    query: {
      executionTime: seconds,
      resourceUsage: {
        cpu: { user: '00:00:00', kernel: '00:00:00', totalCpu: '00:00:00' },
        memory: { peakPerNode: 0 },
      },
      datasetStatistics: [{ tableRowCount: page.rowCount, tableSize: page.rowsText.length }],
    },
  };
}

/** Tables and columns, as tools discover them. */
async function metadata(call: Call, { rest = '' }: Path): Promise<Response> {
  await authorizeSubscription(call, 'logs');
  const state = await call.cloud.store.read();
  getComponent(call, state, `/subscriptions/${rest}`);
  const tables = Object.entries(TABLES).map(([name, columns]) => ({
    id: `t/${name}`,
    name,
    timespanColumn: 'timestamp',
    columns,
  }));
  return json({ tables });
}
