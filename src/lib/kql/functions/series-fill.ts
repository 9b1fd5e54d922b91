import { jsonElement } from '../convert.js';
import type { Operand } from '../operand.js';
import type { CallFacts, Rule } from '../rule.js';
import { elements, flag, items, letting, listOf } from './series-sql.js';

/** Whether the element `kql_item`, as JSON, is a gap: null, or what the placeholder says. */
function isGap(placeholder: Operand | undefined): string {
  if (!placeholder || placeholder.literal === null) return `kql_item = 'null'`;
  const value = jsonElement(placeholder);
  return `(kql_item = ${value} OR coalesce(TRY_CAST(kql_item AS DOUBLE) = TRY_CAST(${value} AS DOUBLE), false))`;
}

const joined = (list: string) => `'[' || array_to_string(${list}, ',') || ']'`;

/** Gaps become the value. */
function fillConst([series, value, placeholder]: readonly Operand[], call: CallFacts): string {
  if (!series) return call.refuse(`${call.name}()`, call.span);
  const filler = value ? jsonElement(value) : `'0'`;
  const list = `list_transform(${items(series.sql)},
    lambda kql_item: CASE WHEN ${isGap(placeholder)} THEN ${filler} ELSE kql_item END)`;
  return joined(list);
}

/** Gaps take the last value before them, or the next behind them. */
function fillFrom(side: 'before' | 'behind'): Rule {
  return {
    args: ['dynamic', 'any'],
    sql: ([series, placeholder], call) => {
      if (!series) return call.refuse(`${call.name}()`, call.span);
      const part = side === 'before' ? 'kql_s.v[:kql_i]' : 'kql_s.v[kql_i:]';
      const found = `list_filter(${part}, lambda kql_item: NOT ${isGap(placeholder)})[${side === 'before' ? '-1' : '1'}]`;
      const list = listOf('kql_i', 'len(kql_s.v)', `coalesce(${found}, kql_s.v[kql_i])`);
      return letting('kql_s', { v: items(series.sql) }, joined(list));
    },
  };
}

/**
 * Gaps lie on the line between the values beside them, cut to an integer among integers; at the ends they take
 * the nearest value. A series of nothing but gaps becomes constant.
 */
function fillLinear(
  [series, placeholder, edges, value]: readonly Operand[],
  call: CallFacts,
): string {
  if (!series) return call.refuse(`${call.name}()`, call.span);
  const places = `list_filter(range(1, len(kql_all.v) + 1), lambda kql_i: list_transform([kql_all.v[kql_i]], lambda kql_item: NOT ${isGap(placeholder)})[1])`;
  const before = 'list_filter(kql_s.at, lambda x: x <= kql_i)[-1]';
  const behind = 'list_filter(kql_s.at, lambda x: x >= kql_i)[1]';
  const number = (place: string) => `CAST(kql_all.v[${place}] AS DOUBLE)`;
  const share = '(kql_i - kql_n.a) / (kql_n.b - kql_n.a)::DOUBLE';
  const between = `${number('kql_n.a')} + ${share} * (${number('kql_n.b')} - ${number('kql_n.a')})`;
  const edge = flag(edges, true, call)
    ? 'kql_all.v[coalesce(kql_n.a, kql_n.b)]'
    : 'kql_all.v[kql_i]';
  const filled = `CASE WHEN kql_n.a = kql_n.b THEN kql_all.v[kql_i] WHEN kql_n.a IS NULL OR kql_n.b IS NULL THEN ${edge}
    WHEN kql_all.integral THEN CAST(CAST(trunc(${between}) AS BIGINT) AS VARCHAR) ELSE kql_real_json(${between}) END`;
  const list = listOf(
    'kql_i',
    'len(kql_all.v)',
    letting('kql_n', { a: before, b: behind }, filled),
  );
  const empty = `list_transform(kql_all.v, lambda x: ${value ? jsonElement(value) : `'0.0'`})`;
  const body = letting(
    'kql_s',
    { at: places },
    joined(`CASE WHEN len(kql_s.at) = 0 THEN ${empty} ELSE ${list} END`),
  );
  return `list_transform([${elements(series.sql)}], lambda kql_all: ${body})[1]`;
}

/** Series without gaps. */
export const SERIES_FILLS: Readonly<Record<string, Rule>> = {
  series_fill_backward: fillFrom('behind'),
  series_fill_const: { args: ['dynamic', 'any'], sql: fillConst },
  series_fill_forward: fillFrom('before'),
  series_fill_linear: { args: ['dynamic', 'any'], sql: fillLinear },
};
