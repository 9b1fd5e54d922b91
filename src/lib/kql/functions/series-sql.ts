import type { Operand } from '../operand.js';
import type { CallFacts, Rule } from '../rule.js';

// Calls lie within calls: what is made of an argument holds its SQL once, or it would grow beyond measure.

/** Numbers of an array; null for what is none. Not-a-number and the infinities stand in JSON as texts. */
export function numbers(sql: string): string {
  return over(sql, `list_transform(${ELEMENTS}, lambda x: ${NUMBER})`);
}

/** Elements as JSON texts; null of what is no array. */
export function items(sql: string): string {
  return over(sql, ELEMENTS);
}

/** Numbers `v` of an array, and whether it is `integral`: nothing but integers and nulls. */
export function series(sql: string): string {
  return over(
    sql,
    `{ 'v': list_transform(${ELEMENTS}, lambda x: ${NUMBER}), 'integral': ${WHOLE} }`,
  );
}

/** Elements `v` of an array as JSON texts, and whether it is `integral`. */
export function elements(sql: string): string {
  return over(sql, `{ 'v': ${ELEMENTS}, 'integral': ${WHOLE} }`);
}

const ELEMENTS =
  "CASE WHEN starts_with(kql_j, '[') THEN CAST(json_extract(kql_j, '$[*]') AS VARCHAR[]) END";
const NUMBER = `TRY_CAST(CASE WHEN x IN ('"NaN"', '"Infinity"', '"-Infinity"') THEN trim(x, '"') ELSE x END AS DOUBLE)`;
const WHOLE = "regexp_full_match(kql_j, '\\[([-0-9,]|null)*\\]')";

function over(sql: string, body: string): string {
  return `list_transform([${sql}], lambda kql_j: ${body})[1]`;
}

/** A JSON array of a list; `element` is the JSON text of one value `x`. */
export function jsonArray(list: string, element = 'kql_real_json(x)'): string {
  return `('[' || array_to_string(list_transform(${list}, lambda x: coalesce(${element}, 'null')), ',') || ']')`;
}

/** A JSON bag of members, given as JSON texts. */
export function jsonBag(members: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(members).map(
    ([name, sql]) => `'"${name}":' || coalesce(${sql}, 'null')`,
  );
  return `('{' || ${pairs.join(` || ',' || `)} || '}')`;
}

/** `body` over the members of `name`, each worked out once. Inside another it needs another name. */
export function letting(
  name: string,
  members: Readonly<Record<string, string>>,
  body: string,
): string {
  const known = Object.entries(members).map(([member, sql]) => `'${member}': ${sql}`);
  return `list_transform([{ ${known.join(', ')} }], lambda ${name}: ${body})[1]`;
}

/** `list_sum` of one term for each `index` from 1 to `count`. */
export function sumOf(index: string, count: string, term: string): string {
  return `coalesce(list_sum(list_transform(range(1, ${count} + 1), lambda ${index}: ${term})), 0e0)`;
}

/** One list of a term for each `index` from 1 to `count`. */
export function listOf(index: string, count: string, term: string): string {
  return `list_transform(range(1, ${count} + 1), lambda ${index}: ${term})`;
}

/** A rule over the numbers of the one array that a function takes first; null where one is missing. */
export function overNumbers(
  sql: (values: string, rest: readonly Operand[], call: CallFacts) => string,
): Rule {
  return {
    args: ['dynamic', 'any'],
    sql: ([values, ...rest], call) =>
      values ? sql(numbers(values.sql), rest, call) : call.refuse(`${call.name}()`, call.span),
  };
}

/** The constant that an argument is; what is computed by row is refused. */
export function constant(operand: Operand | undefined, otherwise: number, call: CallFacts): number;
export function constant(operand: Operand | undefined, otherwise: string, call: CallFacts): string;
export function constant(
  operand: Operand | undefined,
  otherwise: number | string,
  call: CallFacts,
): number | string {
  const { literal } = operand ?? {};
  if (!operand || literal === null) return otherwise;
  if (typeof otherwise === 'string') {
    if (typeof literal === 'string') return literal;
  } else if (typeof literal === 'number' || typeof literal === 'bigint') return Number(literal);
  return call.refuse(`${call.name}() with a computed option`, call.span);
}

/** A flag in a call, which has to be a constant. */
export function flag(operand: Operand | undefined, otherwise: boolean, call: CallFacts): boolean {
  const { literal } = operand ?? {};
  if (!operand || literal === null) return otherwise;
  if (typeof literal === 'boolean') return literal;
  if (typeof literal === 'number' || typeof literal === 'bigint') return Number(literal) !== 0;
  return call.refuse(`${call.name}() with a computed option`, call.span);
}

/** Whether a list of numbers has no gap and nothing infinite. */
export function isComplete(list: string): string {
  return `len(list_filter(${list}, lambda x: isfinite(x))) = len(${list})`;
}
