import { expect, test } from 'vitest';
import {
  chiSquaredP,
  kolmogorov,
  kolmogorovSmirnovP,
} from '../../src/lib/datasets/statistics/p-values.js';

// scipy 1.17.1, `stats.ks_2samp(a, b, method='exact')`: m, n, statistic * m * n, p-value.
test.each([
  [5, 5, 10, 0.873015873015873],
  [5, 5, 15, 0.35714285714285715],
  [7, 20, 40, 0.671023501458284],
  [7, 20, 43, 0.6090413612152743],
  [100, 130, 900, 0.9281087445987656],
  [100, 130, 3990, 3.2728734855945194e-5],
  [1000, 900, 64400, 0.014759599016129561],
  [1000, 900, 190900, 3.8453234137124946e-19],
  [10000, 9000, 4486000, 1.1434076593255347e-10],
])('of %i and %i values, %i is as likely as scipy says', (m, n, product, p) => {
  expect(kolmogorovSmirnovP(product, m, n) / p).toBeCloseTo(1, 9);
});

test('two samples that never part are alike, those that never meet are not', () => {
  expect(kolmogorovSmirnovP(0, 10, 20)).toBe(1);
  // One path of `comb(4, 2)` on either side.
  expect(kolmogorovSmirnovP(4, 2, 2)).toBeCloseTo(2 / 6, 12);
  expect(kolmogorovSmirnovP(1, 1, 1)).toBe(1);
  expect(kolmogorovSmirnovP(1e12, 1e6, 1e6)).toBe(0);
});

// scipy 1.17.1, `special.kolmogorov`.
test.each([
  [0.2, 0.999999999999495],
  [0.5, 0.9639452436648751],
  [0.9, 0.3927307079406543],
  [1, 0.26999967167735456],
  [1.36, 0.049485876755377876],
  [2.5, 7.453306344157342e-6],
  [5, 3.8574996959278356e-22],
])('of very many values, the limit at %d is that of Kolmogorov', (x, p) => {
  expect(kolmogorov(x) / p).toBeCloseTo(1, 12);
  const size = 1e9;
  expect(kolmogorovSmirnovP(x * Math.sqrt(2 / size) * size * size, size, size) / p).toBeCloseTo(
    1,
    9,
  );
});

// scipy 1.17.1, `stats.chi2.sf`.
test.each([
  [0.5, 1, 0.47950012218695337],
  [3.84, 1, 0.05004352124870519],
  [12, 9, 0.21330930508341653],
  [500, 400, 0.00048221275959343273],
  [1000, 1, 1.7958327848007363e-219],
  [30000, 29000, 1.9933885461744458e-5],
  [40, 999, 1],
])('a chi-squared of %d with %i degrees of freedom is as likely as scipy says', (x, dof, p) => {
  expect(chiSquaredP(x, dof) / p).toBeCloseTo(1, 9);
});

test('without a degree of freedom there is no doubt', () => {
  expect(chiSquaredP(0, 0)).toBe(1);
});
