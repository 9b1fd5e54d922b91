import type { LogsQueryGateway, QueryAnswer } from '../azure/gateways.js';
import type { Engine } from '../engine/engine.js';
import { CliError } from '../errors.js';
import { TELEMETRY_TABLES, type TelemetryTable } from '../model/telemetry.js';
import type { TimeWish } from '../model/time-range.js';

/** Files in the place of a component. */
export interface QueriedFiles {
  /** Whatever the resource id: the files answer. The time is that of the files, below. */
  readonly logsQuery: LogsQueryGateway;
  /** Names of the tables that have rows of their own. */
  readonly tables: readonly string[];
  /** The telemetry that is meant if none is named: `traces`, else the only one. */
  readonly telemetry: TelemetryTable | undefined;
}

export interface FilesRequest {
  readonly patterns: readonly string[];
  readonly cwd: string;
  readonly now: Date;
  /** Narrows what the KQL sees; undefined: everything. */
  readonly time: TimeWish | undefined;
  readonly signal: AbortSignal;
  /** Takes what Kusto's binder doubts in KQL that runs. */
  readonly note: (message: string) => void;
}

/** Kusto's code for a name that is no table. */
const NO_TABLE = 'KS204';

/** @throws {CliError} `not-found` or `usage` if there is no such file, or one cannot be read */
export async function openQueriedFiles(
  engine: Engine,
  { patterns, cwd, now, time, signal, note }: FilesRequest,
): Promise<QueriedFiles> {
  const sources = await engine.openFiles(patterns, cwd);
  const tables = sources.filter(({ rows }) => !('of' in rows)).map(({ name }) => name);
  const telemetry = TELEMETRY_TABLES.filter((name) => tables.includes(name));
  const timeRange = time && rangeOf(time, now);
  async function query(_id: string, kql: string): Promise<QueryAnswer> {
    const options = { now, signal, ...(timeRange && { timeRange }) };
    const result = await engine.run(kql, sources, options).catch((error: unknown) => {
      throw withTables(error, tables);
    });
    result.warnings.forEach(note);
    return {
      tables: (async function* () {
        yield result;
      })(),
      ending: () => ({
        partialError: result.cut,
        deniedTables: [],
        render: result.render,
        statistics: null,
      }),
    };
  }
  return {
    logsQuery: { query },
    tables,
    telemetry: telemetry.length === 1 ? telemetry[0] : telemetry.find((name) => name === 'traces'),
  };
}

function rangeOf(time: TimeWish, now: Date): { readonly from: Date; readonly to: Date | null } {
  if ('sinceMs' in time) return { from: new Date(now.getTime() - time.sinceMs), to: null };
  return time;
}

/** Says which tables there are to whom asked for another one. */
function withTables(error: unknown, tables: readonly string[]): unknown {
  if (!(error instanceof CliError) || error.facts.code !== NO_TABLE) return error;
  const names = tables.map((name) => (/^\w+$/.test(name) ? name : `['${name}']`)).join(', ');
  const hint =
    tables.length > 0 ? `The tables of these files: ${names}.` : 'These files hold no table.';
  return new CliError(error.kind, error.message, { ...error.facts, hint }, error);
}
