import type { Relation } from '../ir.js';
import { type Question, Unanswered } from '../question.js';
import type { Binder } from '../scope.js';
import type { OperatorOf } from '../syntax.js';

/**
 * Stops until it is known what the rows say about the columns of this call.
 *
 * @throws {Unanswered} always, but for a call inside a function: no schema can be put there
 */
export function ask(
  { FunctionCall: call }: OperatorOf<'EvaluateOperator'>,
  asks: Relation,
  toSchema: Question['toSchema'],
  binder: Binder,
): never {
  const source = binder.source(call.span);
  if (!source.startsWith(call.Name.name) || !source.endsWith(')')) {
    return binder.refuse(`evaluate ${call.Name.name} within a function`, call.span);
  }
  throw new Unanswered({ asks, at: call.span.end, toSchema });
}
