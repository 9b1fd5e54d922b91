import { CliError } from '../lib/errors.js';
import type { Host, Report } from '../lib/host.js';
import { parseDuration } from '../lib/model/time-range.js';
import { figureColumns } from '../lib/output/figure-columns.js';
import { print } from '../lib/output/print.js';
import type { Settings } from '../lib/settings.js';
import { chooseTime, type MetricsFlags } from '../lib/use-cases/metrics/plan-metrics.js';
import {
  assertAllMeasured,
  platformTable,
  readPlatformMetrics,
} from '../lib/use-cases/metrics/read-platform-metrics.js';
import { saySettings, serviceOf } from './session.js';

/** `metrics --source platform`: what Azure Monitor measures itself of a v2 endpoint. */
export async function platformMetrics(
  flags: MetricsFlags & { readonly files?: readonly string[] | undefined },
  { host, settings, report }: { host: Host; settings: Settings; report: Report },
): Promise<void> {
  assertForPlatform(flags);
  saySettings(settings, report);
  const now = host.clock.now();
  const time = chooseTime(flags, now, report);
  const binMs = flags.bin === undefined ? undefined : parseDuration(flags.bin);
  const gateways = await host.connect(settings, report);
  const service = await serviceOf(flags.service, { settings, report, gateways }, host, 'v2');
  const asking = report.progress('Asking Azure Monitor');
  const metrics = await readPlatformMetrics(gateways, { service, time, binMs }, report).finally(
    asking.done,
  );
  const { platformView } = await import('../lib/output/platform-view.js');
  const table = platformTable(metrics);
  const rowView = { ...platformView(metrics, service), columns: figureColumns(table.columns) };
  await print(host, settings, table, undefined, { rowView });
  assertAllMeasured(metrics);
}

/** @throws {CliError} `usage` for what only Application Insights can tell */
function assertForPlatform({
  table,
  by,
  loose,
  component,
  files,
}: MetricsFlags & { readonly files?: unknown }) {
  const [typed] =
    Object.entries({ table, by, loose, component, files }).find(
      ([, value]) => value !== undefined,
    ) ?? [];
  if (typed === undefined) return;
  throw new CliError('usage', `--${typed} is about Application Insights, not --source platform.`);
}
