import type { Rule } from '../rule.js';
import {
  constant,
  flag,
  isComplete,
  jsonArray,
  jsonBag,
  letting,
  listOf,
  numbers,
  overNumbers,
  sumOf,
} from './series-sql.js';

const real = (sql: string) => `kql_real_json(${sql})`;
const whole = (sql: string) => `CAST(${sql} AS VARCHAR)`;

/** The extremes and where they first stand, the mean, the spread; of a series with gaps only if they may be left out. */
const stats = overNumbers((series, [ignore], call) => {
  const kept = flag(ignore, false, call)
    ? 'list_filter(kql_all.v, lambda x: isfinite(x))'
    : `CASE WHEN ${isComplete('kql_all.v')} THEN kql_all.v END`;
  const bag = jsonBag({
    min: real('list_min(kql_s.v)'),
    min_idx: whole('list_position(kql_all.v, list_min(kql_s.v)) - 1'),
    max: real('list_max(kql_s.v)'),
    max_idx: whole('list_position(kql_all.v, list_max(kql_s.v)) - 1'),
    avg: real('list_avg(kql_s.v)'),
    stdev: real('coalesce(list_stddev_samp(kql_s.v), 0e0)'),
    variance: real('coalesce(list_var_samp(kql_s.v), 0e0)'),
    sum: real('list_sum(kql_s.v)'),
    len: whole('len(kql_s.v)'),
  });
  const of = letting('kql_s', { v: kept }, `CASE WHEN len(kql_s.v) > 0 THEN ${bag} END`);
  return letting('kql_all', { v: series }, of);
});

/** Sum of squares of a list, and how far apart two lists are in that measure. */
const squares = (list: string) => `list_dot_product(${list}, ${list})`;
const difference = (one: string, other: string) =>
  `list_transform(list_zip(${one}, ${other}), lambda x: x[1] - x[2])`;

/** What every fit says of itself: `kql_fit` has the series `y` and the fitted values `f`. */
function fitted(name: string, coefficients: Readonly<Record<string, string>>) {
  const apart = 'greatest(len(kql_fit.y) - 1, 1)';
  const mean = 'list_transform(kql_fit.y, lambda x: x - list_avg(kql_fit.y))';
  const rest = difference('kql_fit.y', 'kql_fit.f');
  return (order: readonly string[]) => {
    const members: Readonly<Record<string, string>> = {
      rsquare: real('CASE WHEN kql_of.all = 0 THEN 1e0 ELSE 1 - kql_of.rest / kql_of.all END'),
      variance: real(`kql_of.all / ${apart}`),
      rvariance: real(`kql_of.rest / ${apart}`),
      [name]: jsonArray('kql_fit.f'),
      ...coefficients,
    };
    const ordered = Object.fromEntries(order.map((member) => [member, members[member] ?? 'NULL']));
    return letting('kql_of', { all: squares(mean), rest: squares(rest) }, jsonBag(ordered));
  };
}

/** The line `a x + b` with the least squares; the places of a series count from 1. */
const fitLine = overNumbers((series) => {
  const middle = '(len(kql_s.y) + 1) / 2e0';
  const products = sumOf('kql_i', 'len(kql_s.y)', `(kql_i - ${middle}) * kql_s.y[kql_i]`);
  const widths = sumOf('kql_i', 'len(kql_s.y)', `(kql_i - ${middle}) * (kql_i - ${middle})`);
  const slope = `CASE WHEN len(kql_s.y) > 1 THEN ${products} / ${widths} ELSE 0e0 END`;
  const bag = fitted('line_fit', {
    slope: real('kql_line.a'),
    interception: real('kql_line.b'),
  })(['rsquare', 'slope', 'variance', 'rvariance', 'interception', 'line_fit']);
  const line = { a: 'kql_slope.a', b: `list_avg(kql_s.y) - kql_slope.a * ${middle}` };
  const values = listOf('kql_i', 'len(kql_s.y)', 'kql_line.a * kql_i + kql_line.b');
  const withLine = letting('kql_line', line, letting('kql_fit', { y: 'kql_s.y', f: values }, bag));
  const whole = letting('kql_slope', { a: slope }, withLine);
  return letting(
    'kql_s',
    { y: series },
    `CASE WHEN len(kql_s.y) > 0 AND ${isComplete('kql_s.y')} THEN ${whole} END`,
  );
});

