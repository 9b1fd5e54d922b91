import type { Operand } from '../operand.js';
import type { CallFacts, Rule } from '../rule.js';

/** What an aggregate knows about its call. */
export interface AggregateFacts extends CallFacts {
  /** What the elements of a list are in the order of; '' if that is all the same. */
  readonly order: string;
}

/**
 * How an aggregate becomes SQL. `where` is a FILTER clause, or nothing: the builder puts it behind each
 * SQL aggregate, so that the conditional form needs no rule of its own.
 */
export interface AggregateRule {
  readonly args: Rule['args'];
  readonly sql: (args: readonly Operand[], call: AggregateFacts, where: string) => string;
  /** Place of the condition in the form with `if` at its end; there is none without it. */
  readonly conditionAt?: number;
  readonly isTotal?: true;
}

export function template(text: string, extra: Partial<AggregateRule> = {}): AggregateRule {
  return {
    args: ['any'],
    conditionAt: 1,
    ...extra,
    sql: ([value], call, where) =>
      text
        .replaceAll('$1', value?.sql ?? call.refuse(`${call.name}()`, call.span))
        .replaceAll('$where', where),
  };
}

/** The FILTER clause `where` with one more condition. */
export function filterOn(condition: string, where: string): string {
  return where ? `${where.slice(0, -1)} AND ${condition})` : ` FILTER (WHERE ${condition})`;
}
