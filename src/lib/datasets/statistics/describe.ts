import { ask, type Connection } from '../../duckdb/ask.js';
import type {
  ColumnStatistics,
  Figure,
  Histogram,
  ValueCount,
} from '../../model/column-statistics.js';
import type { DatasetRelation, StatisticsOptions } from '../datasets.js';
import { toNumber } from './answers.js';
import { binNumber, binsOf } from './bins.js';
import { type ColumnFacts, factsOf } from './column-facts.js';
import { asText, computable } from './column-kinds.js';
import { interruptible } from './interruptible.js';

/** Up to so many distinct values they are counted, one by one; beyond it they are estimated. */
const MOST_COUNTED = 100_000;
const TOP = 10;
const BINS = 20;
const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

/**
 * Figures of every column: one pass over all of them, then one or two over each, so that only one column's values are in
 * memory.
 */
export async function describe(
  relation: DatasetRelation,
  { signal }: StatisticsOptions = {},
): Promise<readonly ColumnStatistics[]> {
  return interruptible(relation.connection, signal, async () => {
    const described: ColumnStatistics[] = [];
    for (const each of (await factsOf(relation)).columns) {
      signal?.throwIfAborted();
      described.push(await describeColumn(relation.connection, each));
    }
    return described;
  });
}

async function describeColumn(
  connection: Connection,
  facts: ColumnFacts,
): Promise<ColumnStatistics> {
  const { name, kind, type, rows, count, nans, infinites, min, max } = facts;
  const isCounted = facts.distinct <= MOST_COUNTED;
  const values = isCounted ? await countValues(connection, facts) : undefined;
  const isComputable = min !== null && max !== null;
  const quantiles = isComputable ? await quantilesOf(connection, facts) : [];
  const shown = (figure: number | null | undefined) => figureOf(figure ?? null, facts);
  const [p5, p25, p50, p75, p95] = quantiles.map(shown);
  return {
    column: name,
    kind,
    type,
    rows,
    count,
    nulls: rows - count,
    nans,
    infinites,
    distinct: values?.distinct ?? Math.min(facts.distinct, count),
    distinctIsApproximate: !isCounted,
    min: exact(facts.lowest) ?? shown(min),
    mean: shown(facts.mean),
    stddev: facts.stddev,
    max: exact(facts.highest) ?? shown(max),
    p5: p5 ?? null,
    p25: p25 ?? null,
    p50: p50 ?? null,
    p75: p75 ?? null,
    p95: p95 ?? null,
    top: values?.top ?? null,
    histogram: isComputable ? await histogramOf(connection, facts, min, max) : null,
    types: kind === 'dynamic' ? await typesOf(connection, facts) : null,
  };
}

async function countValues(connection: Connection, { sql: value, from }: ColumnFacts) {
  const found = await ask(
    connection,
    `SELECT ${asText('v')} AS "value", "count", count(*) OVER () AS "distinct"
     FROM (SELECT ${value} AS v, count(*) AS "count" FROM ${from} WHERE ${value} IS NOT NULL GROUP BY ALL)
     ORDER BY "count" DESC, v LIMIT ${TOP}`,
  );
  return { distinct: toNumber(found[0]?.distinct) ?? 0, top: found.map(toValueCount) };
}

function toValueCount(row: Readonly<Record<string, unknown>>): ValueCount {
  return { value: String(row.value), count: toNumber(row.count) ?? 0 };
}

async function quantilesOf(
  connection: Connection,
  { sql: value, kind, from }: ColumnFacts,
): Promise<readonly (number | null)[]> {
  const [row] = await ask(
    connection,
    `SELECT quantile_cont(v, [${QUANTILES.join(', ')}]) AS "values" FROM (SELECT ${computable(value, kind)} AS v FROM ${from})`,
  );
  return Array.isArray(row?.values) ? row.values.map(toNumber) : [];
}

async function histogramOf(
  connection: Connection,
  facts: ColumnFacts,
  min: number,
  max: number,
): Promise<Histogram> {
  const { sql: value, kind, from } = facts;
  // A whole number has a bin of its own where there are few of them.
  const isWhole = kind === 'integer' && max - min < BINS;
  const bins = isWhole ? { from: min, width: 1, count: max - min + 1 } : binsOf(min, max, BINS);
  const found = await ask(
    connection,
    `SELECT ${binNumber('v', bins)} AS "bin", count(*) AS "count"
     FROM (SELECT ${computable(value, kind)} AS v FROM ${from}) WHERE v IS NOT NULL GROUP BY ALL`,
  );
  const counts = new Map(found.map((row) => [toNumber(row.bin), toNumber(row.count) ?? 0]));
  return {
    from: figureOf(min, facts) ?? min,
    to: figureOf(max, facts) ?? max,
    counts: Array.from({ length: bins.count }, (_, bin) => counts.get(bin) ?? 0),
  };
}

/** JSON's own types, a whole number apart. */
const JSON_TYPES = `CASE json_type(value) WHEN 'VARCHAR' THEN 'string' WHEN 'DOUBLE' THEN 'number'
  WHEN 'UBIGINT' THEN 'integer' WHEN 'BIGINT' THEN 'integer' ELSE lower(json_type(value)) END`;

async function typesOf(
  connection: Connection,
  { sql: value, from }: ColumnFacts,
): Promise<readonly ValueCount[]> {
  const found = await ask(
    connection,
    `SELECT ${JSON_TYPES} AS "value", count(*) AS "count"
     FROM (SELECT ${value} AS value FROM ${from}) WHERE value IS NOT NULL GROUP BY ALL ORDER BY "count" DESC, 1`,
  );
  return found.map(toValueCount);
}

/** A whole number that a double would round. */
function exact(whole: bigint | null): bigint | null {
  return whole !== null && !Number.isSafeInteger(Number(whole)) ? whole : null;
}

/** A figure as its column shows it: of a time, seconds since 1970 are an instant. */
function figureOf(figure: number | null, { kind }: ColumnFacts): Figure | null {
  if (figure === null || kind !== 'time') return figure;
  const instant = new Date(figure * 1000);
  return Number.isNaN(instant.getTime()) ? figure : instant.toISOString();
}
