import { CliError } from '../lib/errors.js';
import type { Host } from '../lib/host.js';
import { parseSize } from '../lib/model/size.js';
import type { Table } from '../lib/model/table.js';
import { parseDuration, parseTimeWish } from '../lib/model/time-range.js';
import { escapeControls } from '../lib/output/escape.js';
import { createReport } from '../lib/output/report.js';
import type { Settings } from '../lib/settings.js';
import { startDeadline } from '../lib/use-cases/deadline.js';
import { planQuery, type QueryFlags } from '../lib/use-cases/plan-query.js';
import { openQueriedFiles } from '../lib/use-cases/query-files.js';
import { runQuery } from '../lib/use-cases/run-query.js';
import { type AnswerOptions, showAnswer } from './query-answer.js';

export interface FilesOptions extends QueryFlags, AnswerOptions {
  readonly follow?: true;
  readonly showKql?: true;
  readonly statistics?: true;
  readonly timeout?: string;
  readonly maxMemory?: string;
}

/** `query --files`: the same query, on files of this machine. */
export async function queryFiles(
  patterns: readonly string[],
  kql: string | undefined,
  options: FilesOptions,
  { host, settings }: { readonly host: Host; readonly settings: Settings },
): Promise<void> {
  const { component, follow, statistics, timeout, maxMemory } = options;
  if (component !== undefined) {
    throw new CliError('usage', '--files and --component name two places to query: give one.');
  }
  if (follow) throw new CliError('usage', '--follow is for what still comes; --files are done.');
  if (statistics) throw new CliError('usage', '--statistics is what Azure tells of a query.');
  const report = createReport(host, settings);
  const now = host.clock.now();
  const time = parseTimeWish(options, now) ?? undefined;
  const timeoutMs = timeout === undefined ? undefined : parseDuration(timeout);
  const maxMemoryBytes = maxMemory === undefined ? undefined : parseSize(maxMemory);
  // What the flags get wrong is said before any file is read.
  planQuery(kql, options, now, 'files');
  const engine = await host.openEngine({ maxMemoryBytes });
  const deadline = startDeadline(host, timeoutMs, 'here');
  const reading = report.progress('Reading the files');
  try {
    const files = await openQueriedFiles(engine, {
      patterns,
      cwd: host.cwd,
      now,
      time: kql === undefined ? undefined : time,
      signal: deadline.signal,
      note: report.note,
    });
    report.verbose(`tables: ${files.tables.join(', ')}`);
    const { table = files.telemetry } = options;
    const flags = kql === undefined ? { ...options, table } : options;
    const plan = planQuery(kql, flags, now, 'files');
    const asked = plan.kql(plan.time, 'first');
    if (options.showKql) await host.stderr.write(`${escapeControls(asked, 'newlines')}\n`);
    const request = { kql: asked, now, explainEmpty: false };
    const ask = () => runQuery(files, request).finally(reading.done);
    const writeParquet = (table: Table, path: string) =>
      engine.writeParquet(table, path, deadline.signal);
    await showAnswer(ask, { plan, gateways: files, options, host, settings, report, writeParquet });
  } finally {
    reading.done();
    deadline.stop();
    await engine.close();
  }
}
