/** Above this product of sizes every further path changes nothing that anybody would see. */
const MOST_CELLS = 1e8;
/** Twice the limit's first term below this is nothing at all. */
const LEAST = 1e-300;

/**
 * The two-sided p-value of the two-sample Kolmogorov–Smirnov test.
 *
 * Exact for sizes whose product is up to 1e8: the share of lattice paths from (0, 0) to (m, n) that leave the band of
 * the statistic, as `scipy.stats.ks_2samp(method='exact')` counts them. Beyond it, the limit distribution of Kolmogorov
 * at `sqrt(mn / (m + n)) * statistic`.
 *
 * @param product the statistic times both sizes, a whole number: so that no path is lost to rounding
 */
export function kolmogorovSmirnovP(product: number, m: number, n: number): number {
  if (product <= 0) return 1;
  const statistic = product / m / n;
  const scaled = statistic * Math.sqrt((m * n) / (m + n));
  if (2 * Math.exp(-2 * scaled * scaled) < LEAST) return 0;
  return m * n > MOST_CELLS ? kolmogorov(scaled) : leavingPaths(product, m, n);
}

/**
 * Backwards from the end, a path came from the left with probability i / (i + j), else from below. Sums of what is
 * positive alone: the smallest p-value has as many digits as the largest.
 */
function leavingPaths(product: number, m: number, n: number): number {
  const row = new Float64Array(n + 1);
  for (let i = 0; i <= m; i += 1) {
    // Within the band is |i * n - j * m| < product.
    const first = Math.max(0, Math.floor((i * n - product) / m) + 1);
    const last = Math.min(n, Math.ceil((i * n + product) / m) - 1);
    let left = first === 0 ? 0 : 1;
    if (first > 0) row[first - 1] = 1;
    for (let j = first; j <= last; j += 1) {
      const before = i === 0 ? 0 : (row[j] ?? 1);
      const value = i + j === 0 ? 0 : (before * i + left * j) / (i + j);
      row[j] = value;
      left = value;
    }
    // What the next row comes from above the band is outside.
    for (let j = last + 1; j <= n && row[j] !== 1; j += 1) row[j] = 1;
  }
  return Math.min(1, row[n] ?? 1);
}

/** P(K > x) of Kolmogorov's limit distribution. */
export function kolmogorov(x: number): number {
  if (x <= 0) return 1;
  if (x < 1) {
    // The theta function turned over: a few terms where the series below needs many.
    const base = -(Math.PI * Math.PI) / (8 * x * x);
    let below = 0;
    for (let k = 1; k <= 9; k += 2) below += Math.exp(base * k * k);
    return 1 - (Math.sqrt(2 * Math.PI) / x) * below;
  }
  let sum = 0;
  for (let k = 1; k <= 10; k += 1) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return sum;
}

/** P(X > x) of the chi-squared distribution. */
export function chiSquaredP(x: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom <= 0 || x <= 0) return 1;
  return upperGamma(degreesOfFreedom / 2, x / 2);
}

/** The regularized upper incomplete gamma function, by its series or its continued fraction. */
function upperGamma(a: number, x: number): number {
  const factor = Math.exp(a * Math.log(x) - x - logGamma(a));
  const most = 1000 + 20 * Math.sqrt(a);
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let k = 1; k < most && term > sum * 1e-17; k += 1) {
      term *= x / (a + k);
      sum += term;
    }
    return 1 - factor * sum;
  }
  // Lentz's method.
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < most; k += 1) {
    const numerator = k * (a - k);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return factor * fraction;
}

/** Stirling's series, where it is good to the last digit. */
function logGamma(value: number): number {
  let [x, shift] = [value, 0];
  for (; x < 12; x += 1) shift += Math.log(x);
  const square = 1 / (x * x);
  const series =
    (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)))) / x;
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series - shift;
}
