import { logsFault } from '../answers.js';
import type { State } from '../state/state.js';
import { TABLES, WORKSPACE_TABLES } from '../tables.js';
import { badArgument } from './query-faults.js';

/** Refusals of rights and networks, as the state has them. */
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

/** Tables are named in the state by either of their names. */
export function isListed(table: string, list: readonly string[]): boolean {
  return list.includes(table) || list.includes(WORKSPACE_TABLES[table] ?? '');
}

/** A table on the Basic plan is refused by this API, whatever is asked of it. */
export function assertAnalyticsPlan(state: State, kql: string): void {
  for (const table of Object.keys(TABLES)) {
    if (!isListed(table, state.facts.behaviour.query.basicTables)) continue;
    if (!new RegExp(`(^|[^\\w'"])${table}($|[^\\w'"])`).test(kql)) continue;
    throw badArgument({
      code: 'UnsupportedTablePlanError',
      message: `Table '${WORKSPACE_TABLES[table]}' is on the Basic plan, which this API does not query; use the search API.`,
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
