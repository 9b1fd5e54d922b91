import type { Host, Report } from '../lib/host.js';
import { targetName } from '../lib/model/target.js';
import { print } from '../lib/output/print.js';
import type { View } from '../lib/output/view.js';
import { assertAllDone, type Outcome } from '../lib/use-cases/change-each.js';
import type { ChangeRequest, ChangeResult } from '../lib/use-cases/change-targets.js';
import { confirmation } from './confirmation.js';
import { openSession, type Session } from './session.js';
import type { SharedOptions } from './shared-options.js';

interface SwitchOptions extends SharedOptions {
  readonly api?: 'v1' | 'v2' | undefined;
  readonly all?: true | undefined;
  readonly wait: boolean;
  readonly dryRun?: true | undefined;
  readonly yes?: true | undefined;
}

/** Every switch, from the settings to the exit status: one result, of what became of each target. */
export async function applySwitch(
  host: Host,
  services: readonly string[],
  options: SwitchOptions,
  view: View<Outcome>,
  act: (
    gateways: Session['gateways'],
    request: ChangeRequest,
    report: Report,
  ) => Promise<ChangeResult>,
): Promise<void> {
  const { api, all = false, wait, dryRun = false } = options;
  const { settings, report, gateways } = await openSession(options, host);
  const confirm = confirmation(host, settings, options);
  const { signal } = host;
  const request = { services, api, all, wait, dryRun, confirm, signal };
  const { outcomes, unanswered } = await act(gateways, request, report);
  const shown = dryRun
    ? (await import('../lib/output/dry-run-view.js')).dryRunView<Outcome>(targetName)
    : view;
  await print(host, settings, outcomes, shown);
  assertAllDone(outcomes, unanswered);
}
