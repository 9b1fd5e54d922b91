import { toNumber } from './answers.js';

/** How many values each side has. */
export interface Sizes {
  readonly baseline: number;
  readonly target: number;
}

/**
 * SQL of the figures that only see how often something is: aggregates over rows of `b` and `t`, the counts of both sides
 * in one bin or of one category, and `k`, the number of rows.
 *
 * The population stability index counts one more in each, so that nothing is divided by nothing; natural logarithm. The
 * divergence is that of Jensen and Shannon, with base 2.
 */
export function shares({ baseline, target }: Sizes): string {
  const [b, t] = [`(b / ${baseline})`, `(t / ${target})`];
  const [moreB, moreT] = [`((b + 1) / (${baseline} + k))`, `((t + 1) / (${target} + k))`];
  const towardsMiddle = (share: string) =>
    `CASE WHEN ${share} > 0 THEN ${share} * log2(2 * ${share} / (${b} + ${t})) ELSE 0 END`;
  return `sum((${moreT} - ${moreB}) * ln(${moreT} / ${moreB})) AS "stability",
    sum(${towardsMiddle(b)} + ${towardsMiddle(t)}) / 2 AS "divergence"`;
}

/** What `shares` found. The distance is the root of the divergence, from 0 to 1. */
export function readShares(row: Readonly<Record<string, unknown>>) {
  return {
    population_stability_index: toNumber(row.stability),
    jensen_shannon_distance: Math.sqrt(Math.max(0, toNumber(row.divergence) ?? 0)),
  };
}
