import type { Gateways } from '../../azure/gateways.js';
import type {
  Component,
  DiagnosticCategory,
  DiagnosticSetting,
} from '../../azure/telemetry-gateways.js';
import type { Report } from '../../host.js';
import { getComponentId } from '../run-query.js';

export type ArchiveGateways = Pick<
  Gateways,
  'arm' | 'diagnosticSettings' | 'storageAccounts' | 'logWorkspaces'
>;

/** A component with what it sends where. */
export interface Archive {
  readonly component: Component;
  readonly settings: readonly DiagnosticSetting[];
  /** The logs among its categories. */
  readonly categories: readonly DiagnosticCategory[];
}

/**
 * Reads what a component sends where.
 *
 * @param componentId undefined: the component of the ML workspace
 * @throws {CliError} `not-found` if there is no such component
 */
export async function openArchive(
  { arm, diagnosticSettings }: Pick<ArchiveGateways, 'arm' | 'diagnosticSettings'>,
  componentId: string | undefined,
  report: Report,
): Promise<Archive> {
  const looking = report.progress('Looking up the diagnostic settings');
  try {
    const id = componentId ?? (await getComponentId(arm));
    const [component, settings, categories] = await Promise.all([
      arm.getComponent(id),
      diagnosticSettings.list(id),
      diagnosticSettings.listCategories(id),
    ]);
    return { component, settings, categories: categories.filter(({ isLog }) => isLog) };
  } finally {
    looking.done();
  }
}

/** The setting of a name, which Azure has in any case. */
export function findSetting({ settings }: Archive, name: string): DiagnosticSetting | undefined {
  return settings.find((setting) => setting.name.toLowerCase() === name.toLowerCase());
}
