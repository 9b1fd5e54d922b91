import type { Host } from '../lib/host.js';
import { print } from '../lib/output/print.js';
import { showView } from '../lib/output/show-view.js';
import { showService } from '../lib/use-cases/show-service.js';
import { openSession } from './session.js';
import {
  apiOption,
  examples,
  exitStatuses,
  type SharedCommand,
  serviceArgument,
} from './shared-options.js';

export function define(command: SharedCommand, host: Host): void {
  command
    .description(
      'Show the whole monitoring state of a service: its switches, where its telemetry and collected data go, and the pages about it.',
    )
    .argument('<service>', serviceArgument)
    .addOption(apiOption)
    .addHelpText('after', examples('show my-service', 'show fraud/blue -o json'))
    .addHelpText('after', exitStatuses('not-found', 'auth', 'service'))
    .action(async (service, options) => {
      const { settings, report, gateways } = await openSession(options, host);
      const looking = report.progress(`Looking up ${service}`);
      const wish = { service, api: options.api };
      const state = await showService(gateways, wish, report).finally(looking.done);
      await print(host, settings, { ...state, sources: settings.sources }, showView);
    });
}
