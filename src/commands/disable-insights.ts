import type { Host } from '../lib/host.js';
import { examples, exitStatuses, type SharedCommand } from './shared-options.js';
import { defineSwitchInsights } from './switch-insights.js';

export function define(command: SharedCommand, host: Host): void {
  command
    .description(
      'Turn Application Insights off. What is already off is left alone. Changes that one setting and nothing else.',
    )
    .addHelpText(
      'after',
      examples('disable-insights my-service', 'disable-insights --all --api v2'),
    )
    .addHelpText('after', exitStatuses('not-found', 'auth', 'service', 'timeout', 'incomplete'));
  defineSwitchInsights(command, host, false);
}
