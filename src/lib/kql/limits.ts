import { CliError, type Span } from '../errors.js';
import { ASSERTION } from './functions/conditions.js';
import type { Scalar } from './ir.js';
import type { Refuse } from './scope.js';

/** How many brackets may stand within each other: beyond, the time that the parser takes grows steeply. */
const MAX_NESTING = 300;
/** How many relations, and values, a query may have once names stand for what they mean. */
export const MAX_RELATIONS = 1000;
export const MAX_VALUES = 300_000;
/** How deep `toscalar` may stand within `toscalar`: each level doubles the time that DuckDB plans. */
export const MAX_SUBQUERIES = 12;
/** How long the SQL of a value may be if most of it repeats its arguments. */
const MAX_REPEATED = 200_000;

/** How often the names of `let` may stand for each other: the parser writes each of them out. */
const MAX_NAMES = 200_000;

/** Comments, texts, brackets, ends of statements, words: only what is neither comment nor text counts. */
const TOKENS =
  /\/\/[^\n]*|@"(?:[^"]|"")*"|@'(?:[^']|'')*'|```[\s\S]*?```|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[([{]|[)\]}]|;|\w+/g;

/** @throws {CliError} `unsupported` at the place where the text becomes too much for the parser */
export function assertParsable(text: string, refuse: Refuse): void {
  let depth = 0;
  /** What each name of a `let` stands for, in names. */
  const sizes = new Map<string, number>();
  let statement: { readonly name: string | undefined; size: number } | undefined;
  let previous = '';
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    const span = { start: index, end: index + token.length };
    if ('([{'.includes(token)) depth += 1;
    else if (')]}'.includes(token)) depth -= 1;
    else if (token === ';') {
      if (statement?.name !== undefined) sizes.set(statement.name, statement.size);
      statement = undefined;
    } else if (previous === 'let' || !statement) {
      statement = { name: previous === 'let' ? token : undefined, size: 1 };
    } else statement.size += sizes.get(token) ?? 0;
    previous = token;
    if (depth > MAX_NESTING) refuse(`more than ${MAX_NESTING} brackets in each other`, span);
    if (statement && statement.size > MAX_NAMES) refuse('a query of this size', span);
  }
}

/** Counts, so that names that stand for ever more of each other come to an end. */
export function createBudget(most: number, refuse: Refuse): (span: Span, size?: number) => void {
  let used = 0;
  return (span, size = 1) => {
    used += size;
    if (used > most) refuse('a query of this size', span);
  };
}

/** Of how many values a value is made, each counted as often as it is used. */
export function createSizes(): (value: Scalar) => number {
  const known = new WeakMap<readonly Scalar[], number>();
  const sizeOf = (value: Scalar): number => {
    if (value.kind !== 'call') return 1;
    const size = known.get(value.args) ?? value.args.reduce((sum, arg) => sum + sizeOf(arg), 1);
    known.set(value.args, size);
    return size;
  };
  return sizeOf;
}

/** Whether the SQL of a call has become long by repeating the SQL of its arguments, which nested never ends. */
export function isRunaway(sql: string, args: readonly { readonly sql: string }[]): boolean {
  if (sql.length <= MAX_REPEATED) return false;
  return sql.length > 1.5 * args.reduce((sum, arg) => sum + arg.sql.length, 0);
}

/** An overflow of the stack as a refusal; any other error as it is. */
export function refuseOverflow(error: unknown, text: string): unknown {
  if (!(error instanceof RangeError)) return error;
  return uncomputable('a query nested this deeply', text, error);
}

/** What an `assert` of the query says, if that is how running it failed. */
export function failedAssertion(text: string, cause: unknown): CliError | undefined {
  const message = cause instanceof Error ? cause.message : '';
  const at = message.indexOf(ASSERTION);
  if (at < 0) return undefined;
  const kql = { text, span: { start: 0, end: text.length } };
  return new CliError('usage', message.slice(at), { kql }, cause);
}

/** The refusal of a whole query, for a reason that only running it brought up. */
export function uncomputable(what: string, text: string, cause: unknown): CliError {
  const kql = { text, span: { start: 0, end: text.length } };
  return new CliError('unsupported', `not supported locally: ${what}`, { kql }, cause);
}
