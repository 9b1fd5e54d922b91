import { CliError } from '../../lib/errors.js';
import type { Host } from '../../lib/host.js';
import { dataStatsView } from '../../lib/output/data-stats-view.js';
import { print } from '../../lib/output/print.js';
import { createReport } from '../../lib/output/report.js';
import { resolveSettings } from '../../lib/settings.js';
import { describeData } from '../../lib/use-cases/data/describe-data.js';
import { openFiles } from '../../lib/use-cases/data/open-files.js';
import { examples, exitStatuses, type SharedCommand } from '../shared-options.js';
import { collect } from './repeated.js';
import { STATISTICS_LIMITS } from './statistics-limits.js';

const WHAT = 'What:';

export function define(command: SharedCommand, host: Host): void {
  command
    .description(
      'Show what each column holds: how many values, nulls and different ones, where they lie and how they are spread.',
    )
    .optionsGroup(WHAT)
    .option(
      '--files <glob>',
      'Parquet, JSON lines or CSV of this machine; by name, folder or pattern, again for more',
      collect,
    )
    .option(
      '--column <name>',
      'this column, marks too; again for more (default: every feature)',
      collect,
    )
    .addHelpText(
      'after',
      examples(
        "data stats --files 'training/*.parquet'",
        'data stats --files inputs.csv --column age',
      ),
    )
    .addHelpText('after', exitStatuses('not-found', 'unsupported'))
    .action(async ({ files: patterns, column: columns = [], ...options }) => {
      const settings = await resolveSettings(options, host);
      const report = createReport(host, settings);
      if (patterns === undefined) throw new CliError('usage', 'Give --files.');
      const datasets = await host.openDatasets(STATISTICS_LIMITS);
      const { cwd, signal } = host;
      const ports = { datasets, cwd, signal, report };
      try {
        const dataset = await openFiles(patterns, ports);
        const described = await describeData({ rows: { dataset }, columns }, ports);
        await print(host, settings, described, dataStatsView(patterns.join(', ')));
      } finally {
        await datasets.close();
      }
    });
}
