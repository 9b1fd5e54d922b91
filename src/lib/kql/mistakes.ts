import { closest, distance } from 'fastest-levenshtein';
import { CliError } from '../errors.js';
import { AGGREGATES } from './aggregates.js';
import { FUNCTIONS } from './functions.js';
import type { BoundSyntax, Diagnostic, TableSchema } from './syntax.js';

/**
 * Throws the first mistake, with a name that is near the wrong one and how much else is wrong.
 *
 * @throws {CliError} `usage` with Kusto's code and the span
 */
export function throwMistake(
  { diagnostics }: BoundSyntax,
  text: string,
  tables: readonly TableSchema[],
): void {
  const mistakes = diagnostics.filter(({ severity }) => severity === 'error');
  const [first, ...others] = mistakes;
  if (!first) return;
  const hints = [suggestion(first, text, tables), more(others, text)].filter(
    (hint) => hint !== undefined,
  );
  throw new CliError('usage', first.message, {
    code: first.code,
    ...(hints.length > 0 && { hint: hints.join('\n') }),
    kql: { text, span: first.span },
  });
}

/** What Kusto's binder doubts in KQL that runs, as sentences for people. */
export function warningsOf({ diagnostics }: BoundSyntax, text: string): readonly string[] {
  return diagnostics
    .filter(({ severity }) => severity === 'warning')
    .map(({ code, message, span }) => {
      return `The query runs, but its parser says at ${placeOf(span.start, text)}: ${message} (${code})`;
    });
}

function more(others: readonly Diagnostic[], text: string): string | undefined {
  const [next] = others;
  if (!next) return undefined;
  const count =
    others.length === 1 ? 'One more mistake' : `${others.length} more mistakes, the next`;
  return `${count} at ${placeOf(next.span.start, text)}: ${next.message}`;
}

function placeOf(offset: number, text: string): string {
  const lines = text.slice(0, offset).split('\n');
  return `${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
}

/** Names that could have been meant, by the code of the mistake: an unknown name, an unknown function. */
const CANDIDATES: Readonly<
  Record<string, (text: string, tables: readonly TableSchema[]) => readonly string[]>
> = {
  KS142: (text, tables) => [
    ...tables.map(({ name }) => name),
    ...tables.filter(({ name }) => text.includes(name)).flatMap(columnNames),
    ...[...text.matchAll(/[A-Za-z_]\w*/g)].map(([word]) => word),
  ],
  KS211: () => [...Object.keys(FUNCTIONS), ...Object.keys(AGGREGATES)].filter(isWord),
};

function columnNames({ columns }: TableSchema): readonly string[] {
  return columns.map(({ name }) => name);
}

/** Operators stand among the functions under names that begin with a capital letter. */
function isWord(name: string): boolean {
  return /^[a-z]/.test(name);
}

function suggestion(
  { code, span }: Diagnostic,
  text: string,
  tables: readonly TableSchema[],
): string | undefined {
  const name = text.slice(span.start, span.end);
  const rest = `${text.slice(0, span.start)} ${text.slice(span.end)}`;
  const candidates = Object.hasOwn(CANDIDATES, code) ? CANDIDATES[code]?.(rest, tables) : undefined;
  if (!candidates || candidates.length === 0 || !/^\w+$/.test(name)) return undefined;
  const isSameWord = (one: string) => one.toLowerCase() === name.toLowerCase();
  const near = candidates.find(isSameWord) ?? closest(name, [...candidates]);
  if (near === name || (!isSameWord(near) && distance(near, name) > name.length / 3)) {
    return undefined;
  }
  return `Did you mean ${near}?`;
}
