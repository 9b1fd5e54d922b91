import type { Host } from '../../lib/host.js';
import { print } from '../../lib/output/print.js';
import { retentionView } from '../../lib/output/retention-view.js';
import { showRetention } from '../../lib/use-cases/retention/show-retention.js';
import { componentOption } from '../component-option.js';
import { openSession } from '../session.js';
import { examples, exitStatuses, type SharedCommand } from '../shared-options.js';

export function define(command: SharedCommand, host: Host): void {
  command
    .description(
      'Show how long the Log Analytics workspace of Application Insights keeps the rows of its tables.',
    )
    .argument('[table...]', 'tables, as traces or AppTraces (default: all of Application Insights)')
    .addOption(componentOption())
    .addHelpText('after', examples('retention show', 'retention show traces requests -o json'))
    .addHelpText('after', exitStatuses('not-found', 'auth', 'service', 'timeout', 'unsupported'))
    .action(async (tables, options) => {
      const { settings, report, gateways } = await openSession(options, host);
      const looking = report.progress('Looking up the tables');
      const { component } = options;
      const found = await showRetention(gateways, { component, tables }, report).finally(
        looking.done,
      );
      await print(host, settings, found, retentionView);
    });
}
