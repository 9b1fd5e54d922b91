import type { Host } from '../lib/host.js';
import { print } from '../lib/output/print.js';
import { createReport } from '../lib/output/report.js';
import { signedInView } from '../lib/output/sign-in-view.js';
import { resolveSettings } from '../lib/settings.js';
import { examples, exitStatuses, type SharedCommand } from './shared-options.js';

export function define(command: SharedCommand, host: Host): void {
  command
    .description('Sign in and remember it on this machine, for this user alone.')
    .option(
      '--device-code',
      'show a code to enter in a browser anywhere, instead of opening one here',
    )
    .addHelpText('after', examples('login --tenant contoso.com', 'login --device-code'))
    .addHelpText('after', exitStatuses('auth', 'timeout'))
    .action(async (options) => {
      const settings = await resolveSettings(options, host);
      const report = createReport(host, settings);
      const signIn = await host.openSignIn(settings, report);
      const isByCode = options.deviceCode === true || settings.auth === 'device-code';
      const remembered = await signIn.login(isByCode ? 'device-code' : 'interactive');
      await print(host, settings, remembered, signedInView);
    });
}
