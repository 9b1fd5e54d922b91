import type { KustoType } from '../../model/table.js';
import { MAX_DATETIME_TICKS } from '../../model/ticks.js';
import { convert } from '../convert.js';
import { carrierOf, type Operand } from '../operand.js';
import type { CallFacts, Rule } from '../rule.js';

const isTime = (type: KustoType) => type === 'datetime' || type === 'timespan';

/** `+ - *`: integers wrap as two's complement, times are counts of ticks. */
function arithmetic(operator: '+' | '-' | '*'): Rule {
  return {
    args: ['any'],
    sql: ([left, right], call) => {
      if (!left || !right) return call.refuse(call.name, call.span);
      if (isTime(call.type)) return ofTimes(operator, left, right, call);
      const [a, b] = [convert(left, call.type).sql, convert(right, call.type).sql];
      if (call.type === 'long') return `kql_wrap(${a}::HUGEINT ${operator} ${b})`;
      if (call.type === 'int') return `kql_wrap32(${a}::BIGINT ${operator} ${b})`;
      if (call.type === 'real') return `(${a} ${operator} ${b})`;
      if (call.type === 'decimal') {
        return operator === '*' ? ofDecimals('multiply', a, b) : `TRY(${a} ${operator} ${b})`;
      }
      if (left.type === 'dynamic' && right.type === 'dynamic') {
        const message = `Two dynamic values cannot be calculated with: cast one of them.`;
        return call.reject(message, call.span);
      }
      return call.refuse(`${operator} on ${call.type}`, call.span);
    },
  };
}

function ofTimes(operator: '+' | '-' | '*', left: Operand, right: Operand, call: CallFacts) {
  const time = (operand: Operand) =>
    isTime(operand.type) ? operand : convert(operand, 'timespan');
  if (operator !== '*') {
    const [a, b] = [time(left), time(right)];
    const known = constant(operator, a, b);
    if (known !== undefined) return known;
    const ticks = `${a.sql}::HUGEINT ${operator} ${b.sql}`;
    return `${call.type === 'datetime' ? 'kql_instant' : 'kql_wrap'}(${ticks})`;
  }
  const [span, factor] = left.type === 'timespan' ? [left, right] : [right, left];
  if (span.type !== 'timespan') return call.refuse('this product', call.span);
  if (factor.type === 'real') return `CAST(trunc(${span.sql} * ${factor.sql}) AS BIGINT)`;
  return `kql_wrap(${span.sql}::HUGEINT * ${convert(factor, 'long').sql})`;
}

/** A time that the query spells out, such as `ago(1h)`: files are skipped by it. */
function constant(operator: '+' | '-', left: Operand, right: Operand): string | undefined {
  const [a, b] = [left.literal, right.literal];
  if (typeof a !== 'bigint' || typeof b !== 'bigint') return undefined;
  const ticks = operator === '+' ? a + b : a - b;
  return ticks >= 0n && ticks <= MAX_DATETIME_TICKS ? String(ticks) : undefined;
}

/** Integers are cut towards zero and have no answer for zero; reals go to infinity. */
function divide([left, right]: readonly Operand[], call: CallFacts): string {
  if (!left || !right) return call.refuse(call.name, call.span);
  if (call.type === 'real') {
    return isTime(left.type)
      ? `(${left.sql}::DOUBLE / ${right.sql})`
      : `(${convert(left, 'real').sql} / ${convert(right, 'real').sql})`;
  }
  if (call.type === 'timespan') {
    if (right.type === 'real')
      return `CAST(trunc(${left.sql} / nullif(${right.sql}, 0)) AS BIGINT)`;
    return `(${left.sql} // ${convert(right, 'long').sql})`;
  }
  if (call.type === 'decimal') {
    return ofDecimals('divide', convert(left, 'decimal').sql, convert(right, 'decimal').sql);
  }
  if (call.type !== 'long' && call.type !== 'int') {
    return call.refuse(`/ on ${call.type}`, call.span);
  }
  return `kql_wrap(${convert(left, 'long').sql}::HUGEINT // ${convert(right, 'long').sql})`;
}

