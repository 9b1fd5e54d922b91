import { Option } from '@commander-js/extra-typings';
import type { Host } from '../../lib/host.js';
import { print } from '../../lib/output/print.js';
import { createReport } from '../../lib/output/report.js';
import { resolveSettings } from '../../lib/settings.js';
import { examples, exitStatuses, type SharedCommand } from '../shared-options.js';
import { openCloud } from './open-cloud.js';

export function define(command: SharedCommand, host: Host): void {
  command
    .description('Replace the whole state of the embedded Azure by a first one.')
    .addOption(
      new Option('--seed <state>', 'the sample workspace, or one without services')
        .choices(['sample', 'empty'] as const)
        .default('sample' as const),
    )
    .addHelpText('after', examples('local reset', 'local reset --seed empty'))
    .addHelpText('after', exitStatuses())
    .action(async ({ seed, ...options }) => {
      const settings = await resolveSettings({ ...options, local: true }, host);
      const cloud = await openCloud(host, settings, createReport(host, settings));
      await cloud.reset(seed);
      const result = { folder: settings.localDir, seed };
      await print(host, settings, result, {
        text: ({ folder }: typeof result) => `${folder} is back to the ${seed} state.`,
      });
    });
}
