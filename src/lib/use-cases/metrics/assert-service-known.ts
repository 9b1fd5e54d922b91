import { CliError } from '../../errors.js';
import type { Report } from '../../host.js';
import { findTargets, type Worlds } from '../find-targets.js';
import type { Metrics } from './read-metrics.js';

/**
 * Looks a service up that has no figures at all: its name may be mistyped.
 *
 * @throws {CliError} `not-found` if there is no such service
 */
export async function assertServiceKnown(
  worlds: Worlds,
  service: string,
  { series }: Metrics,
  report: Report,
): Promise<void> {
  if (series.some(({ total }) => total.count > 0n)) return;
  try {
    await findTargets(worlds, { services: [service] }, report);
  } catch (error) {
    if (!(error instanceof CliError) || error.kind === 'not-found') throw error;
    report.note(`Whether there is a service "${service}" is not known: ${error.message}`);
  }
}
