import type { WriteRequest } from '../../azure/gateways.js';
import type { LogTable, RetentionChange } from '../../azure/telemetry-gateways.js';
import { CliError, Interrupted } from '../../errors.js';
import type { Report } from '../../host.js';
import { FREE_DAYS } from '../../model/retention.js';
import { isTelemetryTable, tableName } from '../../model/telemetry.js';
import { type Failure, failureOf, interrupted } from '../failures.js';
import { findTables, openLogWorkspace, type RetentionGateways } from './open-log-workspace.js';

export interface RetentionRequest {
  /** Resource id of a component; undefined: that of the ML workspace. */
  readonly component: string | undefined;
  readonly tables: readonly string[];
  /** Days are such that Azure has them. */
  readonly change: RetentionChange;
  readonly dryRun: boolean;
  /** Asks before rows are deleted; undefined where no question is wanted or possible. */
  readonly confirm: ((message: string) => Promise<boolean>) | undefined;
  readonly signal: AbortSignal;
}

/** What became of one table. */
export interface RetentionOutcome {
  /** As queries on the component name it. */
  readonly table: string;
  readonly name: string;
  readonly plan: string | null;
  /** Days that rows can be queried, now, or with `dryRun` as they would be; null: the default, whatever that is. */
  readonly retentionDays: number | null;
  /** Days until rows are gone, likewise. */
  readonly totalDays: number | null;
  /** Whether anything was sent; with `dryRun`, whether anything would be. */
  readonly changed: boolean;
  /** False: not sent, or failed. */
  readonly applied: boolean;
  /** Only with `dryRun`: what would be sent. */
  readonly requests?: readonly WriteRequest[];
  /** Only with `dryRun`: the same members as they are. */
  readonly before?: string | null;
  readonly error: Failure | null;
}

/**
 * Sets how long tables keep their rows: only what the change names. Safe to repeat. One table after another; one that
 * fails does not stop the rest.
 *
 * @throws {CliError} before any write: `not-found`, `usage`, or `unsupported` if a table cannot be set so
 */
export async function setRetention(
  gateways: RetentionGateways,
  request: RetentionRequest,
  report: Report,
): Promise<readonly RetentionOutcome[]> {
  const { component, change, dryRun, signal } = request;
  const { logWorkspaces } = gateways;
  const workspace = await openLogWorkspace(gateways, component);
  const tables = await findTables(gateways, workspace, request.tables);
  for (const table of tables) assertPossible(table, change);
  sayFree(tables, change, report);
  await assertConfirmed(tables, request, report);

  const outcomes: RetentionOutcome[] = [];
  const onNote = (note: string) => report.note(note);
  for (const [index, table] of tables.entries()) {
    const facts = { table: tableName(table.name), name: table.name, plan: table.plan };
    const changing = report.progress(`${dryRun ? 'Looking up' : 'Changing'} ${facts.table}`);
    try {
      signal.throwIfAborted();
      const made = await logWorkspaces.setRetention(workspace.resourceId, table.name, change, {
        dryRun,
        onNote,
      });
      const { changed, applied, requests, before } = made;
      const after = dryRun ? planned(table, change) : changed ? await readAgain(table) : table;
      const { retentionDays, totalDays } = after;
      const sent = dryRun ? { requests, before } : {};
      outcomes.push({ ...facts, retentionDays, totalDays, changed, applied, ...sent, error: null });
    } catch (error) {
      if (signal.reason instanceof Interrupted) {
        const names = tables.map(({ name }) => tableName(name));
        const changed = outcomes
          .filter((outcome) => outcome.changed)
          .map((outcome) => outcome.table);
        const halfway = dryRun ? [] : names.slice(index, index + 1);
        throw interrupted(signal.reason, { changed, halfway, untouched: names.slice(index + 1) });
      }
      if (!(error instanceof CliError)) throw error;
      const { retentionDays, totalDays } = table;
      const failed = { changed: false, applied: false, error: failureOf(error) };
      outcomes.push({ ...facts, retentionDays, totalDays, ...failed });
    } finally {
      changing.done();
    }
  }
  return outcomes;

  /** The change is made: that it cannot be read is no failure of it. */
  async function readAgain(
    table: LogTable,
  ): Promise<Pick<LogTable, 'retentionDays' | 'totalDays'>> {
    try {
      const found = await logWorkspaces.findTable(workspace.resourceId, table.name);
      return found ?? planned(table, change);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      return planned(table, change);
    }
  }
}

