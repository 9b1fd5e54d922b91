import type { Rule } from '../rule.js';

const NAN = "CAST('nan' AS DOUBLE)";

function reals(sql: string): Rule {
  return { args: ['real'], sql };
}

/** Distributions, each worked out to the last digits that a real holds. */
export const STATISTICS: Readonly<Record<string, Rule>> = {
  beta_cdf: reals('script_beta_cdf($1, $2, $3)'),
  beta_inv: reals('script_beta_inv($1, $2, $3)'),
  beta_pdf: reals('script_beta_pdf($1, $2, $3)'),
  erf: reals('script_erf($1)'),
  erfc: reals('script_erfc($1)'),
  gamma: reals(
    `CASE WHEN $1 > 0 OR $1 <> trunc($1) THEN gamma($1) WHEN $1 IS NOT NULL THEN ${NAN} END`,
  ),
  loggamma: reals(
    `CASE WHEN $1 > 0 OR $1 <> trunc($1) THEN lgamma($1) WHEN $1 IS NOT NULL THEN ${NAN} END`,
  ),
  welch_test: reals('script_welch_test($1, $2, $3, $4, $5, $6)'),
};
