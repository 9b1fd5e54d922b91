import type { Row } from '../../model/table.js';
import type { Edit } from '../edit-text.js';
import type { Relation } from '../ir.js';
import { Unanswered } from '../question.js';
import type { Binder, Scope } from '../scope.js';
import type { FunctionDeclaration } from '../syntax.js';
import type { OperatorOf } from '../syntax-operators.js';
import { evaluatesIn } from './expand.js';

/** The rows of an answer as a schema of KQL: `(a: long, b: string)`. */
export type ToSchema = (rows: readonly Row[]) => string;

/**
 * Stops until it is known what the rows say about the columns of this call.
 *
 * @throws {Unanswered} always, but where no schema can be put: deep inside functions
 */
export function ask(
  { FunctionCall: call }: OperatorOf<'EvaluateOperator'>,
  asks: Relation,
  toSchema: ToSchema,
  scope: Scope,
  binder: Binder,
): never {
  const source = binder.source(call.span);
  if (source.startsWith(call.Name.name) && source.endsWith(')')) {
    const { end } = call.span;
    const toEdits = (rows: readonly Row[]) => [insert(end, ` : ${toSchema(rows)}`)];
    throw new Unanswered({ asks, toEdits });
  }
  // Inside a function all has the place of the function's call.
  const at = scope.inside && placeIn(scope.inside, call.Name.name);
  const [name] = /^\w+(?=\s*\()/.exec(source) ?? [];
  if (!scope.inside || at === undefined || name === undefined) {
    return binder.refuse(`evaluate ${call.Name.name} within a function`, call.span);
  }
  const { start, end } = scope.inside.span;
  const copy = `${name}_${call.span.start}`;
  const declared = (schema: string) =>
    `${binder.source({ start, end: at })} : ${schema}${binder.source({ start: at, end })}`;
  throw new Unanswered({
    asks,
    toEdits: (rows) => [
      { start: call.span.start, end: call.span.start + name.length, piece: copy },
      insert(end, `; let ${copy} = ${declared(toSchema(rows))}`),
    ],
  });
}

function insert(at: number, piece: string): Edit {
  return { start: at, end: at, piece };
}

/** The offset behind the one call of a plugin in a function; undefined if there are several, or it is elsewhere. */
function placeIn(declaration: FunctionDeclaration, plugin: string): number | undefined {
  const calls = evaluatesIn(declaration).filter(
    ({ FunctionCall, Schema }) => FunctionCall.Name.name === plugin && !Schema,
  );
  const [only] = calls;
  return calls.length === 1 ? only?.FunctionCall.span.end : undefined;
}
