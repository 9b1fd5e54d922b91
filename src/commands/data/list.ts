import { Option } from '@commander-js/extra-typings';
import type { Host } from '../../lib/host.js';
import { dataListView } from '../../lib/output/data-list-view.js';
import { countText, pacedProgress } from '../../lib/output/paced-progress.js';
import { print } from '../../lib/output/print.js';
import { explainNothing } from '../../lib/use-cases/data/explain-nothing.js';
import { listCollected } from '../../lib/use-cases/data/list-collected.js';
import { summarizeCollected } from '../../lib/use-cases/data/summarize-collected.js';
import { whatIsBeside } from '../../lib/use-cases/data/what-is-beside.js';
import { openSession, serviceOf } from '../session.js';
import { examples, exitStatuses, type SharedCommand } from '../shared-options.js';
import { dataWish, takeDataOptions } from './data-options.js';

const WAIT = 'Listing collected data';

export function define(command: SharedCommand, host: Host): void {
  takeDataOptions(command)
    .description(
      'List the model data that a service has collected: files, size and days of each collection. ' +
        'Where there is none, it says why.',
    )
    .addOption(
      new Option('--by <unit>', 'a line for each day or hour, in UTC').choices([
        'day',
        'hour',
      ] as const),
    )
    .option('--rows', 'count rows, by reading every file; else only where that is little')
    .addHelpText(
      'after',
      examples(
        'data list my-service',
        'data list fraud/blue --by day --since 7d',
        'data list fraud --collection request --rows -o json',
      ),
    )
    .addHelpText('after', exitStatuses('not-found', 'auth', 'service', 'timeout'))
    .action(async (typed, options) => {
      const wish = dataWish(options, host.clock.now());
      const session = await openSession(options, host);
      const { settings, report, gateways } = session;
      const { api, by, rows: countsRows = false } = options;
      const service = await serviceOf(typed, session, host, api);
      let text = WAIT;
      const { clock, stderr, signal } = host;
      const progress = pacedProgress(WAIT, () => text, { report, clock, stderr });
      const onProgress = (listed: number, counted: number) => {
        const rows = counted > 0 ? `, rows of ${countText(counted)} counted` : '';
        const files = listed === 1 ? 'file' : 'files';
        text = `${WAIT}: ${countText(listed)} ${files}${rows}`;
        progress.tick();
      };
      try {
        const selection = { ...wish, service, api };
        const collected = await listCollected(gateways, selection, report);
        const summary = await summarizeCollected(
          gateways,
          collected,
          { by, countsRows },
          { signal, onProgress },
        );
        const ending = collected.ending();
        const reasons =
          summary.lines.length > 0
            ? whatIsBeside(summary, ending)
            : await explainNothing(gateways, collected, ending, selection);
        progress.done();
        const world = collected.targets[0]?.api ?? 'v2';
        const view = dataListView(world, by, summary.rowsAreCounted);
        await print(host, settings, summary.lines, view);
        for (const reason of reasons) report.note(reason);
      } finally {
        progress.done();
      }
    });
}
