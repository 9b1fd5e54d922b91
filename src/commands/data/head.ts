import { CliError } from '../../lib/errors.js';
import type { Host } from '../../lib/host.js';
import type { CollectedFile } from '../../lib/model/collected-file.js';
import type { Table } from '../../lib/model/table.js';
import { dataHeadView, rejectedView } from '../../lib/output/data-head-view.js';
import { print } from '../../lib/output/print.js';
import { createReport } from '../../lib/output/report.js';
import { type Presentation, resolveSettings } from '../../lib/settings.js';
import { fetchNewest } from '../../lib/use-cases/data/fetch-newest.js';
import { chooseLocal, findCollected } from '../../lib/use-cases/data/find-collected.js';
import { type HeadWish, headRows } from '../../lib/use-cases/data/head-rows.js';
import { findLocalData } from '../../lib/use-cases/data/local-data.js';
import { assertPlain } from '../../lib/use-cases/data/open-data.js';
import { type EndWish, localEnd, openEnd } from '../../lib/use-cases/data/open-end.js';
import { rowsOfSpan } from '../../lib/use-cases/data/rows-of-span.js';
import { parseCount } from '../count-argument.js';
import { openSession, serviceOf } from '../session.js';
import {
  examples,
  exitStatuses,
  type SharedCommand,
  type SharedOptions,
} from '../shared-options.js';
import { dataWish, takeDataOptions } from './data-options.js';
import { assertNoService } from './open-rows.js';
import { collect } from './repeated.js';
import { STATISTICS_LIMITS } from './statistics-limits.js';

const WHAT = 'What:';

export function define(command: SharedCommand, host: Host): void {
  takeDataOptions(command)
    .description(
      'Show the newest rows that were collected: their time and the features. Only the ends of the newest files are fetched.',
    )
    .optionsGroup(WHAT)
    .option('-n, --rows <n>', 'how many rows (default: 10)', parseCount)
    .option('--join', 'inputs with what the model answered')
    .option('--marks', 'what else the collector tells of a row: ids, deployment, version')
    .option(
      '--files <glob>',
      'of files instead: a downloaded folder, or Parquet, JSON lines, CSV; by name, folder or pattern, again for more',
      collect,
    )
    .option('--rejected', 'with --files: what in them is no row, with its line and why')
    .addHelpText(
      'after',
      examples(
        'data head my-service',
        'data head fraud/blue --collection model_inputs -n 50 -o csv',
        'data head my-service --join --marks',
        "data head --files 'data/**/*.parquet'",
      ),
    )
    .addHelpText('after', exitStatuses('not-found', 'auth', 'service', 'timeout', 'unsupported'))
    .action(async (service, options) => {
      const { files, rejected, join } = options;
      if (files) assertNoService(service, options);
      if (rejected && !files) {
        throw new CliError('usage', '--rejected is about --files: it counts their lines.', {
          hint: 'Fetch them first: aml-monitor data download.',
        });
      }
      if (rejected && join)
        throw new CliError('usage', '--rejected and --join exclude each other.');
      const datasets = await host.openDatasets(STATISTICS_LIMITS);
      try {
        const wish = {
          ...dataWish(options, host.clock.now()),
          rows: options.rows ?? 10,
          marks: options.marks === true,
          rejected: rejected === true,
          join: join === true,
        };
        const job = { host, options, datasets, wish };
        await (files ? headFiles(files, job) : headService(service, job));
      } finally {
        await datasets.close();
      }
    });
}

interface HeadOptions extends SharedOptions {
  readonly api?: 'v1' | 'v2' | undefined;
}

interface Job {
  readonly host: Host;
  readonly options: HeadOptions;
  readonly datasets: Awaited<ReturnType<Host['openDatasets']>>;
  readonly wish: HeadWish & EndWish;
}

async function headService(typed: string | undefined, job: Job): Promise<void> {
  const { host, options, datasets, wish } = job;
  const { signal, files } = host;
  const session = await openSession(options, host);
  const { settings, report, gateways } = session;
  const service = await serviceOf(typed, session, host, options.api);
  const looking = report.progress('Looking for collected data');
  try {
    // What is joined to a collection is in another.
    const collections = wish.join ? undefined : wish.collections;
    const wanted = { ...wish, collections, service, api: options.api };
    const found = await findCollected(gateways, wanted, report);
    looking.update('Fetching the newest rows');
    const open = async (chosen: readonly CollectedFile[], rows: number) => {
      const folder = await host.scratchFolder();
      const ports = { blobs: gateways.blobs, files, folder, signal };
      const paths = await fetchNewest(chosen, rows, ports);
      return datasets.open({ format: chosen[0]?.api ?? 'v2', files: paths }, signal);
    };
    const ports = { datasets, report, signal };
    const dataset = await openEnd({ files: found.files, open }, wish, ports);
    const table = await headRows(dataset, wish, ports);
    looking.done();
    await printHead(table, settings, job);
  } finally {
    looking.done();
  }
}

async function headFiles(patterns: readonly string[], job: Job): Promise<void> {
  const { host, options, datasets, wish } = job;
  const { signal, cwd } = host;
  const settings = await resolveSettings(options, host);
  const report = createReport(host, settings);
  const reading = report.progress('Reading the files');
  const ports = { datasets, report, signal };
  try {
    const data = await findLocalData(patterns, host);
    if (!data) assertPlain(wish);

    const end =
      data && localEnd(chooseLocal(data, wish, patterns.join(', ')), data.references, ports);
    const dataset = end
      ? await openEnd(end, wish, ports)
      : await rowsOfSpan(
          await datasets.open(await datasets.find(patterns, cwd, signal), signal),
          wish,
          ports,
        );
    const table = await headRows(dataset, wish, ports);
    reading.done();
    await printHead(table, settings, job);
  } finally {
    reading.done();
  }
}

async function printHead(
  table: Table,
  settings: Presentation,
  { host, wish }: Pick<Job, 'host' | 'wish'>,
): Promise<void> {
  const rowView = wish.rejected ? rejectedView : dataHeadView(table.columns);
  await print(host, settings, table, undefined, { rowView });
}
