import type { Host } from '../lib/host.js';
import { listView, wideListView } from '../lib/output/list-view.js';
import { print } from '../lib/output/print.js';
import { assertAllAsked, findAllTargets } from '../lib/use-cases/find-targets.js';
import { openSession } from './session.js';
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
      const { settings, report, gateways } = await openSession(options, host);
      const looking = report.progress('Listing services');
      const found = await findAllTargets(gateways, options.api).finally(looking.done);
      await print(host, settings, found.targets, options.wide ? wideListView : listView);
      assertAllAsked(found.unanswered);
    });
}
