import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { CliError } from '../lib/errors.js';
import type { Host } from '../lib/host.js';
import { TELEMETRY_TABLES } from '../lib/model/telemetry.js';
import { dateToTicks, TICKS_PER_MILLISECOND } from '../lib/model/ticks.js';
import { parseTimeWish } from '../lib/model/time-range.js';
import { exportProgress, exportView } from '../lib/output/export-view.js';
import { print } from '../lib/output/print.js';
import { createReport } from '../lib/output/report.js';
import { textFiles } from '../lib/output/text-files.js';
import { resolveSettings } from '../lib/settings.js';
import { exportTables } from '../lib/use-cases/export/export-tables.js';
import { SPLITS } from '../lib/use-cases/export/pieces.js';
import { rowsOf } from '../lib/use-cases/export/rows-of.js';
import type { Source } from '../lib/use-cases/export/source.js';
import type { TableFiles } from '../lib/use-cases/export/table-files.js';
import { readKql } from '../lib/use-cases/plan-query.js';
import { getComponentId } from '../lib/use-cases/run-query.js';
import { componentOption } from './component-option.js';
import { parseCount } from './count-argument.js';
import { saySettings } from './session.js';
import { examples, exitStatuses, type SharedCommand } from './shared-options.js';

const FORMATS = ['parquet', 'jsonl', 'csv'] as const;
/** The service runs 5 queries of one user at a time. */
const MOST_PARALLEL = 5;
/** What DuckDB may use. */
const PARQUET_LIMITS = { maxMemoryBytes: 90_000_000, threads: 1 };

const WHAT = 'What:';
const TIME = 'Time:';
const FILES = 'Files:';

export function define(command: SharedCommand, host: Host): void {
  command
    .description(
      'Copy telemetry to files, all of it, past the 500 000 rows and 64 MB that a query answers with. Interrupted, ' +
        'the same command goes on where it was; it ends with as many rows as the service counts.',
    )
    .argument('[tables...]', `tables (default: traces): ${TELEMETRY_TABLES.join(', ')}`)
    .optionsGroup(WHAT)
    .option('--all-tables', 'every table')
    .option('--kql <kql>', 'the rows of a query instead; - reads it from stdin')
    .option('--file <file>', 'read the query from a file; - is stdin')
    .option('--name <name>', 'what the files of a query are called (default: result)')
    .addOption(componentOption())
    .option(
      '--incremental',
      'once complete: what has been ingested since then, as files of its own',
    )
    .optionsGroup(TIME)
    .option('--since <duration>', 'how far back: 24h, 7d or ISO 8601 (default: everything)')
    .option('--from <time>', 'the first instant: ISO 8601, or before now, such as -2h')
    .option('--to <time>', 'the instant behind the last')
    .optionsGroup(FILES)
    .addOption(
      new Option('-o, --output <format>', 'format of the files')
        .choices(FORMATS)
        .default('parquet' as const),
    )
    .option('--out <folder>', 'where they go', 'export')
    .addOption(
      new Option('--split <what>', 'files of a day or an hour, in UTC')
        .choices(SPLITS)
        .default('none' as const),
    )
    .addOption(
      new Option('--parallel <n>', 'queries at a time').argParser(parseParallel).default(4),
    )
    .addHelpText(
      'after',
      examples(
        'export --since 7d',
        'export traces requests --from 2026-11-01 --to 2026-12-01 --split day --out november',
        'export --kql \'traces | where message has "input"\' -o jsonl',
        'export --all-tables --incremental --out telemetry',
      ),
    )
    .addHelpText(
      'after',
      exitStatuses('not-found', 'auth', 'service', 'timeout', 'unsupported', 'incomplete'),
    )
    .action(async (tables, options) => {
      const { split, parallel, incremental = false } = options;
      const format = formatOf(options.output);
      const settings = await resolveSettings({ ...options, output: undefined }, host);
      const report = createReport(host, settings);
      const typedKql = await readKql(options.kql, options.file, host);
      const kql = typedKql === undefined ? undefined : await rowsOf(typedKql);
      const sources = sourcesOf(tables, kql, { ...options, incremental });
      const { since, from, to } = options;
      const typed = { ...(since && { since }), ...(from && { from }), ...(to && { to }) };
      parseTimeWish(typed, host.clock.now()); // what is wrong with it is said before anything is asked
      saySettings(settings, report);
      if (kql !== undefined) report.note(CANNOT_TELL);
      const gateways = await host.connect(settings, report);
      const progress = exportProgress(report, host.clock, host.stderr);
      const { signal, clock, files } = host;
      const component = options.component ?? (await getComponentId(gateways.arm));
      const { tableFiles, close } = await openTableFiles(format, host);
      try {
        const exported = await exportTables(
          {
            sources,
            folder: resolve(host.cwd, options.out),
            time: typed,
            toRange: (now) => rangeOf(typed, now),
            format,
            split,
            isIncremental: incremental,
            parallel,
          },
          {
            asked: { logsQuery: gateways.logsQuery, component, signal },
            clock,
            files,
            tableFiles,
            progress,
            report,
          },
        );
        progress.done();
        await print(host, settings, exported, exportView);
      } finally {
        progress.done();
        await close();
      }
    });
}

