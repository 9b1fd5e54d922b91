import type { Component, DataExport, DiagnosticSetting } from '../../azure/telemetry-gateways.js';
import { CliError } from '../../errors.js';
import type { Report } from '../../host.js';
import { isTelemetryTable, tableName } from '../../model/telemetry.js';
import { namesSent } from './archive-outcome.js';
import { type Archive, type ArchiveGateways, openArchive } from './open-archive.js';
import { duplicateWarnings, groupsOf, isDuplicate, metricsOf, sends } from './setting-facts.js';

/** What of a component's telemetry is sent where. */
export interface ArchiveState {
  readonly component: Pick<Component, 'resourceId' | 'name' | 'location' | 'logWorkspaceId'>;
  /** What can be sent, by the names of tables. */
  readonly categories: readonly string[];
  readonly settings: readonly SettingState[];
  /** What the Log Analytics workspace exports of telemetry; null if that could not be found out. */
  readonly dataExports: readonly DataExport[] | null;
}

export interface SettingState
  extends Pick<
    DiagnosticSetting,
    'name' | 'storageAccountId' | 'logWorkspaceId' | 'eventHub' | 'partnerId' | 'others'
  > {
  /** What is sent, by the names of tables. */
  readonly categories: readonly string[];
  /** The groups by which they are sent, if any. */
  readonly groups: readonly string[];
  readonly metrics: readonly string[];
  /** Where in the storage account it lands; null without one. */
  readonly blobs: BlobPlaces | null;
  /** It writes to the workspace that keeps the component's rows anyway. */
  readonly duplicates: boolean;
  /** The longest of its retention policies, which Azure does not apply any more; null without one. */
  readonly retentionPolicyDays: number | null;
}

export interface BlobPlaces {
  readonly containers: readonly string[];
  /** A blob an hour; `{yyyy}`, `{MM}`, `{dd}` and `{HH}` are when its rows were received, UTC. */
  readonly path: string;
}

/** Reads what of a component's telemetry is sent where. What the caller may not see of it is noted, and null. */
export async function showArchive(
  gateways: Pick<ArchiveGateways, 'arm' | 'diagnosticSettings' | 'logWorkspaces'>,
  { component: componentId }: { readonly component: string | undefined },
  report: Report,
): Promise<ArchiveState> {
  const archive = await openArchive(gateways, componentId, report);
  const { component, settings, categories } = archive;
  const { resourceId, name, location, logWorkspaceId } = component;
  const dataExports =
    logWorkspaceId === null ? [] : await findDataExports(gateways, logWorkspaceId, report);
  for (const warning of duplicateWarnings(component, settings)) report.warn(warning);
  const states = [...settings]
    .sort((a, b) => a.name.localeCompare(b.name, 'en'))
    .map((setting) => stateOf(setting, archive));
  for (const { name: setting, retentionPolicyDays } of states) {
    if (retentionPolicyDays === null) continue;
    report.note(
      `The setting "${setting}" has a retention policy, which Azure does not apply any more: storage lifecycle rules delete old blobs.`,
    );
  }
  return {
    component: { resourceId, name, location, logWorkspaceId },
    categories: categories.map((category) => tableName(category.name)),
    settings: states,
    dataExports,
  };
}

function stateOf(setting: DiagnosticSetting, { component, categories }: Archive): SettingState {
  const { name, storageAccountId, logWorkspaceId, eventHub, partnerId, others } = setting;
  const days = [...setting.logs, ...setting.metrics].flatMap(({ retentionDays }) =>
    retentionDays === null ? [] : [retentionDays],
  );
  return {
    name,
    storageAccountId,
    logWorkspaceId,
    eventHub,
    partnerId,
    others,
    categories: namesSent(setting, categories),
    groups: groupsOf(setting),
    metrics: metricsOf(setting),
    blobs: storageAccountId === null ? null : blobPlaces(setting, { component, categories }),
    duplicates: isDuplicate(setting, component),
    retentionPolicyDays: days.length === 0 ? null : Math.max(...days),
  };
}

/**
 * Contract: a container for each category, a blob for each hour: append blobs of JSON lines.
 * Known from: documented, "Azure resource logs", send to Azure Storage.
 */
function blobPlaces(
  setting: DiagnosticSetting,
  { component, categories }: Pick<Archive, 'component' | 'categories'>,
): BlobPlaces {
  return {
    containers: categories
      .filter((category) => sends(setting, category))
      .map((category) => `insights-logs-${category.name.toLowerCase()}`),
    path: `resourceId=${component.resourceId.toUpperCase()}/y={yyyy}/m={MM}/d={dd}/h={HH}/m=00/PT1H.json`,
  };
}

/** The rules that export a table of telemetry, its name as queries on the component use it. */
async function findDataExports(
  { logWorkspaces }: Pick<ArchiveGateways, 'logWorkspaces'>,
  logWorkspaceId: string,
  report: Report,
): Promise<readonly DataExport[] | null> {
  try {
    const rules = await logWorkspaces.listDataExports(logWorkspaceId);
    return rules
      .map((rule) => ({ ...rule, tables: rule.tables.filter(isTelemetryTable).map(tableName) }))
      .filter(({ tables }) => tables.length > 0);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    report.note(`What the Log Analytics workspace exports is not known: ${error.message}`);
    return null;
  }
}
