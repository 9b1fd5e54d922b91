import type { Operand } from '../operand.js';
import type { CallFacts, Rule } from '../rule.js';
import {
  constant,
  isComplete,
  jsonArray,
  jsonBag,
  letting,
  listOf,
  numbers,
  sumOf,
} from './series-sql.js';

/** The values of one season: of each place of the period the median of all but the last `held` values there. */
function season(period: number, held: number): string {
  const size = `(len(kql_s.v) - ${held})`;
  const same = `list_transform(range((kql_i - 1) % ${period} + 1, ${size} + 1, ${period}), lambda kql_k: kql_s.v[kql_k])`;
  return listOf('kql_i', 'len(kql_s.v)', `list_median(${same})`);
}

function periodOf(operand: Operand | undefined, call: CallFacts): number {
  const period = constant(operand, -1, call);
  if (period >= 0 && Number.isInteger(period)) return period;
  return call.refuse(`${call.name}() without a period, which Kusto guesses`, call.span);
}

function seasonal([series, period, held]: readonly Operand[], call: CallFacts): string {
  if (!series) return call.refuse(`${call.name}()`, call.span);
  const size = periodOf(period, call);
  if (size === 0) call.refuse(`${call.name}() with a period of 0`, call.span);
  const values = jsonArray(season(size, constant(held, 0, call)));
  return letting(
    'kql_s',
    { v: numbers(series.sql) },
    `CASE WHEN ${isComplete('kql_s.v')} THEN ${values} END`,
  );
}

const TRENDS = {
  none: () => '0e0',
  avg: (size: string) => `list_avg(kql_d.v[:${size}])`,
  linefit: (size: string) => {
    const middle = `(${size} + 1) / 2e0`;
    const products = sumOf('kql_i', size, `(kql_i - ${middle}) * kql_d.v[kql_i]`);
    const widths = sumOf('kql_i', size, `(kql_i - ${middle}) * (kql_i - ${middle})`);
    return `CASE WHEN ${size} > 1 THEN ${products} / ${widths} ELSE 0e0 END`;
  },
} as const;

/** A series as the sum of its season, its trend and what is left. The last `held` values teach nothing. */
function decompose(
  [series, period, trend, held]: readonly (Operand | undefined)[],
  call: CallFacts,
): string {
  if (!series) return call.refuse(`${call.name}()`, call.span);
  const size = periodOf(period, call);
  const kind = constant(trend, 'avg', call).toLowerCase();
  if (kind !== 'none' && kind !== 'avg' && kind !== 'linefit') {
    return call.refuse(`the trend "${kind}"`, call.span);
  }
  const points = constant(held, 0, call);
  const learned = `(len(kql_s.v) - ${points})`;
  const count = 'len(kql_s.v)';
  const seasons = size === 0 ? listOf('kql_i', count, '0e0') : season(size, points);
  const without = listOf('kql_i', count, 'kql_s.v[kql_i] - kql_p.s[kql_i]');
  const level = kind === 'linefit' ? TRENDS.avg(learned) : TRENDS[kind](learned);
  const slope = kind === 'linefit' ? TRENDS.linefit(learned) : '0e0';
  const line = listOf('kql_i', count, `kql_l.b + kql_l.a * (kql_i - (${learned} + 1) / 2e0)`);
  const sum = listOf('kql_i', count, 'kql_p.s[kql_i] + kql_t.v[kql_i]');
  const rest = listOf('kql_i', count, 'kql_s.v[kql_i] - kql_p.s[kql_i] - kql_t.v[kql_i]');
  const bag = jsonBag({
    baseline: jsonArray(sum),
    seasonal: jsonArray('kql_p.s'),
    trend: jsonArray('kql_t.v'),
    residual: jsonArray(rest),
  });
  const withTrend = letting('kql_l', { a: slope, b: level }, letting('kql_t', { v: line }, bag));
  const parts = letting('kql_p', { s: seasons }, letting('kql_d', { v: without }, withTrend));
  const isWhole = `len(kql_s.v) > ${points} AND ${isComplete('kql_s.v')}`;
  return letting('kql_s', { v: numbers(series.sql) }, `CASE WHEN ${isWhole} THEN ${parts} END`);
}

/** Series as sums of what repeats, what grows, and the rest. */
export const SERIES_SEASONS: Readonly<Record<string, Rule>> = {
  series_decompose: { args: ['dynamic', 'any'], sql: decompose },
  series_decompose_forecast: {
    args: ['dynamic', 'any'],
    sql: ([series, held, period, trend], call) => decompose([series, period, trend, held], call),
  },
  series_seasonal: { args: ['dynamic', 'any'], sql: seasonal },
};
