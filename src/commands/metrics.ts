import { Option } from '@commander-js/extra-typings';
import { CliError } from '../lib/errors.js';
import type { Host, Report } from '../lib/host.js';
import { escapeControls } from '../lib/output/escape.js';
import { figureColumns } from '../lib/output/figure-columns.js';
import { print } from '../lib/output/print.js';
import { createReport } from '../lib/output/report.js';
import { resolveSettings, type Settings } from '../lib/settings.js';
import { assertServiceKnown } from '../lib/use-cases/metrics/assert-service-known.js';
import { buildMetrics, GROUPINGS, METRIC_TABLES } from '../lib/use-cases/metrics/build-metrics.js';
import { metricsTable } from '../lib/use-cases/metrics/metrics-table.js';
import {
  type MetricsFlags,
  type MetricsPlan,
  planFileMetrics,
  planMetrics,
} from '../lib/use-cases/metrics/plan-metrics.js';
import { type Metrics, readMetrics, reportEndings } from '../lib/use-cases/metrics/read-metrics.js';
import { openQueriedFiles } from '../lib/use-cases/query-files.js';
import { componentOption } from './component-option.js';
import { saySettings } from './session.js';
import { examples, exitStatuses, type SharedCommand } from './shared-options.js';

const WHAT = 'What:';
const TIME = 'Time:';

export function define(command: SharedCommand, host: Host): void {
  command
    .description(
      'Show how many requests, dependencies, exceptions and traces there were, how many failed and how long they ' +
        'took: of the whole time, and bin by bin. On a terminal with charts.',
    )
    .argument('[service]', 'only this web service or online endpoint')
    .optionsGroup(WHAT)
    .addOption(
      new Option('--table <name>', 'one table (default: all of them)').choices(METRIC_TABLES),
    )
    .addOption(new Option('--by <field>', 'figures for each value of it').choices(GROUPINGS))
    .option('--loose', 'with SERVICE: rows, too, that name no service')
    .addOption(componentOption())
    .option(
      '--files <glob>',
      'figures of files instead: Parquet, JSON lines, CSV; by name, folder or pattern, again for more',
      (glob: string, before: readonly string[] = []): readonly string[] => [...before, glob],
    )
    .addOption(
      new Option(
        '--source <name>',
        'insights: Application Insights (default); platform: what Azure Monitor measures itself of a v2 endpoint',
      ).choices(['insights', 'platform'] as const),
    )
    .option('--show-kql', 'show on stderr what is asked')
    .option('--allow-partial', 'an answer that Azure cut is good enough')
    .optionsGroup(TIME)
    .option(
      '--since <duration>',
      'how far back: 30s, 15m, 24h, 7d or ISO 8601 (default: 24h, of files all)',
    )
    .option('--from <time>', 'the first instant: ISO 8601, or before now, such as -2h')
    .option('--to <time>', 'the instant behind the last')
    .option('--bin <duration>', 'the length of a bin (default: such that there are 30 to 60)')
    .addHelpText(
      'after',
      examples(
        'metrics my-service',
        'metrics --since 7d --by service',
        'metrics churn --table requests --by resultCode -o csv',
        'metrics fraud --source platform --since 1h',
        "metrics --files 'export/*.parquet'",
      ),
    )
    .addHelpText(
      'after',
      exitStatuses('not-found', 'auth', 'service', 'timeout', 'unsupported', 'incomplete'),
    )
    .action(async (service, options) => {
      const settings = await resolveSettings(options, host);
      const report = createReport(host, settings);
      if (options.source === 'platform') {
        const { platformMetrics } = await import('./metrics-platform.js');
        return platformMetrics({ ...options, service }, { host, settings, report });
      }
      const job = { host, settings, report, service, options };
      if (options.files) return fileMetrics(options.files, job);
      saySettings(settings, report);
      const now = host.clock.now();
      const { component } = options;
      const plan = planMetrics({ ...options, service }, now, report);
      await sayKql(plan, job);
      const gateways = await host.connect(settings, report);
      const asking = report.progress('Asking Application Insights');
      const request = { ...plan, component, now, withPermissions: true };
      const metrics = await readMetrics(gateways, request).finally(asking.done);
      await show(metrics, job);
      if (service !== undefined && component === undefined) {
        await assertServiceKnown(gateways, service, metrics, report);
      }
    });
}

interface MetricsOptions extends Omit<MetricsFlags, 'service'> {
  readonly showKql?: true | undefined;
  readonly allowPartial?: true | undefined;
}

interface Job {
  readonly host: Host;
  readonly settings: Settings;
  readonly report: Report;
  readonly service: string | undefined;
  readonly options: MetricsOptions;
}

/** `metrics --files`: the same figures, of files of this machine. */
async function fileMetrics(patterns: readonly string[], job: Job): Promise<void> {
  const { host, report, service, options } = job;
  if (options.component !== undefined) {
    throw new CliError('usage', '--files and --component name two places to ask: give one.');
  }
  const now = host.clock.now();
  const engine = await host.openEngine();
  const reading = report.progress('Reading the files');
  try {
    const { note } = report;
    const { signal, cwd } = host;
    const files = await openQueriedFiles(engine, {
      patterns,
      cwd,
      now,
      time: undefined,
      signal,
      note,
    });
    const plan = await planFileMetrics(files, { ...options, service }, now, report);
    await sayKql(plan, job);
    const request = { ...plan, now, withPermissions: false };
    const metrics = await readMetrics(files, request).finally(reading.done);
    await show(metrics, job);
  } finally {
    reading.done();
    await engine.close();
  }
}

async function sayKql(plan: MetricsPlan, { host, options }: Job): Promise<void> {
  if (!options.showKql) return;
  const texts = plan.tables.map((table) => buildMetrics(plan, table));
  await host.stderr.write(`${escapeControls(texts.join('\n\n'), 'newlines')}\n`);
}

async function show(metrics: Metrics, { host, settings, report, service, options }: Job) {
  const { metricsView } = await import('../lib/output/metrics-view.js');
  const table = metricsTable(metrics);
  const columns = figureColumns(table.columns);
  const rowView = { ...metricsView(metrics, { service, by: options.by }), columns };
  await print(host, settings, table, undefined, { rowView });
  if (metrics.nameless > 0n) {
    const items = metrics.nameless === 1n ? '1 item names' : `${metrics.nameless} items name`;
    report.note(`${items} no service and may be of "${service}" too; --loose keeps them.`);
  }
  reportEndings(metrics, { allowPartial: options.allowPartial === true, report });
}
