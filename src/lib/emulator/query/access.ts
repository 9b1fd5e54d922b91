import { TABLES, WORKSPACE_TABLES } from '../../engine/telemetry-tables.js';
import { logsFault } from '../answers.js';
import type { State } from '../state/state.js';
import { badArgument } from './query-faults.js';

/**
 * Refusals of rights and networks, as the state has them.
 *
 * Known from: documented (Azure Monitor, API errors); the answer of a closed network as quoted in
 * Azure/azure-sdk-for-go#24606.
 */
export function assertOpen(state: State, componentId: string): void {
  const { access } = state.facts.behaviour.query;
  if (access === 'open') return;
  const reason =
    access === 'denied'
      ? {
          code: 'AuthorizationFailedError',
          message: `User '${state.facts.directory.user.objectId}' does not have access to read logs for this resource`,
        }
      : {
          code: 'NspValidationFailedError',
          message: `Access to workspace '${componentId.split('/').at(-1)}' from '127.0.0.1' is denied. To allow access from public networks, change the workspace Networking settings or add it to a Network Security Perimeter.`,
        };
  throw logsFault({
    status: 403,
    code: 'InsufficientAccessError',
    message: 'The provided credentials have insufficient access to perform the requested operation',
    innererror: reason,
  });
}

/** Tables are named in the state by either of their names. */
export function isListed(table: string, list: readonly string[]): boolean {
  return list.includes(table) || list.includes(WORKSPACE_TABLES[table] ?? '');
}

/**
 * A table on the Basic plan is refused by this API, whatever is asked of it.
 *
 * Known from: an answer quoted in grafana/grafana#89818.
 */
export function assertAnalyticsPlan(state: State, kql: string): void {
  for (const table of Object.keys(TABLES)) {
    if (!isListed(table, state.facts.behaviour.query.basicTables)) continue;
    const names = `${table}|${WORKSPACE_TABLES[table]}`;
    if (!new RegExp(`(^|[^\\w'"])(${names})($|[^\\w'"])`).test(kql)) continue;
    throw badArgument({
      code: 'UnsupportedApiQueryValidationError',
      message:
        "Query of Basic Logs table is not supported with the API 'https://api.loganalytics.io/v1/workspaces/{workspaceId}/query'.\nYou can use 'https://api.loganalytics.io/v1/workspaces/{workspaceId}/search' instead.",
    });
  }
}

/** What `Prefer: include-permissions` adds: the workspace behind, and the tables that are denied. */
export function permissions(state: State, componentId: string) {
  const denied = Object.keys(TABLES).filter((name) =>
    isListed(name, state.facts.behaviour.query.deniedTables),
  );
  const workspace = [...state.resources.keys()].find((id) =>
    /\/microsoft\.operationalinsights\/workspaces\/[^/]+$/.test(id),
  );
  const denyTables = denied.map((name) => WORKSPACE_TABLES[name]);
  return {
    resources: [{ resourceId: componentId, dataSources: [workspace] }],
    dataSources: [{ resourceId: workspace, ...(denyTables.length > 0 && { denyTables }) }],
  };
}
