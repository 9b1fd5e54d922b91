import { CliError } from '../../lib/errors.js';
import type { Host, Report } from '../../lib/host.js';
import { createReport } from '../../lib/output/report.js';
import { resolveSettings, type Settings } from '../../lib/settings.js';
import {
  type OpenedData,
  type OpenWish,
  openFiles,
  openService,
} from '../../lib/use-cases/data/open-data.js';
import type { Api } from '../../lib/use-cases/find-targets.js';
import { openSession, serviceOf } from '../session.js';
import type { SharedOptions } from '../shared-options.js';

export interface RowsSource {
  /** What was typed for SERVICE. */
  readonly typed: string | undefined;
  /** Of `--files`. */
  readonly patterns: readonly string[] | undefined;
  readonly options: SharedOptions & { readonly api?: Api | undefined };
  readonly datasets: Awaited<ReturnType<Host['openDatasets']>>;
}

export type RowsWish = OpenWish & {
  /** Files instead of the service. */
  readonly patterns?: readonly string[] | undefined;
  /** Instead of the service that was typed. */
  readonly service?: string | undefined;
};

/** @throws {CliError} `usage` for what is typed beside `--files` and is about a service */
export function assertNoService(
  typed: string | undefined,
  { api, authMode, connectionString, accountKey, accountName, sasToken }: RowsSource['options'],
): void {
  if (typed !== undefined) {
    throw new CliError('usage', '--files and SERVICE name two places to read: give one.');
  }
  const given = {
    '--api': api,
    '--auth-mode': authMode,
    '--connection-string': connectionString,
    '--account-key': accountKey,
    '--account-name': accountName,
    '--sas-token': sasToken,
  };
  const [flag] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
  if (flag === undefined) return;
  throw new CliError('usage', `${flag} is about a service, and --files are read here.`, {
    hint: 'Leave out one of the two.',
  });
}

/**
 * The rows that a command is about, of a service or of files; Azure is asked only for a service.
 *
 * @throws {CliError} `usage` if both were typed
 */
export async function openRows(
  { typed, patterns, options, datasets }: RowsSource,
  host: Host,
): Promise<{
  readonly settings: Settings;
  readonly report: Report;
  readonly open: (wish: RowsWish) => Promise<OpenedData>;
}> {
  const { cwd, files, clock, signal } = host;
  if (patterns !== undefined) {
    assertNoService(typed, options);
    const settings = await resolveSettings(options, host);
    const report = createReport(host, settings);
    const ports = { datasets, files, clock, signal, report };
    return {
      settings,
      report,
      open: (wish) => openFiles({ ...wish, patterns: wish.patterns ?? patterns, cwd }, ports),
    };
  }
  const session = await openSession(options, host);
  const { settings, report, gateways } = session;
  const { api } = options;
  const chosen = await serviceOf(typed, session, host, api);
  const ports = { datasets, files, clock, signal, report };
  return {
    settings,
    report,
    async open({ patterns: named, service = chosen, ...wish }) {
      if (named !== undefined) return openFiles({ ...wish, patterns: named, cwd }, ports);
      return openService(gateways, { ...wish, service, api }, await host.scratchFolder(), ports);
    },
  };
}
