import type { Host } from '../../lib/host.js';
import { archiveStateView } from '../../lib/output/archive-view.js';
import { print } from '../../lib/output/print.js';
import { showArchive } from '../../lib/use-cases/archive/show-archive.js';
import { componentOption } from '../component-option.js';
import { openSession } from '../session.js';
import { examples, exitStatuses, type SharedCommand } from '../shared-options.js';

export function define(command: SharedCommand, host: Host): void {
  command
    .description(
      'Show what of the telemetry of Application Insights Azure copies elsewhere: the diagnostic settings of the component, and the data export rules of its Log Analytics workspace.',
    )
    .addOption(componentOption())
    .addHelpText('after', examples('archive status', 'archive status -o json'))
    .addHelpText('after', exitStatuses('not-found', 'auth', 'service', 'timeout'))
    .action(async (options) => {
      const { settings, report, gateways } = await openSession(options, host);
      const { component } = options;
      const state = await showArchive(gateways, { component }, report);
      await print(host, settings, state, archiveStateView);
    });
}
