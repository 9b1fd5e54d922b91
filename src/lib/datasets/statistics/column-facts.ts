import { ask, type Connection } from '../../duckdb/ask.js';
import type { ColumnKind } from '../../model/column-statistics.js';
import type { DatasetRelation, RelationColumn } from '../datasets.js';
import { inSheets } from '../workshop.js';
import { toNumber, toWhole } from './answers.js';
import { computable, KIND_OF, LARGEST } from './column-kinds.js';

/** What one pass tells of a column. */
export interface ColumnFacts extends RelationColumn {
  /** The rows that have it, as they stand behind FROM. */
  readonly from: string;
  readonly kind: ColumnKind;
  readonly rows: number;
  readonly count: number;
  readonly nans: number;
  readonly infinites: number;
  /** An estimate. */
  readonly distinct: number;
  /** Of what can be computed with; times are seconds since 1970. */
  readonly min: number | null;
  readonly mean: number | null;
  readonly stddev: number | null;
  readonly max: number | null;
  /** Of whole numbers, to the last digit. */
  readonly lowest: bigint | null;
  readonly highest: bigint | null;
}

/** How many rows there are, columns or not, and what they hold. */
export interface RelationFacts {
  readonly rows: number;
  readonly columns: readonly ColumnFacts[];
}

/** One pass over all columns; over some of them at a time where there are many. */
export async function factsOf({ connection, sheets }: DatasetRelation): Promise<RelationFacts> {
  const facts: RelationFacts[] = [];
  for (const { sql, columns } of sheets) {
    for (const some of inSheets(columns)) facts.push(await factsIn(connection, `(${sql})`, some));
  }
  return { rows: facts[0]?.rows ?? 0, columns: facts.flatMap(({ columns }) => columns) };
}

async function factsIn(
  connection: Connection,
  from: string,
  columns: readonly RelationColumn[],
): Promise<RelationFacts> {
  const selected = columns.flatMap(({ type, sql: value }, index) => {
    const kind = KIND_OF[type];
    return [
      `count(${value}) AS "count${index}"`,
      `approx_count_distinct(${value}) AS "distinct${index}"`,
      ...(kind === 'real' ? oddities(value, index) : []),
      ...(kind === 'integer' || type === 'decimal'
        ? [
            `${whole(`min(${value})`)} AS "lowest${index}"`,
            `${whole(`max(${value})`)} AS "highest${index}"`,
          ]
        : []),
      ...(isOrdered(kind) ? moments(computable(value, kind), index) : []),
    ];
  });
  const [row = {}] = await ask(
    connection,
    `SELECT ${['count(*) AS "rows"', ...selected].join(', ')} FROM ${from}`,
  );
  const figure = (name: string) => toNumber(row[name]);
  const rows = figure('rows') ?? 0;
  const facts = columns.map((column, index) => ({
    ...column,
    from,
    kind: KIND_OF[column.type],
    rows,
    count: figure(`count${index}`) ?? 0,
    nans: figure(`nans${index}`) ?? 0,
    infinites: figure(`infinites${index}`) ?? 0,
    distinct: figure(`distinct${index}`) ?? 0,
    min: figure(`min${index}`),
    mean: figure(`mean${index}`),
    stddev: figure(`stddev${index}`),
    max: figure(`max${index}`),
    lowest: toWhole(row[`lowest${index}`]),
    highest: toWhole(row[`highest${index}`]),
  }));
  return { rows, columns: facts };
}

/** Null for a number that is not whole. */
function whole(value: string): string {
  return `CASE WHEN ${value} = trunc(${value}) THEN CAST(trunc(${value}) AS HUGEINT) END`;
}

function oddities(value: string, index: number): readonly string[] {
  const real = `CAST(${value} AS DOUBLE)`;
  return [
    `count_if(isnan(${real})) AS "nans${index}"`,
    `count_if(abs(${real}) > ${LARGEST} AND NOT isnan(${real})) AS "infinites${index}"`,
  ];
}

function moments(value: string, index: number): readonly string[] {
  return [
    `min(${value}) AS "min${index}"`,
    `avg(${value}) AS "mean${index}"`,
    `stddev_samp(${value}) AS "stddev${index}"`,
    `max(${value}) AS "max${index}"`,
  ];
}

/** Numbers and times: they have a smallest, a middle and bins. */
export function isOrdered(kind: ColumnKind): boolean {
  return kind === 'integer' || kind === 'real' || kind === 'time';
}
