import type { Host } from '../lib/host.js';
import { listView, wideListView } from '../lib/output/list-view.js';
import { print } from '../lib/output/print.js';
import { createReport } from '../lib/output/report.js';
import { resolveSettings } from '../lib/settings.js';
import { assertAllAsked, findAllTargets } from '../lib/use-cases/find-targets.js';
import { apiOption, examples, exitStatuses, type SharedCommand } from './shared-options.js';

export function define(command: SharedCommand, host: Host): void {
  command
    .description(
      'List every web service, endpoint version and deployment of the workspace with what is monitored.',
    )
    .option('--wide', 'with the number of replicas and the scoring URI')
    .addOption(apiOption)
    .addHelpText('after', examples('list', 'list --wide', 'list --query "[?!insights].service"'))
    .addHelpText('after', exitStatuses('not-found', 'auth', 'service', 'incomplete'))
    .action(async (options) => {
      const settings = await resolveSettings(options, host);
      const report = createReport(host, settings);
      const gateways = await host.connect(settings, report);
      const looking = report.progress('Listing services');
      const found = await findAllTargets(gateways, options.api).finally(looking.done);
      await print(host, settings, found.targets, options.wide ? wideListView : listView);
      assertAllAsked(found.unanswered);
    });
}
