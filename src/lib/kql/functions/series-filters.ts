import type { Operand } from '../operand.js';
import type { CallFacts, Rule } from '../rule.js';
import {
  flag,
  isComplete,
  jsonArray,
  jsonBag,
  letting,
  listOf,
  numbers,
  sumOf,
} from './series-sql.js';

/** A filter with fixed weights: normalized if asked for, around each place or from it backwards. */
function fir([series, filter, normalize, center]: readonly Operand[], call: CallFacts): string {
  if (!series || !filter) return call.refuse(`${call.name}()`, call.span);
  const shift = flag(center, false, call) ? 'len(kql_s.w) // 2' : '0';
  const at = `kql_i + ${shift} - kql_k + 1`;
  const term = `CASE WHEN ${at} >= 1 THEN kql_s.v[${at}] * kql_s.w[kql_k] END`;
  const sum = sumOf('kql_k', 'len(kql_s.w)', term);
  const scaled = flag(normalize, true, call) ? `${sum} / list_sum(kql_s.w)` : sum;
  const list = listOf('kql_i', 'len(kql_s.v)', scaled);
  return letting('kql_s', { v: numbers(series.sql), w: numbers(filter.sql) }, jsonArray(list));
}

/** Each value is made of values of the series (weights `b`) and of those made before it (weights `a`). */
function iir([series, numerators, denominators]: readonly Operand[], call: CallFacts): string {
  if (!series || !numerators || !denominators) return call.refuse(`${call.name}()`, call.span);
  const place = 'len(kql_y) + 1';
  const given = sumOf(
    'kql_k',
    'len(kql_s.b)',
    `CASE WHEN ${place} - kql_k + 1 >= 1 THEN kql_s.b[kql_k] * kql_s.v[${place} - kql_k + 1] END`,
  );
  const made = sumOf(
    'kql_k',
    'len(kql_s.a) - 1',
    `CASE WHEN ${place} - kql_k >= 1 THEN kql_s.a[kql_k + 1] * kql_y[${place} - kql_k] END`,
  );
  // The reduction is over lists because its state is one.
  const steps = 'list_transform(kql_s.v, lambda x: [x])';
  const list = `list_reduce(${steps}, lambda kql_y, kql_x: kql_y || [(${given} - ${made}) / kql_s.a[1]], []::DOUBLE[])`;
  const filtered = `CASE WHEN len(kql_s.v) = 0 THEN '[]' WHEN kql_s.a[1] <> 0 THEN ${jsonArray(list)} END`;
  const known = {
    v: numbers(series.sql),
    b: numbers(numerators.sql),
    a: numbers(denominators.sql),
  };
  return letting('kql_s', known, filtered);
}

/** The Fourier transform, as real and imaginary parts; `inverse` has the other sign and is scaled. */
function fourier({ inverse }: { readonly inverse: boolean }): Rule {
  return {
    args: ['dynamic'],
    sql: ([series, imaginary], call) => {
      if (!series) return call.refuse(`${call.name}()`, call.span);
      const size = 'len(kql_s.r)';
      // A step round the circle; at its quarters sine and cosine are exact.
      const step = `(((kql_i - 1) * (kql_k - 1)) % ${size})`;
      const angle = `2 * pi() * ${step} / ${size}`;
      const cosine = `CASE WHEN 4 * ${step} IN (${size}, 3 * ${size}) THEN 0e0 ELSE cos(${angle}) END`;
      const sine = `${inverse ? '' : '-'} CASE WHEN 2 * ${step} = ${size} THEN 0e0 ELSE sin(${angle}) END`;
      const part = imaginary ? 'kql_s.j[kql_k]' : '0e0';
      const scale = inverse ? ` / ${size}` : '';
      const sum = (term: string) =>
        jsonArray(listOf('kql_i', size, `${sumOf('kql_k', size, term)}${scale}`));
      const bag = jsonBag({
        real: sum(`kql_s.r[kql_k] * (${cosine}) - ${part} * (${sine})`),
        imag: sum(`kql_s.r[kql_k] * (${sine}) + ${part} * (${cosine})`),
      });
      const known = {
        r: numbers(series.sql),
        ...(imaginary && { j: numbers(imaginary.sql) }),
      };
      const isWhole = ['kql_s.r', ...(imaginary ? ['kql_s.j'] : [])].map(isComplete).join(' AND ');
      const isPair = imaginary ? ` AND len(kql_s.j) = ${size}` : '';
      return letting('kql_s', known, `CASE WHEN ${isWhole}${isPair} THEN ${bag} END`);
    },
  };
}

/** Series made of others by filters. */
export const SERIES_FILTERS: Readonly<Record<string, Rule>> = {
  series_fft: fourier({ inverse: false }),
  series_fir: { args: ['dynamic', 'dynamic', 'any'], sql: fir },
  series_ifft: fourier({ inverse: true }),
  series_iir: { args: ['dynamic'], sql: iir },
};
