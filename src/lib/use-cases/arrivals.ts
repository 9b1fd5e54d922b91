import { CliError } from '../errors.js';
import { type Kql, kql, quoteTimespan } from '../kql/quote.js';
import type { RowSource } from '../kql/row-source.js';
import { TELEMETRY_TABLES } from '../model/telemetry.js';

/** The KQL of the rows that arrived lately, or why there is none. */
export type Arrivals =
  | {
      /** With `before`, of a query that has a limit: only the rows whose own time is earlier. */
      readonly within: (ms: number, before?: Date) => string;
      /** A row of the result may look different when it is asked for again. */
      readonly isVolatile: boolean;
    }
  | {
      /** Why not, as part of a sentence. */
      readonly missing: string;
    };

/** How old telemetry may be when it arrives: a row of two days ago, and a day for clocks that are wrong. */
const OLDEST_MS = 3 * 86_400_000;
/** Rows whose arrival is not known count by their own time, which is minutes earlier. */
const DELAY_MS = 10 * 60_000;

/**
 * The rows of a table that arrived within so many milliseconds, by the clock of the service. Their own time bounds
 * what is looked at: telemetry is stored by it.
 *
 * Contract: `ingestion_time()` is taken just before a row is stored; null where a table does not keep it.
 * Known from: documented, Kusto "IngestionTime policy", Azure Monitor "Log data ingestion time".
 */
export function arrivedWithin(ms: number, time: 'timestamp' | 'TimeGenerated'): Kql {
  const column = time === 'timestamp' ? kql`timestamp` : kql`TimeGenerated`;
  const [oldest, delayed] = [quoteTimespan(ms + OLDEST_MS), quoteTimespan(ms + DELAY_MS)];
  const known = kql`ingestion_time() > ago(${quoteTimespan(ms)})`;
  const unknown = kql`isnull(ingestion_time()) and ${column} > ago(${delayed})`;
  return kql`where ${column} > ago(${oldest}) and (${known} or ${unknown})`;
}

/** How long a row that came in an answer about `ms` may come again. */
export function comesAgainMs(ms: number): number {
  return ms + DELAY_MS;
}

/** Of KQL that somebody wrote: the condition goes right behind the table, if the rows are those of one. */
export async function arrivalsOf(text: string): Promise<Arrivals> {
  const { findRowSource } = await import('../kql/row-source.js');
  const source = await findRowSource(text).catch((error: unknown): RowSource => {
    if (error instanceof CliError)
      return { isOneTable: false, why: 'is too large to be looked into' };
    throw error;
  });
  if (!source.isOneTable) return { missing: `the KQL ${source.why}` };
  const { table, offset, isVolatile } = source;
  const time = TELEMETRY_TABLES.some((name) => name === table) ? 'timestamp' : 'TimeGenerated';
  const within = (ms: number) =>
    `${text.slice(0, offset)} | ${arrivedWithin(ms, time).kql}${text.slice(offset)}`;
  return { within, isVolatile };
}
