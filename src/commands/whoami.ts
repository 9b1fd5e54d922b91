import type { Host } from '../lib/host.js';
import { print } from '../lib/output/print.js';
import { whoAmIView } from '../lib/output/sign-in-view.js';
import { whoAmI } from '../lib/use-cases/who-am-i.js';
import { openSession } from './session.js';
import { examples, exitStatuses, type SharedCommand } from './shared-options.js';

export function define(command: SharedCommand, host: Host): void {
  command
    .description('Show who is signed in, and which workspace, service and cloud the settings give.')
    .addHelpText('after', examples('whoami', 'whoami --local -o json'))
    .addHelpText('after', exitStatuses('auth'))
    .action(async (options) => {
      const { settings, report, gateways } = await openSession(options, host);
      const asking = report.progress('Signing in');
      const caller = await whoAmI(gateways, settings).finally(asking.done);
      await print(host, settings, caller, whoAmIView);
    });
}
