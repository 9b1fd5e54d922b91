import type { Host } from '../../lib/host.js';
import { turnArchiveOn } from '../../lib/use-cases/archive/turn-archive-on.js';
import { componentOption } from '../component-option.js';
import {
  dryRunOption,
  examples,
  exitStatuses,
  type SharedCommand,
  yesOption,
} from '../shared-options.js';
import {
  applyArchive,
  categoriesOption,
  nameOption,
  storageAccountOption,
} from './archive-options.js';

export function define(command: SharedCommand, host: Host): void {
  command
    .description(
      'Have Azure copy the telemetry of Application Insights to a storage account from now on, by a diagnostic setting of the component.',
    )
    .addOption(
      storageAccountOption(
        'its name or resource id (default: what the setting has, else the workspace’s own)',
      ),
    )
    .addOption(categoriesOption('tables to copy, as traces,requests (default: all)'))
    .addOption(nameOption('the diagnostic setting to make or to add to'))
    .addOption(componentOption())
    .addOption(dryRunOption)
    .addOption(yesOption)
    .addHelpText(
      'after',
      examples(
        'archive on',
        'archive on --storage-account mystore --categories traces,requests --dry-run',
      ),
    )
    .addHelpText('after', exitStatuses('not-found', 'auth', 'service', 'timeout', 'unsupported'))
    .action((options) =>
      applyArchive(host, options, (gateways, request, report) => {
        const { storageAccount } = options;
        return turnArchiveOn(gateways, { ...request, storageAccount }, report);
      }),
    );
}
