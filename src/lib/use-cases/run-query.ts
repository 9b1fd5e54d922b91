import type {
  Gateways,
  PartialError,
  QueryAnswer,
  QueryOptions,
  QueryStatistics,
} from '../azure/gateways.js';
import { CliError } from '../errors.js';
import type { Report } from '../host.js';
import { emptyTable, type Table } from '../model/table.js';
import { CUT_AT } from '../model/telemetry.js';
import { type TimeWish, toTimespan } from '../model/time-range.js';
import { countedTable, skipRows } from './counted-table.js';
import { cutError } from './cut-answer.js';
import { findDeniedTables, reportDenied } from './denied-tables.js';

export interface QueryRequest {
  readonly kql: string;
  /** Narrows what the KQL sees; undefined: everything. */
  readonly time?: TimeWish | undefined;
  /** Resource id of the Application Insights component; undefined: that of the ML workspace. */
  readonly component?: string | undefined;
  readonly now: Date;
  /** Ask again who may read what, should the answer be empty. */
  readonly explainEmpty: boolean;
  /** Ask who may read what at once, so that an empty answer needs no second query. */
  readonly withPermissions?: boolean | undefined;
  /** Ask, too, what answering costs. */
  readonly statistics?: boolean | undefined;
  /** How long Azure may take, at most 10 minutes, and the signal that ends the query a little later. */
  readonly limit?: { readonly ms: number; readonly signal: AbortSignal } | undefined;
  /** Aborted once nobody wants the rows any more. */
  readonly unwanted?: AbortSignal | undefined;
}

/** An answer on its way. */
export interface RunningQuery {
  /** The first result, its rows as they come. */
  readonly table: Table;
  /** Once the rows are read: what the answer lacks. Asks Azure again if it was empty. */
  readonly ending: () => Promise<QueryEnding>;
}

export interface QueryEnding {
  readonly rowCount: number;
  /** Why Azure sent less than the whole answer, null if it is whole. */
  readonly cut: PartialError | null;
  /** Texts that are exactly as long as the longest that Application Insights keeps. */
  readonly cutTexts: number;
  /** Results behind the first one: a query with several statements has several. */
  readonly furtherResults: number;
  /** The hint of a `render` operator, as sent; null if there is none. */
  readonly render: string | null;
  /** Tables that the caller may not read; asked for only if no rows came. */
  readonly deniedTables: readonly string[];
  /** What answering cost; null unless that was asked. */
  readonly statistics: QueryStatistics | null;
}

/** Who answers. Without `arm` there is no workspace whose component could be meant, as with files. */
export type QueryGateways = Pick<Gateways, 'logsQuery'> & Partial<Pick<Gateways, 'arm'>>;

/** Runs KQL on a component. @throws {CliError} `not-found` if the workspace has none */
export async function runQuery(
  gateways: QueryGateways,
  request: QueryRequest,
): Promise<RunningQuery> {
  const { arm, logsQuery } = gateways;
  const { kql, time, component, now, explainEmpty, withPermissions } = request;
  const { statistics, limit, unwanted } = request;
  const componentId = component ?? (arm ? await getComponentId(arm) : '');
  const signals = [limit?.signal, unwanted].filter((signal) => signal !== undefined);
  const options: QueryOptions = {
    ...(time && { timespan: toTimespan(time, now) }),
    ...(statistics && { includeStatistics: true }),
    ...(withPermissions && { includePermissions: true }),
    ...(limit && { serverTimeoutSeconds: Math.ceil(limit.ms / 1000) }),
    ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
  };
  const answer = await logsQuery.query(componentId, kql, options);
  return readAnswer(answer, async () => {
    if (withPermissions) return answer.ending().deniedTables;
    return explainEmpty ? findDeniedTables(logsQuery, componentId, kql, options) : [];
  });
}

/** The Application Insights component of the ML workspace. @throws {CliError} `not-found` */
export async function getComponentId(arm: Gateways['arm']): Promise<string> {
  const { name, componentId } = await arm.getWorkspace();
  if (componentId !== null) return componentId;
  throw new CliError(
    'not-found',
    `The workspace "${name}" has no Application Insights component.`,
    {
      hint: 'Name another one with --component RESOURCE_ID.',
    },
  );
}

async function readAnswer(
  answer: QueryAnswer,
  findDenied: () => Promise<readonly string[]>,
): Promise<RunningQuery> {
  const tables = answer.tables[Symbol.asyncIterator]();
  const first = await tables.next();
  const { table, counts } = countedTable(first.done ? emptyTable([]) : first.value);

  async function ending(): Promise<QueryEnding> {
    let furtherResults = 0;
    for (let next = await tables.next(); !next.done; next = await tables.next()) {
      await skipRows(next.value);
      furtherResults += 1;
    }
    const { rows: rowCount, cutTexts } = counts();
    const { partialError: cut, statistics, render } = answer.ending();
    const isEmpty = rowCount === 0 && cut === null;
    const deniedTables = isEmpty ? await findDenied() : [];
    return { rowCount, cut, cutTexts, furtherResults, deniedTables, statistics, render };
  }

  return { table, ending };
}

/**
 * Says what the answer lacks.
 *
 * @throws {CliError} `incomplete` if Azure cut it and that was not allowed, `auth` if it is empty because the
 * KQL asks a table that the caller may not read
 */
export function reportEnding(
  ending: QueryEnding,
  { kql, allowPartial, report }: { kql: string; allowPartial: boolean; report: Report },
): void {
  const { cut, cutTexts, furtherResults, deniedTables, rowCount } = ending;
  if (furtherResults > 0) {
    report.warn(`The query has ${furtherResults + 1} results; only the first is shown.`);
  }
  if (cutTexts > 0) {
    const texts = cutTexts === 1 ? '1 text is' : `${cutTexts} texts are`;
    report.warn(
      `${texts} exactly as long as Application Insights keeps (messages ${CUT_AT.message}, ` +
        `custom dimensions ${CUT_AT.property} characters): the rest was cut when it was logged.`,
    );
  }
  if (deniedTables.length > 0) reportDenied(deniedTables, kql, report);
  if (cut === null) return;
  const error = cutError(cut, rowCount, kql);
  if (!allowPartial) throw error;
  report.warn(error.message);
}
