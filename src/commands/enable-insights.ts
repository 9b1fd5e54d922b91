import type { Host } from '../lib/host.js';
import { examples, exitStatuses, type SharedCommand } from './shared-options.js';
import { defineSwitchInsights } from './switch-insights.js';

export function define(command: SharedCommand, host: Host): void {
  command
    .description(
      'Turn Application Insights on. What is already on is left alone. Changes that one setting and nothing else.',
    )
    .addHelpText(
      'after',
      examples('enable-insights my-service', 'enable-insights churn fraud/blue'),
    )
    .addHelpText('after', exitStatuses('not-found', 'auth', 'service', 'timeout', 'incomplete'));
  defineSwitchInsights(command, host, true);
}