const CANNOT_TELL =
  'The rows of a query do not tell when they were ingested: that all are here is proven by their number alone.';

function sourcesOf(
  tables: readonly string[],
  kql: string | undefined,
  { allTables, name, incremental }: { allTables?: true; name?: string; incremental: boolean },
): readonly Source[] {
  if (kql !== undefined) {
    if (tables.length > 0 || allTables) {
      throw new CliError('usage', 'Give tables, or a query with --kql or --file, not both.');
    }
    if (incremental) {
      throw new CliError(
        'usage',
        '--incremental is for tables: the rows of a query do not tell when they were ingested.',
      );
    }
    if (name !== undefined && !/^[\p{L}\p{N}_][\p{L}\p{N}_ -]*$/u.test(name)) {
      throw new CliError('usage', `"${name}" cannot be the name of files.`, {
        hint: 'Letters, digits, - and _ can.',
      });
    }
    return [{ name: name ?? 'result', kql, isTable: false }];
  }
  if (name !== undefined) throw new CliError('usage', '--name is for the files of a query.');
  const names = allTables ? TELEMETRY_TABLES : tables.length === 0 ? ['traces'] : tables;
  return [...new Set(names)].map((table) => {
    const known = TELEMETRY_TABLES.find((one) => one.toLowerCase() === table.toLowerCase());
    if (known) return { name: known, kql: known, isTable: true };
    throw new CliError('usage', `There is no table "${table}".`, {
      hint: `Tables: ${TELEMETRY_TABLES.join(', ')}. A query is given with --kql.`,
    });
  });
}

/** The range that was typed, from the service's clock. */
function rangeOf(typed: Parameters<typeof parseTimeWish>[0], now: bigint) {
  const nowDate = new Date(Number((now - dateToTicks(new Date(0))) / TICKS_PER_MILLISECOND));
  const wish = parseTimeWish(typed, nowDate);
  if (wish === null) return { from: null, to: null };
  if ('sinceMs' in wish)
    return { from: now - BigInt(wish.sinceMs) * TICKS_PER_MILLISECOND, to: null };
  return { from: dateToTicks(wish.from), to: wish.to === null ? null : dateToTicks(wish.to) };
}

async function openTableFiles(
  format: (typeof FORMATS)[number],
  host: Host,
): Promise<{ readonly tableFiles: TableFiles; readonly close: () => Promise<void> }> {
  if (format !== 'parquet') {
    return { tableFiles: textFiles(format, host.files), close: async () => {} };
  }
  const engine = await host.openEngine(PARQUET_LIMITS);
  const tableFiles: TableFiles = {
    extension: 'parquet',
    write: engine.writeParquet,
    join: engine.joinParquet,
  };
  return { tableFiles, close: engine.close };
}

/** It may be typed in front of the command too, where every format is one. */
function formatOf(typed: string | undefined): (typeof FORMATS)[number] {
  const known = FORMATS.find((one) => one === typed);
  if (known) return known;
  throw new CliError('usage', `Files cannot have the format "${typed}".`, {
    hint: `Formats of files: ${FORMATS.join(', ')}.`,
  });
}

function parseParallel(text: string): number {
  const count = parseCount(text);
  if (count <= MOST_PARALLEL) return count;
  throw new InvalidArgumentError(`Azure runs ${MOST_PARALLEL} queries of one user at a time.`);
}
