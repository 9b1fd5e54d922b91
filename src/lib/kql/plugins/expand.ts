import type { Edit } from '../edit-text.js';
import { quoteName } from '../quote.js';
import type { BoundSyntax } from '../syntax.js';
import type { OperatorOf } from '../syntax-operators.js';

/** The call of a plugin as its expansion sees it: KQL of the arguments, and the columns that the binder foresees. */
export interface PluginCall {
  readonly args: readonly string[];
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** The operators that a call stands for; undefined if this form of it stands for none. */
export type Expansion = (call: PluginCall) => readonly string[] | undefined;

/** Calls of plugins that other operators can say, each with these operators in its place. */
export function expandPlugins(
  text: string,
  { statements }: BoundSyntax,
  expansions: Readonly<Record<string, Expansion>>,
): readonly Edit[] {
  if (!/\bevaluate\b/.test(text)) return [];
  return evaluatesIn(statements).flatMap((node) => expand(node) ?? []);

  function expand(node: OperatorOf<'EvaluateOperator'>): Edit | undefined {
    const { FunctionCall: call, Schema, span } = node;
    const { name } = call.Name;
    const expansion = Object.hasOwn(expansions, name) ? expansions[name] : undefined;
    // What an answer has put into the text has no place of its own.
    const isWritten = text.startsWith('evaluate', span.start);
    if (!expansion || Schema || !isWritten || !node.type?.columns) return undefined;
    const args = call.ArgumentList.Expressions.map((arg) =>
      text.slice(arg.span.start, arg.span.end),
    );
    const operators = expansion({ args, columns: node.type.columns });
    return operators && { ...span, piece: operators.join(' | ') };
  }
}

/** The calls of plugins in a piece of syntax, but for those within the arguments of others. */
export function evaluatesIn(value: unknown): readonly OperatorOf<'EvaluateOperator'>[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isEvaluate(value)) return [value];
  // The body of a function is read where it is declared.
  return Object.entries(value).flatMap(([name, member]) =>
    name === 'body' || name === 'type' || name === 'symbol' ? [] : evaluatesIn(member),
  );
}

function isEvaluate(value: object): value is OperatorOf<'EvaluateOperator'> {
  return 'kind' in value && value.kind === 'EvaluateOperator';
}

/** `project` of these values under the binder's names. */
export function projectAs(columns: PluginCall['columns'], values: readonly string[]): string {
  const named = columns.map(({ name }, index) => `${quoteName(name).kql} = ${values[index]}`);
  return `project ${named.join(', ')}`;
}