/** DuckDB's own lose digits, or have no room for them. */
export function ofDecimals(name: 'multiply' | 'divide', a: string, b: string): string {
  return `TRY_CAST(script_decimal_${name}(CAST(${a} AS VARCHAR), CAST(${b} AS VARCHAR)) AS ${carrierOf('decimal')})`;
}

/** Euclid's: the answer is never negative. */
function modulo([left, right]: readonly Operand[], call: CallFacts): string {
  if (!left || !right) return call.refuse(call.name, call.span);
  if (call.type === 'real') {
    const size = `abs(${convert(right, 'real').sql})`;
    return `fmod(fmod(${convert(left, 'real').sql}, ${size}) + ${size}, ${size})`;
  }
  if (call.type === 'decimal') {
    const size = `nullif(abs(${convert(right, 'decimal').sql}), 0)`;
    return rest(convert(left, 'decimal').sql, size);
  }
  const [a, b] = isTime(call.type)
    ? [left, right]
    : [convert(left, 'long'), convert(right, 'long')];
  const divisor = `nullif(abs(${b.sql}::HUGEINT), 0)`;
  const size =
    typeof b.literal === 'number' || typeof b.literal === 'bigint' ? abs(b.literal) : divisor;
  return `CAST(${rest(a.sql, String(size))} AS BIGINT)`;
}

/** What is over behind the multiple of a size at or below a value. */
function rest(value: string, size: string): string {
  return `((${value} % ${size} + ${size}) % ${size})`;
}

function abs(value: number | bigint): string {
  return value === 0 || value === 0n ? 'CAST(NULL AS BIGINT)' : String(value < 0 ? -value : value);
}

/** The multiple of the step at or below the value. Steps of nothing, or backwards, have no answer. */
function bin([value, step]: readonly Operand[], call: CallFacts): string {
  if (!value || !step) return call.refuse(call.name, call.span);
  if (call.type === 'real') {
    const [a, b] = [convert(value, 'real').sql, convert(step, 'real').sql];
    return `(floor(${a} / ${b}) * ${b})`;
  }
  if (call.type === 'decimal') {
    const [a, b] = [convert(value, 'decimal').sql, convert(step, 'decimal').sql];
    return `(${a} - ${rest(a, `CASE WHEN ${b} > 0 THEN ${b} END`)})`;
  }
  const type = isTime(value.type) ? value.type : 'long';
  const [a, b] = [convert(value, type).sql, convert(step, isTime(type) ? 'timespan' : 'long')];
  const size =
    typeof b.literal === 'bigint' && b.literal > 0n
      ? b.sql
      : `CASE WHEN ${b.sql} > 0 THEN ${b.sql} END`;
  // A datetime is never negative; anything else is brought to the step below, not towards zero.
  if (type === 'datetime') return `(${a} - ${a} % ${size})`;
  return `(${a} - ${rest(a, size)})`;
}

/** As `bin`, with steps that start from a fixed point. */
function binAt([value, step, origin]: readonly Operand[], call: CallFacts): string {
  if (!value || !step || !origin) return call.refuse(call.name, call.span);
  if (call.type === 'real') {
    const [a, size, start] = [value, step, origin].map((arg) => convert(arg, 'real').sql);
    return `(${start} + CASE WHEN ${size} > 0 THEN floor((${a} - ${start}) / ${size}) * ${size} END)`;
  }
  if (!isTime(value.type) && call.type !== 'long')
    return call.refuse(`bin_at() of ${value.type}`, call.span);
  const { sql, type } = isTime(value.type) ? value : convert(value, 'long');
  const [start, size] = [convert(origin, type), convert(step, isTime(type) ? 'timespan' : 'long')];
  const distance = bin(
    [
      { ...value, type: 'long', sql: `(${sql} - ${start.sql})` },
      { ...size, type: 'long' },
    ],
    {
      ...call,
      type: 'long',
    },
  );
  return `(${start.sql} + ${distance})`;
}

