import type { OwnSettings } from '../settings/own-settings.js';

/**
 * What `use` remembers after a change. A default service belongs to its workspace: another workspace forgets
 * it, unless a service is named with it.
 */
export function changeOwnSettings(before: OwnSettings, change: OwnSettings): OwnSettings {
  const typed = Object.fromEntries(
    Object.entries(change).filter(([, value]) => value !== undefined),
  );
  const after: OwnSettings = { ...before, ...typed };
  const isOther = (['subscriptionId', 'resourceGroup', 'workspaceName'] as const).some(
    (name) => change[name] !== undefined && change[name] !== before[name],
  );
  if (!isOther || change.service !== undefined) return after;
  const { service: _, ...rest } = after;
  return rest;
}
