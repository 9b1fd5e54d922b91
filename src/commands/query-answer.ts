import { CliError } from '../lib/errors.js';
import type { Host, Report } from '../lib/host.js';
import type { Row, Table } from '../lib/model/table.js';
import type { ChartKind } from '../lib/output/chart/chart-wish.js';
import { print } from '../lib/output/print.js';
import { telemetryView } from '../lib/output/query-view.js';
import { statisticsJson, statisticsText } from '../lib/output/statistics-text.js';
import { createStyle } from '../lib/output/style.js';
import type { Settings, SettingsOptions } from '../lib/settings.js';
import { type QueryPlan, reportNameless } from '../lib/use-cases/plan-query.js';
import { withContent } from '../lib/use-cases/printed-content.js';
import {
  type QueryEnding,
  type QueryGateways,
  type RunningQuery,
  reportEnding,
} from '../lib/use-cases/run-query.js';
import { type Target, writeOut } from './out-file.js';

export interface AnswerOptions extends Pick<SettingsOptions, 'output'> {
  readonly component?: string | undefined;
  readonly allowPartial?: true | undefined;
  readonly out?: string | undefined;
  /** True: the kind of chart that the result suggests. */
  readonly chart?: ChartKind | true | undefined;
}

/** Where an answer goes, and how. */
type Shown = Pick<Host, 'stdout' | 'stderr'> & { readonly settings: Settings };

export interface AnswerJob {
  readonly host: Host;
  readonly settings: Settings;
  readonly report: Report;
  readonly plan: QueryPlan;
  readonly gateways: QueryGateways;
  readonly options: AnswerOptions;
  readonly writeParquet: (table: Table, path: string) => Promise<unknown>;
}

/** Asks, shows the rows or writes them to `--out`, and says on stderr what they lack and what they cost. */
export async function showAnswer(ask: () => Promise<RunningQuery>, job: AnswerJob): Promise<void> {
  const { options, report } = job;
  const { out } = options;
  if (out === undefined) {
    await show(await ask(), job);
    return;
  }
  await writeOut(out, job, async (target) => {
    const running = await ask();
    const writing = report.progress(`Writing "${out}"`);
    return show(running, job, target).finally(writing.done);
  });
}

/** Answers how many rows there were. */
async function show(running: RunningQuery, job: AnswerJob, target?: Target): Promise<number> {
  const { plan, gateways, host, report } = job;
  const { component, allowPartial, chart, output } = job.options;
  const shown: Shown = {
    stdout: target?.stdout ?? host.stdout,
    stderr: host.stderr,
    settings: target ? withoutColor(job.settings) : job.settings,
  };
  // Elsewhere the rows are what was asked for, and need not be held.
  const isSeen = shown.stdout.isTty && shown.settings.format === 'text';
  const drawn = chart && isSeen ? await drawRows(running, chart, shown) : undefined;
  if (target && output === 'parquet') await writeRows(running.table, job, target);
  else if (!drawn) await printRows(running.table, plan, { ...shown, live: false });
  if (shown.stdout.closed.aborted) return 0;
  const ending = drawn ?? (await running.ending());
  if (ending.statistics) await sayStatistics(ending.statistics, shown);
  reportEnding(ending, {
    kql: plan.kql(plan.time, 'first'),
    allowPartial: allowPartial === true,
    report,
  });
  await reportNameless(gateways, plan, { component, now: host.clock.now(), report });
  return ending.rowCount;
}

function withoutColor(settings: Settings): Settings {
  return { ...settings, color: { ...settings.color, stdout: 0 } };
}

async function writeRows(
  table: Table,
  { plan, options, writeParquet }: AnswerJob,
  { file: { temporaryPath } }: Target,
): Promise<void> {
  if (temporaryPath === undefined) {
    throw new CliError('usage', `Parquet needs a regular file, and "${options.out}" is none.`);
  }
  await writeParquet(plan.built ? withContent(table) : table, temporaryPath);
}

/** The rows as people read telemetry, if it is; in the other formats as they are. */
export function printRows(
  table: Table,
  { built }: QueryPlan,
  { live, settings, ...streams }: Shown & { readonly live: boolean },
): Promise<void> {
  const shown = built ? withContent(table) : table;
  const rowView = built ? telemetryView(built.table, shown.columns) : undefined;
  return print(streams, settings, shown, undefined, { live, rowView });
}

/** The rows as a chart. What it is drawn as stands behind them in the answer. */
async function drawRows(
  { table: { columns, rows }, ending }: RunningQuery,
  chart: ChartKind | true,
  { settings, ...streams }: Shown,
): Promise<QueryEnding> {
  const all: Row[] = [];
  for await (const row of rows) all.push(row);
  const end = await ending();
  const { tableChartView } = await import('../lib/output/chart/table-chart.js');
  const rowView = tableChartView(columns, chart === true ? undefined : chart, end.render);
  await print(streams, settings, { columns, rows: inOrder(all) }, undefined, { rowView });
  return end;
}

async function* inOrder<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

type Statistics = Parameters<typeof statisticsText>[0];

function sayStatistics(
  statistics: Statistics,
  { stderr, settings: { format, color } }: Shown,
): Promise<void> {
  const isJson = format === 'json' || format === 'jsonl';
  const text = isJson
    ? statisticsJson(statistics)
    : statisticsText(statistics, createStyle(color.stderr));
  return stderr.write(`${text}\n`);
}
