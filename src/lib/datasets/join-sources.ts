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
  const rows = (side: Side, letter: string) => numberedRows(side, letter, key);
  const matched = key.map((_, at) => `l.k${at} = r.k${at}`).join(' AND ');
  const isKept = ({ role }: SourceColumn) => role === 'feature';
  const wanted = [
    ...left.source.columns.flatMap((column, at) => (isKept(column) ? [{ column, at, side: left }] : [])),
    ...right.source.columns.flatMap((column, at) => (isKept(column) ? [{ column, at, side: right }] : [])),
    ...left.source.columns.flatMap((column, at) => (isKept(column) ? [] : [{ column, at, side: left }])),
  ];
  const columns = wanted.map(({ column, at, side }): SourceColumn => {
    const letter = side === left ? 'l' : 'r';
    const other = side === left ? right : left;
    const isShared = isKept(column) && other.source.columns.some((one) => isKept(one) && one.name === column.name);
    const name = isShared ? `${side.name}_${column.name}` : column.name;
    const text = column.text === undefined ? {} : { text: `${letter}t${at}` };
    return { ...column, name, sql: `${letter}c${at}`, ...text };
  });
  const all = await keep(
    workshop,
    `SELECT * FROM ${rows(left, 'l')} l JOIN ${rows(right, 'r')} r ON ${matched} AND l.nth = r.nth ORDER BY l.n`,
  );
  const unmatched = {
    left: left.source.counts.rows - all.count,
    right: right.source.counts.rows - all.count,
  };
  return { source: joinedSource(distinct(columns), all, [left.source, right.source]), unmatched };
}
