import type { Host } from '../../lib/host.js';
import { dataStatsView } from '../../lib/output/data-stats-view.js';
import { print } from '../../lib/output/print.js';
import { describeData } from '../../lib/use-cases/data/describe-data.js';
import { examples, exitStatuses, type SharedCommand } from '../shared-options.js';
import { dataWish, takeDataOptions } from './data-options.js';
import { openRows } from './open-rows.js';
import { collect } from './repeated.js';
import { STATISTICS_LIMITS } from './statistics-limits.js';

const WHAT = 'What:';

export function define(command: SharedCommand, host: Host): void {
  takeDataOptions(command)
    .description(
      'Show what each column of collected data holds: how many values, nulls and different ones, where they lie and how ' +
        'they are spread.',
    )
    .optionsGroup(WHAT)
    .option(
      '--files <glob>',
      'of files instead: a downloaded folder, or Parquet, JSON lines, CSV; by name, folder or pattern, again for more',
      collect,
    )
    .option(
      '--column <name>',
      'this column, marks too; again for more (default: every feature)',
      collect,
    )
    .option('--join', 'inputs with what the model answered')
    .addHelpText(
      'after',
      examples(
        'data stats my-service --since 7d',
        'data stats fraud/blue --collection model_outputs --column score',
        "data stats --files 'training/*.parquet' -o json",
      ),
    )
    .addHelpText(
      'after',
      exitStatuses('not-found', 'auth', 'service', 'timeout', 'unsupported', 'incomplete'),
    )
    .action(async (typed, options) => {
      const { files: patterns, column: columns = [], join = false } = options;
      const wish = dataWish(options, host.clock.now());
      const datasets = await host.openDatasets(STATISTICS_LIMITS);
      try {
        const { open, settings, report } = await openRows(
          { typed, patterns, options, datasets },
          host,
        );
        const { dataset, what, when } = await open({ ...wish, join, patterns });
        const { signal } = host;
        const described = await describeData({ dataset, columns }, { datasets, report, signal });
        await print(host, settings, described, dataStatsView({ what, when }));
      } finally {
        await datasets.close();
      }
    });
}
