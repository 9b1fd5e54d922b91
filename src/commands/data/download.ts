import { resolve } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import type { Host } from '../../lib/host.js';
import { parseTargetName } from '../../lib/model/target.js';
import { downloadProgress, downloadView } from '../../lib/output/download-view.js';
import { print } from '../../lib/output/print.js';
import { assertAllFetched, download } from '../../lib/use-cases/data/download.js';
import { listCollected } from '../../lib/use-cases/data/list-collected.js';
import { parseCount } from '../count-argument.js';
import { openSession, serviceOf } from '../session.js';
import { examples, exitStatuses, type SharedCommand } from '../shared-options.js';
import { dataWish, takeDataOptions } from './data-options.js';

export function define(command: SharedCommand, host: Host): void {
  takeDataOptions(command)
    .argument('[dir]', 'where the files go (default: SERVICE-data)')
    .description(
      'Bring collected model data into a folder. Run again, it brings what is new; interrupted, it goes on where it was.',
    )
    .optionsGroup('Download:')
    .addOption(new Option('--parallel <n>', 'requests at a time').argParser(parseCount).default(16))
    .option('--dry-run', 'say what would be fetched, and how many bytes; write nothing')
    .addHelpText(
      'after',
      examples(
        'data download fraud',
        'data download fraud/blue november --from 2026-11-01 --to 2026-12-01',
        'data download churn --collection inputs,predictions --dry-run',
      ),
    )
    .addHelpText(
      'after',
      exitStatuses('not-found', 'auth', 'service', 'timeout', 'unsupported', 'incomplete'),
    )
    .action(async (typed, dir, options) => {
      const wish = dataWish(options, host.clock.now());
      const session = await openSession(options, host);
      const { settings, report, gateways } = session;
      const { api, parallel, dryRun = false } = options;
      const name = await serviceOf(typed, session, host, api);
      const { service } = parseTargetName(name);
      const { resourceId } = await gateways.arm.getWorkspace();
      const collected = await listCollected(gateways, { ...wish, service: name, api }, report);
      const { clock, files, signal, stderr } = host;
      const progress = downloadProgress({ report, clock, stderr });
      const { downloaded } = await download(
        collected,
        {
          folder: resolve(host.cwd, dir ?? `${service}-data`),
          owner: { workspace: resourceId.toLowerCase(), service },
          parallel,
          dryRun,
        },
        {
          blobs: gateways.blobs,
          getDatastore: gateways.arm.getDatastore,
          files,
          clock,
          signal,
          progress,
          report,
        },
      ).finally(progress.done);
      await print(host, settings, downloaded, downloadView);
      assertAllFetched(downloaded);
    });
}
