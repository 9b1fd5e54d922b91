import type { Host, Report } from '../lib/host.js';
import { createReport } from '../lib/output/report.js';
import { resolveSettings, type Settings } from '../lib/settings.js';
import { type Api, chooseService } from '../lib/use-cases/find-targets.js';
import type { SharedOptions } from './shared-options.js';

export interface Session {
  readonly settings: Settings;
  readonly report: Report;
  readonly gateways: Awaited<ReturnType<Host['connect']>>;
}

/** What every command that talks to Azure begins with. With --verbose it says which settings hold, and why. */
export async function openSession(options: SharedOptions, host: Host): Promise<Session> {
  const settings = await resolveSettings(options, host);
  const report = createReport(host, settings);
  saySettings(settings, report);
  return { settings, report, gateways: await host.connect(settings, report) };
}

/**
 * The service that is meant where naming one is optional: the typed one, the default, the only one, the one that is picked.
 *
 * @throws {CliError} `usage` with the names if that leaves several
 */
export function serviceOf(
  typed: string | undefined,
  { settings, report, gateways }: Session,
  host: Host,
  api: Api | undefined,
): Promise<string> {
  const { service, sources, mayPrompt } = settings;
  const preset = service ? { name: service, source: sources.service ?? 'settings' } : undefined;
  const ask = mayPrompt ? host.prompt.select : undefined;
  return chooseService(gateways, { typed, preset, ask, api }, report);
}

export function saySettings(settings: Settings, report: Report): void {
  const { subscriptionId, resourceGroup, workspaceName, tenantId, service, sources } = settings;
  const values = { workspaceName, resourceGroup, subscriptionId, tenantId, service };
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) report.verbose(`${NAMES[name]}: ${value}, from ${sources[name]}`);
  }
}

const NAMES: Readonly<Record<string, string>> = {
  workspaceName: 'workspace',
  resourceGroup: 'resource group',
  subscriptionId: 'subscription',
  tenantId: 'tenant',
  service: 'default service',
};
