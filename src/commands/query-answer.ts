import type { Host, Report } from '../lib/host.js';
import type { Row } from '../lib/model/table.js';
import type { ChartKind } from '../lib/output/chart/chart-wish.js';
import { print } from '../lib/output/print.js';
import { telemetryView } from '../lib/output/query-view.js';
import { statisticsJson, statisticsText } from '../lib/output/statistics-text.js';
import { createStyle } from '../lib/output/style.js';
import type { Settings } from '../lib/settings.js';
import { type QueryPlan, reportNameless } from '../lib/use-cases/plan-query.js';
import { withContent } from '../lib/use-cases/printed-content.js';
import {
  type QueryEnding,
  type QueryGateways,
  type RunningQuery,
  reportEnding,
} from '../lib/use-cases/run-query.js';

type Answer = RunningQuery['table'];

export interface AnswerOptions {
  readonly component?: string | undefined;
  readonly allowPartial?: true | undefined;
  /** True: the kind of chart that the result suggests. */
  readonly chart?: ChartKind | true | undefined;
}

interface Surroundings {
  readonly host: Host;
  readonly settings: Settings;
  readonly report: Report;
}

/** Prints the rows, and says on stderr what they lack and what they cost. */
export async function showAnswer(
  running: RunningQuery,
  plan: QueryPlan,
  gateways: QueryGateways,
  { component, allowPartial, chart }: AnswerOptions,
  { host, settings, report }: Surroundings,
): Promise<void> {
  // Elsewhere the rows are what was asked for, and need not be held.
  const isSeen = host.stdout.isTty && settings.format === 'text';
  const drawn = chart && isSeen ? await drawRows(running, chart, { host, settings }) : undefined;
  if (!drawn) await printRows(running.table, plan, { host, settings, live: false });
  await reportNameless(gateways, plan, { component, now: host.clock.now(), report });
  if (host.stdout.closed.aborted) return;
  const ending = drawn ?? (await running.ending());
  if (ending.statistics) await sayStatistics(ending.statistics, host, settings);
  reportEnding(ending, {
    kql: plan.kql(plan.time, 'first'),
    allowPartial: allowPartial === true,
    report,
  });
}

/** The rows as people read telemetry, if it is; in the other formats as they are. */
export function printRows(
  table: Answer,
  { built }: QueryPlan,
  { host, settings, live }: Pick<Surroundings, 'host' | 'settings'> & { readonly live: boolean },
): Promise<void> {
  const shown = built ? withContent(table) : table;
  const rowView = built ? telemetryView(built.table, shown.columns) : undefined;
  return print(host, settings, shown, undefined, { live, rowView });
}

/** The rows as a chart. What it is drawn as stands behind them in the answer. */
async function drawRows(
  { table: { columns, rows }, ending }: RunningQuery,
  chart: ChartKind | true,
  { host, settings }: Pick<Surroundings, 'host' | 'settings'>,
): Promise<QueryEnding> {
  const all: Row[] = [];
  for await (const row of rows) all.push(row);
  const end = await ending();
  const { tableChartView } = await import('../lib/output/chart/table-chart.js');
  const rowView = tableChartView(columns, chart === true ? undefined : chart, end.render);
  await print(host, settings, { columns, rows: inOrder(all) }, undefined, { rowView });
  return end;
}

async function* inOrder<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

type Statistics = Parameters<typeof statisticsText>[0];

function sayStatistics(
  statistics: Statistics,
  { stderr }: Host,
  settings: Settings,
): Promise<void> {
  const isJson = settings.format === 'json' || settings.format === 'jsonl';
  const text = isJson
    ? statisticsJson(statistics)
    : statisticsText(statistics, createStyle(settings.color.stderr));
  return stderr.write(`${text}\n`);
}