/** Rounds like .NET: halves away from zero. */
function round([value, digits]: readonly Operand[], call: CallFacts): string {
  if (!value) return call.refuse(call.name, call.span);
  return `round(${value.sql}, ${digits?.sql ?? '0'})`;
}

function sign(sql: Rule['sql']): Rule {
  return { args: ['result'], sql };
}

/** The smallest long is its own opposite: DuckDB has no room for another. */
function wrapping(sql: string): Rule['sql'] {
  return ([value], call) => {
    if (!value) return call.refuse(call.name, call.span);
    const result = sql.replace('$1', value.sql);
    const mayWrap = call.type === 'long' && value.literal === undefined;
    return mayWrap ? `coalesce(TRY(${result}), ${value.sql})` : result;
  };
}

function real(sql: string): Rule {
  return { args: ['real'], sql };
}

const NAN = `CAST('nan' AS DOUBLE)`;

/** DuckDB stops at the infinite. */
function ofFinite(sql: string): string {
  return `CASE WHEN isfinite($1) THEN ${sql} WHEN $1 IS NOT NULL THEN ${NAN} END`;
}

/** DuckDB stops at zero and below. */
function logarithm(name: string): string {
  return `CASE WHEN $1 > 0 THEN ${name}($1) WHEN $1 = 0 THEN CAST('-inf' AS DOUBLE) WHEN $1 IS NOT NULL THEN ${NAN} END`;
}

export const MATH: Readonly<Record<string, Rule>> = {
  Add: arithmetic('+'),
  Subtract: arithmetic('-'),
  Multiply: arithmetic('*'),
  Divide: { args: ['any'], sql: divide },
  Modulo: { args: ['any'], sql: modulo },
  UnaryMinus: sign(wrapping('(- $1)')),
  UnaryPlus: sign('$1'),
  bin: { args: ['any'], sql: bin },
  floor: { args: ['any'], sql: bin },
  bin_at: { args: ['any'], sql: binAt },
  abs: sign(wrapping('abs($1)')),
  ceiling: {
    args: ['any'],
    sql: ([value], call) => {
      if (!value) return call.refuse(call.name, call.span);
      return call.type === 'long' || call.type === 'int' ? value.sql : `ceil(${value.sql})`;
    },
  },
  round: { args: ['real', 'long'], sql: round },
  sign: { args: ['any'], sql: 'sign($1)' },
  sqrt: real(`CASE WHEN $1 >= 0 THEN sqrt($1) WHEN $1 IS NOT NULL THEN ${NAN} END`),
  pow: { args: ['real'], sql: 'pow($1, $2)' },
  log: real(logarithm('ln')),
  log2: real(logarithm('log2')),
  log10: real(logarithm('log10')),
  exp: real('exp($1)'),
  exp2: real('pow(2e0, $1)'),
  exp10: real('pow(1e1, $1)'),
  isnan: real('isnan($1)'),
  isinf: real('isinf($1)'),
  isfinite: real('isfinite($1)'),
  rand: {
    args: ['long'],
    sql: ([size]) => (size ? `floor(random() * ${size.sql})` : 'random()'),
  },
  pi: { args: [], sql: 'pi()', isTotal: true },
  sin: real(ofFinite('sin($1)')),
  cos: real(ofFinite('cos($1)')),
  tan: real(ofFinite('tan($1)')),
  atan: real('atan($1)'),
  atan2: { args: ['real'], sql: 'atan2($1, $2)' },
  asin: real(`CASE WHEN abs($1) <= 1 THEN asin($1) WHEN $1 IS NOT NULL THEN ${NAN} END`),
  acos: real(`CASE WHEN abs($1) <= 1 THEN acos($1) WHEN $1 IS NOT NULL THEN ${NAN} END`),
  cot: real(ofFinite('(1e0 / tan($1))')),
  degrees: real('degrees($1)'),
  radians: real('radians($1)'),
};
