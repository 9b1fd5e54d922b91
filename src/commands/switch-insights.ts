import type { Host } from '../lib/host.js';
import { insightsView } from '../lib/output/insights-view.js';
import { setInsights } from '../lib/use-cases/set-insights.js';
import {
  allOption,
  apiOption,
  dryRunOption,
  noWaitOption,
  type SharedCommand,
  serviceArgument,
  yesOption,
} from './shared-options.js';
import { applySwitch } from './switch-targets.js';

/** What `enable-insights` and `disable-insights` have in common: all but their help. */
export function defineSwitchInsights(command: SharedCommand, host: Host, insights: boolean): void {
  command
    .argument('[service...]', serviceArgument)
    .addOption(apiOption)
    .addOption(allOption)
    .addOption(noWaitOption)
    .addOption(dryRunOption)
    .addOption(yesOption)
    .action((services, options) =>
      applySwitch(host, services, options, insightsView, (gateways, request, report) =>
        setInsights(gateways, { ...request, insights }, report),
      ),
    );
}
