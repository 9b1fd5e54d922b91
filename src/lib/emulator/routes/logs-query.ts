import type { Engine, PrintedResult, SourceTable } from '../../engine/engine.js';
import { TABLES } from '../../engine/telemetry-tables.js';
import { workspaceTable } from '../../engine/workspace-tables.js';
import { json, jsonBody, logsFault } from '../answers.js';
import { assertAnalyticsPlan, assertOpen, isListed, permissions } from '../query/access.js';
import { answerPieces, bodyOf } from '../query/answer-body.js';
import { render, statistics } from '../query/extras.js';
import { type Limits, readSettings } from '../query/limits.js';
import { badArgument, queryFault } from '../query/query-faults.js';
import { intersect, parseTimespan, type Span } from '../query/timespan.js';
import { breakOff } from '../query/weather.js';
import { findResource, isObject, read } from '../resources/resources.js';
import { type Call, type Route, route } from '../router.js';
import { authorizeSubscription } from '../sign-in/authorize.js';
import type { State } from '../state/state.js';
import { segmentTable, telemetryTable } from '../state/telemetry.js';

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

async function answer(
  call: Call,
  state: State,
  componentId: string,
  asked: Asked,
): Promise<Response> {
  const { query: switches } = state.facts.behaviour;
  const { signal } = call.request;
  const brokenAfter = await call.cloud.weather.next(switches, signal);
  const leave = await call.cloud.admission.enter(switches, call.now, signal);
  let engine: Engine | undefined;
  let result: PrintedResult | undefined;
  const prefer = preferences(call.request.headers.get('prefer') ?? '');
  const wait = waitOf(prefer);
  const { headers } = wait;
  const close = async () => {
    wait.stop();
    leave();
    result?.close();
    await engine?.close();
  };
  try {
    if (!(await call.cloud.segments.hasAny(telemetryTables()))) {
      await close();
      return new Response(null, { status: 204, headers });
    }
    assertAnalyticsPlan(state, asked.kql);
    const own: Limits = { rows: switches.rowLimit, bytes: switches.byteLimit };
    const { kql, limits } = readSettings(asked.kql, own);
    const started = performance.now();
    const timeRange = readTimeRange(call, asked);
    engine = await call.cloud.openEngine();
    const printed = await engine.print(kql, await sourceTables(call, state), {
      now: call.now,
      timeRange,
      signal: AbortSignal.any([signal, wait.signal]),
    });
    result = printed;
    wait.stop(); // From here on it is for the client to take what is there.
    const isSchema = /\|\s*getschema\s*$/i.test(kql);
    const pieces = answerPieces(printed, {
      name: isSchema ? 'getschema' : 'PrimaryResult',
      limits,
      extras: (sent) => ({
        ...(prefer.get('include-statistics') === 'true' && {
          statistics: statistics(sent, (performance.now() - started) / 1000),
        }),
        ...(prefer.get('include-render') === 'true' && { render: render(printed.render) }),
        ...(prefer.get('include-permissions') === 'true' && {
          permissions: permissions(state, componentId),
        }),
      }),
    });
    const sent = brokenAfter === undefined ? pieces : breakOff(pieces, brokenAfter);
    return jsonBody(bodyOf(sent, close), { headers });
  } catch (error) {
    await close();
    throw wait.signal.aborted ? gatewayTimeout(headers) : queryFault(error, asked.kql);
  }
}

/** How long the caller lets the query run: `Prefer: wait=N`, three minutes without it, never more than ten. */
function waitOf(prefer: ReadonlyMap<string, string>) {
  const wait = prefer.get('wait');
  const seconds = Number(wait);
  const over = new AbortController();
  const ms = Math.min(seconds > 0 ? seconds : 180, 600) * 1000;
  const timer = setTimeout(() => over.abort(), ms);
  return {
    signal: over.signal,
    stop: () => clearTimeout(timer),
    headers: wait === undefined ? {} : { 'preference-applied': `wait=${wait}` },
  };
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
  return Object.keys(TABLES).map(segmentTable);
}

/** Denied tables are there, but without rows: Azure does not say so unless asked. */
async function sourceTables({ cloud }: Call, state: State): Promise<readonly SourceTable[]> {
  const { deniedTables } = state.facts.behaviour.query;
  const classic = await Promise.all(
    Object.keys(TABLES).map((name) =>
      telemetryTable(name, cloud.segments, { isDenied: isListed(name, deniedTables) }),
    ),
  );
  return [...classic, ...classic.flatMap((table) => workspaceTable(table) ?? [])];
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
