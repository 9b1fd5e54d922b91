import { CliError } from '../errors.js';
import type { JoinedDataset } from './datasets.js';
import type { Source, SourceColumn } from './source.js';
import { keep, type Workshop } from './workshop.js';

/** One side of a join. */
export interface Side {
  readonly source: Source;
  readonly name: string;
}

export interface Joined {
  readonly source: Source;
  readonly unmatched: JoinedDataset['unmatched'];
}

/** Marks that together tell which rows belong to each other. */
const KEYS = [['$aml_dc_correlation_id'], ['mdc_correlationid', 'mdc_row']] as const;

/**
 * See `Datasets.join`. Where an id is there several times, the rows belong to each other in their order, so that none is
 * there twice.
 */
export async function joinSources(
  { left, right }: { readonly left: Side; readonly right: Side },
  workshop: Workshop,
): Promise<Joined> {
  const key = KEYS.find((names) => [left, right].every((side) => names.every(markIn(side))));
  if (!key) {
    const lacking = KEYS.some((names) => names.every(markIn(left))) ? right : left;
    throw new CliError(
      'unsupported',
      `The rows of "${lacking.name}" do not tell which request they belong to.`,
      {
        hint: 'For v1 the scoring script has to call add_correlations() on what it collects.',
      },
    );
  }
  const matched = key.map((_, at) => `l.k${at} = r.k${at}`).join(' AND ');
  const [own, others] = [columnsOf(left, 'l'), columnsOf(right, 'r')];
  const all = await keep(workshop, {
    values: [...own, ...others].flatMap(({ sql, text }) => [sql, ...(text ? [text] : [])]),
    from: `${numberedRows(left, 'l', key)} l JOIN ${numberedRows(right, 'r', key)} r
      ON ${matched} AND l.nth = r.nth ORDER BY l.n`,
  });
  const isFeature = ({ role }: SourceColumn) => role === 'feature';
  const features = (columns: readonly SourceColumn[], side: Side, other: readonly SourceColumn[]) =>
    columns.filter(isFeature).map((column) => {
      const isShared = other.some((one) => isFeature(one) && one.name === column.name);
      return isShared ? { ...column, name: `${side.name}_${column.name}` } : column;
    });
  const columns = [
    ...features(own, left, others),
    ...features(others, right, own),
    ...own.filter((column) => !isFeature(column)),
  ];
  const [l, r] = [left.source, right.source];
  const rejected = [l, r].flatMap((source) =>
    source.rejected === undefined ? [] : [source.rejected],
  );
  return {
    source: {
      columns: distinct(columns),
      from: all.from,
      counts: {
        rows: all.count,
        rejected: l.counts.rejected + r.counts.rejected,
        unresolved: l.counts.unresolved + r.counts.unresolved,
      },
      notes: [...l.notes, ...r.notes],
      isTyped: true,
      ...(rejected.length > 0 && { rejected: rejected.join(' UNION ALL ') }),
    },
    unmatched: { left: l.counts.rows - all.count, right: r.counts.rows - all.count },
  };
}

function markIn({ source }: Side): (name: string) => boolean {
  return (name) => source.columns.some((column) => column.role === 'mark' && column.name === name);
}

/** The columns of a side as `numberedRows` has them. */
function columnsOf({ source }: Side, letter: string): readonly SourceColumn[] {
  return source.columns.map((column, at) => ({
    ...column,
    sql: `${letter}c${at}`,
    ...(column.text !== undefined && { text: `${letter}t${at}` }),
  }));
}

/**
 * SQL of a side's rows with its key, their place and their place among those of one key. Ids are texts, whatever the
 * column looks like: the user may have chosen them, and those of the other side may look like something else.
 */
function numberedRows({ source }: Side, letter: string, key: readonly string[]): string {
  const values = source.columns.flatMap(({ sql, text }, at) => [
    `${sql} AS ${letter}c${at}`,
    ...(text === undefined ? [] : [`${text} AS ${letter}t${at}`]),
  ]);
  const keys = key.map((name, at) => {
    const column = source.columns.find((one) => one.role === 'mark' && one.name === name);
    return `nullif(${column?.text ?? `CAST(${column?.sql} AS VARCHAR)`}, '') AS k${at}`;
  });
  const byKey = key.map((_, at) => `k${at}`).join(', ');
  return `(SELECT *, row_number() OVER (PARTITION BY ${byKey} ORDER BY n) AS nth
    FROM (SELECT ${[...values, ...keys].join(', ')}, row_number() OVER () AS n FROM ${source.from}))`;
}

/** A name that was there before keeps it. */
function distinct(columns: readonly SourceColumn[]): readonly SourceColumn[] {
  const taken = new Set<string>();
  return columns.map((column) => {
    let { name } = column;
    while (taken.has(name)) name = `${name}_`;
    taken.add(name);
    return { ...column, name };
  });
}
