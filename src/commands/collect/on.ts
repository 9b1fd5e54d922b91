import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { Host } from '../../lib/host.js';
import { collectionView } from '../../lib/output/collection-view.js';
import { setCollection } from '../../lib/use-cases/set-collection.js';
import { samplingRateOption } from '../sampling-rate-option.js';
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

const ROLLING_RATES = ['Year', 'Month', 'Day', 'Hour', 'Minute'] as const;

export function define(command: SharedCommand, host: Host): void {
  command
    .description(
      'Collect model data. A v2 deployment collects again what it is configured for, or else its requests and responses; options change only what they name.',
    )
    .argument('[service...]', serviceArgument)
    .addOption(
      new Option('--collections <names>', 'v2: what to collect, as request,response').argParser(
        parseNames,
      ),
    )
    .addOption(samplingRateOption())
    .addOption(
      new Option(
        '--rolling-rate <unit>',
        `v2: how often a new file is begun: ${ROLLING_RATES.join(', ')}`,
      ).argParser(parseRollingRate),
    )
    .addOption(apiOption)
    .addOption(allOption)
    .addOption(noWaitOption)
    .addOption(dryRunOption)
    .addOption(yesOption)
    .addHelpText(
      'after',
      examples('collect on my-service', 'collect on fraud/blue --sampling-rate 0.1 --dry-run'),
    )
    .addHelpText(
      'after',
      exitStatuses('not-found', 'auth', 'service', 'timeout', 'unsupported', 'incomplete'),
    )
    .action((services, options) =>
      applySwitch(host, services, options, collectionView, (gateways, request, report) => {
        const { collections, samplingRate, rollingRate } = options;
        const change = {
          to: 'on' as const,
          ...(collections && { collections }),
          ...(samplingRate !== undefined && { samplingRate }),
          ...(rollingRate && { rollingRate }),
        };
        return setCollection(gateways, { ...request, change }, report);
      }),
    );
}

/** The YAML of `az ml` has them in lower case, the API does not. */
function parseRollingRate(text: string): (typeof ROLLING_RATES)[number] {
  const rate = ROLLING_RATES.find((each) => each.toLowerCase() === text.toLowerCase());
  if (rate) return rate;
  throw new InvalidArgumentError(`Allowed choices are ${ROLLING_RATES.join(', ')}.`);
}
