import { ask, type Connection } from '../../duckdb/ask.js';
import type { FeatureComparison, FeatureKind, FeatureSide } from '../../model/drift.js';
import type { CompareOptions, DatasetRelation } from '../datasets.js';
import { numberIn } from '../text-types.js';
import { toNumber } from './answers.js';
import { type ColumnFacts, factsOf } from './column-facts.js';
import { asText } from './column-kinds.js';
import { compareCategories } from './compare-categories.js';
import { compareNumbers } from './compare-numbers.js';
import { interruptible } from './interruptible.js';
import type { Pair } from './pair.js';

/** Both sides read with the baseline's connection. */
export interface Sides {
  readonly baseline: DatasetRelation;
  readonly target: DatasetRelation;
}

/**
 * Compares every feature of two data sets: one pass over all columns of a side, then some over each feature.
 *
 * What each number is: docs/commands/data-drift.md.
 */
export async function compare(
  sides: Sides,
  { kinds = new Map(), signal }: CompareOptions = {},
): Promise<readonly FeatureComparison[]> {
  return interruptible(sides.baseline.connection, signal, async () => {
    const baseline = await factsOf(sides.baseline);
    const { rows, columns } = await factsOf(sides.target);
    const target = new Map(columns.map((facts) => [facts.name, facts]));
    const compared: FeatureComparison[] = [];
    for (const facts of baseline.columns) {
      signal?.throwIfAborted();
      const other = target.get(facts.name);
      compared.push(
        other === undefined
          ? absent(facts.name, sideOf(facts), noSide(rows), 'absent from the target')
          : await compareFeature(
              sides.baseline.connection,
              { baseline: facts, target: other },
              kinds,
            ),
      );
      target.delete(facts.name);
    }
    const news = [...target.values()].map((facts) =>
      absent(facts.name, noSide(baseline.rows), sideOf(facts), 'not in the baseline'),
    );
    return [...compared, ...news];
  });
}

async function compareFeature(
  connection: Connection,
  pair: Pair,
  kinds: ReadonlyMap<string, FeatureKind>,
): Promise<FeatureComparison> {
  const { name } = pair.baseline;
  const { kind, note } = kindOfFeature(pair, kinds.get(name));
  const typeErrors = await typeErrorsOf(connection, pair);
  const rows = pair.target.rows;
  const known = {
    ...NOTHING,
    feature: name,
    kind,
    null_value_rate: rows === 0 ? null : (rows - valuesOf(pair.target)) / rows,
    data_type_error_rate: rows === 0 ? null : typeErrors / rows,
  };
  const whole = { ...known, baseline: sideOf(pair.baseline), target: sideOf(pair.target), note };
  if (kind === null) return whole;
  const empty = emptySide(pair);
  if (empty !== null) return { ...whole, note: empty };
  const { compared, ...found } = await (kind === 'numerical'
    ? compareNumbers(connection, pair)
    : compareCategories(connection, pair));
  return {
    ...known,
    ...found,
    baseline: sideOf(pair.baseline, compared.baseline),
    target: sideOf(pair.target, compared.target),
  };
}

const NOTHING = {
  normalized_wasserstein_distance: null,
  jensen_shannon_distance: null,
  population_stability_index: null,
  two_sample_kolmogorov_smirnov_test: null,
  pearsons_chi_squared_test: null,
  ks_statistic: null,
  chi_squared_statistic: null,
  chi_squared_degrees_of_freedom: null,
  null_value_rate: null,
  data_type_error_rate: null,
  out_of_bounds_rate: null,
  distribution: null,
};

/** A feature of one side alone. Where the target lacks it, every row does. */
function absent(
  feature: string,
  baseline: FeatureSide,
  target: FeatureSide,
  note: string,
): FeatureComparison {
  const null_value_rate = target.type === null && target.rows > 0 ? 1 : null;
  return { ...NOTHING, feature, kind: null, baseline, target, null_value_rate, note };
}

/** Whole numbers of up to so many values, and of which that share at most is different, are names of categories. */
const FEW = { values: 20, share: 0.05 };
/** A text of which more than this share is different, and so many, is a name of its row. */
const NAMES = { values: 100, share: 0.5 };

/** How a feature is compared: as was asked for, else by the baseline's type and values. */
function kindOfFeature(
  { baseline, target }: Pair,
  asked: FeatureKind | undefined,
): { readonly kind: FeatureKind | null; readonly note: string | null } {
  if (asked !== undefined) return { kind: asked, note: null };
  // Nothing tells what an empty column would hold: the other side may.
  const { kind, count, distinct } = valuesOf(baseline) > 0 ? baseline : target;
  switch (kind) {
    case 'time':
      return { kind: null, note: 'times always go on' };
    case 'dynamic':
      return { kind: null, note: 'lists and objects are not compared' };
    case 'real':
      return { kind: 'numerical', note: null };
    case 'integer': {
      const isFew = distinct <= FEW.values && distinct < count * FEW.share;
      return { kind: isFew ? 'categorical' : 'numerical', note: null };
    }
    case 'boolean':
      return { kind: 'categorical', note: null };
    case 'text': {
      const isName = distinct > NAMES.values && distinct > count * NAMES.share;
      if (isName) return { kind: null, note: 'nearly every row has a value of its own' };
      return { kind: 'categorical', note: null };
    }
  }
}

function valuesOf({ count, nans }: ColumnFacts): number {
  return count - nans;
}

function emptySide({ baseline, target }: Pair): string | null {
  const [none, nothing] = [valuesOf(baseline) === 0, valuesOf(target) === 0];
  if (none && nothing) return 'no value on either side';
  if (none) return 'no value in the baseline';
  return nothing ? 'no value in the target' : null;
}

function sideOf(facts: ColumnFacts, compared = 0): FeatureSide {
  const isNumber = facts.kind === 'integer' || facts.kind === 'real';
  return {
    type: facts.type,
    rows: facts.rows,
    nulls: facts.rows - valuesOf(facts),
    compared,
    mean: isNumber ? facts.mean : null,
    min: isNumber ? facts.min : null,
    max: isNumber ? facts.max : null,
  };
}

function noSide(rows: number): FeatureSide {
  return { type: null, rows, nulls: rows, compared: 0, mean: null, min: null, max: null };
}

/** Values of the target that the baseline's type cannot hold. Numbers are of one type. */
async function typeErrorsOf(connection: Connection, pair: Pair): Promise<number> {
  const [expected, found] = [pair.baseline, pair.target];
  const isNumber = (kind: string) => kind === 'integer' || kind === 'real';
  if (expected.kind === found.kind || expected.kind === 'text' || expected.kind === 'dynamic') {
    return 0;
  }
  if (isNumber(expected.kind) && isNumber(found.kind)) return 0;
  const text = asText(found.sql);
  // A whole number may be written with a fraction of nothing.
  const held = isNumber(expected.kind) ? numberIn(text) : `TRY_CAST(${text} AS ${expected.stored})`;
  const [row] = await ask(
    connection,
    `SELECT count(*) AS "count" FROM ${found.from}
     WHERE ${found.sql} IS NOT NULL AND ${held} IS NULL`,
  );
  return toNumber(row?.count) ?? 0;
}
