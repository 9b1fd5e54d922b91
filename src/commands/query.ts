import { Option } from '@commander-js/extra-typings';
import { CliError } from '../lib/errors.js';
import type { Host } from '../lib/host.js';
import { parseSize } from '../lib/model/size.js';
import type { Table } from '../lib/model/table.js';
import { LEVELS, TELEMETRY_TABLES } from '../lib/model/telemetry.js';
import { parseDuration } from '../lib/model/time-range.js';
import { escapeControls } from '../lib/output/escape.js';
import { createReport } from '../lib/output/report.js';
import { resolveSettings } from '../lib/settings.js';
import { assertAllowed, explainTimeout, startDeadline } from '../lib/use-cases/deadline.js';
import { followQuery } from '../lib/use-cases/follow-query.js';
import { planQuery, readKql, reportNameless, reportTime } from '../lib/use-cases/plan-query.js';
import { runQuery } from '../lib/use-cases/run-query.js';
import { assertNoChart, chartOption } from './chart-option.js';
import { componentOption } from './component-option.js';
import { parseCount } from './count-argument.js';
import { assertFollowFormat } from './follow-format.js';
import { outOption, outputFormat } from './out-file.js';
import { printRows, showAnswer } from './query-answer.js';
import { queryFiles } from './query-files.js';
import { saySettings } from './session.js';
import { examples, exitStatuses, type SharedCommand } from './shared-options.js';

const BUILD = 'Build the query:';
const TIME = 'Time:';
const LIMITS = 'Limits:';

export function define(command: SharedCommand, host: Host): void {
  command
    .description(
      'Run a Kusto query on the Application Insights component of the workspace: one that you write, ' +
        'or one that is built from the flags below, newest rows first.',
    )
    .argument('[kql]', 'the query; - reads it from stdin')
    .option('--file <file>', 'read the query from a file; - is stdin')
    .addOption(componentOption())
    .option(
      '--files <glob>',
      'query files instead: Parquet, JSON lines, CSV; by name, folder or pattern, again for more',
      (glob: string, before: readonly string[] = []): readonly string[] => [...before, glob],
    )
    .addOption(chartOption)
    .option('--show-kql', 'show on stderr what is asked')
    .option('--allow-partial', 'an answer that Azure cut is good enough')
    .addOption(outOption)
    .option('--statistics', 'say on stderr what the answer cost')
    .option('-f, --follow', 'go on with the rows that come from now on')
    .optionsGroup(BUILD)
    .addOption(new Option('--table <name>', 'table (default: traces)').choices(TELEMETRY_TABLES))
    .option('--contains <text>', 'rows that hold this text, in any case')
    .option('--service <name>', 'rows of this service')
    .option('--loose', 'with --service: rows, too, that name no service')
    .addOption(new Option('--level <level>', 'rows of this level or higher').choices(LEVELS))
    .addOption(
      new Option('--limit <n>', 'how many rows, newest first (default: 10)').argParser(parseCount),
    )
    .optionsGroup(TIME)
    .option(
      '--since <duration>',
      'how far back: 30s, 15m, 24h, 7d or ISO 8601 (default: 24h, with KQL everything)',
    )
    .option('--from <time>', 'the first instant: ISO 8601, or before now, such as -2h')
    .option('--to <time>', 'the instant behind the last')
    .optionsGroup(LIMITS)
    .option(
      '--timeout <duration>',
      'how long the answer may take: 30s, 5m (Azure: 3m, at most 10m)',
    )
    .option('--max-memory <size>', 'what a query on this machine may use: 512MB, 2GB')
    .addHelpText(
      'after',
      examples(
        'query --contains input',
        'query --table requests --service churn --since 7d -o jsonl',
        'query requests --since 7d --out requests.parquet',
        "query 'requests | summarize count() by resultCode' --chart",
        "query --files 'export/*.parquet' --contains input",
        "query --files orders.csv 'orders | summarize sum(amount) by country'",
      ),
    )
    .addHelpText(
      'after',
      exitStatuses('not-found', 'auth', 'service', 'timeout', 'unsupported', 'incomplete'),
    )
    .action(async (argument, typed) => {
      const options = { ...typed, output: outputFormat(typed) };
      const settings = await resolveSettings(options, host);
      if (options.follow) {
        assertFollowFormat(settings);
        assertNoChart(options.chart);
      }
      const report = createReport(host, settings);
      const { component } = options;
      const kql = await readKql(argument, options.file, host);
      if (options.files) return queryFiles(options.files, kql, options, { host, settings });
      saySettings(settings, report);
      const { timeoutMs, maxMemoryBytes } = readLimits(options, settings.local);
      const now = host.clock.now();
      const plan = planQuery(kql, options, now);
      reportTime(plan, report);
      const asked = plan.kql(plan.time, 'first');
      if (options.showKql) await host.stderr.write(`${escapeControls(asked, 'newlines')}\n`);
      const gateways = await host.connect(settings, report, { maxMemoryBytes });
      if (options.follow) {
        await reportNameless(gateways, plan, { component, now, report });
        const { clock, signal, stdout, stderr } = host;
        const ports = { clock, report, signal, closed: stdout.closed };
        const asking = report.progress('Asking Application Insights');
        const following = followQuery(gateways, { ...plan, component }, ports);
        const rows = await following.finally(asking.done);
        return printRows(rows, plan, { stdout, stderr, settings, live: true });
      }
      const ask = async () => {
        const asking = report.progress('Asking Application Insights');
        const time = plan.sendTimespan ? plan.time : undefined;
        const deadline = startDeadline(host, timeoutMs, settings.local ? 'here' : 'azure');
        const { statistics } = options;
        const request = { kql: asked, time, component, now, explainEmpty: true, statistics };
        const limit =
          timeoutMs === undefined ? undefined : { ms: timeoutMs, signal: deadline.signal };
        return runQuery(gateways, { ...request, limit, unwanted: host.stdout.closed })
          .catch((error: unknown) => {
            throw explainTimeout(error, timeoutMs);
          })
          .finally(() => {
            asking.done();
            deadline.stop(); // the answer is here; reading it is not the query's time
          });
      };
      const writeParquet = async (table: Table, path: string) => {
        const engine = await host.openEngine({ maxMemoryBytes });
        await engine.writeParquet(table, path, host.signal).finally(() => engine.close());
      };
      const job = { plan, gateways, options, host, settings, report, writeParquet };
      await showAnswer(ask, job);
    });
}

interface LimitOptions {
  readonly timeout?: string;
  readonly maxMemory?: string;
  readonly follow?: true;
  readonly statistics?: true;
}

function readLimits({ timeout, maxMemory, follow, statistics }: LimitOptions, isLocal: boolean) {
  if (statistics && follow) {
    throw new CliError('usage', '--statistics is for one answer, and --follow has many.');
  }
  if (timeout !== undefined && follow) {
    throw new CliError('usage', '--timeout limits one answer, and --follow goes on for ever.');
  }
  if (maxMemory !== undefined && !isLocal) {
    const hint = 'Leave it out: what a query may use on Azure is decided there.';
    throw new CliError('usage', '--max-memory limits queries on this machine.', { hint });
  }
  const timeoutMs = timeout === undefined ? undefined : parseDuration(timeout);
  if (timeoutMs !== undefined) assertAllowed(timeoutMs);
  return {
    timeoutMs,
    maxMemoryBytes: maxMemory === undefined ? undefined : parseSize(maxMemory),
  };
}
