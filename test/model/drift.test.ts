import { describe, expect, test } from 'vitest';
import {
  type FeatureComparison,
  type FeatureKind,
  type JudgementWish,
  judge,
  judgementOf,
  type Metric,
} from '../../src/lib/model/drift.js';

const USUAL: JudgementWish = { metrics: [], thresholds: {}, checked: [] };
const SIDE = { type: 'real', rows: 9, nulls: 0, compared: 9, mean: 1, min: 1, max: 1 } as const;

function feature(
  name: string,
  kind: FeatureKind | null,
  values: Readonly<Partial<Record<Metric, number>>>,
): FeatureComparison {
  return {
    normalized_wasserstein_distance: null,
    jensen_shannon_distance: null,
    population_stability_index: null,
    two_sample_kolmogorov_smirnov_test: null,
    pearsons_chi_squared_test: null,
    ks_statistic: null,
    chi_squared_statistic: null,
    chi_squared_degrees_of_freedom: null,
    null_value_rate: 0,
    data_type_error_rate: 0,
    out_of_bounds_rate: null,
    distribution: null,
    feature: name,
    kind,
    baseline: SIDE,
    target: SIDE,
    note: null,
    ...values,
  };
}

const verdicts = (features: readonly FeatureComparison[], wish = USUAL) =>
  judge(features, judgementOf(wish)).map(({ feature, status, violations }) => [
    feature,
    status,
    violations,
  ]);

const NUMBER = feature('number', 'numerical', {
  normalized_wasserstein_distance: 0.09,
  jensen_shannon_distance: 0.4,
  population_stability_index: 0.3,
  two_sample_kolmogorov_smirnov_test: 0.001,
});
const WORD = feature('word', 'categorical', {
  jensen_shannon_distance: 0.11,
  pearsons_chi_squared_test: 0.2,
});

describe('what decides about drift', () => {
  test('is what decides in Azure ML: of numbers Wasserstein, of categories Jensen–Shannon', () => {
    expect(verdicts([NUMBER, WORD])).toEqual([
      ['word', 'drift', ['jensen_shannon_distance']],
      ['number', 'ok', []],
    ]);
  });

  test('is the metrics that are named, and no other', () => {
    const metrics: Metric[] = ['population_stability_index', 'pearsons_chi_squared_test'];
    expect(verdicts([NUMBER, WORD], { ...USUAL, metrics })).toEqual([
      ['number', 'drift', ['population_stability_index']],
      ['word', 'ok', []],
    ]);
  });

  test('is a metric that has a threshold or is checked, beside the usual one', () => {
    const thresholds = { jensen_shannon_distance: 0.2 };
    expect(verdicts([NUMBER, WORD], { ...USUAL, thresholds })).toEqual([
      ['number', 'drift', ['jensen_shannon_distance']],
      ['word', 'ok', []],
    ]);
    const checked: Metric[] = ['two_sample_kolmogorov_smirnov_test'];
    expect(verdicts([NUMBER], { ...USUAL, checked })).toEqual([
      ['number', 'drift', ['two_sample_kolmogorov_smirnov_test']],
    ]);
  });

  test('is past its threshold only beyond it, a p-value below it', () => {
    const exact = feature('exact', 'categorical', {
      jensen_shannon_distance: 0.1,
      pearsons_chi_squared_test: 0.05,
    });
    const checked: Metric[] = ['pearsons_chi_squared_test'];
    expect(verdicts([exact], { ...USUAL, checked })).toEqual([['exact', 'ok', []]]);
  });
});

test('the worst comes first: drift, then quality, in each the larger Jensen–Shannon distance', () => {
  const features = [
    feature('none', null, {}),
    feature('fine', 'numerical', { jensen_shannon_distance: 0.09 }),
    feature('finer', 'numerical', { jensen_shannon_distance: 0.01 }),
    feature('gone', null, { null_value_rate: 1 }),
    feature('holes', 'numerical', { jensen_shannon_distance: 0.02, null_value_rate: 0.1 }),
    feature('moved', 'categorical', { jensen_shannon_distance: 0.2 }),
    feature('jumped', 'categorical', { jensen_shannon_distance: 0.9, out_of_bounds_rate: 0.5 }),
  ];
  expect(verdicts(features)).toEqual([
    ['jumped', 'drift', ['jensen_shannon_distance', 'out_of_bounds_rate']],
    ['moved', 'drift', ['jensen_shannon_distance']],
    ['holes', 'quality', ['null_value_rate']],
    ['gone', 'quality', ['null_value_rate']],
    ['fine', 'ok', []],
    ['finer', 'ok', []],
    ['none', 'not-compared', []],
  ]);
});
