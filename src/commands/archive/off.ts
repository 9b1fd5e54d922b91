import type { Host } from '../../lib/host.js';
import { turnArchiveOff } from '../../lib/use-cases/archive/turn-archive-off.js';
import { componentOption } from '../component-option.js';
import {
  dryRunOption,
  examples,
  exitStatuses,
  type SharedCommand,
  yesOption,
} from '../shared-options.js';
import { applyArchive, categoriesOption, nameOption } from './archive-options.js';

export function define(command: SharedCommand, host: Host): void {
  command
    .description(
      'End the copies of telemetry that a diagnostic setting makes in a storage account. Blobs that are there stay, and so does all else that the setting does.',
    )
    .addOption(categoriesOption('end these tables alone, as traces,requests (default: all)'))
    .addOption(nameOption('the diagnostic setting; others are left alone'))
    .addOption(componentOption())
    .addOption(dryRunOption)
    .addOption(yesOption)
    .addHelpText('after', examples('archive off', 'archive off --categories traces --dry-run'))
    .addHelpText('after', exitStatuses('not-found', 'auth', 'service', 'timeout', 'unsupported'))
    .action((options) => applyArchive(host, options, turnArchiveOff));
}
