import { CliError } from '../errors.js';
import type { Clock } from '../host.js';
import { BUSY_TIMEOUT_MS, busyForTooLong, isLastingConflict, POLL_MS } from './busy.js';
import type { Cloud } from './cloud.js';
import type { Change } from './gateways.js';
import { readAny, readArray, readBoolean, readNumber, readString } from './payload.js';
import type {
  DataExport,
  LogTable,
  LogWorkspacesGateway,
  RetentionChange,
} from './telemetry-gateways.js';
import type { Answer, AzureHttp } from './wire/http.js';
import { toCliError } from './wire/service-error.js';

const TABLES_VERSION = '2022-10-01';
const EXPORTS_VERSION = '2020-08-01';
const ROLE = 'Log Analytics Contributor';
const UPDATE_TIMEOUT_MS = 10 * 60_000;

export interface LogWorkspacesOptions {
  readonly http: AzureHttp;
  readonly cloud: Pick<Cloud, 'armEndpoint'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Gateway to Log Analytics workspaces: how long tables keep their rows, and what is exported.
 *
 * Contract: Microsoft.OperationalInsights/workspaces/tables 2022-10-01. PATCH changes what it names and answers 200,
 * or 202 with `Azure-AsyncOperation` or `Location`; null is the default. While a table is `Updating` or
 * `InProgress` it takes no change. workspaces/dataExports 2020-08-01.
 * Known from: documented, "Manage data retention in a Log Analytics workspace"; azure-rest-api-specs.
 */
export function createLogWorkspacesGateway(options: LogWorkspacesOptions): LogWorkspacesGateway {
  const { http, cloud, clock, signal } = options;
  const url = (workspaceId: string, path: string, version: string) =>
    `${cloud.armEndpoint}${workspaceId}/${path}?api-version=${version}`;
  const tableUrl = (workspaceId: string, name: string) =>
    url(workspaceId, `tables/${encodeURIComponent(name)}`, TABLES_VERSION);

  async function findTable(workspaceId: string, name: string): Promise<LogTable | undefined> {
    const answer = await http.send('GET', tableUrl(workspaceId, name), {
      allow: [404],
      role: ROLE,
    });
    if (answer.status !== 404) return toTable(answer.body);
    // Azure names what is missing, and that may be the workspace.
    if (!answer.text.toLowerCase().includes(name.toLowerCase())) throw toCliError(answer);
    return undefined;
  }

  async function setRetention(
    workspaceId: string,
    name: string,
    change: RetentionChange,
    { dryRun, onNote }: { readonly dryRun: boolean; readonly onNote: (note: string) => void },
  ): Promise<Change> {
    const target = tableUrl(workspaceId, name);
    const deadline = clock.now().getTime() + BUSY_TIMEOUT_MS;
    for (let waited = false; ; waited = true) {
      const table = await findTable(workspaceId, name);
      if (!table) throw new CliError('not-found', `There is no table "${name}" any more.`);
      const missing = missingOf(table, change);
      if (Object.keys(missing).length === 0) return ALREADY;
      const body = bodyOf(missing);
      const contentType = 'application/json';
      const request = { method: 'PATCH', url: target, contentType, body };
      const outcome = {
        changed: true,
        requests: [request],
        before: bodyOf(valuesOf(table, missing)),
      };
      if (dryRun) return { ...outcome, applied: false };
      let refusal: Answer | undefined;
      if (!isBusy(table)) {
        const allow = [409];
        const accepted = await http.send('PATCH', target, { contentType, body, allow, role: ROLE });
        if (accepted.status !== 409) {
          await follow(target, name, accepted);
          return { ...outcome, applied: true };
        }
        if (isLastingConflict(accepted)) throw toCliError(accepted, ROLE);
        refusal = accepted;
      }
      const reason = refusal && toCliError(refusal);
      if (clock.now().getTime() >= deadline) throw busyForTooLong(name, reason);
      if (!waited) onNote(`"${name}" is being changed already; waiting for that.`);
      await clock.sleep(POLL_MS, signal);
    }
  }

  async function follow(target: string, name: string, accepted: Answer): Promise<void> {
    const { followChange } = await import('./long-running.js');
    const what = `The change of "${name}"`;
    const choice = { http, clock, signal, timeoutMs: UPDATE_TIMEOUT_MS, what };
    await followChange(target, accepted, { ...choice, look: 'retention show' });
  }

  return {
    async listTables(workspaceId) {
      const tables: LogTable[] = [];
      const all = http.list(url(workspaceId, 'tables', TABLES_VERSION), { role: ROLE });
      for await (const item of all) tables.push(toTable(item));
      return tables;
    },
    findTable,
    setRetention,
    async listDataExports(workspaceId) {
      const rules: DataExport[] = [];
      const all = http.list(url(workspaceId, 'dataExports', EXPORTS_VERSION), { role: ROLE });
      for await (const item of all) rules.push(toDataExport(item));
      return rules;
    },
  };
}

const ALREADY: Change = { changed: false, applied: true, requests: [], before: null };

function isBusy({ state }: LogTable): boolean {
  return state !== null && /^(updating|inprogress)$/i.test(state);
}

/** What of a change does not hold yet. A default that happens to be the wished number is not set to it. */
function missingOf(
  table: LogTable,
  { retentionDays, totalDays }: RetentionChange,
): RetentionChange {
  const holds = (wish: number | null | undefined, days: number | null, isDefault: boolean | null) =>
    wish === undefined || (wish === null ? isDefault === true : wish === days && !isDefault);
  return {
    ...(holds(retentionDays, table.retentionDays, table.isRetentionDefault)
      ? {}
      : { retentionDays }),
    ...(holds(totalDays, table.totalDays, table.isTotalDefault) ? {} : { totalDays }),
  };
}

/** What the table has where the change has something. */
function valuesOf(table: LogTable, change: RetentionChange): RetentionChange {
  const { retentionDays, isRetentionDefault, totalDays, isTotalDefault } = table;
  return {
    ...('retentionDays' in change && { retentionDays: isRetentionDefault ? null : retentionDays }),
    ...('totalDays' in change && { totalDays: isTotalDefault ? null : totalDays }),
  };
}

function bodyOf({
  retentionDays: retentionInDays,
  totalDays: totalRetentionInDays,
}: RetentionChange) {
  return JSON.stringify({
    properties: {
      ...(retentionInDays !== undefined && { retentionInDays }),
      ...(totalRetentionInDays !== undefined && { totalRetentionInDays }),
    },
  });
}

function toTable(item: unknown): LogTable {
  const properties = readAny(item, 'properties');
  const number = (name: string) => readNumber(properties, name, { ifAbsent: null });
  const truth = (name: string) => readBoolean(properties, name, { ifAbsent: null });
  return {
    name: readString(item, 'name'),
    plan: readString(properties, 'plan', { ifAbsent: null }),
    retentionDays: number('retentionInDays'),
    isRetentionDefault: truth('retentionInDaysAsDefault'),
    totalDays: number('totalRetentionInDays'),
    isTotalDefault: truth('totalRetentionInDaysAsDefault'),
    state: readString(properties, 'provisioningState', { ifAbsent: null }),
  };
}

function toDataExport(item: unknown): DataExport {
  return {
    name: readString(item, 'name'),
    enabled: readBoolean(item, 'properties.enable', { ifAbsent: true }),
    destinationId: readString(item, 'properties.destination.resourceId', { ifAbsent: '' }),
    tables: readArray(item, 'properties.tableNames', { ifAbsent: [] }).flatMap((name) =>
      typeof name === 'string' ? [name] : [],
    ),
  };
}
