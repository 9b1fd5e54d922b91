import { CliError } from '../../errors.js';
import type { Report } from '../../host.js';
import type { Cell, Row } from '../../model/table.js';
import { binIndex, timeBins } from '../../model/time-bins.js';
import type { TimeRange } from '../../model/time-range.js';
import { type QueryEnding, type QueryGateways, reportEnding, runQuery } from '../run-query.js';
import {
  buildMetrics,
  type MetricColumn,
  type MetricsWish,
  type MetricTable,
} from './build-metrics.js';

/** What some rows say together, each weighed by the items that it stands for. */
export interface Figures {
  /** Items, stored or not. */
  readonly count: bigint;
  readonly perSecond: number;
  /** Null where nothing succeeds or fails. */
  readonly failed: bigint | null;
  /** Null without items, too. */
  readonly failurePercent: number | null;
  /** Milliseconds; null without items, and where nothing takes time. */
  readonly meanMs: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  /** Rows that stand for them. */
  readonly stored: bigint;
  /** Below 100 if the telemetry was sampled; null without items. */
  readonly retainedPercent: number | null;
}

/** The figures of one table, or of those rows of it that have something in common. */
export interface MetricSeries {
  readonly table: MetricTable;
  /** What they have in common; empty for all rows, or for those that lack it. */
  readonly group: string;
  readonly total: Figures;
  /** In the order of the bins, none left out. */
  readonly bins: readonly Figures[];
}

export interface Metrics {
  readonly time: TimeRange;
  readonly bins: readonly TimeRange[];
  readonly series: readonly MetricSeries[];
  /** Items left out because they name no service. */
  readonly nameless: bigint;
  /** What the answers lack, with the KQL of each. */
  readonly endings: readonly { readonly kql: string; readonly ending: QueryEnding }[];
}

export interface MetricsRequest extends MetricsWish {
  readonly tables: readonly MetricTable[];
  readonly component?: string | undefined;
  readonly now: Date;
  /** Ask, too, who may read what: an answer may be empty for that. */
  readonly withPermissions: boolean;
}

/** The figures of some tables, one query each, all at once. Groups with many items come first. */
export async function readMetrics(
  gateways: QueryGateways,
  { tables, component, now, withPermissions, ...wish }: MetricsRequest,
): Promise<Metrics> {
  const bins = timeBins(wish.time, wish.binMs);
  const failed = new AbortController();
  const asked = { component, now, explainEmpty: false, withPermissions, unwanted: failed.signal };
  const answers = await Promise.all(
    tables.map(async (table) => {
      const kql = buildMetrics(wish, table);
      const running = await runQuery(gateways, { ...asked, kql });
      const names = running.table.columns.map(({ name }) => name);
      const rows: Row[] = [];
      for await (const row of running.table.rows) rows.push(row);
      const records = rows.map((row) => recordOf(names, row));
      return { table, kql, records, ending: await running.ending() };
    }),
  ).catch((error: unknown) => {
    // Nothing is shown, so nobody waits for the others.
    failed.abort(error);
    throw error;
  });
  return {
    time: wish.time,
    bins,
    series: answers.flatMap(({ table, records }) => seriesOf(table, records, bins, wish)),
    nameless: answers
      .flatMap(({ records }) => records)
      .reduce((sum, { Span, Count }) => sum + (Span === 'nameless' ? bigintOf(Count) : 0n), 0n),
    endings: answers.map(({ kql, ending }) => ({ kql, ending })),
  };
}

type MetricRecord = Partial<Readonly<Record<MetricColumn, Cell>>>;

function recordOf(names: readonly string[], row: Row): MetricRecord {
  return Object.fromEntries(names.map((name, index) => [name, row[index] ?? null]));
}

function seriesOf(
  table: MetricTable,
  records: readonly MetricRecord[],
  bins: readonly TimeRange[],
  { time, binMs }: MetricsWish,
): readonly MetricSeries[] {
  const isCall = table === 'requests' || table === 'dependencies';
  const totals = records.filter(({ Span }) => Span === 'range');
  const groups = totals.length > 0 ? totals.map(({ Key }) => String(Key ?? '')) : [''];
  return groups
    .map((group): MetricSeries => {
      const own = records.filter(({ Key }) => String(Key ?? '') === group);
      const byBin = new Map(
        own.flatMap((record): [number, MetricRecord][] =>
          record.Span === 'bin' && typeof record.At === 'bigint'
            ? [[binIndex(record.At, time, binMs), record]]
            : [],
        ),
      );
      const total = own.find(({ Span }) => Span === 'range') ?? {};
      return {
        table,
        group,
        total: figuresOf(total, time, isCall),
        bins: bins.map((bin, index) => figuresOf(byBin.get(index) ?? {}, bin, isCall)),
      };
    })
    .sort((a, b) => Number(b.total.count - a.total.count) || (a.group < b.group ? -1 : 1));
}

function figuresOf(record: MetricRecord, { from, to }: TimeRange, isCall: boolean): Figures {
  const count = bigintOf(record.Count);
  const stored = bigintOf(record.Stored);
  const failed = isCall ? bigintOf(record.Failed) : null;
  const percent = (part: bigint) => (count === 0n ? null : (100 * Number(part)) / Number(count));
  return {
    count,
    perSecond: Number(count) / ((to.getTime() - from.getTime()) / 1000),
    failed,
    failurePercent: failed === null ? null : percent(failed),
    meanMs: numberOf(record.MeanMs),
    p50Ms: numberOf(record.P50),
    p95Ms: numberOf(record.P95),
    p99Ms: numberOf(record.P99),
    stored,
    retainedPercent: percent(stored),
  };
}

function bigintOf(cell: Cell | undefined): bigint {
  return typeof cell === 'bigint' ? cell : BigInt(Math.round(Number(cell ?? 0)));
}

/** A mean of nothing is NaN. */
function numberOf(cell: Cell | undefined): number | null {
  if (cell === null || cell === undefined) return null;
  const value = Number(cell);
  return Number.isFinite(value) ? value : null;
}

/**
 * Says what the answers lack.
 *
 * @throws {CliError} the error of all of them, or `incomplete` if some are whole
 */
export function reportEndings(
  { endings }: Metrics,
  options: { readonly allowPartial: boolean; readonly report: Report },
): void {
  const failures = endings.flatMap(({ kql, ending }) => {
    try {
      reportEnding(ending, { ...options, kql });
      return [];
    } catch (error) {
      if (error instanceof CliError) return [error];
      throw error;
    }
  });
  const [first] = failures;
  if (!first) return;
  if (failures.length === endings.length) throw first;
  throw new CliError('incomplete', first.message, first.facts, first);
}
