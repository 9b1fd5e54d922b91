import type { Span } from '../errors.js';
import type { KustoType } from '../model/table.js';
import { convert } from './convert.js';
import { isRunaway } from './limits.js';
import type { Operand } from './operand.js';
import type { Refuse } from './scope.js';

/** What a rule knows about the call beside its arguments. */
export interface CallFacts {
  readonly name: string;
  readonly type: KustoType;
  readonly span: Span;
  readonly refuse: Refuse;
  /** Says what Kusto's engine finds wrong behind the binder's back. @throws {CliError} `usage`, always */
  readonly reject: Refuse;
}

/**
 * How one function becomes SQL. Arguments are converted to the types of `args` first, the last of which
 * repeats: `any` leaves them as they are, `result` is the type of the call. A template names them $1, $2, …
 */
export interface Rule {
  readonly args: readonly (KustoType | 'any' | 'result')[];
  readonly sql: string | ((args: readonly Operand[], call: CallFacts) => string);
  /** A shorter `sql` of a truth value, where null and false are alike; undefined: there is none. */
  readonly condition?: (args: readonly Operand[], call: CallFacts) => string | undefined;
  /** The result is never NULL. Strings need not say so: theirs is mended. */
  readonly isTotal?: true;
}

export function applyRule(rule: Rule, args: readonly Operand[], call: CallFacts): Operand {
  const converted = convertAll(rule, args, call);
  const [only] = converted;
  if (rule.sql === '$1' && only?.type === call.type) return only; // a conversion of a constant is one
  const sql =
    typeof rule.sql === 'string' ? fill(rule.sql, converted, call) : rule.sql(converted, call);
  if (isRunaway(sql, converted)) call.refuse('an expression of this depth', call.span);
  const mayBeNull = !rule.isTotal && converted.some(({ isNullable }) => isNullable);
  const mended = call.type === 'string' && mayBeNull ? `coalesce(${sql}, '')` : sql;
  return { sql: mended, type: call.type, isNullable: call.type !== 'string' && !rule.isTotal };
}

/** The call as a condition of SQL, where null and false are alike. */
export function applyCondition(rule: Rule, args: readonly Operand[], call: CallFacts): string {
  return rule.condition?.(convertAll(rule, args, call), call) ?? applyRule(rule, args, call).sql;
}

function convertAll(rule: Rule, args: readonly Operand[], call: CallFacts): readonly Operand[] {
  return args.map((arg, index) => {
    const wanted = rule.args[Math.min(index, rule.args.length - 1)] ?? 'any';
    return convert(arg, wanted === 'any' ? arg.type : wanted === 'result' ? call.type : wanted);
  });
}

function fill(template: string, args: readonly Operand[], call: CallFacts): string {
  return template.replaceAll(/\$(\d)/g, (_, digit: string) => {
    const arg = args[Number(digit) - 1];
    return arg ? arg.sql : call.refuse(`${call.name}() with ${args.length} arguments`, call.span);
  });
}