/**
 * The polynomial with the least squares, as a sum of polynomials that are orthogonal on the places. The state of
 * the reduction: values of the last two of these, then their coefficients from the lowest, then both of the sum.
 */
const fitPoly = overNumbers((values, [places, degree], call) => {
  const power = constant(degree, 1, call);
  if (!Number.isInteger(power) || power < 0)
    call.refuse(`${call.name}() of this degree`, call.span);
  const zeros = (count: string) => `list_transform(range(${count}), lambda kql_i: 0e0)`;
  const size = 'len(kql_s.y)';
  const first = `[${zeros(size)}, list_transform(range(${size}), lambda kql_i: 1e0), ${zeros(
    String(power + 1),
  )}, [1e0] || ${zeros(String(power))}, ${zeros(size)}, ${zeros(String(power + 1))}]`;
  const dot = (one: string, other: string) => `list_dot_product(${one}, ${other})`;
  const scale = `CASE WHEN ${dot('kql_a[2]', 'kql_a[2]')} = 0 THEN 0e0 ELSE ${dot('kql_s.y', 'kql_a[2]')} / ${dot('kql_a[2]', 'kql_a[2]')} END`;
  const moved = 'list_transform(list_zip(kql_s.x, kql_a[2]), lambda x: x[1] * x[2])';
  const ratio = (one: string, other: string) =>
    `CASE WHEN ${other} = 0 THEN 0e0 ELSE ${one} / ${other} END`;
  const factors = {
    c: scale,
    a: ratio(dot(moved, 'kql_a[2]'), dot('kql_a[2]', 'kql_a[2]')),
    b: ratio(dot('kql_a[2]', 'kql_a[2]'), dot('kql_a[1]', 'kql_a[1]')),
  };
  const next = listOf(
    'kql_i',
    size,
    '(kql_s.x[kql_i] - kql_k.a) * kql_a[2][kql_i] - kql_k.b * kql_a[1][kql_i]',
  );
  const shifted = listOf(
    'kql_i',
    String(power + 1),
    'CASE WHEN kql_i > 1 THEN kql_a[4][kql_i - 1] ELSE 0e0 END - kql_k.a * kql_a[4][kql_i] - kql_k.b * kql_a[3][kql_i]',
  );
  const added = (sum: string, term: string) =>
    `list_transform(list_zip(${sum}, ${term}), lambda x: x[1] + kql_k.c * x[2])`;
  const state = `[kql_a[2], ${next}, kql_a[4], ${shifted}, ${added('kql_a[5]', 'kql_a[2]')}, ${added('kql_a[6]', 'kql_a[4]')}]`;
  const reduced = `list_reduce(list_transform(range(${power + 1}), lambda kql_i: [[0e0]]),
    lambda kql_a, kql_n: ${letting('kql_k', factors, state)}, ${first})`;
  const bag = fitted('poly_fit', { coefficients: jsonArray('list_reverse(kql_sum.p[6])') })([
    'rsquare',
    'coefficients',
    'variance',
    'rvariance',
    'poly_fit',
  ]);
  const summed = letting(
    'kql_sum',
    { p: reduced },
    letting('kql_fit', { y: 'kql_s.y', f: 'kql_sum.p[5]' }, bag),
  );
  // DuckDB looks at the gaps of other rows too, so that lists are without any before they are multiplied.
  const filled = (list: string) => `list_transform(${list}, lambda x: coalesce(x, 0e0))`;
  const given = { y: values, ...(places && { x: numbers(places.sql) }) };
  const known = {
    y: filled('kql_y.y'),
    x: places ? filled('kql_y.x') : 'list_transform(kql_y.y, lambda x, kql_i: kql_i::DOUBLE)',
  };
  const isFit = [
    `len(kql_s.y) > ${power} AND len(kql_s.x) = len(kql_s.y)`,
    ...Object.keys(given).map((name) => isComplete(`kql_y.${name}`)),
  ].join(' AND ');
  const fit = letting('kql_s', known, `CASE WHEN ${isFit} THEN ${summed} END`);
  return letting('kql_y', given, fit);
});

/** Numbers that say something of a whole series, as a bag. */
export const SERIES_FITS: Readonly<Record<string, Rule>> = {
  series_fit_line: fitLine,
  series_fit_line_dynamic: fitLine,
  series_fit_poly: fitPoly,
  series_stats: stats,
  series_stats_dynamic: stats,
};
