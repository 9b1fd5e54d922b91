import { resolve } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { CliError } from '../../lib/errors.js';
import type { Host } from '../../lib/host.js';
import { parseTargetName } from '../../lib/model/target.js';
import { downloadProgress, downloadView } from '../../lib/output/download-view.js';
import { print } from '../../lib/output/print.js';
import { findDatastoreOf } from '../../lib/use-cases/data/datastores.js';
import { assertAllFetched, download } from '../../lib/use-cases/data/download.js';
import { explainNothing } from '../../lib/use-cases/data/explain-nothing.js';
import type { Came } from '../../lib/use-cases/data/fetch-collected.js';
import { listCollected } from '../../lib/use-cases/data/list-collected.js';
import { localDataOf } from '../../lib/use-cases/data/local-data.js';
import { mergeTables, tableFormat } from '../../lib/use-cases/data/merge-tables.js';
import { countOf } from '../../lib/use-cases/data/outcome-tally.js';
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
    .option(
      '--merge',
      'then write each collection as one table, of the format that -o names: parquet (default), csv or jsonl',
    )
    .option('--dry-run', 'say what would be fetched, and how many bytes; write nothing')
    .addHelpText(
      'after',
      examples(
        'data download fraud',
        'data download fraud/blue november --from 2026-11-01 --to 2026-12-01',
        'data download churn --collection inputs,predictions --merge -o csv',
      ),
    )
    .addHelpText(
      'after',
      exitStatuses('not-found', 'auth', 'service', 'timeout', 'unsupported', 'incomplete'),
    )
    .action(async (typed, dir, options) => {
      const wish = dataWish(options, host.clock.now());
      const { api, parallel, dryRun = false } = options;
      const format = mergeFormat(options);
      const session = await openSession(format ? { ...options, output: undefined } : options, host);
      const { settings, report, gateways } = session;
      const name = await serviceOf(typed, session, host, api);
      const { resourceId } = await gateways.arm.getWorkspace();
      const selection = { ...wish, service: name, api };
      const collected = await listCollected(gateways, selection, report);
      // As Azure spells it, however it was typed: one service has one folder.
      const service = collected.targets[0]?.service ?? parseTargetName(name).service;
      const { clock, files, signal, stderr } = host;
      const progress = downloadProgress({ report, clock, stderr });
      const ports = { files, signal, report };
      const merge =
        format &&
        (async (came: Came) => {
          const datasets = await host.openDatasets(MERGE_LIMITS);
          try {
            const merging = { ...ports, datasets, step: progress.step };
            return await mergeTables(localDataOf(came), format, came.folder, merging);
          } finally {
            await datasets.close();
          }
        });
      const run = async () => {
        const { downloaded, fetched } = await download(
          collected,
          {
            folder: resolve(host.cwd, dir ?? `${service}-data`),
            owner: { workspace: resourceId.toLowerCase(), service },
            parallel,
            dryRun,
          },
          {
            ...ports,
            blobs: gateways.blobs,
            getDatastore: findDatastoreOf(gateways.arm),
            clock,
            progress,
            merge,
          },
        );
        if (countOf(fetched.files) === 0) {
          const reasons = await explainNothing(gateways, collected, collected.ending(), selection);
          for (const reason of reasons) report.note(reason);
        }
        return downloaded;
      };
      const downloaded = await run().finally(progress.done);
      await print(host, settings, downloaded, downloadView);
      assertAllFetched(downloaded);
    });
}

/** What DuckDB may use; the rest waits on the disk. */
const MERGE_LIMITS = { maxMemoryBytes: 400_000_000 };

/** The format of the tables; undefined: there are to be none, and -o is that of the result. */
function mergeFormat({
  merge,
  dryRun,
  output,
}: {
  readonly merge?: true | undefined;
  readonly dryRun?: true | undefined;
  readonly output?: string | undefined;
}) {
  if (merge && dryRun) throw new CliError('usage', '--merge writes tables, --dry-run nothing.');
  if (merge) return tableFormat(output);
  if (output !== 'parquet') return undefined;
  throw new CliError('usage', 'parquet is for tables.', { hint: 'Add --merge to write them.' });
}
