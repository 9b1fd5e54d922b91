import type { KustoType } from './table.js';

/** The metrics of drift, by the names that Azure ML's model monitoring gives them. */
export const DRIFT_METRICS = [
  'normalized_wasserstein_distance',
  'jensen_shannon_distance',
  'population_stability_index',
  'two_sample_kolmogorov_smirnov_test',
  'pearsons_chi_squared_test',
] as const;
export const QUALITY_METRICS = [
  'null_value_rate',
  'data_type_error_rate',
  'out_of_bounds_rate',
] as const;
export const METRICS = [...DRIFT_METRICS, ...QUALITY_METRICS] as const;
export type Metric = (typeof METRICS)[number];

/** How a feature is compared. */
export type FeatureKind = 'numerical' | 'categorical';

/** Metrics whose value is a p-value: low is what alarms. */
const TESTS: readonly Metric[] = [
  'two_sample_kolmogorov_smirnov_test',
  'pearsons_chi_squared_test',
];

/** What holds for a metric that is asked for without a threshold of its own. */
const USUAL_THRESHOLDS: Readonly<Record<Metric, number>> = {
  normalized_wasserstein_distance: 0.1,
  jensen_shannon_distance: 0.1,
  population_stability_index: 0.2,
  two_sample_kolmogorov_smirnov_test: 0.05,
  pearsons_chi_squared_test: 0.05,
  null_value_rate: 0,
  data_type_error_rate: 0,
  out_of_bounds_rate: 0,
};

/** Which metrics decide, and from where on. */
export interface Judgement {
  /** Metrics of drift that count; of each kind of feature those that it has. */
  readonly drift: Readonly<Record<FeatureKind, readonly Metric[]>>;
  readonly thresholds: Readonly<Record<Metric, number>>;
}

/** What was asked for. */
export interface JudgementWish {
  /** Metrics that decide instead of the usual ones. */
  readonly metrics: readonly Metric[];
  readonly thresholds: Readonly<Partial<Record<Metric, number>>>;
  /** Metrics that a check is about. */
  readonly checked: readonly Metric[];
}

/**
 * Azure ML's own: a numerical feature drifts by its normalized Wasserstein distance, a categorical one by its
 * Jensen–Shannon distance. Metrics that were named count instead of them; those with a threshold of their own, or that
 * are checked, count as well.
 *
 * Known from: SDK source, azure-ai-ml `entities/_monitoring/thresholds.py`.
 */
export function judgementOf({ metrics, thresholds, checked }: JudgementWish): Judgement {
  const named = (metric: Metric) => metrics.includes(metric);
  const added = (metric: Metric) => checked.includes(metric) || thresholds[metric] !== undefined;
  const isNamed = DRIFT_METRICS.some(named);
  const counting = (usual: Metric) =>
    DRIFT_METRICS.filter(
      (metric) => named(metric) || added(metric) || (!isNamed && metric === usual),
    );
  return {
    drift: {
      numerical: counting('normalized_wasserstein_distance'),
      categorical: counting('jensen_shannon_distance'),
    },
    thresholds: { ...USUAL_THRESHOLDS, ...thresholds },
  };
}

/** The figures of a feature by their metrics; null: it has none. */
export type MetricValues = Readonly<Record<Metric, number | null>>;

/** What a side holds of a feature. */
export interface FeatureSide {
  /** Null: there is no such column. */
  readonly type: KustoType | null;
  readonly rows: number;
  /** Nulls and NaN. */
  readonly nulls: number;
  /** Values that are compared. */
  readonly compared: number;
  readonly mean: number | null;
  readonly min: number | null;
  readonly max: number | null;
}

/** Counts of both sides in the same bins, or of the same categories. */
export interface Distribution {
  /** The bins' borders, one more than counts; of categories empty. */
  readonly edges: readonly number[];
  /** The most frequent ones, `others` behind them; of bins empty. */
  readonly categories: readonly string[];
  /** How many categories the last count stands for. */
  readonly others: number;
  readonly baseline: readonly number[];
  readonly target: readonly number[];
}

/** Beside the p-values: what they follow from. */
export interface TestFigures {
  readonly ks_statistic: number | null;
  readonly chi_squared_statistic: number | null;
  readonly chi_squared_degrees_of_freedom: number | null;
}

/** One feature, before anything is judged. */
export interface FeatureComparison extends MetricValues, TestFigures {
  readonly feature: string;
  /** Null: it is not compared, and `note` says why. */
  readonly kind: FeatureKind | null;
  readonly baseline: FeatureSide;
  readonly target: FeatureSide;
  readonly distribution: Distribution | null;
  readonly note: string | null;
}

/** `not-compared` has no verdict on drift, and no violation of quality. */
export const DRIFT_STATUSES = ['drift', 'quality', 'ok', 'not-compared'] as const;
export type DriftStatus = (typeof DRIFT_STATUSES)[number];

export interface FeatureDrift extends FeatureComparison {
  readonly status: DriftStatus;
  /** The metrics that are past their thresholds. */
  readonly violations: readonly Metric[];
}

/** What a feature's figures mean, worst first: see `byStatus`. */
export function judge(
  features: readonly FeatureComparison[],
  { drift, thresholds }: Judgement,
): readonly FeatureDrift[] {
  return features
    .map((feature) => {
      const past = (metrics: readonly Metric[]) =>
        metrics.filter((metric) => isPast(metric, feature[metric], thresholds[metric]));
      const drifted = feature.kind === null ? [] : past(drift[feature.kind]);
      const violations = [...drifted, ...past(QUALITY_METRICS)];
      const { feature: name, kind, note, baseline, target, distribution, ...figures } = feature;
      const status = statusOf(feature, drifted, violations);
      const verdict = { feature: name, kind, status, violations, note };
      // The order in which a reader of JSON or CSV sees them.
      return { ...verdict, ...figures, baseline, target, distribution };
    })
    .toSorted(byStatus);
}

function isPast(metric: Metric, value: number | null, threshold: number): boolean {
  if (value === null) return false;
  return TESTS.includes(metric) ? value < threshold : value > threshold;
}

function statusOf(
  { jensen_shannon_distance }: FeatureComparison,
  drifted: readonly Metric[],
  violations: readonly Metric[],
): DriftStatus {
  if (drifted.length > 0) return 'drift';
  if (violations.length > 0) return 'quality';
  return jensen_shannon_distance === null ? 'not-compared' : 'ok';
}

/** By status, in it by the Jensen–Shannon distance, which every compared feature has, from 0 to 1; then as they came. */
function byStatus(a: FeatureDrift, b: FeatureDrift): number {
  const order = DRIFT_STATUSES.indexOf(a.status) - DRIFT_STATUSES.indexOf(b.status);
  return order || (b.jensen_shannon_distance ?? -1) - (a.jensen_shannon_distance ?? -1);
}
