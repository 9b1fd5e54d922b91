import type {
  Component,
  DiagnosticCategory,
  DiagnosticSetting,
} from '../../azure/telemetry-gateways.js';
import { resourceName } from '../../model/resource-id.js';

/** Resource ids are one however their letters are cased. */
export function isSameId(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && one.toLowerCase() === other.toLowerCase();
}

/** Whether a setting sends a category, by itself or by one of its groups. */
export function sends(setting: DiagnosticSetting, { name, groups }: DiagnosticCategory): boolean {
  return setting.logs.some(
    ({ category, group, enabled }) =>
      enabled &&
      (category?.toLowerCase() === name.toLowerCase() ||
        groups.some((each) => each.toLowerCase() === group?.toLowerCase())),
  );
}

/** The groups that a setting sends. */
export function groupsOf({ logs }: DiagnosticSetting): readonly string[] {
  return logs.flatMap(({ group, enabled }) => (enabled && group !== null ? [group] : []));
}

/** The metrics that a setting sends. */
export function metricsOf({ metrics }: DiagnosticSetting): readonly string[] {
  return metrics.flatMap(({ category, group, enabled }) =>
    enabled ? [category ?? group ?? ''] : [],
  );
}

/** Where a setting sends to beside a storage account, in words. */
export function otherDestinations(setting: DiagnosticSetting): readonly string[] {
  const { logWorkspaceId, eventHub, partnerId, others } = setting;
  return [
    logWorkspaceId !== null && `the Log Analytics workspace "${resourceName(logWorkspaceId)}"`,
    eventHub !== null && `an event hub${eventHub.name === null ? '' : ` "${eventHub.name}"`}`,
    partnerId !== null && `the partner solution "${resourceName(partnerId)}"`,
    ...others.map((name) => `what "${name}" names`),
  ].filter((text) => text !== false);
}

/**
 * Whether a setting sends telemetry to the workspace that keeps it anyway.
 *
 * Known from: documented, "Diagnostic settings in Azure Monitor", Application Insights.
 */
export function isDuplicate(setting: DiagnosticSetting, component: Component): boolean {
  const sendsLogs = setting.logs.some(({ enabled }) => enabled);
  return sendsLogs && isSameId(setting.logWorkspaceId, component.logWorkspaceId);
}

/** What is wrong with settings that write rows a second time. */
export function duplicateWarnings(
  component: Component,
  settings: readonly DiagnosticSetting[],
): readonly string[] {
  return settings
    .filter((setting) => isDuplicate(setting, component))
    .map(
      ({ name }) =>
        `The setting "${name}" sends to the Log Analytics workspace that "${component.name}" writes to anyway: every row is there twice.`,
    );
}
