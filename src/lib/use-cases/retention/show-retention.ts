import type { LogTable } from '../../azure/telemetry-gateways.js';
import type { Report } from '../../host.js';
import { tableName } from '../../model/telemetry.js';
import { findTables, openLogWorkspace, type RetentionGateways } from './open-log-workspace.js';

export interface TableRetention extends LogTable {
  /** As queries on the component name it, such as `traces`. */
  readonly table: string;
}

/**
 * How long the tables of these names keep their rows; without names, those of Application Insights.
 *
 * @throws {CliError} `not-found`, or `unsupported` if the component is a classic one
 */
export async function showRetention(
  gateways: RetentionGateways,
  {
    component,
    tables,
  }: { readonly component: string | undefined; readonly tables: readonly string[] },
  report: Report,
): Promise<readonly TableRetention[]> {
  const workspace = await openLogWorkspace(gateways, component);
  const found = await findTables(gateways, workspace, tables);
  if (workspace.componentDays !== null) {
    report.note(
      `The component's own retention of ${workspace.componentDays} days does not apply: the Log Analytics workspace "${workspace.name}" keeps its rows.`,
    );
  }
  return found.map((table) => ({ table: tableName(table.name), ...table }));
}
