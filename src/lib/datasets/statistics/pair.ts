import type { FeatureComparison } from '../../model/drift.js';
import type { ColumnFacts } from './column-facts.js';

/** A feature that both sides have. */
export interface Pair {
  readonly baseline: ColumnFacts;
  readonly target: ColumnFacts;
}

/** What a comparison of values finds; the rest of a feature is known without it. */
export type Found = Pick<
  FeatureComparison,
  | 'distribution'
  | 'jensen_shannon_distance'
  | 'population_stability_index'
  | 'out_of_bounds_rate'
  | 'note'
> &
  Partial<FeatureComparison> & {
    /** Values that took part. */
    readonly compared: { readonly baseline: number; readonly target: number };
  };
