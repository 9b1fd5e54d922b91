import { WORKSPACE_TABLES } from '../../engine/telemetry-tables.js';
import { isObject, valueAt } from './resources.js';

/** What Application Insights can send elsewhere: the tables of a workspace, and all metrics. */
export const LOG_CATEGORIES = Object.values(WORKSPACE_TABLES);
export const METRIC_CATEGORY = 'AllMetrics';

export interface SettingEntry {
  readonly category: string | undefined;
  readonly group: string | undefined;
  readonly enabled: boolean;
}

/** The `logs` or `metrics` of a diagnostic setting. */
export function entriesOf(setting: unknown, kind: 'logs' | 'metrics'): readonly SettingEntry[] {
  const entries = valueAt(setting, 'properties', kind);
  return (Array.isArray(entries) ? entries : []).filter(isObject).map((entry) => ({
    category: textOf(entry.category),
    group: textOf(entry.categoryGroup),
    enabled: entry.enabled === true,
  }));
}

/** The categories that a setting sends. A group of categories stands for all logs. */
export function categoriesOf(setting: unknown): readonly string[] {
  const on = [...entriesOf(setting, 'logs'), ...entriesOf(setting, 'metrics')].filter(
    ({ enabled }) => enabled,
  );
  return on.flatMap(({ category, group }) => {
    if (category === undefined) return group?.toLowerCase() === 'alllogs' ? LOG_CATEGORIES : [];
    const known = [...LOG_CATEGORIES, METRIC_CATEGORY];
    return known.find((one) => one.toLowerCase() === category.toLowerCase()) ?? [];
  });
}

/** The ids of where a setting sends to. */
export function sinksOf(setting: unknown): readonly string[] {
  return ['storageAccountId', 'workspaceId', 'eventHubAuthorizationRuleId', 'marketplacePartnerId']
    .map((member) => textOf(valueAt(setting, 'properties', member)))
    .filter((id) => id !== undefined);
}

/** Some clients write an empty text where they mean none. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
