import type { Host } from '../../lib/host.js';
import { print } from '../../lib/output/print.js';
import { createReport } from '../../lib/output/report.js';
import { resolveSettings } from '../../lib/settings.js';
import { examples, exitStatuses, type SharedCommand } from '../shared-options.js';
import { openCloud } from './open-cloud.js';

export function define(command: SharedCommand, host: Host): void {
  command
    .description(
      'Add telemetry files to the tables of the embedded Azure: Parquet, JSON or CSV, whatever query reads from files.',
    )
    .argument('<files...>', 'files, folders or patterns')
    .addHelpText(
      'after',
      examples("local load 'export/*.parquet'", 'local load traces.jsonl requests.csv'),
    )
    .addHelpText('after', exitStatuses('not-found', 'unsupported'))
    .action(async (files, options) => {
      const settings = await resolveSettings({ ...options, local: true }, host);
      const report = createReport(host, settings);
      const cloud = await openCloud(host, settings, report);
      const progress = report.progress('Loading');
      const { cwd, signal } = host;
      const loaded = await cloud.load(files, { cwd, signal }).finally(progress.done);
      await print(host, settings, loaded, {
        text: ({ table, rows }: (typeof loaded)[number]) =>
          `Added ${rows} ${rows === 1 ? 'row' : 'rows'} to ${table}.`,
      });
    });
}
