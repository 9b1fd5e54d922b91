import { resolve } from 'node:path';
import type { Host } from '../lib/host.js';
import { print } from '../lib/output/print.js';
import { createReport } from '../lib/output/report.js';
import { ownSettingsView } from '../lib/output/use-view.js';
import {
  ownSettingsPath,
  readOwnSettings,
  writeOwnSettings,
} from '../lib/settings/own-settings.js';
import { assertValid } from '../lib/settings/sources.js';
import { userFolders } from '../lib/settings/user-folders.js';
import { resolvePresentation } from '../lib/settings.js';
import { changeOwnSettings } from '../lib/use-cases/set-own-settings.js';
import { examples, exitStatuses, type SharedCommand } from './shared-options.js';

export function define(command: SharedCommand, host: Host): void {
  command
    .description(
      'Remember a workspace, a tenant, a cloud and a default service. What is not named stays as it is; ' +
        'without any, show what is remembered. Flags, variables and a workspace file come first.',
    )
    .option('--service <name>', 'the service that is meant where none is named')
    .option('--clear', 'forget everything first')
    .addHelpText(
      'after',
      examples('use -g my-group -w my-workspace --service my-service', 'use --clear'),
    )
    .addHelpText('after', exitStatuses())
    .action(async (options) => {
      const presentation = resolvePresentation(options, host);
      const configDir = resolve(host.cwd, userFolders(host).configDir);
      const { subscription, resourceGroup, workspaceName, tenant, cloud, service, clear } = options;
      const change = {
        ...(subscription !== undefined && { subscriptionId: subscription }),
        ...(resourceGroup !== undefined && { resourceGroup }),
        ...(workspaceName !== undefined && { workspaceName }),
        ...(tenant !== undefined && { tenantId: tenant }),
        ...(cloud !== undefined && { cloud }),
        ...(service !== undefined && { service }),
      };
      assertValid(
        Object.fromEntries(
          Object.entries(change).map(([name, value]) => [name, { value, source: 'the flag' }]),
        ),
      );
      const before = clear ? {} : await readOwnSettings(host.files, configDir);
      const after = changeOwnSettings(before, change);
      if (Object.keys(change).length > 0) await writeOwnSettings(host.files, configDir, after);
      else if (clear) await host.files.remove(ownSettingsPath(configDir));
      if (before.service !== undefined && after.service === undefined) {
        const note = `The default service ${before.service} was of the other workspace: forgotten.`;
        createReport(host, presentation).note(note);
      }
      await print(host, presentation, after, ownSettingsView);
    });
}
