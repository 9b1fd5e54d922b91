import { Option } from '@commander-js/extra-typings';
import type { Host } from '../../lib/host.js';
import { collectionView } from '../../lib/output/collection-view.js';
import { setCollection } from '../../lib/use-cases/set-collection.js';
import {
  allOption,
  apiOption,
  dryRunOption,
  examples,
  exitStatuses,
  noWaitOption,
  type SharedCommand,
  serviceArgument,
  yesOption,
} from '../shared-options.js';
import { applySwitch } from '../switch-targets.js';
import { parseNames } from './collection-names.js';

export function define(command: SharedCommand, host: Host): void {
  command
    .description(
      'Stop collecting model data. A v2 deployment keeps its configuration, so that `collect on` restores it.',
    )
    .argument('[service...]', serviceArgument)
    .addOption(
      new Option('--collections <names>', 'v2: only these, as request,response')
        .argParser(parseNames)
        .conflicts('forget'),
    )
    .option('--forget', 'v2: remove the configuration, too')
    .addOption(apiOption)
    .addOption(allOption)
    .addOption(noWaitOption)
    .addOption(dryRunOption)
    .addOption(yesOption)
    .addHelpText('after', examples('collect off my-service', 'collect off fraud/blue --forget'))
    .addHelpText(
      'after',
      exitStatuses('not-found', 'auth', 'service', 'timeout', 'unsupported', 'incomplete'),
    )
    .action((services, options) =>
      applySwitch(host, services, options, collectionView, (gateways, request, report) => {
        const { forget, collections } = options;
        const to = forget ? ('forget' as const) : ('off' as const);
        const change = { to, ...(collections && { collections }) };
        return setCollection(gateways, { ...request, change }, report);
      }),
    );
}