/** The days after a change; null: the default. */
function planned(table: LogTable, change: RetentionChange) {
  const { retentionDays = table.retentionDays, totalDays = table.totalDays } = change;
  return { retentionDays, totalDays };
}

/** Known from: documented, "Manage data retention": Basic and Auxiliary tables have a total retention alone. */
function assertPossible(table: LogTable, change: RetentionChange): void {
  const { plan, name } = table;
  const shown = tableName(name);
  const isFixed = plan !== null && plan.toLowerCase() !== 'analytics';
  if (isFixed && typeof change.retentionDays === 'number') {
    const message = `"${shown}" is on the ${plan} plan, where the days that rows can be queried are fixed.`;
    throw new CliError('unsupported', message, { hint: 'Set --total-days, or change its plan.' });
  }
  const days = change.retentionDays === undefined ? table.retentionDays : change.retentionDays;
  const total = totalAfter(table, change);
  if (days === null || typeof total !== 'number' || total >= days) return;
  const message = `"${shown}" cannot keep rows for ${total} days in all and have ${days} days of them for queries.`;
  throw new CliError('usage', message, {
    hint:
      change.totalDays === undefined
        ? `Give --total-days, of ${days} or more, or --total-days default.`
        : `Give --days, of ${total} or fewer.`,
  });
}

/** Days until rows are gone, after a change; null: not known; `default`: as many as the workspace has for its tables. */
function totalAfter(
  table: LogTable,
  { retentionDays, totalDays }: RetentionChange,
): number | 'default' | null {
  if (typeof totalDays === 'number') return totalDays;
  // An older service tells no totals: there are none beside the days for queries.
  const isDefault = table.isTotalDefault ?? table.totalDays === null;
  if (totalDays === undefined && !isDefault) return table.totalDays;
  if (typeof retentionDays === 'number') return retentionDays;
  if (retentionDays === null && table.isRetentionDefault !== true) return 'default';
  return totalDays === null ? table.retentionDays : (table.totalDays ?? table.retentionDays);
}

/** Says where a short retention is no cheaper. */
function sayFree(
  tables: readonly LogTable[],
  { retentionDays }: RetentionChange,
  report: Report,
): void {
  if (typeof retentionDays !== 'number') return;
  const isTelemetry = tables.some(({ name }) => isTelemetryTable(name));
  const free = isTelemetry ? FREE_DAYS.telemetry : FREE_DAYS.other;
  if (retentionDays >= free) return;
  const whose = isTelemetry ? 'rows of Application Insights' : 'rows';
  report.warn(`Fewer than ${free} days save nothing: so long ${whose} are kept at no charge.`);
}

/** Warns of what is lost, and asks. @throws {Interrupted} if the answer is no */
async function assertConfirmed(
  tables: readonly LogTable[],
  { change, confirm, dryRun, signal }: RetentionRequest,
  report: Report,
): Promise<void> {
  const shortened = tables.flatMap((table) => {
    const after = totalAfter(table, change);
    const before = table.totalDays ?? table.retentionDays;
    const isShorter = after === 'default' || (after !== null && before !== null && after < before);
    return isShorter ? [{ name: tableName(table.name), after, before }] : [];
  });
  if (shortened.length === 0) return;
  const each = shortened.map(
    ({ name, after, before }) =>
      `${name} (${before === null ? '' : `${before} days, `}then ${
        after === 'default' ? "the workspace's default, which may be fewer" : after
      })`,
  );
  report.warn(`${each.join(', ')}: Azure deletes older rows, 30 days from now.`);
  if (!confirm || dryRun) return;
  if (await confirm(`Shorten the retention of ${shortened.map(({ name }) => name).join(', ')}?`))
    return;
  signal.throwIfAborted();
  throw new Interrupted(130, 'Nothing was changed.');
}
