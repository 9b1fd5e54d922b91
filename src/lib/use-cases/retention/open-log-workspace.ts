import type { Gateways } from '../../azure/gateways.js';
import type { LogTable } from '../../azure/telemetry-gateways.js';
import { CliError } from '../../errors.js';
import { resourceName } from '../../model/resource-id.js';
import {
  isTelemetryTable,
  storedName,
  storedTable,
  TELEMETRY_TABLES,
  tableName,
} from '../../model/telemetry.js';
import { suggestion } from '../name-lists.js';
import { getComponentId } from '../run-query.js';

export type RetentionGateways = Pick<Gateways, 'arm' | 'logWorkspaces'>;

/** The tables of Application Insights, the most asked for first. */
const ORDER = [...TELEMETRY_TABLES.map(storedTable), 'AppSystemEvents'].map((name) =>
  name.toLowerCase(),
);

/** The Log Analytics workspace that keeps a component's rows. */
export interface LogWorkspace {
  readonly resourceId: string;
  readonly name: string;
  /** What the component says of its own retention, which does not hold there. */
  readonly componentDays: number | null;
}

/**
 * @param componentId undefined: the component of the ML workspace
 * @throws {CliError} `unsupported` if the component is a classic one, which has none
 */
export async function openLogWorkspace(
  { arm }: Pick<RetentionGateways, 'arm'>,
  componentId: string | undefined,
): Promise<LogWorkspace> {
  const component = await arm.getComponent(componentId ?? (await getComponentId(arm)));
  const { logWorkspaceId, retentionDays } = component;
  if (logWorkspaceId === null) {
    const message = `"${component.name}" is a classic component, without a Log Analytics workspace whose tables could keep its rows.`;
    const days = retentionDays === null ? '' : ` of ${retentionDays} days`;
    throw new CliError('unsupported', message, {
      hint: `Its own retention${days} holds; migrate it to a workspace-based one.`,
    });
  }
  return {
    resourceId: logWorkspaceId,
    name: resourceName(logWorkspaceId),
    componentDays: retentionDays,
  };
}

/**
 * The tables of these names, in their order; without names those of Application Insights.
 *
 * @throws {CliError} `not-found`, naming the first that is not there
 */
export async function findTables(
  { logWorkspaces }: Pick<RetentionGateways, 'logWorkspaces'>,
  { resourceId, name }: LogWorkspace,
  names: readonly string[],
): Promise<readonly LogTable[]> {
  if (names.length === 0) {
    const tables = await logWorkspaces.listTables(resourceId);
    const place = (table: LogTable) => ORDER.indexOf(table.name.toLowerCase());
    return tables.filter((table) => place(table) >= 0).sort((a, b) => place(a) - place(b));
  }
  const stored = [...new Set(names.map(storedName))];
  return Promise.all(
    stored.map(async (each) => {
      const table = await logWorkspaces.findTable(resourceId, each);
      if (table) return table;
      const message = `The Log Analytics workspace "${name}" has no table "${tableName(each)}".`;
      const hint = isTelemetryTable(each)
        ? 'A table begins with the first row that is sent to it.'
        : suggestion(each, TELEMETRY_TABLES);
      throw new CliError('not-found', message, { hint });
    }),
  );
}
