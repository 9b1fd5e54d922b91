import type { Host } from '../lib/host.js';
import { print } from '../lib/output/print.js';
import { createReport } from '../lib/output/report.js';
import { signedOutView } from '../lib/output/sign-in-view.js';
import { resolveSettings } from '../lib/settings.js';
import { examples, exitStatuses, type SharedCommand } from './shared-options.js';

export function define(command: SharedCommand, host: Host): void {
  command
    .description('Remove the remembered sign-in and its tokens from this machine.')
    .addHelpText('after', examples('logout', 'logout -o json'))
    .addHelpText('after', exitStatuses())
    .action(async (options) => {
      const settings = await resolveSettings(options, host);
      const signIn = await host.openSignIn(settings, createReport(host, settings));
      await print(host, settings, { removed: await signIn.logout() }, signedOutView);
    });
}
