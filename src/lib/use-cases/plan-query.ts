import { CliError } from '../errors.js';
import type { Host, Report } from '../host.js';
import type { Level, TelemetryTable } from '../model/telemetry.js';
import { durationText, parseTimeWish } from '../model/time-range.js';
import { arrivalsOf } from './arrivals.js';
import { type BuiltQuery, buildCountOfNameless, buildQuery } from './build-query.js';
import type { FollowQuery } from './follow-query.js';
import { readSource } from './read-source.js';
import { type QueryGateways, runQuery } from './run-query.js';

/** What `query` was told by flags. Undefined: not typed. */
export interface QueryFlags {
  readonly table?: TelemetryTable | undefined;
  readonly contains?: string | undefined;
  readonly service?: string | undefined;
  readonly loose?: boolean | undefined;
  readonly level?: Level | undefined;
  readonly limit?: number | undefined;
  readonly since?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** What will be asked, as `followQuery` takes it; without following only its first poll counts. */
export interface QueryPlan extends Omit<FollowQuery, 'component'> {
  /** Null: the user wrote the KQL. */
  readonly built: BuiltQuery | null;
  /** The time range was not asked for. */
  readonly isTimeImplied: boolean;
}

const DEFAULT_SINCE_MS = 24 * 3_600_000;
const DEFAULT_LIMIT = 10;
/** Rows of one answer to a later poll: what some minutes may bring. Older ones are asked for again. */
const POLL_LIMIT = 5000;

/**
 * @param kql what the user wrote; undefined: build it from the flags
 * @param source files are asked for all of their time unless told otherwise
 * @throws {CliError} `usage` if the flags contradict each other
 */
export function planQuery(
  kql: string | undefined,
  flags: QueryFlags,
  now: Date,
  source: 'component' | 'files' = 'component',
): QueryPlan {
  const time = parseTimeWish(flags, now) ?? undefined;
  if (kql !== undefined) {
    assertNoBuildFlags(flags);
    return {
      built: null,
      kql: () => kql,
      arrivals: () => arrivalsOf(kql),
      time,
      sendTimespan: true,
      isTimeImplied: false,
    };
  }
  if (flags.loose && flags.service === undefined) {
    throw new CliError('usage', '--loose says which rows --service keeps: give both.');
  }
  const { table = 'traces', contains, service, loose, level, limit = DEFAULT_LIMIT } = flags;
  const chosen = time ?? (source === 'files' ? undefined : { sinceMs: DEFAULT_SINCE_MS });
  const built: BuiltQuery = {
    table,
    time: chosen,
    contains,
    service: service === undefined ? undefined : serviceName(service),
    loose,
    level,
    limit,
  };
  return {
    built,
    kql: (time, poll) =>
      buildQuery({
        ...built,
        time: time ?? built.time,
        limit: poll === 'first' ? limit : POLL_LIMIT,
      }),
    arrivals: async () => ({
      within: (arrivedMs, before) =>
        buildQuery({ ...built, time: { arrivedMs, before }, limit: POLL_LIMIT }),
      isVolatile: false,
    }),
    time: chosen,
    sendTimespan: false,
    firstLimit: limit,
    pollLimit: POLL_LIMIT,
    isTimeImplied: time === undefined && chosen !== undefined,
  };
}

function assertNoBuildFlags({ table, contains, service, loose, level, limit }: QueryFlags): void {
  const flags = Object.entries({ table, contains, service, loose, level, limit });
  const [typed] = flags.find(([, value]) => value !== undefined) ?? [];
  if (typed === undefined) return;
  throw new CliError('usage', `--${typed} builds a query, and you wrote one.`, {
    hint: 'Say it in the KQL, or leave the KQL out.',
  });
}

/** @throws {CliError} `usage` if a part is named, too */
export function serviceName(typed: string): string {
  if (!typed.includes('/')) return typed;
  throw new CliError('usage', 'Telemetry names the service, but not the deployment it came from.', {
    hint: `Give --service ${typed.split('/')[0]}.`,
  });
}

/**
 * The KQL that the user wrote: the argument, a file, or stdin where either is `-`. Undefined if they wrote none.
 *
 * @throws {CliError} `usage` if it was written twice, cannot be read or is empty
 */
export async function readKql(
  argument: string | undefined,
  file: string | undefined,
  host: Pick<Host, 'cwd' | 'files' | 'stdin'>,
): Promise<string | undefined> {
  if (argument !== undefined && file !== undefined) {
    throw new CliError('usage', 'The KQL is given twice: as an argument and as --file.');
  }
  const source = argument === undefined ? file : argument === '-' ? '-' : undefined;
  const text = source === undefined ? argument : await readSource(source, host);
  if (text === undefined) return undefined;
  const kql = text.replace(/^\ufeff/, '');
  if (kql.trim() !== '') return kql;
  throw new CliError('usage', 'The KQL is empty.', { hint: 'Such as: traces | take 10' });
}

/** Says which time range was chosen, where none was asked for. */
export function reportTime({ isTimeImplied }: QueryPlan, report: Report): void {
  if (!isTimeImplied) return;
  report.note(
    `Rows of the last ${durationText(DEFAULT_SINCE_MS)}; --since and --from say otherwise.`,
  );
}

interface NamelessOptions {
  readonly component: string | undefined;
  readonly now: Date;
  readonly report: Report;
}

/** Says how many rows `--service` left out because they name no service, or that this is not known: it is not the answer. */
export async function reportNameless(
  gateways: QueryGateways,
  { built }: QueryPlan,
  { component, now, report }: NamelessOptions,
): Promise<void> {
  if (built?.service === undefined || built.loose) return;
  try {
    const kql = buildCountOfNameless(built);
    const request = { kql, component, now, explainEmpty: false };
    const { table, ending } = await runQuery(gateways, request);
    for await (const [count] of table.rows) {
      if (!count) continue;
      const rows = count === 1n ? '1 row names' : `${count} rows name`;
      report.note(`${rows} no service and may be of "${built.service}" too; --loose keeps them.`);
    }
    await ending();
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    report.note(`How many rows name no service could not be counted: ${error.message}`);
  }
}
